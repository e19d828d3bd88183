// The view of one token's logit: which features drive it across prompts, and by weights alone.

import {element, heading, link, quiet, section} from "./elements.js";
import {addressOf} from "./address.js";
import {AnswerError, ask} from "./data.js";
import {edgeLink} from "./edgeEvidence.js";
import {counted, isKnown, measure, number, percentage, signed, visible} from "./numbers.js";
import {fewSamples, nodeText, tokenText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

const definitions = {
    effect: "Mean over the prompts that the token is the answer of of what the node adds to the gap, its logit less its "
        + "strongest rival's: by the model's own derivative, attention patterns held, all positions together; 0 where it takes "
        + "no part. Rivals differ between prompts.",
    spread: "Standard deviation of the effect over the same prompts.",
    sameSign: "Share of the prompts where it has an effect whose sign is the more frequent one.",
    measured: "The same by silencing the node, over those of these prompts where that was measured.",
    specific: "The effect less the mean effect on the gaps of prompts with other answers: near 0, it does the same for all of "
        + "them.",
    covers: "Share of the prompts in which the feature holds at least a twentieth of what features add to the gap.",
};

function driverEffectColumns(rows, logit) {
    const largest = Math.max(0, ...rows.map((row) => Math.abs(row.effect ?? 0)));
    return [
        {
            title: "Effect", numeric: true, definition: definitions.effect,
            cell: (row) => [signed(row.effect), weightBar(row.effect, largest)],
        },
        { title: "± sd", numeric: true, definition: definitions.spread, cell: (row) => measure(row.effectSpread) },
        {
            title: "Same sign", numeric: true, definition: definitions.sameSign,
            cell: (row) => row.effectSupport > 0 ? percentage(row.effectConsistency) : "–",
        },
        {
            title: "Measured", numeric: true, definition: definitions.measured,
            cell: (row) => row.measuredSupport > 0
                ? [signed(row.measuredEffect), ` (${number(row.measuredSupport)})`]
                : quiet("–"),
        },
        {
            title: "In prompts", numeric: true, definition: "Prompts in which it has an effect on the gap.",
            cell: (row) => [fewSamples(row.effectSupport), " ", number(row.effectSupport)],
        },
        { title: "Covers", numeric: true, definition: definitions.covers, cell: (row) => percentage(row.coverage) },
        {
            title: "Specific", numeric: true, definition: definitions.specific,
            cell: (row) => isKnown(row.specificity) ? signed(row.specificity) : "–",
        },
        {
            title: "Influence", numeric: true,
            definition: "Mean over the prompts that explain the token of its probability times the node's influence on it, by "
                + "any path.",
            cell: (row) => percentage(row.influence),
        },
        {
            title: "Direct effect", numeric: true,
            definition: "Mean weight of the direct link to the logit, over prompts that have it.",
            cell: (row) => row.directSupport > 0 ? edgeLink(signed(row.directEffect), row.node, logit) : "–",
        },
    ];
}

function influenceColumns(rows, logit) {
    const largest = Math.max(0, ...rows.map((row) => row.influence));
    const largestDirect = Math.max(0, ...rows.map((row) => Math.abs(row.directEffect)));
    return [
        {
            title: "Influence", numeric: true,
            definition: "Mean over the prompts that explain the token of its probability times the node's influence on it, by "
                + "any path.",
            cell: (row) => [percentage(row.influence), weightBar(row.influence, largest)],
        },
        {
            title: "Direct effect", numeric: true,
            definition: "Mean weight of the direct link to the logit, over prompts that have it.",
            cell: (row) => row.directSupport > 0
                ? [edgeLink(signed(row.directEffect), row.node, logit), weightBar(row.directEffect, largestDirect)]
                : "–",
        },
        {
            title: "Same sign", numeric: true, definition: "Share of the direct links whose sign is that of the mean.",
            cell: (row) => row.directSupport > 0 ? percentage(row.signConsistency) : "–",
        },
        {
            title: "Coverage", numeric: true,
            definition: "Share of the prompts in which the node holds at least a twentieth of the features' influence.",
            cell: (row) => percentage(row.coverage),
        },
        {
            title: "Support", numeric: true, definition: "Prompts in which the node has influence on this logit.",
            cell: (row) => [fewSamples(row.support), " ", number(row.support)],
        },
    ];
}

function driverTable(caption, rows, isByEffect, logit) {
    const isSigned = rows.some((row) => row.negative);
    return dataTable(caption, [
        { title: "Node", head: true, width: "wide-name", cell: (row) => nodeText(row.node, row.label) },
        ...(isByEffect ? driverEffectColumns(rows, logit) : influenceColumns(rows, logit)),
        ...(isSigned
            ? [{
                title: "Below zero", numeric: true,
                definition: "Share of the influence that comes from places where the feature's activation is negative, and the "
                    + "mean direct link from there.",
                cell: (row) => row.negative
                    ? [
                        percentage(row.influence > 0 ? row.negative.influence / row.influence : null),
                        row.negative.directSupport > 0 ? ` (${signed(row.negative.directEffect)})` : "",
                    ]
                    : "–",
            }]
            : []),
    ], rows, { empty: "None." });
}

function ranking(report) {
    if (report.rankedBy === "effect") {
        return "The features with the largest mean effects on this token's lead over its strongest rival, whatever their sign, "
            + `over the ${counted(report.answerPromptCount, "prompt")} that it is the answer of.`;
    }
    if (report.effectPromptCount === report.promptCount) {
        return "The features whose influence on this logit is largest, weighted by the probability of the token: it is the "
            + "answer of no prompt, so that there is no lead to rank by.";
    }
    const known = report.effectPromptCount > 0
        ? `Effects are known in ${number(report.effectPromptCount)} of ${counted(report.promptCount, "prompt")}`
        : "Effects are not computed in this atlas";
    return `The features whose influence on this logit is largest, weighted by the probability of the token. ${known}, so that `
        + "the order tells no sign; atlas index --effects adds them.";
}

function weightList(title, rows) {
    const largest = Math.max(0, ...rows.map((row) => Math.abs(row.value)));
    return element("div", { class: "effects" }, element("h3", {}, title),
        element("ol", { class: "by-weight" }, rows.slice(0, 12).map((row) => element("li", {},
            element("span", { class: "effect-name" }, nodeText({ kind: "feature", feature: row.feature }, row.label)),
            weightBar(row.value, largest), element("span", { class: "numeric" }, signed(row.value))))));
}

/**
 * Shows a token's logit.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showLogit({ parts }) {
    if (!/^\d{1,9}$/.test(parts[1] ?? "")) {
        throw new AnswerError("A logit is named by its token's number: choose one on the page Logits.");
    }
    const report = await ask(`logits/${parts[1]}`);
    const logit = { kind: "logit", token: report.token, text: report.text };
    const coverable = report.rankedBy === "effect" ? report.answerPromptCount : report.promptCount;
    return {
        title: `Logit ${visible(report.text).slice(0, 60)}`,
        view: [
            element("div", { class: "heading" }, heading("Logit ", tokenText(report.text, report.token)),
                element("nav", { class: "walk", "aria-label": "From here" },
                    link(addressOf(["circuit"], { token: report.token }), "Its global circuit"),
                    link(addressOf(["prompts"], { search: report.text.trim() }), "Prompts with its word"))),
            element("p", { class: "lead" },
                `Explained in ${counted(report.promptCount, "prompt")}, with a mean probability of `
                    + `${percentage(report.meanProbability)}. `,
                fewSamples(report.promptCount)),
            section("Drivers, over all prompts", ranking(report),
                driverTable("Drivers", report.features, report.rankedBy === "effect", logit)),
            section("A smallest set that covers the prompts",
                "Chosen greedily: each feature is the one that covers most prompts that none before it covers. No single feature "
                    + "need fire in all."
                    + (report.rankedBy === "effect"
                    ? " A feature covers a prompt where it holds at least a twentieth of what features add to the gap."
                    : ""),
                dataTable("Covering set", [
                    {
                        title: "Feature", head: true, width: "wide-name",
                        cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label),
                    },
                    { title: "Newly covered", numeric: true, cell: (row) => number(row.newlyCovered) },
                    {
                        title: "Covered so far", numeric: true,
                        cell: (row) => [`${number(row.covered)} of ${number(coverable)}`, weightBar(row.covered, coverable)],
                    },
                ], report.cover, { empty: "No feature holds enough to cover a prompt." })),
            section("By weights alone",
                "The feature's decoder vectors times the unembedding, with the final norm's gain folded in, centred over the "
                    + "vocabulary: no prompt is involved.",
                element("div", { class: "columns two" }, weightList("Raised by", report.raisedBy),
                    weightList("Lowered by", report.loweredBy))),
            section("Tokens and errors",
                "What else moves this logit: the prompts' own tokens, and what the transcoders do not explain.",
                driverTable("Tokens and errors", report.tokensAndErrors, report.rankedBy === "effect", logit)),
        ],
    };
}
