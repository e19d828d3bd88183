// Families of similar prompts, asked for when wanted: sorting a group takes a while.

import {element, link, quiet} from "./elements.js";
import {ask} from "./data.js";
import {addressOf, graphAddress} from "./address.js";
import {counted, measure, number, percentage, shortened} from "./numbers.js";
import {nodeText} from "./terms.js";
import {dataTable} from "./tables.js";

function familyTable(report) {
    return dataTable("Families", [
        {
            title: "Like", head: true, width: "wide-name",
            cell: (row) => element("a", { href: graphAddress(row.leader) }, element("bdi", {}, shortened(row.text, 120))),
        },
        { title: "Prompts", numeric: true, cell: (row) => number(row.size) },
        {
            title: "Similarity", numeric: true, definition: "Mean cosine of the members' feature vectors with the leader's.",
            cell: (row) => measure(row.meanSimilarity),
        },
        {
            title: "Features they share",
            cell: (row) =>
                row.shared.slice(0, 3)
                    .map((shared) => element("div", {}, nodeText({ kind: "feature", feature: shared.feature }, shared.label))),
        },
        {
            title: "Tags",
            cell: (row) =>
                row.tags.slice(0, 3)
                    .map((tag) =>
                        element("div", {},
                            link(addressOf(["prompts"], { where: `${tag.name}=${tag.value}` }), `${tag.name}: `,
                                element("bdi", {}, shortened(tag.value, 30))),
                            ` ${percentage(tag.share)}`)),
        },
    ], report.families, { empty: "No family." });
}

/**
 * Puts the families of a group in place of the control that asked for them.
 *
 * @param {string} where
 * @param {HTMLButtonElement} control
 * @returns {Promise<void>}
 */
export async function familySection(where, control) {
    control.disabled = true;
    control.textContent = "Sorting into families…";
    try {
        const report = await ask("families", { where }, { limit: 12 });
        control.closest("p").replaceWith(element("section", {}, element("h2", {}, "Families"),
            element("p", { class: "definition" },
                `Prompts that similar features explain (cosine from ${measure(report.threshold)}): `
                    + `${counted(report.familyCount, "family", "families")} among ${counted(report.readPrompts, "prompt")}.`),
            familyTable(report)));
    } catch (error) {
        control.replaceWith(quiet(error.message));
    }
}
