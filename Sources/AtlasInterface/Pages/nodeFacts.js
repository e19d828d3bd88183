// What a node is, where it stands, its numbers, and where it leads: the head of its evidence.

import {addEffects} from "./effects.js";
import {element, link, quiet} from "./elements.js";
import {isKnown, measure, percentage} from "./numbers.js";
import {addressOf, featureAddress, featureName, logitAddress} from "./address.js";
import {term, tokenText} from "./terms.js";

/**
 * The node's name, with a link to its own page.
 *
 * @param {GraphNode} node
 * @returns {Content}
 */
export function nodeTitle(node) {
    switch (node.kind) {
    case "feature": return ["Feature ", link(featureAddress(node.feature), featureName(node.feature))];
    case "error": return `Error of layer ${node.layer}`;
    case "logit": return !isKnown(node.token)
        ? ["Logits of ", element("bdi", {}, node.text)]
        : ["Logit ", link(logitAddress(node.token), tokenText(node.text, node.token))];
    default: return ["Token ", tokenText(node.text, node.token)];
    }
}

/**
 * Where the node stands; null in a circuit, whose positions are taken together, and for a logit.
 *
 * @param {GraphNode} node
 * @param {GraphModel} model
 * @returns {HTMLElement}
 */
export function nodePlace(node, model) {
    const column = model.isCollapsed || node.kind === "logit" ? null : model.columns[node.position];
    return column ? quiet(`at position ${column.position}, `, tokenText(column.text)) : null;
}

/**
 * The other views that the node leads to.
 *
 * @param {GraphNode} node
 * @param {number | string | null} prompt
 * @returns {Content}
 */
export function nodeWays(node, prompt) {
    const list = [];
    if (node.kind === "feature") {
        list.push(link(featureAddress(node.feature, prompt), "Its dashboard"));
        list.push(link(addressOf(["prompts"], { feature: featureName(node.feature) }), "Other prompts where it fires"));
        list.push(link(addressOf(["circuit"], { feature: featureName(node.feature) }), "Its global circuit"));
    } else if (node.kind === "logit" && isKnown(node.token)) {
        list.push(link(logitAddress(node.token), "What drives it across prompts"));
        list.push(link(addressOf(["prompts"], { search: node.text.trim() }), "Prompts with its word"));
        list.push(link(addressOf(["circuit"], { token: node.token }), "Its global circuit"));
    } else if (node.kind === "token" || node.kind === "embedding") {
        list.push(link(addressOf(["prompts"], { search: node.text.trim() }), "Other prompts with it"));
        if (prompt) list.push(link(addressOf(["circuit"], { prompt }), "The circuit of this prompt"));
    } else if (node.kind === "error") {
        list.push(link(addressOf(["atlas"]), "Where the model is explained badly"));
        if (prompt) list.push(link(addressOf(["circuit"], { prompt }), "The circuit of this prompt"));
    }
    return element("ul", { class: "ways" }, list.map((item) => element("li", {}, item)));
}

/**
 * The node's numbers here; what is not known of it is left out.
 *
 * @param {GraphNode} node
 * @returns {HTMLElement}
 */
export function nodeFacts(node) {
    const rows = [];
    const add = (title, definition, value) =>
        rows.push(element("div", {}, element("dt", {}, term(title, definition)), element("dd", {}, value)));
    if (node.kind === "feature" && isKnown(node.activation)) {
        add("Activation", "The feature's value at this position of this prompt.", measure(node.activation));
    }
    if (node.kind === "feature" && isKnown(node.meanActivation)) {
        add("Mean activation", "Over the tokens of the circuit's prompts where it fires.", measure(node.meanActivation));
    }
    if (isKnown(node.probability)) {
        add("Probability", "The model's probability for this token to come next.", percentage(node.probability));
    }
    if (isKnown(node.influence) && node.kind !== "logit") {
        add("Influence",
            "How much of the explained logits, weighted by their probabilities, comes through this node by any path.",
            percentage(node.influence));
    }
    addEffects(node, add);
    if (isKnown(node.share)) {
        add("Share of prompts", "In how many of the circuit's prompts the node takes part.", percentage(node.share));
    }
    if (isKnown(node.kept)) {
        add("Stability", "The share of pruning settings, node thresholds by link thresholds, that keep the node.",
            `kept by ${percentage(node.kept)}`);
    }
    if (node.inputSum > 0) {
        add("Input sum", "The sum of the absolute values of all its inputs before pruning; shares are of this.",
            measure(node.inputSum));
    }
    return element("dl", { class: "facts-list" }, rows);
}
