"use strict";
// Loads data files. A page opened from disk cannot fetch, so each file is a script that calls atlasReceive.

const pending = new Map();
const kept = new Map();
const keptFeatures = 50;

/** Called by the data files. */
function atlasReceive(key, value) {
    const waiting = pending.get(key);
    if (waiting) waiting.resolve(value);
}

/** Gives the value of `data/<path>.js`, which hands it over under `key`; rejects when there is no such file. */
function load(key, path = key) {
    if (kept.has(key)) return kept.get(key);
    const promise = new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const end = (action, value) => {
            pending.delete(key);
            script.remove();
            action(value);
        };
        pending.set(key, { resolve: (value) => end(resolve, value) });
        script.addEventListener("error", () => end(reject, new Error(`There is no file data/${path}.js in this folder.`)));
        script.addEventListener("load", () => {
            if (pending.has(key)) end(reject, new Error(`The file data/${path}.js is damaged.`));
        });
        script.src = `data/${path}.js`;
        document.head.append(script);
    });
    kept.set(key, promise);
    promise.catch(() => kept.delete(key));
    forgetOldFeatures();
    return promise;
}

/** Loads a feature's report. */
function loadFeature(layer, index) {
    return load(`feature/${layer}/${index}`, `feature/${layer}-${index}`);
}

/** Loads what the overview says first. */
function loadIndex() {
    return load("index");
}

/** Loads the rows of the overview, in order. */
async function loadRows() {
    const head = await loadIndex();
    const chunks = await Promise.all(Array.from({ length: head.chunkCount }, (_, ordinal) => load(`index/${ordinal}`)));
    return chunks.flatMap((chunk) => chunk.rows);
}

function forgetOldFeatures() {
    const features = [...kept.keys()].filter((key) => key.startsWith("feature/"));
    for (const key of features.slice(0, -keptFeatures)) kept.delete(key);
}
