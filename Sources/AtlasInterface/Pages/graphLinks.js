// Which drawn link a pointer is at.

/** Pixels between a pointer and a link that still count as at it. */
const linkReach = 5;

function distanceTo(x, y, from, to) {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = dx * dx + dy * dy;
    const share = length > 0 ? Math.max(0, Math.min(1, ((x - from.x) * dx + (y - from.y) * dy) / length)) : 0;
    return Math.hypot(x - from.x - share * dx, y - from.y - share * dy);
}

/**
 * A node's links; `ends` are "inputs" or "outputs" where only those count.
 *
 * @param {GraphModel} model
 * @param {number} index
 * @param {string} ends
 * @returns {GraphEdge[]}
 */
export function edgesOf(model, index, ends) {
    return [...(ends === "outputs" ? [] : model.inputs[index]), ...(ends === "inputs" ? [] : model.outputs[index])];
}

/**
 * The nearest of the links that a view shows, the strongest of equals; null where none is near. Of a chosen node only its own
 * count.
 *
 * @param {GraphView} view
 * @param {MouseEvent} event
 * @returns {GraphEdge | null}
 */
export function linkAt(view, event) {
    const { model, layout, state, camera } = view;
    const bounds = view.element.getBoundingClientRect();
    const { scale, rowScale, left, top, gutter } = camera.state;
    const [x, y] = [
        event.clientX - bounds.left - view.element.clientLeft + left, event.clientY - bounds.top - view.element.clientTop + top,
    ];
    const at = (place) => ({ x: gutter + (place.x - gutter) * scale, y: place.y * rowScale });
    const links = state.selected === null ? model.edges : edgesOf(model, state.selected, "both");
    let best = null;
    let least = linkReach;
    for (const edge of links) {
        const [from, to] = [layout.places[edge.source], layout.places[edge.target]];
        if (!from || !to || !state.shown.has(edge.source) || !state.shown.has(edge.target)) continue;
        const distance = distanceTo(x, y, at(from), at(to));
        if (distance < least || (best && distance === least && Math.abs(edge.weight) > Math.abs(best.weight))) {
            [best, least] = [edge, distance];
        }
    }
    return best;
}
