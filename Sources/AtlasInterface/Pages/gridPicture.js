// The picture of an operand grid, as drawn cells rather than pixels.

import {drawing, element} from "./elements.js";
import {isKnown, measure} from "./numbers.js";
import {pictureControls, pictureFrame} from "./pictures.js";
import {pageColour} from "./theme.js";

const edges = { left: 60, top: 14, bottom: 44, right: 14 };
const largestCell = 24;
const roomForCells = 600;

/**
 * Of so many rows or columns every how many has its name.
 *
 * @param {number} count
 * @returns {number}
 */
export function every(count) {
    return count > 50 ? 10 : count > 20 ? 5 : 1;
}

/**
 * How strongly a cell is coloured, from 0.15 to 1 at the grid's largest value.
 *
 * @param {Grid} grid
 * @param {number} value
 * @returns {number}
 */
export function strengthIn({ size }, value) {
    return 0.15 + 0.85 * Math.min(1, Math.abs(value) / size);
}

/** The picture of a grid as `gridOf` tells it. */
function drawnGrid(grid, title) {
    const { rows, columns, values } = grid;
    const cell = Math.max(2, Math.min(largestCell, Math.floor(roomForCells / Math.max(rows.length, columns.length))));
    const [wide, high] = [columns.length * cell, rows.length * cell];
    const [above, below, ink, quiet, line] = ["--grid-high", "--grid-low", "--text", "--quiet", "--line"].map(pageColour);
    const words = (text, attributes) => drawing("text", { "font-size": 12, fill: quiet, ...attributes }, text);
    const cells = values.flatMap((inRow, row) => inRow.map((value, column) => {
        const place = { x: edges.left + column * cell, y: edges.top + row * cell, width: cell, height: cell };
        if (!isKnown(value)) return drawing("rect", { ...place, fill: line });
        if (value === 0) return null;
        const name = drawing("title", {},
            `${grid.rowTag} = ${rows[row]}, ${grid.columnTag} = ${columns[column]}: ${measure(value)}`);
        const filled = drawing("rect",
            {
                ...place, fill: value > 0 ? above : below,
                "fill-opacity": strengthIn(grid, value).toFixed(3),
            },
            name);
        return value > 0
            ? filled
            : [filled, drawing("rect", { x: place.x + cell / 2 - 2, y: place.y + cell / 2, width: 4, height: 1, fill: ink })];
    }));
    return pictureFrame(edges.left + wide + edges.right, edges.top + high + edges.bottom, title, [
        drawing("rect", { x: edges.left, y: edges.top, width: wide, height: high, fill: pageColour("--badge") }), cells,
        columns.map((name, column) => column % every(columns.length) === 0
            ? words(name, { x: edges.left + (column + 0.5) * cell, y: edges.top + high + 16, "text-anchor": "middle" })
            : null),
        rows.map((name, row) => row % every(rows.length) === 0
            ? words(name, { x: edges.left - 6, y: edges.top + (row + 0.5) * cell + 4, "text-anchor": "end" })
            : null),
        words(grid.columnTag, { x: edges.left + wide / 2, y: edges.top + high + 36, "text-anchor": "middle" }),
        words(grid.rowTag, { transform: `translate(14 ${edges.top + high / 2}) rotate(-90)`, "text-anchor": "middle" }),
    ]);
}

/**
 * The controls that give a grid as a picture.
 *
 * @param {Grid} grid
 * @returns {HTMLElement}
 */
export function gridPictureControls(grid) {
    const title = `Activation by ${grid.rowTag} and ${grid.columnTag}`;
    return element("div", { class: "picture-foot" }, pictureControls(title, () => drawnGrid(grid, title)));
}
