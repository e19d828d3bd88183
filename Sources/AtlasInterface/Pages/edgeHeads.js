// Through which attention heads the links of a graph go, as far as the atlas keeps it.

import {ask} from "./data.js";

/** The heads of a graph's links; `report` is the answer beside the graph's. */
export class EdgeHeads {
    /**
     * @param {GraphHeadsReport} report
     */
    constructor(report) {
        this.isComputed = report.isComputed;
        this.heads = report.heads;
        this.links = new Map(report.edges.map((edge) => [`${report.nodes[edge.source]} ${report.nodes[edge.target]}`, edge]));
        this.names = new Map(report.heads.map((head, place) => [headName(head), place]));
    }

    /**
     * The heads of a link, as {heads: [{layer, head, loading}], rest}; null where nothing is told of it.
     *
     * @param {string} source
     * @param {string} target
     * @returns {LinkItem["heads"]}
     */
    of(source, target) {
        const edge = this.links.get(`${source} ${target}`);
        if (!edge) return null;
        return {
            rest: edge.rest, heads: edge.heads.map((place, rank) => ({ ...this.heads[place], loading: edge.loadings[rank] })),
        };
    }

    /**
     * What a head carries of a model's links: the links with their loadings; null where it carries none.
     *
     * @param {string} name
     * @param {GraphModel} model
     * @returns {Map<GraphEdge, number> | null}
     */
    carriedBy(name, model) {
        const place = this.names.get(name);
        if (place === undefined) return null;
        const parts = new Map();
        for (const edge of model.edges) {
            const own = this.links.get(`${model.nodes[edge.source].id} ${model.nodes[edge.target].id}`);
            const rank = own?.heads.indexOf(place) ?? -1;
            if (rank >= 0) parts.set(edge, own.loadings[rank]);
        }
        return parts;
    }
}

/**
 * How a head is written.
 *
 * @param {HeadID} head
 * @returns {string}
 */
export function headName(head) {
    return `${head.layer}.${head.head}`;
}

/**
 * Asks for the heads of a graph's links at the thresholds of the graph; null where there is no answer.
 *
 * @param {number | string} prompt
 * @param {{ nodes: number, edges: number }} thresholds
 * @param {AbortSignal} [signal]
 * @returns {Promise<EdgeHeads | null>}
 */
export async function askEdgeHeads(prompt, { nodes, edges }, signal) {
    try {
        return new EdgeHeads(await ask(`prompts/${prompt}/graph/heads`, {}, { nodes, edges, limit: 300 }, signal));
    } catch {
        return null;
    }
}
