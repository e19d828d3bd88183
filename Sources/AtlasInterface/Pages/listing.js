// Long lists: a server filters, orders and cuts them; in a folder they are all there and that is done here.

import {ask, askWhole, isFolder} from "./data.js";

/** Items in a part of a list. */
export const pageLength = 50;

/**
 * A part of the list at `path`, as {items, total, first}.
 * In a folder `matches(item)` filters and `order(a, b)` sorts what `parameters` say a server would.
 */
export async function listPart(path, parameters, first, { matches = () => true, order = null } = {}) {
    if (!isFolder) {
        const answer = await ask(path, {}, { ...parameters, limit: pageLength, after: first > 0 ? first : "" });
        return { items: answer.items, total: answer.total, first };
    }
    const chosen = (await askWhole(path)).filter(matches);
    if (order) chosen.sort(order);
    return { items: chosen.slice(first, first + pageLength), total: chosen.length, first };
}

/** Whether a text holds every word, in any order. */
export function holdsWords(text, words) {
    const lower = text.toLowerCase();
    return words.toLowerCase().split(/\s+/).filter(Boolean).every((word) => lower.includes(word));
}

/** A number of items that come before, from an address. */
export function firstFrom(parameters) {
    const first = Number(parameters.get("after") ?? 0);
    return Number.isInteger(first) && first > 0 ? first : 0;
}
