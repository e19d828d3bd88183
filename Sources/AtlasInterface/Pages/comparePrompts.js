// Two prompts: their graphs side by side, and the features in which they differ.

import {element, link, section} from "./elements.js";
import {askGraph} from "./graphPage.js";
import {comparedDrawings, identityOf} from "./compareDrawings.js";
import {featureAddress, featureName, graphAddress} from "./address.js";
import {graphSummary} from "./graphSummary.js";
import {modelOfGraph} from "./graphModel.js";
import {percentage, points} from "./numbers.js";
import {viewingThresholds} from "./graphState.js";
import {labelText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

/**
 * The influence of each feature in two graphs, positions added up, most different first.
 *
 * @param {GraphModel} first
 * @param {GraphModel} second
 * @returns {{ feature: FeatureID, label: string | null, labelIsAutomatic: boolean, influence: number[], difference: number }[]}
 */
export function influenceRows(first, second) {
    const rows = new Map();
    [first, second].forEach((model, side) => {
        for (const node of model.nodes) {
            if (node.kind !== "feature") continue;
            const key = identityOf(node);
            if (!rows.has(key)) {
                rows.set(key, {
                    feature: node.feature, label: node.label, labelIsAutomatic: node.labelIsAutomatic, influence: [0, 0],
                });
            }
            rows.get(key).influence[side] += node.influence;
        }
    });
    return [...rows.values()]
        .map((row) => ({ ...row, difference: row.influence[0] - row.influence[1] }))
        .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

/**
 * The parts of the view that compares two prompts.
 *
 * @param {string} a
 * @param {string} b
 * @param {Able} able
 * @param {AbortSignal} signal
 * @returns {Promise<Part>}
 */
export async function comparePrompts(a, b, able, signal) {
    const reports = await Promise.all([a, b].map((prompt) => askGraph(prompt, viewingThresholds, signal)));
    const models = reports.map(modelOfGraph);
    const sides = [a, b].map((prompt, side) => ({
        title: `Prompt ${prompt}`, model: models[side], prompt, text: reports[side].text,
        nodesPath: `prompts/${prompt}/graph/nodes`,
    }));
    const compared = comparedDrawings(sides, { able, signal });
    const rows = influenceRows(models[0], models[1]);
    const largest = Math.max(0, ...rows.map((row) => Math.abs(row.difference)));
    return {
        view: [
            element("div", { class: "sides" },
                reports.map((report, side) =>
                    element("div", {}, element("h2", {}, link(graphAddress([a, b][side]), `Prompt ${[a, b][side]}`)),
                        graphSummary(report)))),
            section("The two graphs",
                "A feature is the same wherever it stands; what only one graph has within the thresholds is coloured.",
                compared.element),
            section("Features by difference of influence",
                "Influence on the explained logits within the thresholds, positions added up.",
                dataTable("Features by difference", [
                    { title: "Feature", head: true, cell: (row) => link(featureAddress(row.feature), featureName(row.feature)) },
                    { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
                    { title: "First", numeric: true, cell: (row) => row.influence[0] > 0 ? percentage(row.influence[0]) : "–" },
                    { title: "Second", numeric: true, cell: (row) => row.influence[1] > 0 ? percentage(row.influence[1]) : "–" },
                    {
                        title: "Difference", numeric: true,
                        definition: "The first less the second, in percentage points. Striped bars: more in the second.",
                        cell: (row) => [points(row.difference), weightBar(row.difference, largest)],
                    },
                ], rows.slice(0, 40), { empty: "Neither graph has features." })),
        ],
        shown: compared.start,
    };
}
