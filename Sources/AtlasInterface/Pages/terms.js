// Terms with their definitions, marks for weak numbers, and names of things: shown the same way everywhere.

import {element} from "./elements.js";
import {isKnown, visible} from "./numbers.js";
import {featureAddress, featureName, logitAddress} from "./address.js";

let tipCount = 0;

/**
 * A term whose definition shows on hover and on keyboard focus; `side` is "end" near the right edge.
 *
 * @param {Content} text
 * @param {Content} definition
 * @param {string} [side]
 * @returns {HTMLElement}
 */
export function term(text, definition, side = "start") {
    const id = `tip-${++tipCount}`;
    return element("span", { class: "help" },
        element("button", { type: "button", class: "term", "aria-describedby": id }, text),
        element("span", { class: `tip ${side}`, role: "tooltip", id }, definition));
}

/**
 * A number of a list of statistics, with its definition and what it rests on; `side` is "end" near the right edge.
 *
 * @param {Content} title
 * @param {Content} definition
 * @param {Content} value
 * @param {Content} sample
 * @param {string} [side]
 * @returns {HTMLElement}
 */
export function figure(title, definition, value, sample, side) {
    return element("div", { class: "statistic" }, element("dt", {}, definition ? term(title, definition, side) : title),
        element("dd", {}, element("span", { class: "value" }, value), element("span", { class: "sample" }, sample)));
}

/**
 * The mark for numbers that rest on too little; null when there is enough. A table gathers those of its rows in one note.
 *
 * @param {number} count
 * @returns {HTMLElement | null}
 */
export function fewSamples(count) {
    return count < 10 ? element("span", { class: "badge warning few" }, count === 0 ? "no sample" : "few samples") : null;
}

/**
 * A label, marked when a program made it.
 *
 * @param {string | null | undefined} label
 * @param {boolean} [isAutomatic]
 * @returns {Content[]}
 */
export function labelText(label, isAutomatic) {
    if (!isKnown(label) || label === "") return [element("span", { class: "quiet" }, "no label")];
    return [
        element("bdi", { class: "made-label" }, label), isAutomatic ? element("span", { class: "badge" }, "automatic") : null,
    ];
}

/**
 * A token as a quotation.
 *
 * @param {string | null | undefined} text
 * @param {number | null} [token]
 * @returns {HTMLElement}
 */
export function tokenText(text, token) {
    return element("bdi",
        {
            class: "quoted", "data-text": text ?? null,
            title: isKnown(token) ? `token ${token.toLocaleString("en")}` : null,
        },
        visible(text));
}

/**
 * A node of a graph or circuit by name, with a link to its own view.
 *
 * @param {NodeName} node
 * @param {string | null} [label]
 * @param {number | string | null} [prompt]
 * @returns {Content}
 */
export function nodeText(node, label, prompt) {
    switch (node.kind) {
    case "feature":
        return [element("a", { href: featureAddress(node.feature, prompt) }, featureName(node.feature)),
            label ? [" ", element("bdi", { class: "quiet" }, label)] : null];
    case "error":
        return [element("span", { class: "kind" }, "error"), ` of layer ${node.layer}`];
    case "bias":
        return element("span", { class: "kind" }, "bias");
    case "logit":
        return [
            element("span", { class: "kind" }, "logit "),
            element("a", { href: logitAddress(node.token) }, tokenText(node.text, node.token)),
        ];
    default:
        return [element("span", { class: "kind" }, `${node.kind} `), tokenText(node.text, node.token)];
    }
}

/**
 * A bar as long as a share of the largest; negative ones are striped as well as purple.
 *
 * @param {number | null | undefined} value
 * @param {number} largest
 * @returns {HTMLElement}
 */
export function weightBar(value, largest) {
    const bar = element("span", { class: value < 0 ? "weight negative" : "weight" });
    bar.style.setProperty("--length", largest > 0 ? Math.min(1, Math.abs(value ?? 0) / largest).toFixed(3) : "0");
    return bar;
}

/**
 * What the numbers of a view are, for those who do not hover.
 *
 * @param {{ title: string, definition?: string }[]} definitions
 * @returns {HTMLElement}
 */
export function legend(definitions) {
    return element("details", { class: "legend" }, element("summary", {}, "What these numbers are"),
        element("dl", {}, definitions.map(({ title, definition }) => [element("dt", {}, title), element("dd", {}, definition)])));
}

/** Puts a definition beside its term when it shows: fixed to the window, so that no scrolling table cuts it. */
export function placeTips() {
    const place = (event) => {
        const control = event.target.closest?.(".term");
        const tip = control?.nextElementSibling;
        if (!tip?.classList.contains("tip")) return;
        const bounds = control.getBoundingClientRect();
        const width = Math.min(320, innerWidth - 16);
        const left = tip.classList.contains("end") ? bounds.right - width : bounds.left;
        tip.style.width = `${width}px`;
        tip.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`;
        tip.style.top = `${bounds.bottom + 6}px`;
        if (bounds.bottom + 6 + tip.offsetHeight > innerHeight) {
            tip.style.top = `${Math.max(8, bounds.top - 6 - tip.offsetHeight)}px`;
        }
    };
    addEventListener("mouseover", place);
    addEventListener("focusin", place);
}
