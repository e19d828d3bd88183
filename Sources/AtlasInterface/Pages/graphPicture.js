// The picture of a graph or a circuit: all that is shown of it, however little of it fits the window.

import {drawing} from "./elements.js";
import {lookOfLink} from "./graphCanvas.js";
import {fittingName} from "./graphLayout.js";
import {spokenName} from "./graphModel.js";
import {isKnown, roundPercentage, shortened} from "./numbers.js";
import {pictureFrame} from "./pictures.js";
import {pageColour} from "./theme.js";

/** Links drawn at most, the strongest: a file of more is of no use to anybody. */
const drawnLinks = 20_000;
const longestColumnName = 12;

function pictureColours() {
    return Object.fromEntries([
        "positive", "negative", "node", "node-line", "badge", "text", "quiet", "line", "accent", "panel", "side-a", "side-b",
    ].map((name) => [name, pageColour(`--${name}`)]));
}

function linkElement(edge, places, palette, colour, isCollapsed) {
    const [from, to] = [places[edge.source], places[edge.target]];
    const { width, opacity } = lookOfLink(edge, isCollapsed);
    return drawing("line", {
        x1: from.x.toFixed(1), y1: from.y.toFixed(1), x2: to.x.toFixed(1), y2: to.y.toFixed(1),
        stroke: colour ?? (edge.weight < 0 ? palette.negative : palette.positive),
        "stroke-width": width.toFixed(2), "stroke-opacity": opacity.toFixed(2),
        "stroke-dasharray": edge.weight < 0 ? "5 4" : null,
    });
}

function glyphOf(node, palette, { isSelected, isPinned, side }) {
    const radius = node.kind === "logit" ? 6 : 5.5;
    const fill = isSelected
        ? palette.accent
        : side === "a"
        ? palette["side-a"]
        : side === "b"
        ? palette["side-b"]
        : node.kind === "feature" || node.kind === "error"
        ? palette.node
        : palette.badge;
    const look = { fill, stroke: isPinned ? palette.text : palette["node-line"], "stroke-width": isPinned ? 2.5 : 1.5 };
    if (node.kind === "feature") return drawing("circle", { r: radius, ...look });
    if (node.kind === "error") {
        return drawing("path", {
            d: `M0 ${-radius - 1}L${radius + 1} 0L0 ${radius + 1}L${-radius - 1} 0Z`, ...look, "stroke-dasharray": "2.5 1.5",
        });
    }
    return drawing("rect", { x: -radius, y: -radius, width: 2 * radius, height: 2 * radius, ...look });
}

function nodeGlyph(model, index, place, palette, marks) {
    const node = model.nodes[index];
    const words = {
        "text-anchor": "middle", "font-size": 11.5, fill: palette.text, stroke: palette.panel, "stroke-width": 3,
        "paint-order": "stroke",
    };
    const isAbove = node.kind === "logit" && !model.isCollapsed;
    return drawing("g", { transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})` },
        drawing("title", {}, spokenName(node)), glyphOf(node, palette, marks),
        place.caption ? drawing("text", { y: isAbove ? -24 : 19, ...words }, fittingName(node, place)) : null,
        isAbove && isKnown(node.probability)
            ? drawing("text", { y: -11, ...words, fill: palette.quiet, "font-size": 10.5 }, roundPercentage(node.probability))
            : null);
}

function frameOf(layout, palette) {
    const bottom = Math.max(...layout.rows.map((row) => row.y + row.height));
    return [
        layout.rows.map((row) => [drawing("line", { x1: 0, x2: layout.width, y1: row.y, y2: row.y, stroke: palette.line }),
            drawing("text", { x: 4, y: row.y + row.height / 2 + 4, "font-size": 12, fill: palette.quiet }, row.title)]),
        layout.columns.map((column) =>
            drawing("text",
                {
                    transform: `translate(${(column.x + column.width / 2 + 4).toFixed(1)} ${bottom + 10}) rotate(-48)`,
                    "text-anchor": "end", "font-size": 12.5, fill: palette.text,
                },
                shortened(column.text, longestColumnName), drawing("title", {}, `position ${column.position}: ${column.text}`))),
    ];
}

/**
 * The picture of what a view shows; `layOut` places it as wide as it needs to be. `sideOf(node)` tells "a" or "b" where it is
 * compared.
 *
 * @param {{ title: string, model: GraphModel, state: Shown, layOut: LayOut, width: number,
 *     colourOf?: ((edge: GraphEdge) => string | null) | null, sideOf?: (node: GraphNode) => string | null }} picture
 * @returns {SVGElement}
 */
export function graphPicture({ title, model, state, layOut, width, colourOf = null, sideOf = () => null }) {
    const palette = pictureColours();
    const layout = layOut(model, state.shown, Math.max(700, width));
    const drawn = model.edges.filter((edge) => layout.places[edge.source] && layout.places[edge.target]
        && state.shown.has(edge.source) && state.shown.has(edge.target))
        .sort((a, b) => Math.abs(b.share ?? 0) - Math.abs(a.share ?? 0)).slice(0, drawnLinks).reverse();
    const nodes = [...state.shown].filter((index) => layout.places[index]);
    const marks = (index) => ({
        isSelected: index === state.selected, isPinned: state.pins.has(index), side: sideOf(model.nodes[index]),
    });
    return pictureFrame(layout.width, layout.height + (layout.columns.length > 0 ? 76 : 0), title, [
        frameOf(layout, palette),
        drawing("g", { fill: "none" },
            drawn.map((edge) => linkElement(edge, layout.places, palette, colourOf?.(edge), model.isCollapsed))),
        nodes.map((index) => nodeGlyph(model, index, layout.places[index], palette, marks(index))),
    ]);
}
