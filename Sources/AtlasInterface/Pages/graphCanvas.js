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

/** How much of a link a part of it is: what little is left stays visible. */
function partOf(edge, part) {
    return Math.max(0.08, Math.min(1, Math.abs(part / edge.weight) || 0));
}

/**
 * Draws the links of `model` whose ends are in `shown`: all of them, those at the node `focus`, or those of which `parts` has a
 * part, as a map from link to number: each by the part's sign, and as strong as its share of the link.
 * `colourOf` overrides the colour of a link; `ends` is "inputs" or "outputs" where only those of the focus are drawn.
 */
export function drawLinks(canvas, model, layout, { shown, focus = null, parts = null, colourOf = null, ends = null }) {
    const scale = devicePixelRatio || 1;
    fitCanvas(canvas, layout, scale);
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    const palette = colours(canvas);
    const widest = model.isCollapsed ? widestOfCircuit : widestLink;
    const links = parts ? [...parts.keys()] : focus === null ? model.edges : [...(ends === "outputs" ? [] : model.inputs[focus]), ...(ends === "inputs" ? [] : model.outputs[focus])];
    const ordered = links.filter((edge) => shown.has(edge.source) && shown.has(edge.target))
        .sort((a, b) => Math.abs(a.share ?? 0) - Math.abs(b.share ?? 0));
    let isDashed = null;
    // Each link is a path of its own: one path of many crossing lines takes far longer to fill.
    for (const edge of ordered) {
        const from = layout.places[edge.source];
        const to = layout.places[edge.target];
        const isNegative = (parts?.get(edge) ?? edge.weight) < 0;
        context.strokeStyle = colourOf?.(edge) ?? (isNegative ? palette.negative : palette.positive);
        context.globalAlpha = parts ? partOf(edge, parts.get(edge)) : focus === null ? strengthOf(edge) : Math.max(0.5, strengthOf(edge));
        context.lineWidth = widthOf(edge, widest);
        if (isDashed !== isNegative) {
            isDashed = isNegative;
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
