// The activation of a feature over a template with two operands, as a heat map with axes.

import {element, quiet, section} from "./elements.js";
import {featureName} from "./address.js";
import {ask, isFolder} from "./data.js";
import {isKnown, measure, number} from "./numbers.js";
import {dataTable} from "./tables.js";
import {shapeName} from "./operandShapes.js";
import {every, gridPictureControls, strengthIn} from "./gridPicture.js";
import {onThemeChange, pageColour} from "./theme.js";

const margin = { left: 40, top: 10, bottom: 34, right: 10 };

function drawGrid(canvas, grid, room) {
    const { rows, columns, values } = grid;
    const cell = Math.max(2, Math.min(24, Math.floor(room / Math.max(rows.length, columns.length))));
    const width = margin.left + columns.length * cell + margin.right;
    const height = margin.top + rows.length * cell + margin.bottom;
    const scale = devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    // Where there is less room than that, it is drawn smaller in both directions.
    canvas.style.width = `${width}px`;
    const [high, low, line, ink, quietInk] = ["--grid-high", "--grid-low", "--line", "--text", "--quiet"].map(pageColour);
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.clearRect(0, 0, width, height);
    context.fillStyle = pageColour("--badge");
    context.fillRect(margin.left, margin.top, columns.length * cell, rows.length * cell);
    values.forEach((inRow, row) => inRow.forEach((value, column) => {
        if (value === 0) return;
        context.globalAlpha = isKnown(value) ? strengthIn(grid, value) : 1;
        context.fillStyle = isKnown(value) ? (value > 0 ? high : low) : line;
        const [left, top] = [margin.left + column * cell, margin.top + row * cell];
        context.fillRect(left, top, cell, cell);
        context.globalAlpha = 1;
        if (value < 0 && cell >= 8) {
            // The sign is told by a stroke as well as by the colour.
            context.fillStyle = ink;
            context.fillRect(left + cell / 2 - 2, top + cell / 2, 4, 1);
        }
    }));
    context.fillStyle = quietInk;
    context.font = "12px system-ui, sans-serif";
    context.textAlign = "center";
    columns.forEach((name, column) => {
        if (column % every(columns.length) > 0) return;
        context.fillText(name, margin.left + (column + 0.5) * cell, margin.top + rows.length * cell + 14);
    });
    context.textAlign = "right";
    rows.forEach((name, row) => {
        if (row % every(rows.length) > 0) return;
        context.fillText(name, margin.left - 5, margin.top + (row + 0.5) * cell + 4);
    });
    context.textAlign = "center";
    context.fillText(grid.columnTag, margin.left + columns.length * cell / 2, margin.top + rows.length * cell + 30);
    context.save();
    context.translate(11, margin.top + rows.length * cell / 2);
    context.rotate(-Math.PI / 2);
    context.fillText(grid.rowTag, 0, 0);
    context.restore();
    return cell;
}

/** The most rows or columns that are drawn: a canvas has a largest size. */
const drawnCount = 1_000;

/**
 * The grid of an answer: values by row and column, null where no prompt is; null where it is too large to be drawn.
 *
 * @param {OperandsReport} report
 * @returns {Grid | null}
 */
export function gridOf(report) {
    const { rows, columns, rowTag, columnTag } = report;
    if (Math.max(rows.length, columns.length) > drawnCount) return null;
    const values = report.cells ? tableOf(rows, columns, report.cells) : report.values;
    const present = values.flat().filter((value) => value !== null);
    const maximum = present.reduce((largest, value) => Math.max(largest, value), 0);
    const minimum = present.reduce((smallest, value) => Math.min(smallest, value), 0);
    return { rows, columns, values, maximum, minimum, size: Math.max(maximum, -minimum), rowTag, columnTag };
}

/** The table of an answer that lists the few cells which have prompts. */
function tableOf(rows, columns, cells) {
    const [rowPlaces, columnPlaces] = [rows, columns].map((names) => new Map(names.map((name, place) => [name, place])));
    const table = rows.map(() => new Array(columns.length).fill(null));
    for (const { row, column, value } of cells) table[rowPlaces.get(row)][columnPlaces.get(column)] = value;
    return table;
}

/** Pixels that a drawn grid takes at most beside its axes: on a dashboard, and in a panel. */
const gridRoom = { page: 440, panel: 250 };

/**
 * What the colours of a grid mean: from its lowest value over nothing to its highest.
 *
 * @param {Grid} grid
 * @returns {HTMLElement}
 */
export function gridScale(grid) {
    return element("p", { class: "grid-scale" },
        grid.minimum < 0 ? [measure(grid.minimum), element("span", { class: "ramp low" })] : null, "0",
        element("span", { class: "ramp high" }), measure(grid.maximum));
}

/**
 * A small picture of a grid with its scale; null where the feature never fires there.
 *
 * @param {OperandsReport} report
 * @param {number} room
 * @returns {HTMLElement | null}
 */
export function gridPicture(report, room) {
    const grid = gridOf(report);
    if (!grid || grid.size === 0) return null;
    const canvas = element("canvas", {
        role: "img", class: "grid",
        "aria-label": `Activation by ${grid.rowTag} and ${grid.columnTag}, from ${measure(grid.minimum)} to `
            + `${measure(grid.maximum)}`,
    });
    drawGrid(canvas, grid, room);
    requestAnimationFrame(() => drawGrid(canvas, grid, room));
    onThemeChange(() => { if (canvas.isConnected) drawGrid(canvas, grid, room); });
    return element("div", {}, canvas, gridScale(grid));
}

function gridView(report, room = gridRoom.page) {
    const grid = gridOf(report);
    if (!grid || grid.size === 0) return null;
    const canvas = element("canvas", {
        role: "img", class: "grid",
        "aria-label": `Activation by ${grid.rowTag} and ${grid.columnTag}, at most `
            + `${measure(grid.maximum)}${grid.minimum < 0 ? `, at least ${measure(grid.minimum)}` : ""}`,
    });
    const reading = element("p", { class: "quiet", role: "status" }, "Point at a cell to read it.");
    let cell = drawGrid(canvas, grid, room);
    // Colours and fonts are known only once the canvas is in the document.
    requestAnimationFrame(() => { cell = drawGrid(canvas, grid, room); });
    onThemeChange(() => { if (canvas.isConnected) cell = drawGrid(canvas, grid, room); });
    canvas.addEventListener("pointermove", (event) => {
        const smaller = canvas.width / (devicePixelRatio || 1) / canvas.clientWidth;
        const column = Math.floor((event.offsetX * smaller - margin.left) / cell);
        const row = Math.floor((event.offsetY * smaller - margin.top) / cell);
        const value = grid.values[row]?.[column];
        if (value === undefined) return;
        reading.textContent =
            `${grid.rowTag} = ${grid.rows[row]}, ${grid.columnTag} = ${grid.columns[column]}: `
                + `${value === null ? "no prompt" : measure(value)}`;
    });
    return element("div", { class: "operands" }, element("div", {}, canvas, gridScale(grid), reading, gridPictureControls(grid)),
        shapeView(report.shape, grid));
}

function shapeView(shape, grid) {
    const fits = [...(shape.fits ?? [])].sort((a, b) => b.explained - a.explained).slice(0, 6);
    const range = `from ${measure(grid.minimum)} to ${measure(grid.maximum)}`;
    const signs = grid.minimum < 0 ? `; warm ones are positive, cold ones with a stroke negative, ${range}` : "";
    return element("div", {},
        shape.label ? element("p", {}, "Called by it: ", element("strong", {}, shape.label)) : null,
        element("p", {}, "Its shape: ", element("strong", {}, shapeName(shape.kind)),
            shape.fit ? ` (by ${shape.fit}, R² ${measure(shape.explained)})` : ""),
        shape.peaks?.length > 0
            ? element("p", {}, "Strongest where ",
                shape.peaks.map((peak) => `${peak.name} (mean ${measure(peak.mean)})`).join(", "), ".")
            : null,
        fits.length > 0 ? dataTable("Ways of depending on the operands", [
            { title: "Grouped by", head: true, cell: (fit) => fit.name },
            { title: "Groups", numeric: true, cell: (fit) => number(fit.groupCount) },
            {
                title: "R²", numeric: true, definition: "Adjusted share of the grid's variance that the groups' means explain.",
                cell: (fit) => measure(fit.explained),
            },
        ], fits, { withLegend: false }) : null,
        isKnown(shape.sumDefect)
            ? quiet(`Sum defect ${measure(shape.sumDefect)}: 0 if the activation depends on the sum alone, 1 if the sum says `
                + "nothing.")
            : null,
        isKnown(shape.rectangleDefect)
            ? quiet(`Rectangle (parallelogram) defect ${measure(shape.rectangleDefect)}: 0 if the two operands add up `
                + "independently.")
            : null,
        quiet(`${number(grid.rows.length)} × ${number(grid.columns.length)} cells; grey cells have no prompt, pale ones no `
            + `activation${signs}.`));
}

/**
 * The two tags that make the corpus a grid, as [rows, columns]; null where it is none, or nobody can be asked.
 *
 * @returns {Promise<string[] | null>}
 */
export async function operandTags() {
    if (isFolder) return null;
    const { rowTag, columnTag } = await ask("operand-tags");
    return rowTag && columnTag ? [rowTag, columnTag] : null;
}

/**
 * The grid of a feature; null where the corpus is none.
 *
 * @param {FeatureID} feature
 * @returns {Promise<OperandsReport | null>}
 */
export async function askGrid(feature) {
    const tags = await operandTags();
    return tags ? ask(`features/${featureName(feature)}/operands`, {}, { rows: tags[0], columns: tags[1] }) : null;
}

/**
 * The section of a feature's dashboard; only where the corpus is a grid and the feature fires in it.
 *
 * @param {FeatureID} feature
 * @returns {HTMLElement | null}
 */
export function operandSection(feature) {
    if (isFolder) return null;
    const content = element("div", {});
    const whole = section("Operands", "The activation at the last token over a template with two operands.", content,
        element("p", {}, element("a", { href: "#/operands" }, "All features of this grid")));
    whole.hidden = true;
    askGrid(feature).then((report) => {
        const view = report ? gridView(report) : null;
        if (!view) return whole.remove();
        content.replaceChildren(view);
        whole.hidden = false;
    }).catch(() => whole.remove());
    return whole;
}

/**
 * The grid of a feature for a panel; it fills itself, and goes where the feature or the corpus has none.
 *
 * @param {FeatureID} feature
 * @returns {HTMLElement | null}
 */
export function operandPanel(feature) {
    if (isFolder) return null;
    const whole = element("div", { class: "panel-grid" });
    whole.hidden = true;
    askGrid(feature).then((report) => {
        const view = report ? gridView(report, gridRoom.panel) : null;
        if (!view) return whole.remove();
        whole.append(element("h3", {}, "Operands"), view);
        whole.hidden = false;
    }).catch(() => whole.remove());
    return whole;
}
