// Which node is meant: by where it stands, or because it is the answer.

/**
 * The most likely logit that is shown, or null.
 *
 * @param {GraphModel} model
 * @param {Set<number>} shown
 * @param {Place[]} places
 * @returns {number | null}
 */
export function answerIn(model, shown, places) {
    const logits = [...shown].filter((index) => model.nodes[index].kind === "logit" && places[index]);
    if (logits.length === 0) return null;
    return logits.reduce((best, index) => (model.nodes[index].probability ?? 0) > (model.nodes[best].probability ?? 0)
        ? index
        : best);
}

/**
 * The nearest node to a point of the screen, within `reach` pixels; null where there is none.
 *
 * @param {Camera} camera
 * @param {Place[]} places
 * @param {Set<number>} shown
 * @param {MouseEvent} event
 * @param {number} reach
 * @returns {number | null}
 */
export function nearestNode(camera, places, shown, { clientX, clientY }, reach) {
    const at = camera.layoutPoint(clientX, clientY);
    let best = null;
    let least = reach * reach;
    for (const index of shown) {
        const place = places[index];
        if (!place) continue;
        const distance = ((place.x - at.x) * camera.scale) ** 2 + ((place.y - at.y) * camera.rowScale) ** 2;
        if (distance < least) [best, least] = [index, distance];
    }
    return best;
}

/**
 * The chosen node where it is seen, else the most central one: its id, and where it stands in the window.
 *
 * @param {GraphModel} model
 * @param {Place[]} places
 * @param {Camera} camera
 * @param {number | null} selected
 * @returns {{ id: string, x: number, y: number } | null}
 */
export function anchorOf(model, places, camera, selected) {
    const at = (index) => ({ x: camera.x(places[index].x) - camera.left, y: camera.y(places[index].y) - camera.top });
    const isSeen = ({ x, y }) => x > 0 && x < camera.width && y > 0 && y < camera.height;
    if (selected !== null && places[selected] && isSeen(at(selected))) return { id: model.nodes[selected].id, ...at(selected) };
    let best = -1;
    let least = Infinity;
    places.forEach((_, index) => {
        const { x, y } = at(index);
        const distance = (x - camera.width / 2) ** 2 + (y - camera.height / 2) ** 2;
        if (distance < least) [best, least] = [index, distance];
    });
    return best === -1 ? null : { id: model.nodes[best].id, ...at(best) };
}

/**
 * Indices from the top row to the bottom, each from left to right.
 *
 * @param {GraphModel} model
 * @param {Place[]} places
 * @param {Set<number>} shown
 * @returns {number[]}
 */
export function inReadingOrder(model, places, shown) {
    return [...shown]
        .filter((index) => places[index])
        .sort((a, b) => model.rowOf(model.nodes[b]) - model.rowOf(model.nodes[a]) || places[a].x - places[b].x || a - b);
}
