// What is known of the chosen node: its numbers, its inputs and outputs, and where it leads.

import {addEffects} from "./effects.js";
import {button, element, link, quiet} from "./elements.js";
import {counted, measure, percentage, signed} from "./numbers.js";
import {addressOf, featureAddress, featureName, logitAddress} from "./address.js";
import {labelText, term, tokenText, weightBar} from "./terms.js";
import {linkHeads} from "./linkHeads.js";
import {shortName} from "./graphModel.js";
import {ask, isFolder} from "./data.js";

const listedLinks = 10;

function nodeTitle(node) {
    switch (node.kind) {
    case "feature": return ["Feature ", link(featureAddress(node.feature), featureName(node.feature))];
    case "error": return `Error of layer ${node.layer}`;
    case "logit": return ["Logit ", link(logitAddress(node.token), tokenText(node.text, node.token))];
    default: return ["Token ", tokenText(node.text, node.token)];
    }
}

function ways(node, prompt) {
    const list = [];
    if (node.kind === "feature") {
        list.push(link(featureAddress(node.feature, prompt), "Its dashboard"));
        list.push(link(addressOf(["prompts"], { feature: featureName(node.feature) }), "Other prompts where it fires"));
        list.push(link(addressOf(["circuit"], { feature: featureName(node.feature) }), "Its global circuit"));
    } else if (node.kind === "logit") {
        list.push(link(logitAddress(node.token), "What drives it across prompts"));
        list.push(link(addressOf(["prompts"], { search: node.text.trim() }), "Prompts with its word"));
        list.push(link(addressOf(["circuit"], { token: node.token }), "Its global circuit"));
    } else if (node.kind === "token" || node.kind === "embedding") {
        list.push(link(addressOf(["prompts"], { search: node.text.trim() }), "Other prompts with it"));
        if (prompt) list.push(link(addressOf(["circuit"], { prompt }), "The circuit of this prompt"));
    } else {
        list.push(link(addressOf(["atlas"]), "Where the model is explained badly"));
        if (prompt) list.push(link(addressOf(["circuit"], { prompt }), "The circuit of this prompt"));
    }
    return element("ul", { class: "ways" }, list.map((item) => element("li", {}, item)));
}

function facts(node) {
    const rows = [];
    const add = (title, definition, value) => rows.push(element("div", {}, element("dt", {}, term(title, definition)), element("dd", {}, value)));
    if (node.kind === "feature") add("Activation", "The feature's value at this position of this prompt.", measure(node.activation));
    if (node.probability !== null && node.probability !== undefined) add("Probability", "The model's probability for this token to come next.", percentage(node.probability));
    if (node.influence !== null && node.influence !== undefined && node.kind !== "logit") add("Influence", "How much of the explained logits, weighted by their probabilities, comes through this node by any path.", percentage(node.influence));
    addEffects(node, add);
    if (node.share !== null && node.share !== undefined) add("Share of prompts", "In how many of the circuit's prompts the node takes part.", percentage(node.share));
    if (node.meanActivation) add("Mean activation", "Over the prompts where it takes part.", measure(node.meanActivation));
    if (node.inputSum > 0) add("Input sum", "The sum of the absolute values of all its inputs before pruning; shares are of this.", measure(node.inputSum));
    return element("dl", { class: "facts-list" }, rows);
}

function linkList(title, links, largest, actions) {
    return element("div", { class: "links" },
        element("h3", {}, title),
        links.length === 0 ? quiet("None within these thresholds.") : element("ol", {}, links.map(({ node, weight, share, index, heads, stays }) => element("li", {},
            index === undefined || index === null ? element("span", { class: "link-name" }, element("bdi", {}, shortName(node)), node.label ? element("bdi", { class: "quiet" }, ` ${node.label}`) : null)
                : button([element("bdi", {}, shortName(node)), node.label ? element("bdi", { class: "quiet" }, ` ${node.label}`) : null],
                    () => actions.select(index), { class: "link-name", title: node.label ?? "" }),
            weightBar(weight, largest), ...weightCell({ node, weight, share, heads, stays })))));
}

/** A link's weight; where its heads are known a control that shows them. */
function weightCell({ node, weight, share, heads, stays }) {
    const title = share === undefined || share === null ? "" : `${percentage(share)} of the target's input`;
    if (!heads) return [element("span", { class: "numeric", title }, signed(weight))];
    const view = element("div", { class: "of-link", hidden: "" });
    const control = button(signed(weight), () => {
        const isOpen = control.getAttribute("aria-expanded") === "true";
        control.setAttribute("aria-expanded", String(!isOpen));
        view.hidden = isOpen;
        if (!isOpen) view.replaceChildren(linkHeads(weight, heads, stays));
    }, { class: "link-name numeric", "aria-expanded": "false", "aria-label": `Heads of the link of ${signed(weight)} with ${shortName(node)}`, title: `${title}; through which heads?` });
    return [control, view];
}

function ends(model, edges, other, heads) {
    return edges.map((edge) => ({
        node: model.nodes[edge[other]], weight: edge.weight, share: edge.share, index: edge[other],
        stays: model.nodes[edge.source].position === model.nodes[edge.target].position,
        heads: heads?.isComputed ? heads.of(model.nodes[edge.source].id, model.nodes[edge.target].id) : null,
    }));
}

/** The panel of a node; `prompt` and `nodesPath`, where all stored links are asked for, are null for a circuit. */
export function nodeDetail({ model, index, prompt, nodesPath, heads = null, isPinned, actions }) {
    const node = model.nodes[index];
    const inputs = ends(model, model.inputs[index], "source", heads);
    const outputs = ends(model, model.outputs[index], "target", heads);
    const lists = element("div", {});
    const show = (ins, outs, inTitle, outTitle) => {
        const largest = Math.max(0, ...[...ins, ...outs].map((item) => Math.abs(item.weight)));
        lists.replaceChildren(linkList(inTitle, ins, largest, actions), linkList(outTitle, outs, largest, actions));
    };
    show(inputs.slice(0, listedLinks), outputs.slice(0, listedLinks), `Inputs (${inputs.length} shown)`, `Outputs (${outputs.length} shown)`);
    const whole = !nodesPath || isFolder ? null : button("All stored inputs and outputs", async () => {
        whole.disabled = true;
        try {
            const report = await ask(`${nodesPath}/${encodeURIComponent(node.id)}`, {}, { limit: 100 });
            const known = (items) => items.map((item) => ({ ...item, index: model.byID.get(item.node.id) ?? null, stays: item.node.position === node.position, heads: item.heads ? { heads: item.heads, rest: item.rest } : null }));
            show(known(report.inputs), known(report.outputs), `Inputs (${report.inputs.length} of ${counted(report.inputCount, "stored one")})`,
                `Outputs (${report.outputs.length} of ${counted(report.outputCount, "stored one")})`);
            whole.remove();
        } catch (error) {
            whole.replaceWith(quiet(error.message));
        }
    }, { class: "more" });
    return [
        element("h2", { class: "node-title" }, nodeTitle(node)),
        node.kind === "feature" ? element("p", { class: "node-label" }, labelText(node.label, node.labelIsAutomatic)) : null,
        model.columns[node.position] && node.kind !== "logit" ? quiet(`at position ${model.columns[node.position].position}, `, tokenText(model.columns[node.position].text)) : null,
        facts(node),
        element("p", { class: "controls" }, actions.pin ? button(isPinned ? "Unpin" : "Pin", () => actions.pin(index), { title: "Shift-click, or the key p", "aria-pressed": String(isPinned) }) : null,
            button("Close", () => actions.select(null), { title: "Escape" })),
        ways(node, prompt), lists, whole,
    ].filter(Boolean);
}
