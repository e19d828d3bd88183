// The histogram of a feature's activations, with a mark at one prompt's value. One with negative activations has two sides.

import {drawing, element, quiet} from "./elements.js";
import {counted, measure, number} from "./numbers.js";
import {pictureControls, pictureOf} from "./pictures.js";
import {pageColour} from "./theme.js";

/** The sides of zero that a feature has: {counts, extreme}, bins counted from zero outwards; the negative one first. */
function tailsOf(report) {
    const tails = [];
    if (report.negative) tails.push({ counts: report.negative.histogram, extreme: report.negative.minimum });
    if (report.maximum > 0) tails.push({ counts: report.histogram, extreme: report.maximum });
    return tails;
}

function binBounds({ counts, extreme }, bin) {
    const [near, far] = [bin, bin + 1].map((edge) => measure(edge * extreme / counts.length));
    return extreme < 0 ? `[${far}, ${near})` : `(${near}, ${far}]`;
}

function binTable(tails) {
    const rows = tails.map((tail) => {
        const bins = tail.counts.map((count, bin) => count === 0 ? null : element("tr", {},
            element("th", { scope: "row" }, binBounds(tail, bin)), element("td", { class: "numeric" }, number(count))));
        return tail.extreme < 0 ? bins.reverse() : bins;
    });
    return element("details", {}, element("summary", {}, "As a table"),
        element("table", { class: "narrow" },
            element("thead", {},
                element("tr", {}, element("th", { scope: "col" }, "Activation"),
                    element("th", { scope: "col", class: "numeric" }, "Tokens"))),
            element("tbody", {}, rows.flat())));
}

/** Both ends, and zero where it is far enough from them for its figure. */
function signedAxis(lowest, highest, zero) {
    const figure = zero > 0.1 && zero < 0.9 ? element("span", { class: "zero" }, "0") : null;
    figure?.style.setProperty("--place", zero.toFixed(4));
    return element("div", { class: "axis" }, element("span", {}, measure(lowest)), figure, element("span", {}, measure(highest)));
}

/**
 * Exact counts in bins of equal width on each side; `mark` is {value, text} of the prompt the feature is seen from, or null.
 *
 * @param {FeatureReport} report
 * @param {{ value: number, text: string } | null} [mark]
 * @returns {HTMLElement}
 */
export function histogram(report, mark = null) {
    const tails = tailsOf(report);
    const tallest = Math.max(0, ...tails.flatMap((tail) => tail.counts));
    if (tallest === 0) return quiet("The feature is never active.");
    const lowest = Math.min(0, ...tails.map((tail) => tail.extreme));
    const highest = Math.max(0, ...tails.map((tail) => tail.extreme));
    const placeOf = (value) => (value - lowest) / (highest - lowest);
    const bars = tails.flatMap((tail) => tail.counts.map((count, bin) => {
        const height = count === 0 ? 0 : Math.max(1.5, 150 * count / tallest);
        const [left, right] = [bin, bin + 1]
            .map((edge) => 1000 * placeOf(edge * tail.extreme / tail.counts.length))
            .sort((a, b) => a - b);
        const gap = Math.min(1, (right - left) / 4);
        return drawing("rect",
            { x: left + gap, y: 150 - height, width: right - left - 2 * gap, height, class: tail.extreme < 0 ? "below" : null },
            drawing("title", {}, `${binBounds(tail, bin)}: ${counted(count, "token")}`));
    }));
    const total = tails.flatMap((tail) => tail.counts).reduce((sum, count) => sum + count, 0);
    const place = mark ? Math.max(0, Math.min(1, placeOf(mark.value))) : 0;
    const flag = mark ? element("p", { class: "mark-text" }, `${mark.text}: ${measure(mark.value)}`) : null;
    flag?.style.setProperty("--place", place.toFixed(4));
    const zero = placeOf(0);
    const range = lowest < 0 ? `, from ${measure(lowest)} to ${measure(highest)}` : "";
    const marked = mark ? `; ${mark.text}: ${measure(mark.value)}` : "";
    const bins = drawing("svg", {
        viewBox: "0 0 1000 151", preserveAspectRatio: "none", role: "img", class: "histogram",
        "aria-label": `Histogram of ${counted(total, "activation")}${range}${marked}`,
    }, bars, drawing("rect", { x: 0, y: 150, width: 1000, height: 1, class: "base" }),
    lowest < 0 && highest > 0 ? drawing("rect", { x: zero * 1000 - 1, y: 0, width: 2, height: 151, class: "base" }) : null,
    mark
        ? drawing("rect", { x: Math.max(0, Math.min(996, place * 1000 - 2)), y: 0, width: 4, height: 151, class: "mark" })
        : null);
    const title = `Activations${report.feature ? ` of feature ${report.feature.layer}/${report.feature.index}` : ""}`;
    return element("figure", {},
        element("div", { class: "axis" }, element("span", {}, `${counted(tallest, "token")} in the tallest bin`)), flag, bins,
        lowest < 0
            ? signedAxis(lowest, highest, zero)
            : element("div", { class: "axis" }, [0, highest / 2, highest].map((value) => element("span", {}, measure(value)))),
        element("div", { class: "picture-foot" },
            pictureControls(title, () => histogramPicture(bins, title, { tallest, lowest, highest, mark }))),
        binTable(tails));
}

/** The histogram with its axis, as a picture of its own. */
function histogramPicture(bins, title, { tallest, lowest, highest, mark }) {
    const { width, height } = bins.getBoundingClientRect();
    const words = (x, y, anchor, text) =>
        drawing("text", { x, y, "text-anchor": anchor, "font-size": 13, fill: pageColour("--quiet") }, text);
    const middle = lowest < 0 ? 0 : highest / 2;
    const placeOf = (value) => width * (value - lowest) / (highest - lowest);
    return pictureOf(bins, title, { top: 24, bottom: 24, elements: [
        words(0, 16, "start", `${counted(tallest, "token")} in the tallest bin`),
        mark ? words(width, 16, "end", `${mark.text}: ${measure(mark.value)}`) : null,
        words(0, height + 41, "start", measure(lowest)), words(placeOf(middle), height + 41, "middle", measure(middle)),
        words(width, height + 41, "end", measure(highest)),
    ] });
}
