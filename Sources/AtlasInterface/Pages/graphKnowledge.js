// What the atlas knows of a graph's features beside the graph: how generic each is, how much it belongs to the answer, what
// operands call it. It is asked for after the drawing is there, and only of a server.

import {ask, isFolder} from "./data.js";
import {featureName} from "./address.js";
import {choice, element} from "./elements.js";
import {counted, isKnown, measure, number} from "./numbers.js";
import {term} from "./terms.js";

const densities = [
    ["", "all"], ["0.2", "at most 20 %"], ["0.1", "at most 10 %"], ["0.05", "at most 5 %"], ["0.01", "at most 1 %"],
];
const specificities = [
    ["", "all"], ["2", "at least 2 ×"], ["5", "at least 5 ×"], ["10", "at least 10 ×"], ["50", "at least 50 ×"],
];

/**
 * What is known of the features of the graph at `path`; null where it cannot be asked for.
 *
 * @param {string | null} path
 * @param {GraphState} state
 * @returns {Promise<GraphFeaturesReport | null>}
 */
export async function askKnowledge(path, state) {
    if (isFolder || !path) return null;
    try {
        const limit = state.limit ?? 300;
        return /** @type {GraphFeaturesReport} */ (
            await ask(`${path}/features`, {}, { nodes: state.nodes, edges: state.edges, limit }));
    } catch {
        return null;
    }
}

/**
 * Writes into a model's nodes what is known; names made by rule give way to those by operands.
 *
 * @param {GraphModel} model
 * @param {GraphFeaturesReport} knowledge
 * @returns {void}
 */
export function learn(model, knowledge) {
    const known = new Map(knowledge.features.map((row) => [featureName(row.feature), row]));
    for (const node of model.nodes) {
        const row = node.kind === "feature" ? known.get(featureName(node.feature)) : undefined;
        if (!row) continue;
        Object.assign(node, {
            density: row.density, specificity: row.specificity ?? null, operandLabel: row.operandLabel ?? null,
        });
        if (node.operandLabel && (node.labelIsAutomatic || !node.label)) {
            Object.assign(node, { ruleLabel: node.label, label: node.operandLabel, labelIsAutomatic: true });
        }
    }
}

/**
 * The features that recede by the filters of a state; null where none does.
 *
 * @param {GraphModel} model
 * @param {{ density: number | null, specificity: number | null }} filters
 * @returns {Set<number> | null}
 */
export function recedingIn(model, { density, specificity }) {
    if (density === null && specificity === null) return null;
    const receding = new Set();
    model.nodes.forEach((node, index) => {
        if (node.kind !== "feature" || node.density === undefined) return;
        const isGeneric = density !== null && node.density > density;
        const isUnspecific = specificity !== null && node.specificity !== null && node.specificity < specificity;
        if (isGeneric || isUnspecific) receding.add(index);
    });
    return receding;
}

/**
 * A number among those that a filter offers, or null.
 *
 * @param {string | null} text
 * @returns {number | null}
 */
export function filterFrom(text) {
    const value = Number(text);
    return text && value > 0 && Number.isFinite(value) ? value : null;
}

function among(offered, value) {
    const text = value === null ? "" : String(value);
    return offered.some(([key]) => key === text) ? offered : [...offered, [text, text]];
}

function specificityMeaning(answer, promptCount) {
    const read = answer.readPrompts < answer.promptCount ? `, ${number(answer.readPrompts)} of them read` : "";
    return `How many times as often a feature fires in prompts after which the model says “${answer.text}” `
        + `(${counted(answer.promptCount, "prompt")}${read}) as in all ${number(promptCount)} prompts. `
        + "Features below the limit recede.";
}

/**
 * The controls of both filters, with what they mean; `show(knowledge, state, receding)` fills them.
 *
 * @param {(change: Partial<GraphState>) => void} onchange
 * @returns {{ element: HTMLElement, show: (knowledge: GraphFeaturesReport | null, state: GraphState, receding: Set<number>
 *     | null) => void }}
 */
export function knowledgeFilters(onchange) {
    const place = element("span", { class: "knowledge" });
    let shown = null;
    function build(knowledge, state) {
        const answer = knowledge.answer;
        const density = choice("filter-density", among(densities, state.density), String(state.density ?? ""),
            (value) => onchange({ density: filterFrom(value) }));
        const specificity = answer
            ? choice("filter-specificity", among(specificities, state.specificity), String(state.specificity ?? ""),
                (value) => onchange({ specificity: filterFrom(value) }))
            : null;
        density.setAttribute("aria-label", "Density");
        specificity?.setAttribute("aria-label", "Specific to this answer");
        const status = element("span", { class: "quiet", role: "status" });
        place.replaceChildren(...[
            term("Density", "The share of all counted tokens at which a feature fires. Features above the limit recede."),
            density,
            answer ? term("Specific to this answer", specificityMeaning(answer, knowledge.promptCount)) : null,
            specificity, status,
        ].filter(Boolean));
        return { density, specificity, status, knowledge };
    }
    return {
        element: place,
        show(knowledge, state, receding) {
            if (!knowledge) return;
            if (shown?.knowledge !== knowledge) shown = build(knowledge, state);
            shown.density.value = String(state.density ?? "");
            if (shown.specificity) shown.specificity.value = String(state.specificity ?? "");
            shown.status.textContent = receding === null ? "" : `${number(receding.size)} recede`;
        },
    };
}

/**
 * A node's specificity in words.
 *
 * @param {GraphNode} node
 * @returns {string}
 */
export function specificityText(node) {
    return !isKnown(node.specificity) ? "–" : `${measure(node.specificity)} ×`;
}
