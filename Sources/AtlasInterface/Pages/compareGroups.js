// Two groups of prompts: the features and links that differ, what both share, and the two circuits.

import {element, quiet, section} from "./elements.js";
import {ask} from "./data.js";
import {comparedDrawings} from "./compareDrawings.js";
import {counted, measure, number, percentage, signed} from "./numbers.js";
import {labelText, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";
import {modelOfCircuit} from "./circuitPage.js";

function difference(row) {
    const text = row.difference > 0 ? `+${percentage(row.difference)}` : percentage(row.difference).replace("-", "−");
    return [text, weightBar(row.difference, 1)];
}

const significance = { title: "q-value", numeric: true, definition: "The p-value of a permutation test after control of the false-discovery rate: of the rows with at most 0.05 about one in twenty is chance.", cell: (row) => row.qValue <= 0.05 ? element("strong", {}, measure(row.qValue)) : measure(row.qValue) };

const shareColumns = [
    { title: "First", numeric: true, definition: "Share of the first group's prompts that have it.", cell: (row) => percentage(row.firstShare) },
    { title: "Second", numeric: true, definition: "Share of the second group's prompts that have it.", cell: (row) => percentage(row.secondShare) },
];
const differenceColumn = { title: "Difference", numeric: true, definition: "The first share less the second. Striped bars: more common in the second group.", cell: difference };

function featureRows(rows) {
    return dataTable("Features that differ", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
        ...shareColumns, differenceColumn,
        { title: "Influence, first", numeric: true, definition: "Mean over the first group's graphs of its influence, summed over positions.", cell: (row) => percentage(row.firstInfluence) },
        { title: "Influence, second", numeric: true, definition: "The same of the second group.", cell: (row) => percentage(row.secondInfluence) },
        significance,
    ], rows, { empty: "No feature was tested: the groups are too small." });
}

function linkRows(rows) {
    return dataTable("Links that differ", [
        { title: "From", head: true, cell: (row) => nodeText(row.source, row.sourceLabel) },
        { title: "To", cell: (row) => nodeText(row.target, row.targetLabel) },
        ...shareColumns, differenceColumn,
        { title: "Mean, first", numeric: true, definition: "Mean weight over the first group's graphs that store the link.", cell: (row) => signed(row.firstMean) },
        { title: "Mean, second", numeric: true, definition: "The same of the second group.", cell: (row) => signed(row.secondMean) },
        significance,
    ], rows, { empty: "No link was tested: a group has no stored graph, or too few." });
}

function coreRows(report) {
    return dataTable("Shared core", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) }, ...shareColumns,
    ], report.core, { empty: "No feature is active in so many prompts of both groups." });
}

async function circuits(report, a, b, signal) {
    const [atlas, first, second] = await Promise.all([ask("atlas"), ask("circuits", { where: a }, { size: 40 }), ask("circuits", { where: b }, { size: 40 })]);
    const layerCount = (atlas.information ?? atlas).layerCount;
    return comparedDrawings([a, b], [modelOfCircuit(first, layerCount), modelOfCircuit(second, layerCount)], signal);
}

function groupText(group) {
    return `${counted(group.promptCount, "prompt")}${group.readPrompts < group.promptCount ? `, ${number(group.readPrompts)} read` : ""}, ${counted(group.graphCount, "graph")}`;
}

/** The parts of the view that compares two groups; an empty second group is all prompts outside the first. */
export async function compareGroups(a, b, signal) {
    const report = await ask("diff", { a, b });
    const drawings = element("div", {}, b === "" ? quiet("Choose a second group to see the two circuits side by side.") : quiet("Growing the two circuits…"));
    const start = async () => {
        if (b === "") return;
        try {
            const compared = await circuits(report, a, b, signal);
            if (signal.aborted) return;
            drawings.replaceChildren(compared.element);
            compared.start();
        } catch (error) {
            drawings.replaceChildren(quiet(`The circuits cannot be drawn: ${error.message}`));
        }
    };
    return {
        view: [
            element("p", { class: "scores" }, element("span", {}, "First: ", element("bdi", {}, report.first.filter || "all"), ` (${groupText(report.first)})`), element("span", {}, "Second: ", element("bdi", {}, report.second.filter || "all others"), ` (${groupText(report.second)})`)),
            section("The two circuits", "Grown from the answers of each group's prompts; what only one has is coloured.", drawings),
            section("Features that differ", `${number(report.significantFeatures)} of ${counted(report.testedFeatures, "tested feature")} differ at a false-discovery rate of 5 % (${number(report.options.permutations)} permutations).`, featureRows(report.features)),
            section("Links that differ", `${number(report.significantEdges)} of ${counted(report.testedEdges, "tested link")} differ at a false-discovery rate of 5 %; positions are taken together.`, linkRows(report.edges)),
            section("Shared core", `${counted(report.coreFeatureCount, "feature")} active in at least ${percentage(report.options.coreShare)} of the prompts of each group.`, coreRows(report)),
        ],
        shown: start,
    };
}
