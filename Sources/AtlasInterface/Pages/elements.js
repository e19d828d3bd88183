"use strict";
// Builds elements and writes numbers. Texts of prompts, tokens and labels are hostile: they only ever become text nodes.

/** An element with attributes (`class`, `href`, …), and children that are elements or texts; null children are left out. */
function element(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
        if (key === "onclick" || key === "oninput" || key === "onchange") node.addEventListener(key.slice(2), value);
        else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value);
    }
    for (const child of children.flat(Infinity)) {
        if (child !== null && child !== undefined) node.append(child);
    }
    return node;
}

/** An SVG element. */
function drawing(name, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
}

let tipCount = 0;

/** A term whose definition shows on hover and on keyboard focus; `side` is "end" near the right edge. */
function term(text, definition, side = "start") {
    const id = `tip-${++tipCount}`;
    return element("span", { class: "help" },
        element("button", { type: "button", class: "term", "aria-describedby": id }, text),
        element("span", { class: `tip ${side}`, role: "tooltip", id }, definition));
}

/** A count with separators, or a dash for none. */
function number(value) {
    return value === null || value === undefined ? "–" : value.toLocaleString("en");
}

/** A measured value with three significant digits, or a dash for none. */
function measure(value) {
    if (value === null || value === undefined) return "–";
    const magnitude = Math.abs(value);
    const text = magnitude === 0 ? "0"
        : magnitude >= 1000 ? Math.round(magnitude).toLocaleString("en")
        : magnitude < 0.0001 ? magnitude.toExponential(1)
        : magnitude.toPrecision(3);
    return value < 0 ? `−${text}` : text;
}

/** A measured value that always has its sign. */
function signed(value) {
    return value > 0 ? `+${measure(value)}` : measure(value);
}

/** A share of one as a percentage. */
function percentage(share) {
    return share === null || share === undefined ? "–" : `${measure(share * 100)} %`;
}

/** A count with its noun. */
function counted(count, noun, plural = `${noun}s`) {
    return `${number(count)} ${count === 1 ? noun : plural}`;
}

/** A token's text with its spaces, breaks and control characters made visible. */
function visible(text) {
    if (text === "") return "∅";
    return text.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥")
        .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/** The mark for numbers that rest on too little; null when there is enough. */
function fewSamples(count) {
    return count < 10 ? element("span", { class: "badge warning" }, count === 0 ? "no sample" : "few samples") : null;
}

/** A label, marked when a program made it. */
function labelText(label, isAutomatic) {
    if (label === null || label === undefined || label === "") return [element("span", { class: "quiet" }, "no label")];
    return [element("bdi", {}, label), isAutomatic ? element("span", { class: "badge" }, "automatic") : null];
}

/** The address of a feature's view. */
function featureAddress(feature) {
    return `#/feature/${feature.layer}/${feature.index}`;
}
