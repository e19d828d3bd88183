// The histogram of a feature's activations, with a mark at one prompt's value.

import {drawing, element, quiet} from "./elements.js";
import {counted, measure, number} from "./numbers.js";

function binBounds(report, bin) {
    const width = report.maximum / report.histogram.length;
    return `(${measure(bin * width)}, ${measure((bin + 1) * width)}]`;
}

function binTable(report) {
    return element("details", {}, element("summary", {}, "As a table"),
        element("table", { class: "narrow" },
            element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Activation"), element("th", { scope: "col", class: "numeric" }, "Tokens"))),
            element("tbody", {}, report.histogram.map((count, bin) => count === 0 ? null : element("tr", {},
                element("th", { scope: "row" }, binBounds(report, bin)), element("td", { class: "numeric" }, number(count)))))));
}

/** Exact counts in bins of equal width; `mark` is {value, text} of the prompt the feature is seen from, or null. */
export function histogram(report, mark = null) {
    const tallest = Math.max(0, ...report.histogram);
    if (tallest === 0) return quiet("The feature is never active.");
    const width = 1000 / report.histogram.length;
    const bars = report.histogram.map((count, bin) => {
        const height = count === 0 ? 0 : Math.max(1.5, 150 * count / tallest);
        return drawing("rect", { x: bin * width + 1, y: 150 - height, width: width - 2, height },
            drawing("title", {}, `${binBounds(report, bin)}: ${counted(count, "token")}`));
    });
    const total = report.histogram.reduce((sum, count) => sum + count, 0);
    const place = mark ? Math.min(1, mark.value / report.maximum) : 0;
    const flag = mark ? element("p", { class: "mark-text" }, `${mark.text}: ${measure(mark.value)}`) : null;
    flag?.style.setProperty("--place", place.toFixed(4));
    return element("figure", {},
        element("div", { class: "axis" }, element("span", {}, `${counted(tallest, "token")} in the tallest bin`)), flag,
        drawing("svg", {
            viewBox: "0 0 1000 151", preserveAspectRatio: "none", role: "img", class: "histogram",
            "aria-label": `Histogram of ${counted(total, "activation")}${mark ? `; ${mark.text}: ${measure(mark.value)}` : ""}`,
        }, bars, drawing("rect", { x: 0, y: 150, width: 1000, height: 1, class: "base" }),
        mark ? drawing("rect", { x: Math.max(0, Math.min(996, place * 1000 - 2)), y: 0, width: 4, height: 151, class: "mark" }) : null),
        element("div", { class: "axis" }, element("span", {}, "0"), element("span", {}, measure(report.maximum / 2)), element("span", {}, measure(report.maximum))),
        binTable(report));
}
