// Builds elements. Texts of prompts, tokens and labels are hostile: they only ever become text nodes.

import {isKnown} from "./numbers.js";

function fill(node, attributes, children) {
    for (const [key, value] of Object.entries(attributes)) {
        if (typeof value === "function") node.addEventListener(key.slice(2), value);
        else if (isKnown(value) && value !== false) node.setAttribute(key, value);
    }
    for (const child of children.flat(Infinity)) {
        if (isKnown(child) && child !== false) node.append(child);
    }
    return node;
}

/**
 * An element with attributes (`class`, `href`, `onclick`, …), and children that are elements or texts; null ones are left out.
 */
export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function drawing(name, attributes = {}, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/** A button that is no form's submit. */
export function button(text, onclick, attributes = {}) {
    return element("button", { type: "button", onclick, ...attributes }, text);
}

/** A link to a view of these pages. */
export function link(address, ...children) {
    return element("a", { href: address }, ...children);
}

/** A part of a view under a heading, with what its numbers are. */
export function section(title, definition, ...children) {
    return element("section", {}, element("h2", {}, title),
        definition ? element("p", { class: "definition" }, definition) : null, ...children);
}

/** A sentence in place of what is missing. */
export function quiet(...children) {
    return element("p", { class: "quiet" }, ...children);
}

/** The heading of a view, which takes the focus when the view changes. */
export function heading(...children) {
    return element("h1", { tabindex: "-1" }, ...children);
}

/** A choice among values, given as [value, text]. */
export function choice(id, options, value, onchange) {
    const select = element("select", { id, onchange: (event) => onchange(event.target.value) },
        options.map(([key, text]) => element("option", { value: key }, text)));
    select.value = value;
    return select;
}
