// A small picture of where one head looks in one prompt: a table of its positions, whose strong cells say why when they are
// chosen.

import {button, element, quiet} from "./elements.js";
import {ask} from "./data.js";
import {headName} from "./edgeHeads.js";
import {headReasons} from "./headReasons.js";
import {pictureControls, pictureOfTable} from "./pictures.js";
import {roundPercentage, shortened, visible} from "./numbers.js";

/** A cell with this share of a position's attention is strong. */
const strongShare = 0.2;
/** How a picture is read. */
export const pictureMeaning =
    `Rows look, columns are looked at; numbers are per cent of a row's attention, from ${100 * strongShare} on. Framed: where `
        + "its strongest links go. Choose a number to see why.";
/** Positions drawn at most. */
const drawnPositions = 40;

/** The positions drawn: all, or of a long prompt the first, those marked, and the last. */
function positionsOf(count, marked) {
    const all = Array.from({ length: count }, (_, position) => position);
    if (count <= drawnPositions) return all;
    const kept = new Set([0, ...marked.flatMap(({ query, key }) => [query, key])]);
    for (let position = count - 1; kept.size < drawnPositions; position -= 1) kept.add(position);
    return all.filter((position) => kept.has(position));
}

function quoted(report, position) {
    return `“${visible(report.tokens[position])}” (${position})`;
}

/** Moves the focus among the strong cells: left and right in reading order, up and down to the nearest of another row. */
function walkCells(event, table) {
    const cells = [...table.querySelectorAll("button")];
    const from = cells.indexOf(event.target);
    if (from < 0) return;
    const row = Number(event.target.dataset.query);
    const column = Number(event.target.dataset.key);
    const nearest = (isOnSide) => cells.filter((cell) => isOnSide(Number(cell.dataset.query) - row)).sort((a, b) =>
        Math.abs(a.dataset.query - row) - Math.abs(b.dataset.query - row)
            || Math.abs(a.dataset.key - column) - Math.abs(b.dataset.key - column))[0];
    const next = {
        ArrowLeft: () => cells[from - 1], ArrowRight: () => cells[from + 1], ArrowUp: () => nearest((step) => step < 0),
        ArrowDown: () => nearest((step) => step > 0),
    }[event.key]?.();
    if (!next) return;
    event.preventDefault();
    event.target.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
}

function patternTable(report, marked, explain) {
    const positions = positionsOf(report.tokens.length, marked);
    const isMarked = (query, key) => marked.some((place) => place.query === query && place.key === key);
    const label = (position, isColumn) => element("th", { scope: isColumn ? "col" : "row", title: `position ${position}` },
        element("bdi", {}, shortened(visible(report.tokens[position]), 12)));
    /** @type {{ rank: number, control: HTMLElement } | undefined} */
    let strongest;
    const cell = (query, key) => {
        if (key > query) return element("td", { class: "after" });
        const place = report.queries[query].keys.indexOf(key);
        const weight = place < 0 ? 0 : report.queries[query].weights[place];
        const name =
            `${quoted(report, query)} looks at ${quoted(report, key)}: `
                + `${weight > 0 ? roundPercentage(weight) : `< ${roundPercentage(report.least)}`}`;
        const isStrong = weight >= strongShare || isMarked(query, key);
        const control = isStrong
            ? button(String(Math.round(100 * weight)), (event) => explain(query, key, event.target), {
                "data-query": query, "data-key": key, "aria-label": `${name}: why?`, tabindex: "-1",
            })
            : null;
        // The first position has nothing to choose.
        const rank = (isMarked(query, key) ? 2 : query > 0 ? 1 : 0) + weight / 2;
        if (control && !(rank <= strongest?.rank)) strongest = { rank, control };
        const content = element("td", { title: name, class: isMarked(query, key) ? "marked" : null },
            control ?? element("span", { class: "hidden" }, weight > 0 ? roundPercentage(weight) : "0"));
        content.style.setProperty("--depth", weight.toFixed(3));
        return content;
    };
    const table = element("table", { class: "pattern" },
        element("caption", { class: "hidden" },
            `Where head ${headName(report)} looks: each row is a position, each column one that it can look at`),
        element("thead", {}, element("tr", {}, element("td", {}), positions.map((position) => label(position, true)))),
        element("tbody", {},
            positions.map((query) => element("tr", {}, label(query, false), positions.map((key) => cell(query, key))))));
    if (strongest) strongest.control.tabIndex = 0;
    table.addEventListener("keydown", (event) => walkCells(event, table));
    return { table, isCut: positions.length < report.tokens.length };
}

/**
 * The picture of a head in a prompt, which asks for its own answer. `marked` are cells, {query, key}, that are framed and explain
 * themselves whatever their share: where the head's strongest links go. `isExplained` where `pictureMeaning` stands above.
 *
 * @param {{ title?: Content, prompt: number | string, head: HeadID, marked?: { query: number, key: number }[], able: Able,
 *     isExplained?: boolean }} picture
 * @returns {HTMLElement}
 */
export function attentionPicture({ title = "Where it looks", prompt, head, marked = [], able, isExplained = false }) {
    const figure = element("div", { class: "attention" }, element("h3", {}, title));
    if (!able.modelLoaded) {
        figure.append(quiet("Serve the atlas with its model to see where the head looks in this prompt, and why."));
        return figure;
    }
    const status = quiet("Running the model…");
    const reasons = element("div", { class: "reasons", role: "status" });
    figure.append(status, reasons);
    const explain = (query, key, control) => {
        for (const other of figure.querySelectorAll("[aria-pressed]")) other.removeAttribute("aria-pressed");
        control.setAttribute("aria-pressed", "true");
        headReasons(reasons, { prompt, head, query, key });
    };
    ask(`prompts/${prompt}/patterns/${head.layer}/${head.head}`).then((report) => {
        const { table, isCut } = patternTable(report, marked, explain);
        const cut = isCut ? ` Of ${report.tokens.length} positions the first and the last are drawn.` : "";
        status.textContent = `${isExplained ? "" : pictureMeaning}${cut}`;
        status.hidden = status.textContent === "";
        const name = `Where head ${headName(head)} looks in prompt ${prompt}`;
        status.after(
            element("div", { class: "scrolling", role: "region", tabindex: "0", "aria-label": name }, table),
            element("div", { class: "picture-foot" }, pictureControls(name, () => pictureOfTable(table, name))));
    }, (error) => { status.textContent = error.message; });
    return figure;
}
