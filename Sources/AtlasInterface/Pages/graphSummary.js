// What a graph explains: the prompt, the model's likeliest next tokens, and how far to trust it.

import {element} from "./elements.js";
import {percentage} from "./numbers.js";
import {logitAddress} from "./address.js";
import {term, tokenText} from "./terms.js";

/**
 * The prompt's text, its answers and the graph's scores.
 *
 * @param {GraphReport} report
 * @returns {HTMLElement}
 */
export function graphSummary(report) {
    const targets = (report.targets ?? []).slice(0, 5);
    return element("div", { class: "summary" },
        element("p", { class: "lead" }, element("bdi", {}, report.text)),
        element("p", { class: "answers" },
            targets.length === 0
                ? null
                : targets.every((target) => (target.kind ?? "token") === "token")
                ? "Next: "
                : "Explained: ",
            targets.map((target) => target.kind === "token" || target.kind === undefined
                ? element("a", { class: "answer", href: logitAddress(target.token) }, tokenText(target.text, target.token),
                    ` ${percentage(target.probability)}`)
                : element("span", { class: "answer" }, element("bdi", {}, target.text)))),
        element("p", { class: "scores" },
            element("span", {},
                term("Replacement score",
                    "The share of the paths from inputs to the answers that begin in tokens rather than in errors: 1 is "
                        + "explained wholly by features."),
                ` ${percentage(report.scores?.replacement)}`),
            element("span", {},
                term("Completeness score",
                    "The share of the nodes' inputs, weighted by influence, that does not come from errors."),
                ` ${percentage(report.scores?.completeness)}`),
            report.scores?.replacement < 0.5
                ? element("span", { class: "badge warning" }, "mostly unexplained: read with caution")
                : null));
}
