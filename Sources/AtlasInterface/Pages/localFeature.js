// A feature as one prompt sees it: its value there, and what feeds it and what it feeds in that prompt's graph.

import {element, link, quiet, section} from "./elements.js";
import {ask} from "./data.js";
import {edgeLink} from "./edgeEvidence.js";
import {featureName, graphAddress} from "./address.js";
import {measure, percentage, signed} from "./numbers.js";
import {dataTable} from "./tables.js";
import {modelOfGraph} from "./graphModel.js";
import {nodeText, weightBar} from "./terms.js";

/**
 * Where a feature is in a prompt's graph: {value, model, nodes}.
 *
 * @param {FeatureID} feature
 * @param {number | string} prompt
 * @returns {Promise<{ value: number, model: GraphModel, nodes: { node: GraphNode, index: number }[] } | null>}
 */
export async function valueInPrompt(feature, prompt) {
    const model = modelOfGraph(await ask(`prompts/${prompt}/graph`, {}, { nodes: 0.9, edges: 0.98, limit: 300 }));
    const nodes = model.nodes.map((node, index) => ({ node, index }))
        .filter(({ node }) => node.kind === "feature" && featureName(node.feature) === featureName(feature));
    if (nodes.length === 0) return { value: 0, model, nodes };
    const value = nodes.map(({ node }) => node.activation).reduce((a, b) => Math.abs(b) > Math.abs(a) ? b : a);
    return { value, model, nodes };
}

function localTable(title, model, edges, other, prompt) {
    const rows = edges.slice(0, 10);
    const largest = Math.max(0, ...rows.map((edge) => Math.abs(edge.weight)));
    return element("div", {}, element("h3", {}, title), dataTable(title, [
        {
            title: "Node", head: true, width: "wide-name",
            cell: (edge) => nodeText(model.nodes[edge[other]], model.nodes[edge[other]].label, prompt),
        },
        { title: "Position", numeric: true, cell: (edge) => model.nodes[edge[other]].position },
        {
            title: "Weight", numeric: true,
            cell: (edge) => [
                edgeLink(signed(edge.weight), model.nodes[edge.source], model.nodes[edge.target], { prompt }),
                weightBar(edge.weight, largest),
            ],
        },
        { title: "Share", numeric: true, cell: (edge) => percentage(edge.share) },
    ], rows, { empty: "None within the thresholds." }));
}

/**
 * The part of the dashboard about the prompt that the feature is seen from.
 *
 * @param {number | string} prompt
 * @param {{ model: GraphModel, nodes: { node: GraphNode, index: number }[] }} local
 * @returns {HTMLElement}
 */
export function localNeighbours(prompt, local) {
    const { model, nodes } = local;
    if (nodes.length === 0) {
        return section(`In prompt ${prompt}`, null,
            quiet("The feature has no node in this prompt's graph at the thresholds asked for. ",
                link(graphAddress(prompt), "Back to the graph")));
    }
    const gather = (lists) => nodes.flatMap(({ index }) => lists[index]).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    return section(`In prompt ${prompt}`,
        "What feeds the feature and what it feeds in this prompt's graph: signed contributions, and their share of the target's "
            + "absolute inputs before pruning.",
        element("p", {},
            nodes.map(({ node }) => [
                measure(node.activation), " at position ", link(graphAddress(prompt, node.id), String(node.position)), ". ",
            ])),
        element("div", { class: "columns two" },
            localTable("Inputs here", model, gather(model.inputs), "source", prompt),
            localTable("Outputs here", model, gather(model.outputs), "target", prompt)));
}
