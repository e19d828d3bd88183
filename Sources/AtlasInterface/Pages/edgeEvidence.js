// What is known of a link across prompts: how often, how strong, how steady, what the weights say, and where it is strongest.

import {drawing, element, link, quiet} from "./elements.js";
import {ask, isFolder} from "./data.js";
import {addressOf, featureName, graphAddress} from "./address.js";
import {counted, isKnown, measure, number, percentage, shortened, signed} from "./numbers.js";
import {fewSamples, term, tokenText, weightBar} from "./terms.js";

/** Examples that the strip of an edge's page draws, and those that are listed. */
const drawnExamples = 48;
const listedExamples = 5;

/**
 * How a node is called in a question about an edge; null for one that none can be asked about.
 *
 * @param {NodeName} node
 * @returns {string | null}
 */
export function edgeEnd(node) {
    switch (node.kind) {
    case "feature": return featureName(node.feature);
    case "error": return `error:${node.layer}`;
    case "token": case "embedding": return node.text ? `token:${node.text}` : null;
    case "logit": return isKnown(node.token) && node.text ? `logit:${node.text}` : null;
    default: return null;
    }
}

/**
 * Whether an edge can lead from one node to another across prompts.
 *
 * @param {NodeName} source
 * @param {NodeName} target
 * @returns {boolean}
 */
export function isAskable(source, target) {
    return !isFolder && edgeEnd(source) !== null && edgeEnd(target) !== null && source.kind !== "logit"
        && (target.kind === "feature" || target.kind === "logit");
}

/**
 * The address of an edge's page; null where there is none.
 *
 * @param {NodeName} source
 * @param {NodeName} target
 * @param {{ where?: string, prompt?: number | string | null }} [context]
 * @returns {string | null}
 */
export function edgeAddress(source, target, { where = "", prompt = "" } = {}) {
    return isAskable(source, target) ? addressOf(["edge", edgeEnd(source), edgeEnd(target)], { where, prompt }) : null;
}

/**
 * A number that leads to the evidence of its link, or the number alone.
 *
 * @param {string} text
 * @param {NodeName} source
 * @param {NodeName} target
 * @param {{ where?: string, prompt?: number | string | null }} [context]
 * @returns {Content}
 */
export function edgeLink(text, source, target, context) {
    const address = edgeAddress(source, target, context);
    return address ? element("a", { href: address, class: "evidence-link", title: "The evidence of this link" }, text) : text;
}

/**
 * Asks for an edge by its ends as they are written.
 *
 * @param {string} source
 * @param {string} target
 * @param {string} where
 * @param {number} examples
 * @param {AbortSignal} [signal]
 * @returns {Promise<EdgeReport>}
 */
export function askEdge(source, target, where, examples, signal) {
    return ask(`edges/${encodeURIComponent(source)}/${encodeURIComponent(target)}`, {}, { where, examples }, signal);
}

function fact(title, definition, value, sample = null) {
    return element("div", {}, element("dt", {}, term(title, definition)),
        element("dd", {}, value, sample ? element("span", { class: "quiet" }, ` ${sample}`) : null));
}

/** How many graphs' links have the rarer sign: the answer tells by how much one sign is ahead. */
function flipText(edge) {
    const flips = Math.round(edge.support * (1 - edge.signConsistency) / 2);
    return `${number(flips)} of ${number(edge.support)}`;
}

/**
 * The numbers of an edge as facts.
 *
 * @param {EdgeReport} report
 * @returns {HTMLElement}
 */
export function edgeFacts(report) {
    const edge = report.target;
    const weights = edge.weights;
    const rows = [fact("Prompts",
        "Stored graphs that have the link, of those that were looked at. Under 10 they are marked as few samples.",
        [number(edge.support), " ", fewSamples(edge.support)], `of ${number(report.graphCount)}`)];
    if (edge.support > 0) {
        rows.push(fact("Mean weight",
            "Mean of the signed direct effect over the prompts whose stored graphs have the link, and its standard deviation.",
            signed(edge.mean), `± ${measure(edge.spread)}`),
            fact("Sign flips", "Prompts in which the link's sign is the rarer one.", flipText(edge)),
            fact("Mean share", "Mean share of the target's summed absolute inputs that the link makes up.",
                percentage(edge.meanShare)),
            fact("Same position",
                "Share of the absolute weight on links whose two ends are at the same token; the rest reaches it through "
                    + "attention.",
                percentage(edge.samePositionShare)));
    }
    if (weights) {
        rows.push(fact("Virtual weight",
            "What one unit of the source writes straight into the target's encoder through the residual stream, from the weights "
                + "alone.",
            signed(weights.virtualWeight)),
            fact("ERA",
                "Expected residual attribution: the virtual weight times the source's activation where the target fires, "
                    + "averaged over counted tokens.",
                signed(weights.era)),
            fact("TWERA",
                "Target-weighted expected residual attribution: the virtual weight times the source's mean activation where the "
                    + "target fires, weighted by the target's activation.",
                signed(weights.twera)),
            fact("Co-active tokens",
                "Counted tokens at which both fire. Weights between features that never fire together mean nothing.",
                [number(weights.coactiveTokens), " ", fewSamples(weights.coactiveTokens)], weights.flag ?? null));
    }
    return element("dl", { class: "facts-list" }, rows);
}

/**
 * Why there is nothing from weights; null where there is something, or could be nothing.
 *
 * @param {EdgeReport} report
 * @param {Able} able
 * @returns {HTMLElement | null}
 */
export function weightsNote(report, able) {
    if (report.target.weights || report.source.kind !== "feature" || report.target.node.kind !== "feature") return null;
    return quiet(able.modelLoaded
        ? "The weights say nothing of this pair."
        : "Virtual weight, ERA and TWERA when the server has the model: atlas serve FILE --model DIR --transcoders DIR");
}

/**
 * The prompts where the link is strongest.
 *
 * @param {EdgeReport} report
 * @param {number} [count]
 * @returns {HTMLElement | null}
 */
export function edgeExamples(report, count = listedExamples) {
    if (report.examples.length === 0) {
        return report.target.support > 0
            ? quiet(`Among the ${counted(report.examinedGraphs, "graph")} that were read none has the link.`)
            : null;
    }
    const largest = Math.max(...report.examples.map((example) => Math.abs(example.weight)));
    return element("ol", { class: "edge-examples" }, report.examples.slice(0, count).map((example) => element("li", {},
        element("a", { href: graphAddress(example.promptID), title: example.text },
            element("bdi", {}, shortened(example.text, 110))),
        element("span", { class: "quiet" }, " ",
            example.links.slice(0, 3)
                .map((own) => [
                    tokenText(own.sourceText), ` ${own.sourcePosition} → `, tokenText(own.targetText), ` ${own.targetPosition} `,
                ])),
        weightBar(example.weight, largest), element("span", { class: "numeric" }, signed(example.weight)))));
}

/**
 * The examples' weights on a line, with the mean and its spread over all prompts that have the link.
 *
 * @param {EdgeReport} report
 * @returns {HTMLElement | null}
 */
export function edgeStrip(report) {
    const { mean, spread, support } = report.target;
    const values = report.examples.map((example) => example.weight);
    if (values.length === 0) return null;
    const ends = [0, mean - spread, mean + spread, ...values];
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const placeOf = (value) => 20 + 960 * (high > low ? (value - low) / (high - low) : 0.5);
    return element("figure", {},
        drawing("svg",
            {
                class: "strip", viewBox: "0 0 1000 60", role: "img",
                "aria-label": `${counted(values.length, "prompt")} from ${signed(Math.min(...values))} to `
                    + `${signed(Math.max(...values))}; mean over ${counted(support, "prompt")} ${signed(mean)}, spread `
                    + `${measure(spread)}`,
            },
            drawing("rect", {
                class: "strip-spread", x: placeOf(mean - spread),
                width: Math.max(1, placeOf(mean + spread) - placeOf(mean - spread)), y: 12, height: 36,
            }),
            drawing("rect", { class: "strip-mean", x: placeOf(mean) - 1.5, width: 3, y: 8, height: 44 }),
            drawing("rect", { class: "strip-zero", x: placeOf(0) - 1, width: 2, y: 0, height: 60 }),
            report.examples.map((example) =>
                drawing("circle",
                    { class: example.weight < 0 ? "strip-dot negative" : "strip-dot", cx: placeOf(example.weight), cy: 30, r: 6 },
                    drawing("title", {}, `prompt ${example.promptID}: ${signed(example.weight)}`)))),
        element("figcaption", { class: "quiet" },
            `Dots: ${counted(values.length, "prompt")}`,
            report.examplesAreStrongest ? null : `, the strongest of ${counted(report.examinedGraphs, "graph")} read`,
            `. Bar: mean ± spread over ${counted(support, "prompt")}. `
                + `Thin line: zero; from ${signed(low)} to ${signed(high)}.`));
}

/**
 * Everything an edge's page draws.
 *
 * @param {string} source
 * @param {string} target
 * @param {string} where
 * @param {AbortSignal} signal
 * @returns {Promise<EdgeReport>}
 */
export function askWholeEdge(source, target, where, signal) {
    return askEdge(source, target, where, drawnExamples, signal);
}

/**
 * The evidence of a link in the panel: it fills itself.
 *
 * @param {NodeName} source
 * @param {NodeName} target
 * @param {{ where?: string, prompt?: number | string | null }} [context]
 * @returns {HTMLElement}
 */
export function edgeView(source, target, { where = "", prompt = "" } = {}) {
    const view = element("div", { class: "of-edge", role: "status" }, quiet("Asking across prompts…"));
    askEdge(edgeEnd(source), edgeEnd(target), where, listedExamples).then((report) => {
        view.replaceChildren(...[
            edgeFacts(report), edgeExamples(report),
            element("p", {}, link(edgeAddress(source, target, { where, prompt }), "This link's page")),
        ].filter(Boolean));
    }, (error) => view.replaceChildren(quiet(error.message)));
    return view;
}
