// Answers come from the server's routes, or, where the pages are a folder, from its scripts: a page opened from disk cannot
// fetch.

import {isKnown} from "./numbers.js";

/** Whether the pages are an exported folder: nothing can be asked that was not exported, and nothing be written. */
export const isFolder = document.querySelector('meta[name="atlas-source"]')?.getAttribute("content") === "folder";

/** Why an answer is missing. */
export class AnswerError extends Error {
    constructor(message, status = 0, nearest = []) {
        super(message);
        this.status = status;
        this.nearest = nearest;
    }
}

const waitingScripts = new Map();
const keptAnswers = new Map();
const keptAnswerCount = 120;

function queryOf(parameters) {
    return Object.entries(parameters)
        .filter(([, value]) => isKnown(value) && value !== "")
        .map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
}

function withQuery(path, query) {
    return query ? `${path}?${query}` : path;
}

/** Characters of a file's name at most, its ending aside: file systems take 255 bytes. */
const longestScriptName = 200;

/** The name of an answer's file: whatever is not a small letter, digit, point or hyphen is written as its hexadecimal bytes; of a
 * long name the end is a hash (FNV-1a, 64 bits) of the whole path. */
function scriptName(path) {
    const bytes = new TextEncoder().encode(path);
    const name = Array.from(bytes, (byte) => {
        const character = String.fromCharCode(byte);
        return /[a-z0-9.-]/.test(character) ? character : `_${byte.toString(16).padStart(2, "0")}`;
    }).join("");
    if (name.length <= longestScriptName) return name;
    let hash = 0xcbf29ce484222325n;
    for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    return `${name.slice(0, longestScriptName - 18)}_-${hash.toString(16).padStart(16, "0")}`;
}

globalThis.atlasReceive = (path, value) => waitingScripts.get(path)?.(value);

function loadScript(path) {
    return new Promise((resolve, reject) => {
        const script = document.createElement("script");
        const end = (action, value) => {
            waitingScripts.delete(path);
            script.remove();
            action(value);
        };
        waitingScripts.set(path, (value) => end(resolve, value));
        script.addEventListener("error",
            () => end(reject, new AnswerError("This was not exported. Serve the atlas to see it: atlas serve FILE", 404)));
        script.addEventListener("load", () => {
            if (waitingScripts.has(path)) end(reject, new AnswerError(`The file data/${scriptName(path)}.js is damaged.`));
        });
        script.src = `data/${scriptName(path)}.js`;
        document.head.append(script);
    });
}

/**
 * The token that writes need, kept while the tab is open.
 *
 * @param {string} token
 * @returns {void}
 */
export function setToken(token) {
    sessionStorage.setItem("atlas-token", token);
    keptAnswers.clear();
}

async function request(path, options = {}) {
    const token = sessionStorage.getItem("atlas-token");
    const headers = { Accept: "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}), ...options.headers };
    let response;
    try {
        response = await fetch(`api/v1/${path}`, { ...options, headers });
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new AnswerError("The server does not answer. Is `atlas serve` still running?");
    }
    if (response.ok) return response.status === 204 ? null : response.json();
    let problem = {};
    try {
        problem = await response.json();
    } catch { /* not every error has a body */ }
    throw new AnswerError(problem.detail ?? problem.title ?? `The server answered ${response.status}.`, response.status,
        problem.nearest ?? []);
}

/**
 * The answer at a path. `parameters` say which answer; `refinements` (limits, orders, thresholds) are only for a server.
 *
 * @template {string} Path
 * @param {Path} path
 * @param {Terms} [parameters]
 * @param {Terms} [refinements]
 * @param {AbortSignal} [signal]
 * @returns {Promise<AnswerAt<Path>>}
 */
export function ask(path, parameters = {}, refinements = {}, signal = undefined) {
    const key = withQuery(path, isFolder ? queryOf(parameters) : queryOf({ ...parameters, ...refinements }));
    if (keptAnswers.has(key)) return keptAnswers.get(key);
    const answer = isFolder ? loadScript(key) : request(key, { signal });
    if (path.startsWith("jobs/") || path === "sql") return answer;
    keptAnswers.set(key, answer);
    answer.catch(() => keptAnswers.delete(key));
    if (keptAnswers.size > keptAnswerCount) keptAnswers.delete(keptAnswers.keys().next().value);
    return answer;
}

/**
 * All items of a list that was exported in pieces.
 *
 * @param {string} path
 * @returns {Promise<any[]>}
 */
export async function askWhole(path) {
    const items = [];
    let after;
    do {
        const page = await ask(path, { after });
        items.push(...page.items);
        after = page.next;
    } while (isKnown(after));
    return items;
}

/**
 * Writes into the atlas, or starts work on the server; what was asked before is asked anew afterwards.
 *
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>}
 */
export async function change(method, path, body) {
    const answer = await request(path, {
        method, body: body === undefined ? undefined : JSON.stringify(body),
        headers: body === undefined ? {} : { "Content-Type": "application/json" },
    });
    keptAnswers.clear();
    return answer;
}

/**
 * What the atlas tells of itself.
 *
 * @returns {Promise<AtlasInformation>}
 */
export async function askInformation() {
    return (await ask("atlas")).information;
}

/**
 * The tags of the corpus; none where they cannot be asked for.
 *
 * @returns {Promise<TagSummary[]>}
 */
export async function askTags() {
    try {
        return (await ask("tags")).items;
    } catch {
        return [];
    }
}

/**
 * What can be done here: {modelLoaded, writable, needsToken}.
 *
 * @returns {Promise<Able>}
 */
export async function capabilities() {
    if (isFolder) return { modelLoaded: false, writable: false, needsToken: false };
    return (await ask("atlas")).capabilities;
}
