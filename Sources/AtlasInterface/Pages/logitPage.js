// The view of one token's logit: which features drive it across prompts, and by weights alone.

import {element, heading, link, section} from "./elements.js";
import {addressOf} from "./address.js";
import {AnswerError, ask} from "./data.js";
import {counted, number, percentage, signed, visible} from "./numbers.js";
import {fewSamples, nodeText, tokenText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

function driverTable(caption, rows) {
    const largest = Math.max(0, ...rows.map((row) => row.influence));
    const largestDirect = Math.max(0, ...rows.map((row) => Math.abs(row.directEffect)));
    const isSigned = rows.some((row) => row.negative);
    return dataTable(caption, [
        { title: "Node", head: true, width: "wide-name", cell: (row) => nodeText(row.node, row.label) },
        { title: "Influence", numeric: true, definition: "Mean over the prompts that explain the token of its probability times the node's influence on it, by any path.", cell: (row) => [percentage(row.influence), weightBar(row.influence, largest)] },
        { title: "Direct effect", numeric: true, definition: "Mean weight of the direct link to the logit, over prompts that have it.", cell: (row) => row.directSupport > 0 ? [signed(row.directEffect), weightBar(row.directEffect, largestDirect)] : "–" },
        ...(isSigned ? [{ title: "Below zero", numeric: true, definition: "Share of the influence that comes from places where the feature's activation is negative, and the mean direct link from there.", cell: (row) => row.negative ? [percentage(row.influence > 0 ? row.negative.influence / row.influence : null), row.negative.directSupport > 0 ? ` (${signed(row.negative.directEffect)})` : ""] : "–" }] : []),
        { title: "Same sign", numeric: true, definition: "Share of the direct links whose sign is that of the mean.", cell: (row) => row.directSupport > 0 ? percentage(row.signConsistency) : "–" },
        { title: "Coverage", numeric: true, definition: "Share of the prompts in which the node holds at least a twentieth of the features' influence.", cell: (row) => percentage(row.coverage) },
        { title: "Support", numeric: true, definition: "Prompts in which the node has influence on this logit.", cell: (row) => [fewSamples(row.support), " ", number(row.support)] },
    ], rows, { empty: "None." });
}

function weightList(title, rows) {
    const largest = Math.max(0, ...rows.map((row) => Math.abs(row.value)));
    return element("div", { class: "effects" }, element("h3", {}, title), element("ol", { class: "by-weight" }, rows.slice(0, 12).map((row) => element("li", {},
        element("span", { class: "effect-name" }, nodeText({ kind: "feature", feature: row.feature }, row.label)), weightBar(row.value, largest), element("span", { class: "numeric" }, signed(row.value))))));
}

/** Shows a token's logit. */
export async function showLogit({ parts }) {
    if (!/^\d{1,9}$/.test(parts[1] ?? "")) throw new AnswerError("A logit is named by its token's number: choose one on the page Logits.");
    const report = await ask(`logits/${parts[1]}`);
    return {
        title: `Logit ${visible(report.text).slice(0, 60)}`,
        view: [
            element("div", { class: "heading" }, heading("Logit ", tokenText(report.text, report.token)), element("nav", { class: "walk", "aria-label": "From here" },
                link(addressOf(["circuit"], { token: report.token }), "Its global circuit"), link(addressOf(["prompts"], { search: report.text.trim() }), "Prompts with its word"))),
            element("p", { class: "lead" }, `Explained in ${counted(report.promptCount, "prompt")}, with a mean probability of ${percentage(report.meanProbability)}. `, fewSamples(report.promptCount)),
            section("Drivers, over all prompts", "The features whose influence on this logit is largest, weighted by the probability of the token.", driverTable("Drivers", report.features)),
            section("A smallest set that covers the prompts", "Chosen greedily: each feature is the one that covers most prompts that none before it covers. No single feature need fire in all.", dataTable("Covering set", [
                { title: "Feature", head: true, width: "wide-name", cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label) },
                { title: "Newly covered", numeric: true, cell: (row) => number(row.newlyCovered) },
                { title: "Covered so far", numeric: true, cell: (row) => [`${number(row.covered)} of ${number(report.promptCount)}`, weightBar(row.covered, report.promptCount)] },
            ], report.cover, { empty: "No feature holds enough influence to cover a prompt." })),
            section("By weights alone", "The feature's decoder vectors times the unembedding, with the final norm's gain folded in, centred over the vocabulary: no prompt is involved.",
                element("div", { class: "columns two" }, weightList("Raised by", report.raisedBy), weightList("Lowered by", report.loweredBy))),
            section("Tokens and errors", "What else has influence on this logit: the prompts' own tokens, and what the transcoders do not explain.", driverTable("Tokens and errors", report.tokensAndErrors)),
        ],
    };
}
