// What a person has done to a graph: thresholds, chosen and pinned nodes, groups. All of it is kept in the address.

/** The thresholds of the field's viewers. */
export const viewingThresholds = { nodes: 0.8, edges: 0.98 };

function share(text, otherwise) {
    const value = Number(text);
    return text !== null && text !== "" && value > 0 && value <= 1 ? value : otherwise;
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
        stability: parameters.get("stability") === "yes",
        ends: ["inputs", "outputs", "either"].includes(parameters.get("ends")) ? parameters.get("ends") : "both",
        head: /^\d{1,5}\.\d{1,5}$/.test(parameters.get("head") ?? "") ? parameters.get("head") : null,
    };
}

/** The parameters of an address that tell a state; what is as usual is left out. */
export function parametersOf(state) {
    return {
        nodes: state.nodes === viewingThresholds.nodes ? "" : state.nodes,
        edges: state.edges === viewingThresholds.edges ? "" : state.edges,
        selected: state.selected ?? "",
        pins: state.pins.join(","),
        groups: state.groups.map((group) => `${encodeURIComponent(group.name)}:${group.members.join(",")}`).join(";"),
        view: state.view === "table" ? "table" : "",
        find: state.find,
        stability: state.stability ? "yes" : "",
        ends: state.ends === "both" ? "" : state.ends,
        head: state.head ?? "",
    };
}

/** The state with a node pinned, or no longer; a node that is not pinned is in no group. */
export function withPinToggled(state, id) {
    if (!state.pins.includes(id)) return { ...state, pins: [...state.pins, id] };
    return {
        ...state, pins: state.pins.filter((pin) => pin !== id),
        groups: state.groups.map((group) => ({ ...group, members: group.members.filter((member) => member !== id) }))
            .filter((group) => group.members.length > 0),
    };
}

/** The state with nodes gathered under a name; they leave the groups they were in. */
export function withGroup(state, name, members) {
    const taken = new Set(members);
    const others = state.groups.filter((group) => group.name !== name)
        .map((group) => ({ ...group, members: group.members.filter((member) => !taken.has(member)) }))
        .filter((group) => group.members.length > 0);
    return { ...state, pins: [...new Set([...state.pins, ...members])], groups: [...others, { name, members }] };
}

/** The state with a group under another name. */
export function withGroupRenamed(state, from, to) {
    return { ...state, groups: state.groups.map((group) => group.name === from ? { ...group, name: to } : group) };
}

/** The state without a group; its nodes stay pinned. */
export function withoutGroup(state, name) {
    return { ...state, groups: state.groups.filter((group) => group.name !== name) };
}
