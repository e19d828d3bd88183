// The nodes as drawn elements: a circle is a feature, a square a token or logit, a diamond an error.

import {drawing} from "./elements.js";
import {isKnown, roundPercentage} from "./numbers.js";
import {fittingName} from "./graphLayout.js";
import {spokenName} from "./graphModel.js";

/** Width in pixels of the screen from which a place of a feature has room for a name, and the scale from which its row has. */
const namedSlot = 58;
const namedScale = 1.6;

/** What is drawn into nodes of one side of a comparison, so that no colour is needed to tell them. */
const sideMarks = { "side-a": "M-3.2 0H3.2", "side-b": "M0 -3.2V3.2" };

function glyph(node, radius) {
    switch (node.kind) {
    case "feature": return drawing("circle", { r: radius, class: "glyph" });
    case "error": return drawing("path", {
        d: `M0 ${-radius - 1}L${radius + 1} 0L0 ${radius + 1}L${-radius - 1} 0Z`, class: "glyph",
    });
    default: return drawing("rect", { x: -radius, y: -radius, width: 2 * radius, height: 2 * radius, class: "glyph" });
    }
}

/**
 * How large a node's glyph is.
 *
 * @param {GraphNode} node
 * @param {GraphModel} model
 * @returns {number}
 */
export function radiusOf(node, model) {
    if (node.kind === "logit") return 6;
    if (!(model.largestInfluence > 0)) return 5.5;
    return 4 + 3.5 * Math.sqrt((node.influence ?? 0) / model.largestInfluence);
}

/**
 * How much larger or smaller glyphs are at a scale: they grow slower than the drawing, and stay large enough to be hit.
 *
 * @param {number} scale
 * @returns {number}
 */
export function glyphScale(scale) {
    return Math.max(0.6, Math.min(1.7, Math.sqrt(scale)));
}

/**
 * The element of one node; `classOf` adds a class of its own. Where it stands, `placeNode` says.
 *
 * @param {GraphModel} model
 * @param {number} index
 * @param {((node: GraphNode) => string | null) | null} classOf
 * @returns {SVGElement}
 */
export function nodeElement(model, index, classOf) {
    const node = model.nodes[index];
    const radius = radiusOf(node, model);
    const ownClass = classOf?.(node) ?? "";
    const mark = sideMarks[ownClass];
    const group = drawing("g", {
        class: `node ${node.kind} ${ownClass}`.trim(),
        tabindex: "-1", role: "button", "aria-pressed": "false", "aria-label": spokenName(node), "data-index": index,
    }, drawing("circle", { r: radius + 4.5, class: "halo" }), glyph(node, radius),
        mark ? drawing("path", { class: "side-mark", d: mark }) : null);
    return group;
}

/** What a node is called in its place at a scale; null where there is no room. */
function captionOf(node, place, scale) {
    const slot = (place.slot ?? 0) * scale;
    if (place.caption) return slot >= 24 ? fittingName(node, { ...place, slot }) : null;
    return scale >= namedScale && slot >= namedSlot && node.kind === "feature" ? fittingName(node, { ...place, slot }) : null;
}

/**
 * Puts an element to its place at a scale, with the captions that there is room for.
 *
 * @param {SVGElement} element
 * @param {GraphModel} model
 * @param {number} index
 * @param {Place} place
 * @param {Camera} camera
 * @returns {void}
 */
export function placeNode(element, model, index, place, camera) {
    const node = model.nodes[index];
    element.setAttribute("transform", `translate(${camera.x(place.x).toFixed(1)} ${camera.y(place.y).toFixed(1)})`);
    const captions = [...element.children].filter((child) => child.classList.contains("caption"));
    for (const child of element.children) {
        if (!captions.includes(child)) child.setAttribute("transform", `scale(${glyphScale(camera.scale).toFixed(3)})`);
    }
    const caption = captionOf(node, place, camera.scale);
    if (element.dataset.caption === (caption ?? "")) return;
    element.dataset.caption = caption ?? "";
    for (const child of captions) child.remove();
    if (caption === null) return;
    const isAbove = node.kind === "logit" && !model.isCollapsed;
    element.append(drawing("text",
        { class: "caption", y: isAbove ? -24 : radiusOf(node, model) * glyphScale(camera.scale) + 13, "text-anchor": "middle" },
        caption, drawing("title", {}, spokenName(node))));
    if (isAbove && isKnown(node.probability)) {
        element.append(drawing("text", { class: "caption quieter", y: -11, "text-anchor": "middle" },
            roundPercentage(node.probability)));
    }
}
