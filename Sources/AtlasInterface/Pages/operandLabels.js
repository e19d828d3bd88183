// What operands call features, beside a list of them: asked for all rows together, after the list is there.

import {element} from "./elements.js";
import {featureName} from "./address.js";
import {ask} from "./data.js";
import {operandTags} from "./operandGrid.js";

/**
 * A column of a table of features that fills itself; null where the corpus is no operand grid or nobody can be asked.
 *
 * @param {{ feature: FeatureID }[]} rows
 * @returns {Promise<Column<any> | null>}
 */
export async function operandColumn(rows) {
    const tags = await operandTags().catch(() => null);
    if (tags === null || rows.length === 0) return null;
    const places = new Map(rows.map((row) => [featureName(row.feature), element("span", { class: "operand-label" }, "…")]));
    ask("operand-labels", { features: [...places.keys()].join(" ") }).then((report) => {
        for (const row of report.features) {
            const place = places.get(featureName(row.feature));
            if (place) place.textContent = row.label ?? "–";
        }
    }, () => places.forEach((place) => { place.textContent = "–"; }));
    return {
        title: "By operands",
        definition: `What the activation at the last token depends on over the tags ${tags[0]} and ${tags[1]}; “–”: on none of `
            + "what is tried.",
        cell: (row) => places.get(featureName(row.feature)),
    };
}
