// Labelled subgraphs that recur over the graphs of the first group, against graphs rewired at random.

import {button, element, quiet, section} from "./elements.js";
import {featureAddress, featureName} from "./address.js";
import {askLong} from "./longAsk.js";
import {counted, isKnown, measure, number, signed} from "./numbers.js";
import {dataTable} from "./tables.js";
import {edgeLink} from "./edgeEvidence.js";

const kinds = {
    edge: "A → B", chain: "A → B → C", triangle: "A → B → C and A → C", fanIn: "A → C and B → C", fanOut: "A → B and A → C",
};
/** The ends of each shape's edges, as places among its features, in the order in which signs are told. */
const edgesOfKind = {
    edge: [[0, 1]], chain: [[0, 1], [1, 2]], triangle: [[0, 1], [1, 2], [0, 2]], fanIn: [[0, 2], [1, 2]],
    fanOut: [[0, 1], [0, 2]],
};
const letters = "ABC";

function motifLinks(row, where) {
    return edgesOfKind[row.kind].map(([from, to], place) => {
        const [source, target] = [from, to].map((end) => ({ kind: "feature", feature: row.features[end] }));
        const sign = row.signs ? (row.signs[place] < 0 ? " lowers " : " raises ") : " → ";
        return element("div", {}, edgeLink(`${letters[from]}${sign}${letters[to]}`, source, target, { where }));
    });
}

function expectation(value) {
    return [
        `${measure(value.expected)} ± ${measure(value.deviation)}`,
        !isKnown(value.zScore)
            ? ""
            : element("span", { class: "quiet" }, ` z ${signed(value.zScore)}`),
    ];
}

function motifTable(report, where) {
    const q = (value) => value <= report.options.falseDiscoveryRate ? element("strong", {}, measure(value)) : measure(value);
    return dataTable("Motifs", [
        { title: "Shape", head: true, cell: (row) => kinds[row.kind] ?? row.kind },
        {
            title: "Features", width: "wide-name",
            cell: (row) =>
                row.features.map((feature, place) =>
                    element("div", { class: "one-line" }, `${letters[place]}: `,
                        element("a", { href: featureAddress(feature) }, featureName(feature)),
                        row.labels[place] ? element("bdi", { class: "quiet" }, ` ${row.labels[place]}`) : null)),
        },
        { title: "Links", cell: (row) => motifLinks(row, where) },
        {
            title: "Graphs", numeric: true,
            definition: "Graphs that have it, and graphs that have all its features, linked or not.",
            cell: (row) => `${number(row.support)} of ${number(row.together)}`,
        },
        {
            title: "By degrees", numeric: true,
            definition: "Graphs that would have it where rewiring keeps each node's numbers of inputs and outputs: mean ± "
                + "standard deviation.",
            cell: (row) => expectation(row.degrees),
        },
        {
            title: "q", numeric: true, definition: "q-value against that; in bold where it is within the false-discovery rate.",
            cell: (row) => q(row.degrees.qValue),
        },
        {
            title: "By places", numeric: true,
            definition: "The same where rewiring keeps the layers and positions of links as well.",
            cell: (row) => expectation(row.places),
        },
        { title: "q", numeric: true, definition: "q-value against that.", cell: (row) => q(row.places.qValue) },
    ], report.motifs, { empty: "No motif is in enough graphs to be tested." });
}

function censusTable(report) {
    return dataTable("Shapes", [
        { title: "Shape", head: true, cell: (row) => row.shape },
        { title: "Count", numeric: true, cell: (row) => number(row.count) },
        {
            title: "By degrees", numeric: true,
            definition: "How many there would be where rewiring keeps each node's numbers of inputs and outputs.",
            cell: (row) => expectation(row.degrees),
        },
        {
            title: "By places", numeric: true, definition: "The same where it keeps the layers and positions of links as well.",
            cell: (row) => expectation(row.places),
        },
    ], report.census);
}

/**
 * The parts of the view of motifs; asked for when wanted, as graphs are rewired many times.
 *
 * @param {{ a: string, signal: AbortSignal }} question
 * @returns {Promise<Part>}
 */
export async function compareMotifs({ a, signal }) {
    const graphs = element("input", { type: "number", id: "motif-graphs", min: "1", max: "1000", value: "100" });
    const rewirings = element("input", { type: "number", id: "motif-rewirings", min: "1", max: "30000", value: "1000" });
    const place = element("div", {});
    const control = button("Look for motifs", async () => {
        control.disabled = true;
        try {
            const report = await askLong("motifs", { where: a, graphs: graphs.value, rewirings: rewirings.value, limit: 10 },
                place, signal);
            place.replaceChildren(
                element("p", {},
                    `${counted(report.readGraphs, "graph")} of ${counted(report.promptCount, "prompt")} read, `
                        + `${measure(report.meanNodes)} features and ${measure(report.meanEdges)} links in each. `
                        + `${number(report.significantCount)} of ${counted(report.testedCount, "tested motif")} are more `
                        + `frequent than by degrees, ${number(report.significantInBoth)} of them also than by places.`),
                ...report.limitations.map((sentence) => quiet(sentence)),
                motifTable(report, a), element("h3", {}, "Shapes, whatever the features"), censusTable(report));
        } catch (error) {
            place.replaceChildren(quiet(error.message));
        } finally {
            control.disabled = false;
        }
    });
    return {
        view: [section("Motifs",
            `Which features and links recur together over the graphs of ${a === "" ? "all prompts" : "the first group"}, more `
                + "often than where its links are rewired at random. The second group has no part in this.",
            element("p", { class: "controls" }, element("label", { for: "motif-graphs" }, "Graphs at most"), graphs,
                element("label", { for: "motif-rewirings" }, "rewired"), rewirings, "times", control), place)],
    };
}
