// What pointer and focus do with the nodes and links of a drawing: point at them, choose them, pin them.

import {linkAt} from "./graphLinks.js";

/**
 * Listens on a view's nodes.
 *
 * @param {GraphView} view
 * @returns {void}
 */
export function listenToNodes(view) {
    view.nodeLayer.addEventListener("pointermove", (event) => { if (event.buttons === 0) view.hover(view.nearest(event)); });
    view.nodeLayer.addEventListener("pointerleave", () => view.hover(null));
    view.nodeLayer.addEventListener("click", (event) => {
        const index = view.nearest(event);
        const edge = index === null && view.actions.link ? linkAt(view, event) : null;
        if (index !== null && event.shiftKey) view.actions.pin(index);
        else if (edge) view.actions.link(edge);
        else view.actions.select(index);
        if (index !== null) view.walkTo(index);
    });
    view.nodeLayer.addEventListener("focusin", (event) => {
        const index = event.target instanceof SVGElement ? event.target.dataset.index : undefined;
        if (index !== undefined) view.hover(Number(index));
    });
    view.nodeLayer.addEventListener("focusout", () => view.hover(null));
}
