// Where nodes stand: columns are positions as wide as their most crowded layer, rows are layers.

import {shortName} from "./graphModel.js";
import {visible} from "./numbers.js";

const gutter = 62;
const widestUnit = 34;
const narrowestUnit = 13;
const rowPadding = 24;
const usualHeight = 520;
const subrowHeight = 19;
const nodesAbreast = 7;
const logitSlot = 78;
const labelledSlot = 96;
const numberedSlot = 52;
const characterWidth = 7.2;

function cellsOf(model, shown) {
    const cells = new Map();
    for (const index of shown) {
        const node = model.nodes[index];
        if (node.kind === "logit") continue;
        const key = `${model.rowOf(node)},${node.position}`;
        if (!cells.has(key)) cells.set(key, []);
        cells.get(key).push(index);
    }
    for (const cell of cells.values()) cell.sort((a, b) => (model.nodes[b].influence ?? 0) - (model.nodes[a].influence ?? 0));
    return cells;
}

/** Rows from the top, with their height by what they hold. */
function rowPlaces(model, heights, top) {
    const rows = [];
    let y = top;
    for (let row = model.rowCount - 1; row >= 0; row -= 1) {
        rows[row] = { y, height: heights[row], title: model.rowTitle(row) };
        y += heights[row];
    }
    return { rows, bottom: y };
}

function spreadLogits(model, shown, places, row, right) {
    const logits = [...shown].filter((index) => model.nodes[index].kind === "logit")
        .sort((a, b) => (model.nodes[b].probability ?? 0) - (model.nodes[a].probability ?? 0));
    logits.forEach((index, ordinal) => {
        places[index] = {
            x: right - logitSlot / 2 - ordinal * logitSlot, y: row.y + row.height / 2 + 14, caption: true, slot: logitSlot,
        };
    });
    return logits.length * logitSlot;
}

/**
 * The layout of one prompt's graph in a width; it grows wider when columns need it.
 *
 * @param {GraphModel} model
 * @param {Set<number>} shown
 * @param {number} width
 * @returns {Layout}
 */
export function layOutPositions(model, shown, width) {
    const cells = cellsOf(model, shown);
    const units = model.columns.map(() => 0);
    const subrows = Array.from({ length: model.rowCount }, () => 1);
    for (const [key, cell] of cells) {
        const [row, position] = key.split(",").map(Number);
        units[position] = Math.max(units[position], Math.min(nodesAbreast, cell.length));
        subrows[row] = Math.max(subrows[row], Math.ceil(cell.length / nodesAbreast));
    }
    const total = units.reduce((sum, count) => sum + Math.max(1, count), 0);
    // Narrow drawings (two side by side) take less room between columns.
    const columnGap = width < 760 ? 5 : 10;
    const spare = width - gutter - columnGap * units.length - 8;
    const unit = Math.max(width < 760 ? 10 : narrowestUnit, Math.min(widestUnit, spare / total));
    let x = gutter;
    const columns = model.columns.map((column, position) => {
        const wide = Math.max(1, units[position]) * unit + columnGap;
        const place = { x, width: wide, text: visible(column.text), position: column.position };
        x += wide;
        return place;
    });
    const logitCount = [...shown].filter((index) => model.nodes[index].kind === "logit").length;
    const isSlanted = columns.some((column) => Array.from(column.text).length * characterWidth > column.width - 2);
    const contentWidth = Math.max(x + 8, gutter + logitCount * logitSlot + 8);
    const least = subrows.reduce((sum, count) => sum + count * subrowHeight + rowPadding, 0);
    const padding = rowPadding + Math.max(0, Math.min(30, (usualHeight - least) / model.rowCount));
    const heights = subrows.map((count, row) => Math.max(row === model.rowCount - 1 ? 60 : 0, count * subrowHeight + padding));
    const { rows, bottom } = rowPlaces(model, heights, 4);
    const places = [];
    for (const [key, cell] of cells) {
        const [row, position] = key.split(",").map(Number);
        const column = columns[position];
        const lines = Math.ceil(cell.length / nodesAbreast);
        const abreast = Math.ceil(cell.length / lines);
        cell.forEach((index, ordinal) => {
            const line = Math.floor(ordinal / abreast);
            const inLine = Math.min(abreast, cell.length - line * abreast);
            const step = (column.width - columnGap) / Math.max(1, inLine);
            places[index] = {
                x: column.x + columnGap / 2 + step * (ordinal - line * abreast + 0.5),
                y: rows[row].y + rows[row].height / 2 + (line - (lines - 1) / 2) * subrowHeight, slot: step,
            };
        });
    }
    spreadLogits(model, shown, places, rows[model.rowCount - 1], Math.max(x, gutter + logitCount * logitSlot));
    const footer = isSlanted ? 64 : 26;
    return { width: Math.max(width, contentWidth), height: bottom + footer, bottom, footer, places, columns, rows, gutter };
}

/**
 * The layout of a circuit: positions collapsed, each node in a slot wide enough for its name.
 *
 * @param {GraphModel} model
 * @param {Set<number>} shown
 * @param {number} width
 * @returns {Layout}
 */
export function layOutLayers(model, shown, width) {
    const lineHeight = 46;
    const room = width - gutter - 8;
    // Crowded rows show numbers only, so that they stay within few lines.
    const labelledAbreast = Math.max(3, Math.floor(room / labelledSlot));
    const abreastIn = (row) => row.length <= 2 * labelledAbreast ? labelledAbreast : Math.max(3, Math.floor(room / numberedSlot));
    const byRow = Array.from({ length: model.rowCount }, () => []);
    for (const index of shown) byRow[model.rowOf(model.nodes[index])].push(index);
    const order = new Map();
    const settle = (row, neighboursOf, other) => {
        const middle = (index) => {
            let sum = 0;
            let weights = 0;
            for (const edge of neighboursOf[index]) {
                const near = edge[other];
                if (!order.has(near)) continue;
                sum += Math.abs(edge.weight) * order.get(near);
                weights += Math.abs(edge.weight);
            }
            return weights > 0 ? sum / weights : 0.5;
        };
        const middles = new Map(row.map((index) => [index, middle(index)]));
        row.sort((a, b) => middles.get(a) - middles.get(b) || a - b);
        row.forEach((index, ordinal) => order.set(index, (ordinal + 0.5) / row.length));
    };
    for (let sweep = 0; sweep < 3; sweep += 1) {
        for (let row = model.rowCount - 1; row >= 0; row -= 1) settle(byRow[row], model.outputs, "target");
        for (let row = 0; row < model.rowCount; row += 1) settle(byRow[row], model.inputs, "source");
    }
    const heights = byRow.map((row) => row.length === 0 ? 26 : Math.ceil(row.length / abreastIn(row)) * lineHeight + 18);
    const { rows, bottom } = rowPlaces(model, heights, 4);
    const places = [];
    byRow.forEach((indices, row) => {
        const lines = Math.ceil(indices.length / abreastIn(indices));
        indices.forEach((index, ordinal) => {
            // Neighbours in order stand on different lines, so that a line keeps the order of the whole row.
            const line = ordinal % lines;
            const inLine = Math.ceil((indices.length - line) / lines);
            const slot = room / inLine;
            places[index] = {
                x: gutter + slot * (Math.floor(ordinal / lines) + 0.5),
                y: rows[row].y + 18 + line * lineHeight + 4, caption: true, slot: Math.min(slot, 170),
                isNumbered: indices.length > 2 * labelledAbreast,
            };
        });
    });
    return { width, height: bottom + 6, bottom, footer: 6, places, columns: [], rows, gutter };
}

/**
 * A name that fits the slot of a place.
 *
 * @param {GraphNode} node
 * @param {Place} place
 * @returns {string}
 */
export function fittingName(node, { slot, isNumbered }) {
    const text = node.kind === "feature" && node.label && !isNumbered ? `${shortName(node)} ${node.label}` : shortName(node);
    const room = Math.max(4, Math.floor((slot - 6) / 6.4));
    const characters = Array.from(text);
    return characters.length <= room ? text : `${characters.slice(0, room - 1).join("")}…`;
}
