// What feeds a node and what it feeds, by weight; each weight opens the evidence of its link.

import {button, element, quiet} from "./elements.js";
import {counted, isKnown, percentage, signed} from "./numbers.js";
import {ask, isFolder} from "./data.js";
import {edgeView, isAskable} from "./edgeEvidence.js";
import {linkHeads} from "./linkHeads.js";
import {shortName} from "./graphModel.js";
import {weightBar} from "./terms.js";
import {nameWithLabel} from "./nodeName.js";

const listedLinks = 10;

/** Which ends of links are looked at: the panel lists them and the drawing shows them. */
export const linkEnds = [["inputs", "Inputs"], ["outputs", "Outputs"], ["either", "Either"], ["both", "Both"]];

/**
 * The switch between them.
 *
 * @param {string} chosen
 * @param {(ends: string) => void} onchange
 * @returns {HTMLElement}
 */
export function endsSwitch(chosen, onchange) {
    const controls = linkEnds.map(([key, title]) =>
        button(title, () => onchange(key), { "aria-pressed": String(key === chosen), "data-ends": key }));
    return element("div", { class: "toggle", role: "group", "aria-label": "Links listed and drawn" }, controls);
}

/**
 * The evidence of a link: through which heads it goes here, and what is known of it across prompts.
 *
 * @param {LinkItem} item
 * @returns {HTMLElement[]}
 */
export function linkEvidence({ source, target, weight, heads, stays, where, prompt }) {
    return [
        heads ? element("div", { class: "of-link" }, linkHeads(weight, heads, stays)) : null,
        isAskable(source, target) ? edgeView(source, target, { where, prompt }) : null,
    ];
}

function isOpenable(item) {
    return Boolean(item.heads) || isAskable(item.source, item.target);
}

/**
 * A link's weight as a control that shows its evidence below; a plain number where there is none.
 *
 * @param {LinkItem} item
 * @returns {HTMLElement[]}
 */
export function weightCell(item) {
    const title = isKnown(item.share) ? `${percentage(item.share)} of the target's input` : "";
    if (!isOpenable(item)) return [element("span", { class: "numeric", title }, signed(item.weight))];
    const view = element("div", { class: "of-weight", hidden: "" });
    const control = button(signed(item.weight), () => {
        const isOpen = control.getAttribute("aria-expanded") === "true";
        control.setAttribute("aria-expanded", String(!isOpen));
        view.hidden = isOpen;
        if (!isOpen && view.childElementCount === 0) view.append(...linkEvidence(item));
    }, {
        class: "link-name numeric", "aria-expanded": "false",
        "aria-label": `Evidence of the link of ${signed(item.weight)} with ${shortName(item.other)}`,
        title: `${title}; open its evidence`,
    });
    return [control, view];
}

function linkRow(item, largest, actions) {
    const arrow = item.arrow
        ? element("span", { class: "quiet", "aria-label": item.arrow === "→" ? "output" : "input", role: "img" },
            `${item.arrow} `)
        : null;
    const name = [arrow, ...nameWithLabel(item.other)];
    return element("li", {},
        isKnown(item.index)
            ? button(name, () => actions.select(item.index), { class: "link-name", title: item.other.label ?? "" })
            : element("span", { class: "link-name" }, name),
        weightBar(item.weight, largest), ...weightCell(item));
}

function linkList(title, links, largest, actions) {
    return element("div", { class: "links" }, element("h3", {}, title),
        links.length === 0
            ? quiet("None within these thresholds.")
            : element("ol", {}, links.map((item) => linkRow(item, largest, actions))));
}

/**
 * What is shown of one of a model's links. `subject` is {model, heads, where, prompt}.
 *
 * @param {{ model: GraphModel, heads: EdgeHeads | null, where: string, prompt: number | string | null }} subject
 * @param {GraphEdge} edge
 * @returns {LinkItem}
 */
export function linkItem({ model, heads, where, prompt }, edge) {
    const [source, target] = [model.nodes[edge.source], model.nodes[edge.target]];
    return {
        source, target, weight: edge.weight, share: edge.share, where, prompt, stays: source.position === target.position,
        heads: heads?.isComputed ? heads.of(source.id, target.id) : null,
    };
}

function linksOf(subject, edges, isInput) {
    return edges.map((edge) => {
        const item = linkItem(subject, edge);
        return { ...item, other: isInput ? item.source : item.target, index: isInput ? edge.source : edge.target };
    });
}

function storedLinks(subject, items, isInput) {
    return items.map((item) => ({
        source: isInput ? item.node : subject.node, target: isInput ? subject.node : item.node, other: item.node,
        index: subject.model.byID.get(item.node.id) ?? null,
        weight: item.weight, share: item.share, where: subject.where, prompt: subject.prompt,
        stays: item.node.position === subject.node.position,
        heads: item.heads ? { heads: item.heads, rest: item.rest } : null,
    }));
}

/**
 * The links of a node under their switch. `subject` is what the panel shows: {model, index, node, nodesPath, heads, ends, where,
 * prompt, actions}.
 *
 * @param {Subject} subject
 * @returns {HTMLElement}
 */
export function nodeLinks(subject) {
    const { model, index, ends, actions } = subject;
    const lists = element("div", {});
    const show = (inputs, outputs, inTitle, outTitle) => {
        const largest = Math.max(0, ...[...inputs, ...outputs].map((item) => Math.abs(item.weight)));
        if (ends === "either") {
            const all = [
                ...inputs.map((item) => ({ ...item, arrow: "←" })), ...outputs.map((item) => ({ ...item, arrow: "→" })),
            ].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
            return lists.replaceChildren(linkList(`${inTitle}, ${outTitle.toLowerCase()}`, all, largest, actions));
        }
        return lists.replaceChildren(...[
            ends === "outputs" ? null : linkList(inTitle, inputs, largest, actions),
            ends === "inputs" ? null : linkList(outTitle, outputs, largest, actions),
        ].filter(Boolean));
    };
    const inputs = linksOf(subject, model.inputs[index], true);
    const outputs = linksOf(subject, model.outputs[index], false);
    show(inputs.slice(0, listedLinks), outputs.slice(0, listedLinks), `Inputs (${inputs.length} shown)`,
        `Outputs (${outputs.length} shown)`);
    return element("div", { class: "node-links" }, endsSwitch(ends, actions.ends), lists, wholeControl(subject, show));
}

/** The control that asks for every stored link; null where none can be asked for. */
function wholeControl(subject, show) {
    if (!subject.nodesPath || isFolder) return null;
    const control = button("All stored inputs and outputs", async () => {
        control.disabled = true;
        try {
            const path = `${subject.nodesPath}/${encodeURIComponent(subject.node.id)}`;
            const report = /** @type {GraphNodeReport} */ (await ask(path, {}, { limit: 100 }));
            show(storedLinks(subject, report.inputs, true), storedLinks(subject, report.outputs, false),
                `Inputs (${report.inputs.length} of ${counted(report.inputCount, "stored one")})`,
                `Outputs (${report.outputs.length} of ${counted(report.outputCount, "stored one")})`);
            control.remove();
        } catch (error) {
            control.replaceWith(quiet(error.message));
        }
    }, { class: "more" });
    return control;
}
