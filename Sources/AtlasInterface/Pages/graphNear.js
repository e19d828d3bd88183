// The links of the node in focus, or some that are asked for, over all others.

import {drawFewLinks} from "./graphCanvas.js";
import {edgesOf} from "./graphLinks.js";

/**
 * Draws the links of the node in focus, or the parts that are asked for, over the others, which step back.
 *
 * @param {GraphView} view
 * @param {any} look
 * @returns {void}
 */
export function drawNear(view, look) {
    const { model, parts, state } = view;
    const centre = view.hovered ?? (parts ? null : state.selected);
    for (const canvas of view.links) canvas.classList.toggle("quieted", centre !== null || parts !== null);
    const links = centre === null ? [...(parts?.keys() ?? [])] : edgesOf(model, centre, state.ends);
    const seen = links.filter((edge) => state.shown.has(edge.source) && state.shown.has(edge.target));
    view.nearCanvas.hidden = seen.length === 0;
    if (seen.length > 0) {
        drawFewLinks(view.nearCanvas, seen, { ...look, parts: centre === null ? parts : null, isFocus: centre !== null });
    }
}
