// Features by what their activation depends on over a template with two operands.

import {element, quiet} from "./elements.js";
import {ask, isFolder} from "./data.js";
import {counted, measure, number} from "./numbers.js";
import {nodeText} from "./terms.js";
import {operandTags} from "./operandGrid.js";
import {operandShapes} from "./operandShapes.js";
import {dataTable} from "./tables.js";

const listedFeatures = 200;

/**
 * The classes that can be asked for, as [value, text]; none where the corpus is no grid.
 *
 * @returns {Promise<Named[]>}
 */
export async function operandClasses() {
    if (isFolder) return [];
    const tags = await operandTags().catch(() => null);
    return tags ? operandShapes : [];
}

/**
 * The features of a class, those that it fits best first.
 *
 * @param {string} kind
 * @returns {Promise<Content>}
 */
export async function operandClassTable(kind) {
    const tags = await operandTags();
    if (!tags) return quiet("The corpus is no template with two operands.");
    const report = await ask("operands", { class: kind }, { rows: tags[0], columns: tags[1], limit: listedFeatures });
    const cut = report.features.length === listedFeatures ? `, the first ${number(listedFeatures)}` : "";
    return [
        quiet(`Over ${counted(report.cellCount, "cell")} of the operands ${tags[0]} and ${tags[1]}, at the last token: `
            + `${counted(report.counts[kind] ?? 0, "feature")}, those that the class fits best first${cut}. `
            + "Other filters do not count here."),
        dataTable("Features by class", [
            {
                title: "Feature", head: true, width: "wide-name",
                cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label),
            },
            { title: "By", cell: (row) => element("bdi", {}, row.shape.fit ?? "–") },
            {
                title: "R²", numeric: true, definition: "Adjusted share of the grid's variance that the groups' means explain.",
                cell: (row) => measure(row.shape.explained),
            },
            {
                title: "Maximum", numeric: true, definition: "The largest activation in the grid.",
                cell: (row) => measure(row.shape.maximum),
            },
        ], report.features, { empty: "No feature of this class fires in these prompts." }),
    ];
}
