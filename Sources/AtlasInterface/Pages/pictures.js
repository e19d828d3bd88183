// Drawings as files: SVG that any reader opens, and PNG made of it.

import {button, drawing, element} from "./elements.js";
import {fileName, saveFile} from "./savedFiles.js";
import {pageColour} from "./theme.js";

/** What a drawn element's look is made of. */
const looks = [
    "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "opacity",
    "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "visibility",
];
const usualLooks = {
    "fill-opacity": "1", "stroke-opacity": "1", opacity: "1", "stroke-dasharray": "none", "paint-order": "normal",
    visibility: "visible", "stroke-linejoin": "miter", "text-anchor": "start",
};
/** Pixels of a picture's side at most: a canvas has a largest size. */
const longestSide = 12_000;
const sharpness = 2;

/**
 * A picture of its own: a ground of the page's colour, and what is on it.
 *
 * @param {number} width
 * @param {number} height
 * @param {string} title
 * @param {Content} content
 * @returns {SVGElement}
 */
export function pictureFrame(width, height, title, content) {
    return drawing("svg",
        {
            xmlns: "http://www.w3.org/2000/svg", width: Math.ceil(width), height: Math.ceil(height),
            viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`, "font-family": "system-ui, sans-serif",
        },
        drawing("title", {}, title),
        drawing("rect", { width: Math.ceil(width), height: Math.ceil(height), fill: pageColour("--panel") }), content);
}

/** A copy of a drawn element that keeps its look without the page's styles. */
function standing(node) {
    const copy = node.cloneNode(false);
    if (node.nodeType !== Node.ELEMENT_NODE) return copy;
    for (const { name } of [...copy.attributes]) {
        if (/^(class|style|role|tabindex|id|aria-.*|data-.*|on.*)$/.test(name)) copy.removeAttribute(name);
    }
    if (!["title", "desc"].includes(node.localName)) {
        const style = getComputedStyle(node);
        for (const look of looks) {
            const value = style.getPropertyValue(look);
            if (value !== "" && value !== usualLooks[look]) copy.setAttribute(look, value);
        }
    }
    for (const child of node.childNodes) copy.append(standing(child));
    return copy;
}

/**
 * The picture of an SVG element that the page shows; `around` gives further elements for its margins, as [top, bottom, elements].
 *
 * @param {SVGElement} svg
 * @param {string} title
 * @param {{ top?: number, bottom?: number, elements?: Content[] }} [around]
 * @returns {SVGElement}
 */
export function pictureOf(svg, title, { top = 0, bottom = 0, elements = [] } = {}) {
    const box = svg.getBoundingClientRect();
    const copy = standing(svg);
    for (const [name, value] of Object.entries({ x: 0, y: top, width: box.width, height: box.height })) {
        copy.setAttribute(name, value);
    }
    return pictureFrame(box.width, box.height + top + bottom, title, [copy, elements]);
}

function shownText(cell) {
    const copy = cell.cloneNode(true);
    for (const hidden of copy.querySelectorAll(".hidden")) hidden.remove();
    return copy.textContent.trim();
}

/**
 * The picture of a table that is looked at as a drawing: its cells with their colours and texts, as they stand.
 *
 * @param {HTMLTableElement} table
 * @param {string} title
 * @returns {SVGElement}
 */
export function pictureOfTable(table, title) {
    const bounds = table.getBoundingClientRect();
    const cells = [...table.querySelectorAll("th, td")].map((cell) => {
        const box = cell.getBoundingClientRect();
        const style = getComputedStyle(cell);
        const [x, y] = [box.left - bounds.left, box.top - bounds.top];
        const isSideways = style.writingMode.startsWith("vertical");
        const text = shownText(cell);
        const middle = { x: x + box.width / 2, y: y + box.height / 2 };
        const frame = cell.classList.contains("marked") ? { stroke: pageColour("--text"), "stroke-width": 2 } : {};
        return [drawing("rect", { x, y, width: box.width, height: box.height, fill: style.backgroundColor, ...frame }),
            text === "" ? null : drawing("text", {
                fill: style.color, "font-size": style.fontSize,
                "text-anchor": isSideways ? "start" : cell.tagName === "TH" ? "end" : "middle",
                ...(isSideways
                    ? { transform: `translate(${middle.x + 4} ${y + box.height - 3}) rotate(-90)` }
                    : { x: cell.tagName === "TH" ? x + box.width - 4 : middle.x, y: middle.y + 4 }),
            }, text)];
    });
    return pictureFrame(bounds.width, bounds.height, title, cells);
}

/**
 * A picture's text, with what makes it a file of its own.
 *
 * @param {SVGElement} picture
 * @returns {string}
 */
export function pictureText(picture) {
    return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(picture)}\n`;
}

/** A picture as PNG, twice as large as on the page where that is not too large. */
async function pixelsOf(picture) {
    const [width, height] = [Number(picture.getAttribute("width")), Number(picture.getAttribute("height"))];
    const scale = Math.min(sharpness, longestSide / Math.max(width, height));
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
    await image.decode();
    const canvas = element("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => {
        canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("The picture is too large for this browser.")),
            "image/png");
    });
}

const drawn = new WeakMap();

/**
 * How the drawing is made that controls belong to, and where it stands; undefined where it is not drawn on the page.
 *
 * @param {Element} controls
 * @returns {{ make: () => SVGElement, stands: Element } | undefined}
 */
export function drawingOfControls(controls) {
    return drawn.get(controls);
}

/**
 * The controls that give a drawing as SVG or PNG. `make()` makes its picture. Where `stands` is the drawn element, printing puts
 * the picture in its place: paper does not scroll.
 *
 * @param {string} title
 * @param {() => SVGElement} make
 * @param {Element | null} [stands]
 * @returns {HTMLElement}
 */
export function pictureControls(title, make, stands = null) {
    const take = (kind, write) => {
        const control = button(kind, async () => {
            control.disabled = true;
            try {
                await write(make());
            } catch (error) {
                controls.append(element("span", { role: "alert", class: "failure" }, error.message));
            } finally {
                control.disabled = false;
            }
        }, { class: "more", "aria-label": `${kind} of ${title}` });
        return control;
    };
    const controls = element("span", { class: "take take-picture" },
        take("SVG", (picture) => saveFile(`${fileName(title)}.svg`, "image/svg+xml", pictureText(picture))),
        take("PNG", async (picture) => saveFile(`${fileName(title)}.png`, "image/png", await pixelsOf(picture))));
    if (stands) drawn.set(controls, { make, stands });
    return controls;
}
