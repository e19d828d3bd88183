// Draws links on a canvas under the nodes: straight, as wide as their share of the target's input, dashed when negative.
// All links are on one canvas, drawn when the drawing changes; those of the node in focus on another above it, which
// is cheap enough to draw at every move of the pointer.

const widestLink = 7;
const widestOfCircuit = 4;

function colours(element) {
    const style = getComputedStyle(element);
    return { positive: style.getPropertyValue("--positive").trim(), negative: style.getPropertyValue("--negative").trim() };
}

function widthOf(edge, widest) {
    // Lines of one pixel are drawn several times faster than those of a little more.
    return Math.max(1, 0.5 + widest * Math.min(1, Math.abs(edge.share ?? 0)));
}

function strengthOf(edge) {
    return 0.16 + 0.74 * Math.min(1, Math.sqrt(Math.abs(edge.share ?? 0)) * 1.4);
}

/** Gives a canvas the size of a layout, in the pixels of the screen. */
function fitCanvas(canvas, layout, scale) {
    const width = Math.round(layout.width * scale);
    const height = Math.round(layout.height * scale);
    if (canvas.width === width && canvas.height === height) return;
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${layout.width}px`;
    canvas.style.height = `${layout.height}px`;
}

/**
 * Draws the links of `model` whose ends are in `shown`: of all of them, or of those at the node `focus`.
 * `colourOf` overrides the colour of a link.
 */
export function drawLinks(canvas, model, layout, { shown, focus = null, colourOf = null }) {
    const scale = devicePixelRatio || 1;
    fitCanvas(canvas, layout, scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    const palette = colours(canvas);
    const widest = model.isCollapsed ? widestOfCircuit : widestLink;
    const links = focus === null ? model.edges : [...model.inputs[focus], ...model.outputs[focus]];
    const ordered = links.filter((edge) => shown.has(edge.source) && shown.has(edge.target))
        .sort((a, b) => Math.abs(a.share ?? 0) - Math.abs(b.share ?? 0));
    let isDashed = null;
    // Each link is a path of its own: one path of many crossing lines takes far longer to fill.
    for (const edge of ordered) {
        const from = layout.places[edge.source];
        const to = layout.places[edge.target];
        context.strokeStyle = colourOf?.(edge) ?? (edge.weight < 0 ? palette.negative : palette.positive);
        context.globalAlpha = focus === null ? strengthOf(edge) : Math.max(0.5, strengthOf(edge));
        context.lineWidth = widthOf(edge, widest);
        if (isDashed !== edge.weight < 0) {
            isDashed = edge.weight < 0;
            context.setLineDash(isDashed ? [5, 4] : []);
        }
        context.beginPath();
        context.moveTo(from.x, from.y);
        context.lineTo(to.x, to.y);
        context.stroke();
    }
}

/** Empties a canvas. */
export function clearLinks(canvas) {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}
