// Draws links on a canvas under the nodes: straight, as wide as their share of the target's input, dashed when negative.

const widestLink = 7;
const quietAlpha = 0.05;

function colours(element) {
    const style = getComputedStyle(element);
    return { positive: style.getPropertyValue("--positive").trim(), negative: style.getPropertyValue("--negative").trim() };
}

function widthOf(edge) {
    return 0.5 + widestLink * Math.min(1, Math.abs(edge.share ?? 0));
}

function strengthOf(edge) {
    return 0.16 + 0.74 * Math.min(1, Math.sqrt(Math.abs(edge.share ?? 0)) * 1.4);
}

/**
 * Draws the links of `model` whose ends are in `shown`.
 * `focus` is a set of nodes whose links stand out, or null; `colourOf` overrides the colour of a link.
 */
export function drawLinks(canvas, model, layout, { shown, focus = null, colourOf = null }) {
    const scale = devicePixelRatio || 1;
    const width = Math.round(layout.width * scale);
    const height = Math.round(layout.height * scale);
    if (canvas.width !== width || canvas.height !== height) {
        canvas.width = width;
        canvas.height = height;
        canvas.style.width = `${layout.width}px`;
        canvas.style.height = `${layout.height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    const palette = colours(canvas);
    const batches = new Map();
    for (const edge of model.edges) {
        if (!shown.has(edge.source) || !shown.has(edge.target)) continue;
        const isNear = focus === null || focus.has(edge.source) || focus.has(edge.target);
        const alpha = isNear ? (focus === null ? strengthOf(edge) : Math.max(0.5, strengthOf(edge))) : quietAlpha;
        const colour = colourOf?.(edge) ?? (edge.weight < 0 ? palette.negative : palette.positive);
        // Links of nearly the same look are drawn in one stroke: a thousand strokes take longer than a frame.
        const key = `${isNear ? 1 : 0}|${colour}|${edge.weight < 0 ? 1 : 0}|${Math.round(widthOf(edge) * 3)}|${Math.round(alpha * 12)}`;
        if (!batches.has(key)) batches.set(key, { isNear, colour, isDashed: edge.weight < 0, width: widthOf(edge), alpha, edges: [] });
        batches.get(key).edges.push(edge);
    }
    const ordered = [...batches.values()].sort((a, b) => Number(a.isNear) - Number(b.isNear) || a.alpha - b.alpha);
    for (const batch of ordered) {
        context.strokeStyle = batch.colour;
        context.globalAlpha = batch.alpha;
        context.lineWidth = batch.width;
        context.setLineDash(batch.isDashed ? [5, 4] : []);
        context.beginPath();
        for (const edge of batch.edges) {
            const from = layout.places[edge.source];
            const to = layout.places[edge.target];
            context.moveTo(from.x, from.y);
            context.lineTo(to.x, to.y);
        }
        context.stroke();
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
}
