// Which links only one of two graphs has, and which are much stronger in one: colour says it, and a mark in the middle.

/** How many times as strong a link is that counts as stronger. */
const muchStronger = 2;

function keysOf(model, identityOf) {
    const names = model.nodes.map(identityOf);
    return (edge) => `${names[edge.source]} → ${names[edge.target]}`;
}

function sums(model, keyOf) {
    const found = new Map();
    for (const edge of model.edges) found.set(keyOf(edge), (found.get(keyOf(edge)) ?? 0) + edge.weight);
    return found;
}

/**
 * For each of two models a function from a link to "only", "stronger" (at least twice as strong as in the other, or of another
 * sign) or "both". Links of the same nodes at several positions are taken together.
 *
 * @param {GraphModel[]} models
 * @param {(node: GraphNode) => string} identityOf
 * @returns {((edge: GraphEdge) => string)[]}
 */
export function linkDifferences(models, identityOf) {
    const keys = models.map((model) => keysOf(model, identityOf));
    const weights = models.map((model, side) => sums(model, keys[side]));
    return models.map((_, side) => (edge) => {
        const key = keys[side](edge);
        const [own, other] = [weights[side].get(key), weights[1 - side].get(key)];
        if (other === undefined) return "only";
        return Math.abs(own) >= muchStronger * Math.abs(other) || (own < 0) !== (other < 0) && Math.abs(own) > Math.abs(other)
            ? "stronger"
            : "both";
    });
}

/** The share of the target's input from which a link is marked: smaller ones are hairs, and their marks would hide the others. */
const markedShare = 0.06;

/**
 * Marks a link in its middle with a triangle towards its target: filled where only this graph has it, open where it is stronger
 * here.
 *
 * @param {string} kind
 * @param {GraphEdge} edge
 * @param {CanvasRenderingContext2D} context
 * @param {{ fromX: number, fromY: number, toX: number, toY: number }} ends
 * @returns {void}
 */
export function drawLinkMark(kind, edge, context, { fromX, fromY, toX, toY }) {
    if (kind === "both" || Math.abs(edge.share ?? 1) < markedShare) return;
    const length = Math.hypot(toX - fromX, toY - fromY);
    if (length < 24) return;
    const [alongX, alongY] = [(toX - fromX) / length, (toY - fromY) / length];
    const [x, y] = [(fromX + toX) / 2, (fromY + toY) / 2];
    /** @returns {[number, number]} */
    const at = (along, across) => [x + alongX * along - alongY * across, y + alongY * along + alongX * across];
    context.save();
    context.setLineDash([]);
    context.lineWidth = 1.2;
    context.globalAlpha = 0.9;
    context.fillStyle = context.strokeStyle;
    context.beginPath();
    context.moveTo(...at(5, 0));
    context.lineTo(...at(-4, 4));
    context.lineTo(...at(-4, -4));
    context.closePath();
    if (kind === "only") context.fill();
    context.stroke();
    context.restore();
}
