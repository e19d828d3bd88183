// Two groups of prompts: the features and links that differ, what both share, and the two circuits.

import {element, quiet, section} from "./elements.js";
import {ask, askInformation} from "./data.js";
import {comparedDrawings} from "./compareDrawings.js";
import {edgeLink} from "./edgeEvidence.js";
import {counted, measure, number, percentage, points, signed} from "./numbers.js";
import {labelText, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";
import {modelOfCircuit} from "./circuitPage.js";

function difference(row) {
    return [points(row.difference), weightBar(row.difference, 1)];
}

function qText(value, rate) {
    return value <= rate ? element("strong", {}, measure(value)) : measure(value);
}

/** The columns of both tests; q-values within the asked rate stand out. */
function significance(rate, members) {
    const note =
        `after control of the false-discovery rate; in bold up to ${rate}, a bound that a share of ${percentage(rate)} of such `
            + "rows passes by chance.";
    return [
        {
            title: "q-value", numeric: true,
            definition: `Whether more ${members} of one group have it: Fisher's exact test, ${note}`,
            cell: (row) => qText(row.qValue, rate),
        },
        {
            title: "First larger", numeric: true,
            definition: `Of pairs of ${members} that have it, one of each group, the share in which the first has the larger `
                + "value; 50 %: no difference. Empty where too few have it.",
            cell: (row) => row.strength ? percentage(row.strength.firstLarger) : "",
        },
        {
            title: "q of that", numeric: true, definition: `A rank-sum test of these values, ${note}`,
            cell: (row) => row.strength ? qText(row.strength.qValue, rate) : "",
        },
    ];
}

const shareColumns = [
    {
        title: "First", numeric: true, definition: "Share of the first group's prompts that have it.",
        cell: (row) => percentage(row.firstShare),
    },
    {
        title: "Second", numeric: true, definition: "Share of the second group's prompts that have it.",
        cell: (row) => percentage(row.secondShare),
    },
];
const differenceColumn = {
    title: "Difference", numeric: true,
    definition: "The first share less the second, in percentage points. Striped bars: more common in the second group.",
    cell: difference,
};

function featureRows(rows, rate) {
    return dataTable("Features that differ", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
        ...shareColumns, differenceColumn,
        {
            title: "Influence, first", numeric: true,
            definition: "Mean over the first group's graphs of its influence, summed over positions.",
            cell: (row) => percentage(row.firstInfluence),
        },
        {
            title: "Influence, second", numeric: true, definition: "The same of the second group.",
            cell: (row) => percentage(row.secondInfluence),
        },
        ...significance(rate, "prompts"),
    ], rows, { empty: "No feature was tested: the groups are too small." });
}

function linkRows(rows, rate, a, b) {
    return dataTable("Links that differ", [
        { title: "From", head: true, cell: (row) => nodeText(row.source, row.sourceLabel) },
        { title: "To", cell: (row) => nodeText(row.target, row.targetLabel) },
        ...shareColumns, differenceColumn,
        {
            title: "Mean, first", numeric: true, definition: "Mean weight over the first group's graphs that store the link.",
            cell: (row) => edgeLink(signed(row.firstMean), row.source, row.target, { where: a }),
        },
        {
            title: "Mean, second", numeric: true, definition: "The same of the second group.",
            cell: (row) => edgeLink(signed(row.secondMean), row.source, row.target, { where: b }),
        },
        ...significance(rate, "graphs"),
    ], rows, { empty: "No link was tested: a group has no stored graph, or too few." });
}

function coreRows(report) {
    return dataTable("Shared core", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) }, ...shareColumns,
    ], report.core, { empty: "No feature is active in so many prompts of both groups." });
}

async function circuits(a, b, able, signal) {
    const [{ layerCount }, first, second] = await Promise.all([
        askInformation(), ask("circuits", { where: a }, { size: 40 }), ask("circuits", { where: b }, { size: 40 }),
    ]);
    const side = (where, report) => ({ title: where, where, model: modelOfCircuit(report, layerCount) });
    return comparedDrawings([side(a, first), side(b, second)], { able, signal });
}

function groupText(group) {
    const read = group.readPrompts < group.promptCount ? `, ${number(group.readPrompts)} read` : "";
    return `${counted(group.promptCount, "prompt")}${read}, ${counted(group.graphCount, "graph")}`;
}

function foundText(present, tested, stronger, strengths, rate) {
    return `${number(present)} of ${tested} are in more prompts of one group, ${number(stronger)} of ${number(strengths)} are `
        + `stronger in one, each at a false-discovery rate of ${percentage(rate)}.`;
}

/**
 * The parts of the view that compares two groups; an empty second group is all prompts outside the first.
 *
 * @param {string} a
 * @param {string} b
 * @param {Able} able
 * @param {AbortSignal} signal
 * @returns {Promise<Part>}
 */
export async function compareGroups(a, b, able, signal) {
    const report = await ask("diff", { a, b });
    const rate = report.options.falseDiscoveryRate;
    const drawings = element("div", {},
        b === "" ? quiet("Choose a second group to see the two circuits side by side.") : quiet("Growing the two circuits…"));
    const start = async () => {
        if (b === "") return;
        try {
            const compared = await circuits(a, b, able, signal);
            if (signal.aborted) return;
            drawings.replaceChildren(compared.element);
            compared.start();
        } catch (error) {
            drawings.replaceChildren(quiet(`The circuits cannot be drawn: ${error.message}`));
        }
    };
    return {
        view: [
            element("p", { class: "scores" },
                element("span", {}, "First: ", element("bdi", {}, report.first.filter || "all"), ` (${groupText(report.first)})`),
                element("span", {}, "Second: ", element("bdi", {}, report.second.filter || "all others"),
                    ` (${groupText(report.second)})`)),
            section("The two circuits", "Grown from the answers of each group's prompts; what only one has is coloured.",
                drawings),
            ...report.limitations.map((sentence) => element("p", {}, sentence)),
            section("Features that differ",
                foundText(report.significantFeatures, counted(report.testedFeatures, "tested feature"),
                    report.significantFeatureStrengths, report.strengthTestedFeatures, rate),
                featureRows(report.features, rate)),
            section("Links that differ",
                foundText(report.significantEdges, counted(report.testedEdges, "tested link"),
                    report.significantEdgeStrengths, report.strengthTestedEdges, rate)
                    + " Positions are taken together.",
                linkRows(report.edges, rate, a, b)),
            section("Shared core",
                `${counted(report.coreFeatureCount, "feature")} active in at least ${percentage(report.options.coreShare)} of `
                    + "the prompts of each group.",
                coreRows(report)),
        ],
        shown: start,
    };
}
