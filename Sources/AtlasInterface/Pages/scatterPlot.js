// A scatter plot of measured against predicted numbers, with a table of its points for those who do not see it.

import {drawing, element} from "./elements.js";
import {counted, signed} from "./numbers.js";
import {pictureControls, pictureOf} from "./pictures.js";

const size = { width: 640, height: 420, left: 66, right: 14, top: 12, bottom: 46 };

/** Round numbers from low to high, five or so. */
function ticksOf(low, high) {
    const raw = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= raw);
    const first = Math.ceil(low / step);
    return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => (first + place) * step);
}

function rangeOf(values) {
    const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
    const margin = 0.04 * (high - low) || 1;
    return [low - margin, high + margin];
}

/**
 * The plot. `points` are {x, y, title, group, open()}; those of other groups than the first are drawn as diamonds. `across` and
 * `up` name the axes; the dashed line is where both are equal.
 *
 * @param {{ x: number, y: number, title: string, group: string, open: () => void }[]} points
 * @param {{ across: string, up: string, groups: string[] }} names
 * @returns {HTMLElement}
 */
export function scatterPlot(points, { across, up, groups }) {
    const [lowX, highX] = rangeOf(points.map((point) => point.x));
    const [lowY, highY] = rangeOf(points.map((point) => point.y));
    const placeX = (value) => size.left + (size.width - size.left - size.right) * (value - lowX) / (highX - lowX);
    const placeY = (value) => size.height - size.bottom - (size.height - size.top - size.bottom)
        * (value - lowY) / (highY - lowY);
    const line = (x1, y1, x2, y2, name) =>
        drawing("line", { x1: placeX(x1), y1: placeY(y1), x2: placeX(x2), y2: placeY(y2), class: name });
    const [start, end] = [Math.max(lowX, lowY), Math.min(highX, highY)];
    const frame = [
        ...ticksOf(lowX, highX)
            .map((tick) => [
                line(tick, lowY, tick, highY, tick === 0 ? "plot-zero" : "plot-rule"),
                drawing("text",
                    { class: "plot-text", x: placeX(tick), y: size.height - size.bottom + 16, "text-anchor": "middle" },
                    signed(tick)),
            ]),
        ...ticksOf(lowY, highY)
            .map((tick) => [
                line(lowX, tick, highX, tick, tick === 0 ? "plot-zero" : "plot-rule"),
                drawing("text", { class: "plot-text", x: size.left - 6, y: placeY(tick) + 4, "text-anchor": "end" },
                    signed(tick)),
            ]),
        start < end ? line(start, start, end, end, "plot-equal") : null,
        drawing("text",
            {
                class: "plot-text name", x: (size.left + size.width - size.right) / 2, y: size.height - 8,
                "text-anchor": "middle",
            },
            across),
        drawing("text",
            {
                class: "plot-text name", transform: `translate(14 ${(size.top + size.height - size.bottom) / 2}) rotate(-90)`,
                "text-anchor": "middle",
            },
            up),
    ];
    const marks = points.map((point) => {
        const attributes = { class: `plot-point ${point.group === groups[0] ? "" : "other"}`.trim(), onclick: point.open };
        const [x, y] = [placeX(point.x), placeY(point.y)];
        return drawing(point.group === groups[0] ? "circle" : "path",
            point.group === groups[0]
                ? { ...attributes, cx: x, cy: y, r: 4 }
                : { ...attributes, d: `M${x} ${y - 5}L${x + 5} ${y}L${x} ${y + 5}L${x - 5} ${y}Z` },
            drawing("title", {}, `${point.title}: predicted ${signed(point.x)}, measured ${signed(point.y)}`));
    });
    const plot = drawing("svg",
        {
            class: "scatter", viewBox: `0 0 ${size.width} ${size.height}`, role: "img",
            "aria-label": `${up} against ${across}: ${counted(points.length, "point")}; the table below has them`,
        },
        frame, marks);
    const title = `${up} against ${across}`;
    return element("figure", { class: "plot" }, plot,
        element("figcaption", { class: "quiet" }, element("i", { class: "shape circle plot-key" }), ` ${groups[0]}`,
            groups[1] ? [", ", element("i", { class: "shape diamond plot-key other" }), ` ${groups[1]}`] : null,
            ". Dashed: measured as predicted. A point leads to its prompt's graph."),
        element("div", { class: "picture-foot" }, pictureControls(title, () => pictureOf(plot, title))));
}
