// The view of one link: what one node does to another, across prompts.

import {element, heading, link, quiet, section} from "./elements.js";
import {addressOf, featureAddress, go, graphAddress, logitAddress} from "./address.js";
import {AnswerError, askTags, capabilities, isFolder} from "./data.js";
import {askWholeEdge, edgeExamples, edgeFacts, edgeStrip, weightsNote} from "./edgeEvidence.js";
import {counted} from "./numbers.js";
import {filterControls} from "./promptFilter.js";
import {labelText, nodeText} from "./terms.js";

function endView(title, node, label) {
    return element("div", {}, element("p", {}, element("span", { class: "quiet" }, `${title} `), nodeText(node, null)),
        node.kind === "feature" ? element("p", { class: "node-label" }, labelText(label)) : null);
}

function ways(source, target, prompt) {
    const list = [];
    if (prompt) list.push(link(graphAddress(prompt), `Graph of prompt ${prompt}`));
    for (const node of [source, target]) {
        if (node.kind === "feature") {
            list.push(link(featureAddress(node.feature, prompt), `Feature ${node.feature.layer}/${node.feature.index}`));
        }
        else if (node.kind === "logit") list.push(link(logitAddress(node.token), "The logit"));
    }
    return element("nav", { class: "walk", "aria-label": "From here" }, list);
}

/**
 * Shows a link.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showEdge({ parts, parameters, signal }) {
    const [, from, to] = parts;
    if (!from || !to) throw new AnswerError("A link has two ends, as in #/edge/2%2F157/5%2F283.");
    if (isFolder) throw new AnswerError("Links across prompts were not exported. Serve the atlas to see them: atlas serve FILE");
    const where = parameters.get("where") ?? "";
    const prompt = parameters.get("prompt");
    const [report, able, tags] = await Promise.all([
        askWholeEdge(from, to, where, signal), capabilities(), askTags(),
    ]);
    const { source, target } = { source: report.source, target: report.target.node };
    const share = report.graphCount > 0
        ? `${counted(report.target.support, "prompt")} of ${counted(report.graphCount, "stored graph")}`
        : "no stored graph";
    return {
        title: `Link ${from} → ${to}`,
        view: [
            element("div", { class: "heading" }, heading("Link ", nodeText(source, null), " → ", nodeText(target, null)),
                ways(source, target, prompt)),
            element("div", { class: "columns two edge-ends" }, endView("From", source, report.sourceLabel),
                endView("To", target, report.target.label)),
            filterControls(tags, where, (group) => go(["edge", from, to], { where: group, prompt }), {
                id: "edge-group", title: "Only prompts of",
            }),
            section("Across prompts",
                `Signed direct effects of the first on the second in stored graphs, positions added up: ${share}.`,
                edgeFacts(report), weightsNote(report, able), edgeStrip(report)),
            section("Prompts where it is strongest",
                report.examplesAreStrongest
                    ? "Every graph with the link was read."
                    : `The strongest of ${counted(report.examinedGraphs, "graph")} that were read, the likeliest first.`,
                edgeExamples(report, 20) ?? quiet("No stored graph has this link.")),
            where ? element("p", {}, link(addressOf(["edge", from, to], { prompt }), "The same over all prompts")) : null,
        ],
    };
}
