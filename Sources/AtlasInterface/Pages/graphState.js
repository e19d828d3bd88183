// What a person has done to a graph: thresholds, chosen and pinned nodes, groups. All of it is kept in the address.

import {filterFrom} from "./graphKnowledge.js";

/** The thresholds of the field's viewers. */
export const viewingThresholds = { nodes: 0.8, edges: 0.98 };

function share(text, otherwise) {
    const value = Number(text);
    return text !== null && text !== "" && value > 0 && value <= 1 ? value : otherwise;
}

function scaleFrom(text) {
    const value = Number(text);
    return text !== null && value > 0.01 && value <= 6 ? value : 1;
}

/** The state that an address tells. */
export function graphStateFrom(parameters) {
    const groups = (parameters.get("groups") ?? "").split(";").filter(Boolean).map((text) => {
        const [name, members = ""] = text.split(":");
        let decoded = name;
        try {
            decoded = decodeURIComponent(name);
        } catch { /* a damaged name is shown as it is */ }
        return { name: decoded, members: members.split(",").filter(Boolean) };
    }).filter((group) => group.name !== "" && group.members.length > 0);
    return {
        nodes: share(parameters.get("nodes"), viewingThresholds.nodes),
        edges: share(parameters.get("edges"), viewingThresholds.edges),
        selected: parameters.get("selected"),
        pins: (parameters.get("pins") ?? "").split(",").filter(Boolean),
        groups,
        view: parameters.get("view") === "table" ? "table" : "drawing",
        find: parameters.get("find") ?? "",
        zoom: scaleFrom(parameters.get("zoom")),
        density: filterFrom(parameters.get("density")),
        specificity: filterFrom(parameters.get("specificity")),
        limit: /^[1-9]\d{0,4}$/.test(parameters.get("limit") ?? "") ? Math.min(10_000, Number(parameters.get("limit"))) : null,
        stability: parameters.get("stability") === "yes",
        ends: ["inputs", "outputs", "either"].includes(parameters.get("ends")) ? parameters.get("ends") : "both",
        head: /^\d{1,5}\.\d{1,5}$/.test(parameters.get("head") ?? "") ? parameters.get("head") : null,
    };
}

/**
 * The parameters of an address that tell a state; what is as usual is left out.
 *
 * @param {GraphState} state
 * @returns {Terms}
 */
export function parametersOf(state) {
    return {
        nodes: state.nodes === viewingThresholds.nodes ? "" : state.nodes,
        edges: state.edges === viewingThresholds.edges ? "" : state.edges,
        selected: state.selected ?? "",
        pins: state.pins.join(","),
        groups: state.groups.map((group) => `${encodeURIComponent(group.name)}:${group.members.join(",")}`).join(";"),
        view: state.view === "table" ? "table" : "",
        find: state.find,
        limit: state.limit ?? "",
        density: state.density ?? "",
        specificity: state.specificity ?? "",
        zoom: Math.abs(state.zoom - 1) < 0.005 ? "" : state.zoom.toFixed(2),
        stability: state.stability ? "yes" : "",
        ends: state.ends === "both" ? "" : state.ends,
        head: state.head ?? "",
    };
}

/**
 * The state with a node pinned, or no longer; a node that is not pinned is in no group.
 *
 * @param {GraphState} state
 * @param {string} id
 * @returns {GraphState}
 */
export function withPinToggled(state, id) {
    if (!state.pins.includes(id)) return { ...state, pins: [...state.pins, id] };
    return {
        ...state, pins: state.pins.filter((pin) => pin !== id),
        groups: state.groups.map((group) => ({ ...group, members: group.members.filter((member) => member !== id) }))
            .filter((group) => group.members.length > 0),
    };
}

/**
 * The state with nodes gathered under a name; they leave the groups they were in.
 *
 * @param {GraphState} state
 * @param {string} name
 * @param {string[]} members
 * @returns {GraphState}
 */
export function withGroup(state, name, members) {
    const taken = new Set(members);
    const others = state.groups.filter((group) => group.name !== name)
        .map((group) => ({ ...group, members: group.members.filter((member) => !taken.has(member)) }))
        .filter((group) => group.members.length > 0);
    return { ...state, pins: [...new Set([...state.pins, ...members])], groups: [...others, { name, members }] };
}

/**
 * The state with a group under another name.
 *
 * @param {GraphState} state
 * @param {string} from
 * @param {string} to
 * @returns {GraphState}
 */
export function withGroupRenamed(state, from, to) {
    return { ...state, groups: state.groups.map((group) => group.name === from ? { ...group, name: to } : group) };
}

/**
 * The state without a group; its nodes stay pinned.
 *
 * @param {GraphState} state
 * @param {string} name
 * @returns {GraphState}
 */
export function withoutGroup(state, name) {
    return { ...state, groups: state.groups.filter((group) => group.name !== name) };
}

/**
 * The state without a group and its nodes.
 *
 * @param {GraphState} state
 * @param {string} name
 * @returns {GraphState}
 */
export function withGroupDeleted(state, name) {
    const members = new Set(state.groups.find((group) => group.name === name)?.members ?? []);
    return { ...withoutGroup(state, name), pins: state.pins.filter((pin) => !members.has(pin)) };
}
