// What the prompts of the first group have in common, and what none of them has.

import {choice, element, quiet, section} from "./elements.js";
import {go} from "./address.js";
import {askLong} from "./longAsk.js";
import {counted, isKnown, measure, number, percentage} from "./numbers.js";
import {labelText, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

function insideTable(title, rows, empty) {
    return dataTable(title, [
        { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, null) },
        { title: "Label", width: "wide-name", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
        {
            title: "Inside", numeric: true, definition: "Share of the group's prompts where it is active.",
            cell: (row) => [percentage(row.insideShare), weightBar(row.insideShare, 1)],
        },
        {
            title: "Outside", numeric: true, definition: "Share of all other prompts where it is active.",
            cell: (row) => [percentage(row.outsideShare), weightBar(row.outsideShare, 1)],
        },
        {
            title: "Lift", numeric: true,
            definition: "The share inside over the share outside; “only here” where it is active in no prompt outside.",
            cell: (row) => !isKnown(row.lift)
                ? (row.insideCount > 0 ? "only here" : "–")
                : measure(row.lift),
        },
        {
            title: "Mean maximum", numeric: true,
            definition: "Mean over the group's prompts where it is active of its largest activation.",
            cell: (row) => row.insideCount > 0 ? measure(row.meanMaximum) : "–",
        },
    ], rows, { empty });
}

const shares = ["0.5", "0.8", "0.9", "1"];

/**
 * The parts of the view of what a group has in common.
 *
 * @param {{ a: string, b: string, parameters: URLSearchParams, signal: AbortSignal }} question
 * @returns {Promise<Part>}
 */
export async function compareInvariant({ a, b, parameters, signal }) {
    const share = shares.includes(parameters.get("share")) ? parameters.get("share") : "0.9";
    const control = element("p", { class: "controls" }, element("label", { for: "invariant-share" }, "Active in at least"),
        choice("invariant-share", shares.map((value) => [value, `${Number(value) * 100} % of its prompts`]), share,
            (value) => go(["compare"], { a, b, ask: "common", share: value })));
    const place = element("div", {});
    return {
        view: [section("What the first group has in common",
            "Features that are active in most of its prompts, those that no other prompt has first. The second group has no part "
                + "in this.",
            control, place)],
        shown: async () => {
            try {
                const report = await askLong("invariant", { where: a, share, limit: 50 }, place, signal);
                place.replaceChildren(
                    element("p", {},
                        `${counted(report.invariantCount, "feature")} in at least ${percentage(report.share)} of `
                            + `${counted(report.promptCount, "prompt")}; ${number(report.outsideCount)} outside.`),
                    insideTable("In common", report.features, "No feature is active in so many of its prompts."),
                    element("h3", {}, "In none of them"),
                    quiet(`${counted(report.absentCount, "feature")} fire outside of the group and in no prompt of it; the most `
                        + "common outside first."),
                    insideTable("In none of them", report.absent, "Every feature that fires fires in some prompt of the group."));
            } catch (error) {
                place.replaceChildren(quiet(error.message));
            }
        },
    };
}
