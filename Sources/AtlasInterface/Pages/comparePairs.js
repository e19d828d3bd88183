// What differs within pairs of prompts of two groups that share a tag's value.

import {choice, element, link, quiet, section} from "./elements.js";
import {addressOf, go} from "./address.js";
import {askLong} from "./longAsk.js";
import {counted, measure, number} from "./numbers.js";
import {labelText, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

function contrastTable(report) {
    return dataTable("Features that tell pairs apart", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
        {
            title: "Only first", numeric: true, definition: "Pairs whose first member alone has it active.",
            cell: (row) => [number(row.onlyFirst), weightBar(row.onlyFirst, report.pairCount)],
        },
        {
            title: "Only second", numeric: true, definition: "Pairs whose second member alone has it active.",
            cell: (row) => [number(row.onlySecond), weightBar(-row.onlySecond, report.pairCount)],
        },
        {
            title: "Both", numeric: true, definition: "Pairs of which both members have it active.",
            cell: (row) => number(row.both),
        },
        { title: "Neither", numeric: true, cell: (row) => number(row.neither) },
        {
            title: "q-value", numeric: true,
            definition: "Sign test of first against second over the pairs that it tells apart, after control of the "
                + "false-discovery rate; in bold up to 0.05.",
            cell: (row) => row.qValue <= 0.05 ? element("strong", {}, measure(row.qValue)) : measure(row.qValue),
        },
        {
            title: "For instance",
            cell: (row) =>
                row.examples.slice(0, 2)
                    .map((pair) =>
                        element("div", {},
                            link(addressOf(["compare"], { a: `prompt:${pair.first}`, b: `prompt:${pair.second}` }),
                                `${pair.first} and ${pair.second}`))),
        },
    ], report.features, { empty: "No feature tells a pair apart." });
}

function pairText(report) {
    const left = [
        report.unpairedPrompts > 0 ? `${counted(report.unpairedPrompts, "prompt")} without a partner` : null,
        report.ambiguousValues > 0 ? `${counted(report.ambiguousValues, "value")} that several prompts of one group have` : null,
    ].filter(Boolean);
    const leftOut = left.length > 0 ? `; left out: ${left.join(", ")}` : "";
    return `${counted(report.pairCount, "pair")} that share ${report.pairedBy}${leftOut}. `
        + `${number(report.significantFeatures)} of ${counted(report.testedFeatures, "tested feature")} are in more first `
        + "members or more second ones at a q-value of at most 0.05.";
}

/**
 * The parts of the view of pairs.
 *
 * @param {{ a: string, b: string, parameters: URLSearchParams, tags: TagSummary[], signal: AbortSignal }} question
 * @returns {Promise<Part>}
 */
export async function comparePairs({ a, b, parameters, tags, signal }) {
    const by = parameters.get("by") ?? "";
    const control = element("p", { class: "controls" }, element("label", { for: "pair-tag" }, "Pairs share the value of"),
        choice("pair-tag", [["", "a tag…"], ...tags.map((tag) => /** @type {Named} */ ([tag.name, tag.name]))], by,
            (name) => go(["compare"], { a, b, ask: "pairs", by: name })));
    const place = element("div", {});
    const note = b === ""
        ? "Choose a second group: pairs have one member of each."
        : by === ""
        ? "Choose the tag whose value makes two prompts a pair, as the state that both are about."
        : null;
    return {
        view: [section("Features within pairs",
            "Which features are active in exactly one member of each pair: what is alike in both members is left out.", control,
            note ? quiet(note) : place)],
        shown: async () => {
            if (note) return;
            try {
                const report = await askLong("contrast", { a, b, by, limit: 50 }, place, signal);
                place.replaceChildren(element("p", {}, pairText(report)), contrastTable(report));
            } catch (error) {
                place.replaceChildren(quiet(error.message));
            }
        },
    };
}
