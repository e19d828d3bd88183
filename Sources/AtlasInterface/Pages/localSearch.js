// The search of what is shown, a drawing's nodes above all: the view that has one tells it, and it goes with the view.

let shown = null;
const listeners = new Set();

/** The search of what is shown, or null. */
export function localSearch() {
    return shown;
}

/**
 * Makes a search that of what is shown until `signal` ends it.
 *
 * @param {any} search
 * @param {AbortSignal} signal
 * @returns {void}
 */
export function offerLocalSearch(search, signal) {
    shown = search;
    for (const listener of listeners) listener(search);
    signal.addEventListener("abort", () => { if (shown === search) shown = null; });
}

/**
 * Called with the search of what comes to be shown.
 *
 * @param {(search: any) => void} listener
 * @returns {void}
 */
export function onLocalSearch(listener) {
    listeners.add(listener);
}
