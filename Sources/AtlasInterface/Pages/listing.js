// Long lists: a server filters, orders and cuts them; in a folder they are all there and that is done here.

import {ask, askWhole, isFolder} from "./data.js";
import {pager} from "./tables.js";

/** Items in a part of a list. */
export const pageLength = 50;
/** Items that are asked for at once where all are wanted. */
const wholeLength = 1_000;

/**
 * Where an address goes on with a list: {first, after}: how many items come before, and the server's own mark, if it gave one.
 *
 * @param {URLSearchParams} parameters
 * @returns {ListPlace}
 */
export function placeFrom(parameters) {
    const after = parameters.get("after") ?? "";
    return /^\d{1,9}(~\d+(\/\d+)?)?$/.test(after) ? { first: Number.parseInt(after, 10), after } : { first: 0, after: "" };
}

/**
 * A part of the list at `path`, as {items, total, first, next}; `whole()` gives all items.
 * In a folder `matches(item)` filters and `order(a, b)` sorts what `parameters` say a server would.
 *
 * @param {string} path
 * @param {Terms} parameters
 * @param {ListPlace} place
 * @param {{ matches?: (item: any) => boolean, order?: ((a: any, b: any) => number) | null }} [ways]
 * @returns {Promise<ListPart<any>>}
 */
export async function listPart(path, parameters, place, { matches = () => true, order = null } = {}) {
    if (!isFolder) {
        const answer = await ask(path, {}, { ...parameters, limit: pageLength, after: place.after });
        return {
            items: answer.items, total: answer.total, first: place.first, next: answer.next ?? null,
            whole: () => wholeList(path, parameters),
        };
    }
    const chosen = (await askWhole(path)).filter(matches);
    if (order) chosen.sort(order);
    const { first } = place;
    return {
        items: chosen.slice(first, first + pageLength), total: chosen.length, first,
        next: first + pageLength < chosen.length ? String(first + pageLength) : null, whole: async () => chosen,
    };
}

/**
 * All items of a server's list, part by part.
 *
 * @param {string} path
 * @param {Terms} [parameters]
 * @returns {Promise<any[]>}
 */
export async function wholeList(path, parameters = {}) {
    const items = [];
    let after = "";
    do {
        const answer = await ask(path, {}, { ...parameters, limit: wholeLength, after });
        items.push(...answer.items);
        after = answer.next ?? "";
    } while (after !== "");
    return items;
}

/**
 * Where one is in a list; `turn(after)` goes elsewhere in it.
 *
 * @param {ListPart<any>} part
 * @param {string} noun
 * @param {(after: string) => void} turn
 * @returns {HTMLElement}
 */
export function listPager(part, noun, turn) {
    const { first, items, total, next } = part;
    return pager(first, items.length, total, noun,
        first > 0 ? () => turn(first > pageLength ? String(first - pageLength) : "") : null,
        next === null ? null : () => turn(next));
}

/**
 * Whether a text holds every word, in any order.
 *
 * @param {string} text
 * @param {string} words
 * @returns {boolean}
 */
export function holdsWords(text, words) {
    const lower = text.toLowerCase();
    return words.toLowerCase().split(/\s+/).filter(Boolean).every((word) => lower.includes(word));
}

/**
 * The order of a list in an address, `key` or `-key` for the order backwards, as a table's headings show and change it.
 *
 * @param {string} order
 * @param {string} usual
 * @param {string[]} ascendingKeys
 * @param {(order: string) => void} choose
 * @returns {Order}
 */
export function headingOrder(order, usual, ascendingKeys, choose) {
    const key = order.replace(/^-/, "") || usual;
    const isBackwards = order.startsWith("-");
    return {
        column: key, descending: ascendingKeys.includes(key) === isBackwards,
        choose: (column) => choose(column === key && !isBackwards ? `-${column}` : column === usual ? "" : column),
    };
}
