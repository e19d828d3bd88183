// The view of one prompt: what the model said, which features mattered, and which prompts are like it.

import {element, heading, link, quiet, section} from "./elements.js";
import {addressOf, graphAddress} from "./address.js";
import {AnswerError, ask, isFolder} from "./data.js";
import {counted, measure, number, percentage, shortened} from "./numbers.js";
import {effectColumns, gapText} from "./effects.js";
import {labelText, nodeText, tokenText} from "./terms.js";
import {dataTable} from "./tables.js";

function featureTable(report) {
    return dataTable("Features of the prompt", [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null, report.id) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
        { title: "At", cell: (row) => [tokenText(row.text), ` ${row.position}`] },
        { title: "Activation", numeric: true, cell: (row) => measure(row.activation) },
        {
            title: "Influence", numeric: true,
            definition: "How much of the explained logits comes through the feature at this position by any path.",
            cell: (row) => percentage(row.influence),
        },
        ...(report.graph ? effectColumns((row) => row.effects) : []),
    ], report.features, { empty: "No feature is active." });
}

function similarSection(id) {
    if (isFolder) return null;
    const content = element("div", {}, "Loading…");
    const whole = section("Similar prompts", "Nearest by cosine of their features, weighted by influence.", content);
    ask(`prompts/${id}/similar`, {}, { limit: 10 }).then((report) => content.replaceChildren(dataTable("Similar prompts", [
        {
            title: "Prompt", head: true, width: "wide-name",
            cell: (row) => link(graphAddress(row.prompt), element("bdi", {}, shortened(row.text, 160))),
        },
        { title: "Similarity", numeric: true, cell: (row) => measure(row.similarity) },
        {
            title: "Shared features",
            cell: (row) =>
                row.shared.slice(0, 3)
                    .map((shared) => element("div", {}, nodeText({ kind: "feature", feature: shared.feature }, shared.label))),
        },
        {
            title: "",
            cell: (row) =>
                link(addressOf(["compare"], { a: `prompt:${id}`, b: `prompt:${row.prompt}` }),
                    element("span", { "aria-hidden": "true" }, "compare"),
                    element("span", { class: "hidden" }, `compare with prompt ${row.prompt}`)),
        },
    ], report.prompts, { empty: "No other prompt has its features." })), () => whole.remove());
    return whole;
}

/**
 * Shows a prompt.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showPrompt({ parts }) {
    if (!parts[1]) throw new AnswerError("Choose a prompt on the page Prompts.");
    const report = await ask(`prompts/${encodeURIComponent(parts[1])}`);
    return {
        title: `Prompt ${report.id}`,
        view: [
            element("div", { class: "heading" }, heading(`Prompt ${report.id}`),
                element("nav", { class: "walk", "aria-label": "From here" },
                    report.graph ? link(graphAddress(report.id), "Its graph") : quiet("No graph is stored."),
                    link(addressOf(["compare"], { a: `prompt:${report.id}` }), "Compare with another"))),
            element("p", { class: "lead" }, element("bdi", {}, report.text)),
            element("p", {}, "The model says ", tokenText(report.predicted.text, report.predicted.token),
                ` (${percentage(report.predictedProbability)})`,
                report.answer
                    ? [
                        ", the answer is ", tokenText(report.answer),
                        report.isRight === false ? [" ", element("span", { class: "badge warning" }, "wrong")] : null,
                    ]
                    : null, "."),
            element("p", { class: "tags" },
                report.tags.map((tag) =>
                    element("a", { class: "tag", href: addressOf(["prompts"], { where: `${tag.name}=${tag.value}` }) },
                        `${tag.name}: `, element("bdi", {}, shortened(tag.value, 40))))),
            section("Tokens", null,
                element("p", { class: "text" },
                    report.tokens.map((token, position) =>
                        element("span", { class: "token outlined", title: `position ${position}, token ${token.token}` },
                            token.text)))),
            section("Features",
                `${counted(report.activationCount, "activation")} over ${number(report.tokens.length)} tokens; the most `
                    + "influential first.",
                report.graph ? gapText(report.graph.gap) : null, featureTable(report)),
            similarSection(report.id),
        ],
    };
}
