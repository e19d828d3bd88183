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
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {object} [attributes]
 * @param {...Content} children
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, ...children) {
    return fill(document.createElement(name), attributes, children);
}

/**
 * An SVG element.
 *
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {object} [attributes]
 * @param {...Content} children
 * @returns {SVGElementTagNameMap[Name]}
 */
export function drawing(name, attributes = {}, ...children) {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

/**
 * A control within an element, to give it the focus; null where there is none.
 *
 * @param {ParentNode} place
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function controlIn(place, selector) {
    return place.querySelector(selector);
}

/**
 * A button that is no form's submit.
 *
 * @param {Content} text
 * @param {(event: any) => unknown} onclick
 * @param {object} [attributes]
 * @returns {HTMLButtonElement}
 */
export function button(text, onclick, attributes = {}) {
    return element("button", { type: "button", onclick, ...attributes }, text);
}

/**
 * A link to a view of these pages.
 *
 * @param {string} address
 * @param {...Content} children
 * @returns {HTMLAnchorElement}
 */
export function link(address, ...children) {
    return element("a", { href: address }, ...children);
}

/**
 * A part of a view under a heading, with what its numbers are.
 *
 * @param {Content} title
 * @param {Content} definition
 * @param {...Content} children
 * @returns {HTMLElement}
 */
export function section(title, definition, ...children) {
    return element("section", {}, element("h2", {}, title),
        definition ? element("p", { class: "definition" }, definition) : null, ...children);
}

/**
 * A sentence in place of what is missing.
 *
 * @param {...Content} children
 * @returns {HTMLParagraphElement}
 */
export function quiet(...children) {
    return element("p", { class: "quiet" }, ...children);
}

/**
 * The heading of a view, which takes the focus when the view changes.
 *
 * @param {...Content} children
 * @returns {HTMLHeadingElement}
 */
export function heading(...children) {
    return element("h1", { tabindex: "-1" }, ...children);
}

/**
 * A choice among values, given as [value, text].
 *
 * @param {string} id
 * @param {Named[]} options
 * @param {string} value
 * @param {(value: string) => unknown} onchange
 * @returns {HTMLSelectElement}
 */
export function choice(id, options, value, onchange) {
    const select = element("select", { id, onchange: (event) => onchange(event.target.value) },
        options.map(([key, text]) => element("option", { value: key }, text)));
    select.value = value;
    return select;
}
