// The part of the address behind #: every state of a view is in it, so that a link shares what is seen.

import {isKnown} from "./numbers.js";

/** The parts of a path and its parameters, as they stand in the address now. */
export function currentAddress() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    let parts;
    try {
        parts = path.split("/").filter(Boolean).map(decodeURIComponent);
    } catch {
        parts = ["?"];
    }
    return { parts, parameters: new URLSearchParams(query) };
}

/**
 * The address of a view; empty parameters are left out.
 *
 * @param {(string | number)[]} parts
 * @param {Terms} [parameters]
 * @returns {string}
 */
export function addressOf(parts, parameters = {}) {
    const query = Object.entries(parameters)
        .filter(([, value]) => isKnown(value) && value !== "")
        .map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    return `#/${parts.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

/** Parameters that belong to parts of a view rather than to the view's own state: how a table is ordered. */
const ownOfParts = ["order"];

/**
 * Puts a state into the address without showing the view anew.
 *
 * @param {string[]} parts
 * @param {Terms} parameters
 * @returns {void}
 */
export function keepInAddress(parts, parameters) {
    const kept = currentAddress().parameters;
    const others = Object.fromEntries(ownOfParts.map((name) => [name, kept.get(name)]));
    history.replaceState(history.state, "", addressOf(parts, { ...others, ...parameters }));
}

/**
 * Changes some parameters of the address, and leaves the others, without showing the view anew.
 *
 * @param {Terms} update
 * @returns {void}
 */
export function noteInAddress(update) {
    const { parts, parameters } = currentAddress();
    history.replaceState(history.state, "", addressOf(parts, { ...Object.fromEntries(parameters), ...update }));
}

/**
 * Goes to a view.
 *
 * @param {(string | number)[]} parts
 * @param {Terms} [parameters]
 * @returns {void}
 */
export function go(parts, parameters) {
    const address = addressOf(parts, parameters);
    if (location.hash === address) dispatchEvent(new HashChangeEvent("hashchange"));
    else location.hash = address;
}

/**
 * The address of a feature's view; `prompt` is the one it is seen from.
 *
 * @param {{ layer: number | string, index: number | string }} feature
 * @param {number | string | null} [prompt]
 * @returns {string}
 */
export function featureAddress(feature, prompt) {
    return addressOf(["feature", feature.layer, feature.index], { prompt });
}

/**
 * The address of a prompt's graph, with a node chosen.
 *
 * @param {number | string} prompt
 * @param {string} [selected]
 * @returns {string}
 */
export function graphAddress(prompt, selected) {
    return addressOf(["graph", prompt], { selected });
}

/**
 * The address of a token's view.
 *
 * @param {number | string} token
 * @returns {string}
 */
export function logitAddress(token) {
    return addressOf(["logit", token]);
}

/**
 * The address of a head's view.
 *
 * @param {HeadID} head
 * @returns {string}
 */
export function headAddress(head) {
    return addressOf(["head", head.layer, head.head]);
}

/**
 * How a feature is written.
 *
 * @param {{ layer: number | string, index: number | string }} feature
 * @returns {`${string}/${string}`}
 */
export function featureName(feature) {
    return `${feature.layer}/${feature.index}`;
}
