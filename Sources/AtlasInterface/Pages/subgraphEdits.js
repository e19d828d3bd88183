// What the panel of the pinned subgraph changes in a workbench: each a step of its history.

import {featureName} from "./address.js";
import {withGroup, withGroupDeleted, withGroupRenamed, withoutGroup} from "./graphState.js";

/** The features of a group's nodes, each once. */
function featuresOf(model, members) {
    const nodes = members.map((id) => model.nodes[model.byID.get(id)]).filter((node) => node?.kind === "feature");
    return [...new Map(nodes.map(({ feature }) => [featureName(feature), feature])).values()];
}

/**
 * The edits of a workbench's pins and groups.
 *
 * @param {GraphWorkbench} workbench
 * @returns {SubgraphEdits}
 */
export function subgraphEdits(workbench) {
    const edit = (title, state) => workbench.edit(title, state);
    return {
        unpin: (id) => workbench.togglePin(id),
        group: (name, members) => edit(`group ${name}`, withGroup(workbench.state, name, members)),
        adopt: (name, members) => edit(`show ${name}`, withGroup(workbench.state, name, members)),
        rename: (from, to) => edit(`rename ${from}`, withGroupRenamed(workbench.state, from, to)),
        ungroup: (name) => edit(`ungroup ${name}`, withoutGroup(workbench.state, name)),
        remove: (name) => edit(`delete ${name}`, withGroupDeleted(workbench.state, name)),
        forget: (supernode) => workbench.edits.forget(supernode),
        save: (group) => workbench.edits.keep(group.name, featuresOf(workbench.model, group.members)),
    };
}
