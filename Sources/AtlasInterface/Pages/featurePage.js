// The view of one feature: its dashboard.

import {element, heading, link, quiet, section} from "./elements.js";
import {addressOf, featureAddress, featureName} from "./address.js";
import {AnswerError, ask, askInformation, capabilities} from "./data.js";
import {counted, measure, number, percentage, plain} from "./numbers.js";
import {exampleList, extremesOf, heatScale, intervalView} from "./examples.js";
import {featureHeadSection} from "./featureHeads.js";
import {fewSamples, figure} from "./terms.js";
import {histogram} from "./histogram.js";
import {labelEditor} from "./labelEditor.js";
import {localNeighbours, valueInPrompt} from "./localFeature.js";
import {neighbourTabs} from "./neighbours.js";
import {correlatedSection} from "./correlated.js";
import {inhibitorSection} from "./inhibitors.js";
import {operandSection} from "./operandGrid.js";
import {effectList} from "./tokenEffects.js";

function statistic(title, definition, value, sample, count, side) {
    return figure(title, definition, value, [sample, " ", fewSamples(count)], side);
}

function statistics(report) {
    const share = (part, whole) => whole > 0 ? part / whole : null;
    const isActive = report.activeTokens > 0;
    const stored = report.countsStoredOnly
        ? " Stored activations only: of each token the atlas keeps the nodes of its graph and the strongest few neurons, so the "
            + "true share is larger."
        : "";
    const mark = report.countsStoredOnly ? ", stored only" : "";
    const negative = report.negative;
    return element("dl", { class: "statistics" },
        statistic("Density over tokens",
            "Active tokens divided by counted tokens. Positions at which features are set to zero are not counted." + stored,
            percentage(share(report.activeTokens, report.countedTokens)),
            `${number(report.activeTokens)} of ${counted(report.countedTokens, "token")}${mark}`, report.activeTokens),
        statistic("Density over prompts", "Prompts with at least one active token divided by all prompts." + stored,
            percentage(share(report.activePrompts, report.countedPrompts)),
            `${number(report.activePrompts)} of ${counted(report.countedPrompts, "prompt")}${mark}`, report.activePrompts),
        statistic("Maximum", "The largest activation over all counted tokens.",
            isActive ? measure(report.maximum) : "–", `over ${counted(report.activeTokens, "active token")}`,
            report.activeTokens),
        statistic("Mean", "The mean activation over active tokens; silent tokens are left out.",
            isActive ? measure(report.mean) : "–", `over ${counted(report.activeTokens, "active token")}`, report.activeTokens,
            "end"),
        negative ? statistic("Minimum", "The most negative activation over all counted tokens.",
            measure(negative.minimum),
            `${counted(negative.activeTokens, "negative token")} in ${counted(negative.activePrompts, "prompt")}`,
            negative.activeTokens) : null);
}

function tokenSection(report) {
    return section("Tokens",
        "Computed from the weights alone, over the whole vocabulary; no sample of prompts is involved. Promoted and suppressed: "
            + "the final norm's gain is folded in, and the values are centred over the vocabulary.",
        element("div", { class: "columns" },
            effectList("Promoted",
                "Tokens whose logits the feature raises most when it is active: its decoder vectors (summed over the layers it "
                    + "writes to) times the unembedding, with the final norm's gain folded in, centred over the vocabulary.",
                report.promoted ?? []),
            effectList("Suppressed", "Tokens whose logits the feature lowers most: the same product, from its other end.",
                report.suppressed ?? []),
            effectList("Excited by",
                "Tokens whose embeddings excite the feature directly: the embedding times the feature's encoder.",
                report.excitedBy ?? [], "end",
                report.countsStoredOnly ? "Not told of a neuron: what it reads along depends on the prompt." : undefined)));
}

function walk(report) {
    const step = (feature, text) => feature ? link(featureAddress(feature), text) : null;
    const name = featureName(report.feature);
    return element("nav", { class: "walk", "aria-label": "From here" },
        link(addressOf(["prompts"], { feature: name }), "Prompts where it fires"),
        link(addressOf(["circuit"], { feature: name }), "Its global circuit"),
        step(report.previous, report.previous && `← ${featureName(report.previous)}`),
        step(report.next, report.next && `${featureName(report.next)} →`));
}

async function placeInPrompt(feature, prompt) {
    if (!prompt) return null;
    try {
        return await valueInPrompt(feature, prompt);
    } catch {
        return null;
    }
}

/**
 * Shows the dashboard of a feature.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showFeature({ parts, parameters, signal }) {
    const [, layer, index] = parts;
    if (!/^\d{1,9}$/.test(layer ?? "") || !/^\d{1,9}$/.test(index ?? "")) {
        throw new AnswerError("A feature is written layer/index, as in #/feature/2/157.");
    }
    const prompt = parameters.get("prompt");
    const feature = { layer: Number(layer), index: Number(index) };
    const [report, able, information, local] = await Promise.all([
        ask(`features/${layer}/${index}`), capabilities(), askInformation(), placeInPrompt(feature, prompt),
    ]);
    const mark = local && local.value !== 0 ? { value: local.value, text: `prompt ${prompt}` } : null;
    const name = `Feature ${featureName(report.feature)}`;
    const label = plain(report.label);
    const extremes = extremesOf(report);
    const { negative } = report;
    const range = negative ? "[minimum, 0) and as many over (0, maximum]" : "(0, maximum]";
    const stored = report.countsStoredOnly ? "; stored activations only" : "";
    return {
        title: label ? `${name} · ${label.slice(0, 80)}` : name,
        view: [
            element("div", { class: "heading" }, heading(name), walk(report)),
            labelEditor(report, able, signal),
            statistics(report),
            section("Activations",
                `Active tokens in ${report.histogram.length} bins of equal width over ${range}: exact counts of `
                    + `${counted(report.activeTokens, "active token")}${stored}.`,
                histogram(report, mark)),
            local ? localNeighbours(prompt, local) : null,
            tokenSection(report),
            section("Strongest prompts",
                `At most one example a prompt, at its strongest token, equal texts once: ${number(report.topExamples.length)} of `
                    + `${counted(report.activePrompts, "active prompt")}.`,
                heatScale(extremes), exampleList(report.topExamples, extremes)),
            negative
                ? section("Most negative prompts",
                    `At most one example a prompt, at its most negative token: ${number(negative.topExamples.length)} of `
                        + `${counted(negative.activePrompts, "prompt")} where it is negative.`,
                    element("p", {}, "This side by rule: ", element("bdi", {}, negative.label)), heatScale(extremes),
                    exampleList(negative.topExamples, extremes)) : null,
            section("Prompts by strength",
                "The range (0, maximum] of a prompt's strongest activation in intervals of equal width, and from each a uniform "
                    + "sample of its prompts.",
                report.intervals.length === 0 ? quiet("No prompt.") : intervalView(report.intervals, extremes)),
            negative
                ? section("Prompts by strength below zero",
                    "The range [minimum, 0) of a prompt's most negative activation in intervals of equal width, and from each a "
                        + "uniform sample of its prompts.",
                    intervalView(negative.intervals, extremes)) : null,
            section("Upstream, over all prompts", "What drives this feature in stored graphs, strongest first.",
                neighbourTabs(report.feature, "upstream", report.upstream ?? [], able)),
            section("Downstream, over all prompts", "What this feature drives in stored graphs, strongest first.",
                neighbourTabs(report.feature, "downstream", report.downstream ?? [], able)),
            featureHeadSection(report.feature, information), correlatedSection(report), inhibitorSection(report.feature, able),
            operandSection(report.feature),
        ],
    };
}
