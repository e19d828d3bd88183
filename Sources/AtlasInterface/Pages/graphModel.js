// A graph or a circuit as the drawing knows it: nodes in rows, and for every node its inputs and outputs by weight.

import {isKnown, roundPercentage, shortened, visible} from "./numbers.js";
import {featureName} from "./address.js";

/**
 * The name of a node in few characters.
 *
 * @param {NodeName} node
 * @returns {string}
 */
export function shortName(node) {
    switch (node.kind) {
    case "feature": return featureName(node.feature);
    case "error": return `error ${node.layer}`;
    case "logit": return visible(node.text);
    default: return visible(node.text);
    }
}

/**
 * The name of a node for those who hear it.
 *
 * @param {GraphNode} node
 * @returns {string}
 */
export function spokenName(node) {
    const place = isKnown(node.position) && node.kind !== "logit" ? `, position ${node.position}` : "";
    const influence = isKnown(node.influence) ? `, influence ${roundPercentage(node.influence)}` : "";
    const probability = isKnown(node.probability) ? `, probability ${roundPercentage(node.probability)}` : "";
    const label = node.label ? `, ${shortened(node.label, 80)}` : "";
    switch (node.kind) {
    case "feature": return `feature ${featureName(node.feature)}${label}${place}${influence}`;
    case "error": return `error of layer ${node.layer}${place}${influence}`;
    case "logit": return `logit ${visible(node.text)}${probability}${influence}`;
    default: return `token ${visible(node.text)}${place}${influence}`;
    }
}

/** Nodes in rows (tokens below, layers, logits above), and links as indices of nodes. */
export class GraphModel {
    /**
     * @param {{ nodes: GraphNode[], edges: GraphEdge[], columns: GraphColumn[], layerCount: number,
     *     isCollapsed?: boolean }} given
     */
    constructor({ nodes, edges, columns, layerCount, isCollapsed = false }) {
        this.nodes = nodes;
        this.edges = edges;
        this.columns = columns;
        this.layerCount = layerCount;
        this.isCollapsed = isCollapsed;
        this.inputs = nodes.map(() => []);
        this.outputs = nodes.map(() => []);
        this.byID = new Map(nodes.map((node, index) => [node.id, index]));
        for (const edge of edges) {
            this.inputs[edge.target].push(edge);
            this.outputs[edge.source].push(edge);
        }
        const byWeight = (a, b) => Math.abs(b.weight) - Math.abs(a.weight);
        for (const list of [...this.inputs, ...this.outputs]) list.sort(byWeight);
        this.largestInfluence = Math.max(0, ...nodes.filter((node) => node.kind !== "logit").map((node) => node.influence ?? 0));
    }

    /**
     * The row of a node, from the bottom: tokens, layers, logits.
     *
     * @param {GraphNode} node
     * @returns {number}
     */
    rowOf(node) {
        if (node.kind === "logit") return this.layerCount + 1;
        return node.kind === "token" || node.kind === "embedding" ? 0 : node.layer + 1;
    }

    get rowCount() {
        return this.layerCount + 2;
    }

    rowTitle(row) {
        if (row === 0) return "tokens";
        return row === this.layerCount + 1 ? "logits" : `layer ${row - 1}`;
    }

    /**
     * The nodes within a share of the influence; tokens and logits that are given always stay.
     *
     * @param {number} threshold
     * @returns {Set<number>}
     */
    within(threshold) {
        const shown = new Set();
        this.nodes.forEach((node, index) => {
            const isWithin = !isKnown(node.cumulativeInfluence) || node.cumulativeInfluence <= threshold + 1e-6;
            if (node.kind === "logit" || isWithin) shown.add(index);
        });
        return shown;
    }

    /** The nodes whose label, token, layer or name holds every word. */
    matching(query) {
        const words = query.toLowerCase().split(/\s+/).filter(Boolean);
        if (words.length === 0) return null;
        const found = new Set();
        this.nodes.forEach((node, index) => {
            const token = this.columns[node.position]?.text ?? "";
            const text =
                `${shortName(node)} ${node.label ?? ""} ${node.text ?? ""} ${node.kind} ${this.rowTitle(this.rowOf(node))} `
                    + `${node.kind === "logit" ? "" : token}`.toLowerCase();
            const readable = text.replaceAll("␣", " ");
            if (words.every((word) => text.includes(word) || readable.includes(word))) found.add(index);
        });
        return found;
    }
}

/**
 * The model of one prompt's graph, as the server reports it.
 *
 * @param {GraphReport} report
 * @returns {GraphModel}
 */
export function modelOfGraph(report) {
    return new GraphModel({
        nodes: report.nodes, edges: report.edges, layerCount: report.layerCount,
        columns: report.tokens.map((token, position) => ({ position, text: token.text })),
    });
}
