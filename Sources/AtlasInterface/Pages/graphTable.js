// The twin of a drawing: the same nodes as a table, for those who cannot or would rather not see it.

import {button, element} from "./elements.js";
import {measure, percentage, signed} from "./numbers.js";
import {labelText, tokenText} from "./terms.js";
import {shortName} from "./graphModel.js";
import {specificityText} from "./graphKnowledge.js";
import {dataTable} from "./tables.js";

function strongest(model, edges, other, shown) {
    const edge = edges.find((item) => shown.has(item[other]));
    return edge ? [element("bdi", {}, shortName(model.nodes[edge[other]])), ` ${signed(edge.weight)}`] : "–";
}

/**
 * The table of the shown nodes, most influential first.
 *
 * @param {GraphModel} model
 * @param {Shown} state
 * @param {Actions} actions
 * @returns {HTMLElement}
 */
export function nodeTable(model, state, actions) {
    const rows = [...state.shown].filter((index) => !state.found || state.found.has(index))
        .sort((a, b) => (model.nodes[b].influence ?? 0) - (model.nodes[a].influence ?? 0));
    const tokenOf = (node) => node.kind === "logit" ? "–" : tokenText(model.columns[node.position]?.text);
    const place = model.isCollapsed ? [] : [
        { title: "Position", numeric: true, cell: (index) => model.nodes[index].position },
        { title: "At", cell: (index) => tokenOf(model.nodes[index]) },
    ];
    return dataTable("Nodes", [
        {
            title: "Node", head: true, width: "short-name",
            cell: (index) =>
                button([shortName(model.nodes[index])], () => actions.select(index), {
                    class: "link-name", "data-row": index, "aria-pressed": String(state.selected === index),
                }),
        },
        { title: "Row", cell: (index) => model.rowTitle(model.rowOf(model.nodes[index])) },
        ...place,
        {
            title: "Label", width: "label-head", cellClass: "label-cell",
            cell: (index) => model.nodes[index].kind === "feature"
                ? labelText(model.nodes[index].label, model.nodes[index].labelIsAutomatic)
                : model.nodes[index].kind,
        },
        {
            title: "Activation", numeric: true,
            cell: (index) => model.nodes[index].kind === "feature"
                ? measure(model.nodes[index].activation ?? model.nodes[index].meanActivation)
                : "–",
        },
        {
            title: "Influence", numeric: true,
            definition: "How much of the explained logits, weighted by their probabilities, comes through the node by any path.",
            cell: (index) => model.nodes[index].kind === "logit" ? "–" : percentage(model.nodes[index].influence),
        },
        ...(model.nodes.some((node) => node.density !== undefined) ? [
            {
                title: "Density", numeric: true, definition: "The share of all counted tokens at which the feature fires.",
                cell: (index) => percentage(model.nodes[index].density ?? null),
            },
            {
                title: "Specificity", numeric: true,
                definition: "How many times as often the feature fires in prompts with this answer as in all prompts.",
                cell: (index) => specificityText(model.nodes[index]),
            },
        ] : []),
        { title: "Strongest input", cell: (index) => strongest(model, model.inputs[index], "source", state.shown) },
        { title: "Strongest output", cell: (index) => strongest(model, model.outputs[index], "target", state.shown) },
        ...(actions.pin ? [{ title: "Pinned", cell: (index) => element("input", {
            type: "checkbox", "aria-label": `Pin ${shortName(model.nodes[index])}`, checked: state.pins.has(index) ? "" : null,
            onchange: () => actions.pin(index),
        }) }] : []),
    ], rows, {
        empty: "No node matches.", rowClass: (index) => index === state.selected ? "chosen" : null,
        data: (index) => model.nodes[index],
    });
}
