// Probabilities of tokens by dose, as curves: each with its own dash and its name at its end, and as a table.

import {drawing, element, quiet} from "./elements.js";
import {isKnown, measure, percentage, signed} from "./numbers.js";
import {visible} from "./numbers.js";
import {tokenText} from "./terms.js";
import {dataTable} from "./tables.js";

const curveSize = { width: 640, height: 280, left: 52, right: 130, top: 14, bottom: 40 };
const dashes = ["", "7 4", "2 3", "10 3 2 3", "4 2", "1 4", "12 4", "6 2 1 2"];
const leastGap = 13;

/** A rounded step that makes four to ten marks of a range. */
function stepOf(range) {
    const raw = range / 5;
    const power = 10 ** Math.floor(Math.log10(raw));
    return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw) ?? raw;
}

/** Heights for names that would stand on each other: the lowest first, each pushed down as far as needed. */
function spread(heights) {
    const order = heights.map((_, index) => index).sort((a, b) => heights[a] - heights[b]);
    const placed = [...heights];
    for (let place = 1; place < order.length; place += 1) {
        placed[order[place]] = Math.max(placed[order[place]], placed[order[place - 1]] + leastGap);
    }
    const over = Math.max(0, Math.max(...placed) - (curveSize.height - curveSize.bottom + 8));
    return placed.map((height) => height - over);
}

/** The curves of a report of a steered text. */
function curves(report) {
    const doses = report.doses.map((row) => row.dose);
    const [low, high] = [Math.min(...doses), Math.max(...doses)];
    const top = Math.max(0.01, ...report.doses.flatMap((row) => row.probabilities));
    const x = (dose) => curveSize.left + (high > low ? (dose - low) / (high - low) : 0.5)
        * (curveSize.width - curveSize.left - curveSize.right);
    const y = (share) => curveSize.height - curveSize.bottom - share / top
        * (curveSize.height - curveSize.top - curveSize.bottom);
    const step = stepOf(top);
    const marks = Array.from({ length: Math.floor(top / step + 1e-9) + 1 }, (_, place) => place * step);
    const ends = spread(report.watched.map((_, place) => y(report.doses.at(-1).probabilities[place])));
    const shareAt = (row, place) => percentage(row.probabilities[place]);
    const told = report.watched.map((token, place) =>
        `${visible(token.text)} from ${shareAt(report.doses[0], place)} to ${shareAt(report.doses.at(-1), place)}`);
    return drawing("svg", {
        class: "dose-curve", viewBox: `0 0 ${curveSize.width} ${curveSize.height}`, role: "img",
        "aria-label": `Probabilities by dose from ${measure(low)} to ${measure(high)}: ${told.join("; ")}`,
    },
    marks.map((mark) => [
        drawing("line", { class: "rule", x1: curveSize.left, x2: curveSize.width - curveSize.right, y1: y(mark), y2: y(mark) }),
        drawing("text", { class: "axis-text", x: curveSize.left - 6, y: y(mark) + 4, "text-anchor": "end" }, percentage(mark)),
    ]),
    report.doses.map((row) =>
        drawing("text",
            { class: "axis-text", x: x(row.dose), y: curveSize.height - curveSize.bottom + 17, "text-anchor": "middle" },
            measure(row.dose))),
    drawing("text",
        {
            class: "axis-text", x: (curveSize.left + curveSize.width - curveSize.right) / 2, y: curveSize.height - 6,
            "text-anchor": "middle",
        },
        "dose: 0 nothing, 1 as set"),
    report.watched.map((token, place) => [
        drawing("polyline", {
            class: `curve curve-${place % 4}`, "stroke-dasharray": dashes[place % dashes.length],
            points: report.doses.map((row) => `${x(row.dose).toFixed(1)},${y(row.probabilities[place]).toFixed(1)}`).join(" "),
        }),
        report.doses.map((row) =>
            drawing("circle", { class: `curve-dot curve-${place % 4}`, cx: x(row.dose), cy: y(row.probabilities[place]), r: 2.5 },
                drawing("title", {},
                    `dose ${measure(row.dose)}, ${visible(token.text)}: ${percentage(row.probabilities[place])}`))),
        drawing("line", {
            class: "rule", x1: curveSize.width - curveSize.right, y1: y(report.doses.at(-1).probabilities[place]),
            x2: curveSize.width - curveSize.right + 8, y2: ends[place],
        }),
        drawing("text", { class: "curve-name", x: curveSize.width - curveSize.right + 11, y: ends[place] + 4 },
            visible(token.text).slice(0, 16)),
    ]));
}

/**
 * The curves and their table; a sentence where no doses were asked for.
 *
 * @param {SteeredTextReport} report
 * @returns {HTMLElement}
 */
export function doseView(report) {
    if (report.doses.length === 0) return quiet("No doses were asked for.");
    return element("div", { class: "doses" }, element("h3", {}, "What comes next, by dose"),
        report.doses.length > 1
            ? element("div", { class: "scrolling", role: "region", tabindex: "0", "aria-label": "Dose curve" }, curves(report))
            : null,
        dataTable("Probabilities by dose", [
            { title: "Dose", head: true, numeric: true, cell: (row) => measure(row.dose) },
            ...report.watched.map((token, place) => ({
                title: visible(token.text), numeric: true, cell: (row) => percentage(row.probabilities[place]),
            })),
            ...(report.doses.some((row) => isKnown(row.difference))
                ? [{
                    title: `${visible(report.watched[0].text)} − ${visible(report.watched[1].text)}`, numeric: true,
                    definition: "The first token's logit less the second's.", cell: (row) => signed(row.difference),
                }]
                : []),
        ], report.doses, { withLegend: false }));
}

/**
 * Two continuations side by side, token below token; where they part is marked.
 *
 * @param {SteeredTextReport} report
 * @returns {HTMLElement}
 */
export function continuationsView(report) {
    const parting = report.plain.findIndex((step, place) => step.token !== report.steered[place]?.token);
    const row = (title, steps) =>
        element("div", { class: "continuation" }, element("h3", {}, title),
            element("p", { class: "text" }, element("bdi", {}, steps.map((step, place) =>
                element("span",
                    {
                        class: place === parting ? "token parting" : "token",
                        title: percentage(step.probability)
                            + (isKnown(step.likeliest) ? `; likeliest: ${visible(step.likeliest)}` : ""),
                    },
                    step.text)))));
    const length = Math.max(report.plain.length, report.steered.length);
    const cell = (step) => step ? [tokenText(step.text, step.token), ` ${percentage(step.probability)}`] : "–";
    return element("div", { class: "continuations" },
        element("div", { class: "sides" }, row("As it is", report.plain), row("Steered", report.steered)),
        quiet(parting === -1 ? "Both say the same." : `They part at token ${parting + 1}.`,
            isKnown(report.temperature)
                ? ` Drawn at temperature ${measure(report.temperature)} with seed ${report.seed}.`
                : " The likeliest token is taken each time."),
        element("details", {}, element("summary", {}, "Token by token"), dataTable("Continuations", [
            { title: "Token", head: true, numeric: true, cell: (place) => String(place + 1) },
            { title: "As it is", cell: (place) => cell(report.plain[place]) },
            { title: "Steered", cell: (place) => cell(report.steered[place]) },
        ], Array.from({ length }, (_, place) => place), { withLegend: false })));
}
