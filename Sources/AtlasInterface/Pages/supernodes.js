// The supernodes that an atlas keeps: features under a name of their own.

import {ask, change} from "./data.js";

/** The kept supernodes as {name, note, members}; none where they cannot be asked for. */
export async function savedSupernodes() {
    try {
        const answer = await ask("supernodes");
        const items = Array.isArray(answer) ? answer : answer.items ?? [];
        return items.map((item) => ({ name: item.name, note: item.note ?? "", members: item.members ?? item.features ?? [] }));
    } catch {
        return [];
    }
}

/** Keeps features under a name. */
export function saveSupernode(name, members, note = "") {
    return change("PUT", `supernodes/${encodeURIComponent(name)}`, { features: members, note });
}

/** Forgets a name. */
export function removeSupernode(name) {
    return change("DELETE", `supernodes/${encodeURIComponent(name)}`);
}
