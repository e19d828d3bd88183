// The supernodes that an atlas keeps: features under a name of their own.

import {ask, change} from "./data.js";

/**
 * The kept supernodes as {name, note, members}; none where they cannot be asked for.
 *
 * @returns {Promise<Supernode[]>}
 */
export async function savedSupernodes() {
    try {
        const { items } = await ask("supernodes");
        return items.map((item) => ({ name: item.name, note: item.note ?? "", members: item.members }));
    } catch {
        return [];
    }
}

/**
 * Keeps features under a name.
 *
 * @param {string} name
 * @param {FeatureID[]} members
 * @param {string} [note]
 * @returns {Promise<StoredSupernode>}
 */
export function saveSupernode(name, members, note = "") {
    return change("PUT", `supernodes/${encodeURIComponent(name)}`, { features: members, note });
}

/**
 * Forgets a name.
 *
 * @param {string} name
 * @returns {Promise<StoredSupernode>}
 */
export function removeSupernode(name) {
    return change("DELETE", `supernodes/${encodeURIComponent(name)}`);
}
