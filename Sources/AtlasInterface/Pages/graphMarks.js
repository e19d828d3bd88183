// How the elements of a drawing's nodes show what is chosen, pinned, found and connected.

import {edgesOf} from "./graphLinks.js";

/**
 * The nodes that a node is linked with and the links' weights; `ends` are "inputs" or "outputs" where only those count.
 *
 * @param {GraphModel} model
 * @param {number | null} index
 * @param {string} ends
 * @returns {Map<number, number>}
 */
export function tintedEnds(model, index, ends) {
    const tinted = new Map();
    if (index === null) return tinted;
    for (const edge of edgesOf(model, index, ends)) tinted.set(edge.target === index ? edge.source : edge.target, edge.weight);
    return tinted;
}

/**
 * Marks all elements of a view; `tinted` are those that a chosen node is linked with.
 *
 * @param {GraphView} view
 * @param {Map<number, number>} tinted
 * @returns {void}
 */
export function markNodes(view, tinted) {
    const { selected, pins } = view.state;
    view.elements.forEach((node, index) => {
        const weight = tinted.get(index);
        node.classList.toggle("selected", index === selected);
        node.classList.toggle("pinned", pins.has(index));
        node.classList.toggle("excited", weight > 0);
        node.classList.toggle("inhibited", weight < 0);
        node.classList.toggle("faded", view.recedes(index) && index !== selected);
        node.classList.toggle("near", index === view.hovered);
        node.setAttribute("aria-pressed", String(index === selected));
        node.setAttribute("tabindex", index === view.walker ? "0" : "-1");
    });
}
