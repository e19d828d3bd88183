// Features that fire at the same tokens.

import {element, section} from "./elements.js";
import {ask, isFolder} from "./data.js";
import {measure, number} from "./numbers.js";
import {fewSamples, nodeText} from "./terms.js";
import {dataTable} from "./tables.js";

const correlatedColumns = [
    { title: "Feature", head: true, cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label) },
    {
        title: "Pearson", numeric: true,
        definition: "Correlation of the two activations over all counted tokens, silent ones included.",
        cell: (row) => measure(row.pearson),
    },
    {
        title: "Jaccard", numeric: true, definition: "Tokens at which both fire, divided by those at which either fires.",
        cell: (row) => measure(row.jaccard),
    },
    {
        title: "Co-active tokens", numeric: true, definition: "Counted tokens at which both fire.",
        cell: (row) => [fewSamples(row.coactiveTokens), " ", number(row.coactiveTokens)],
    },
];

/**
 * The section of a feature's dashboard; it fills itself, and goes when there is no such answer.
 *
 * @param {{ feature: FeatureID, countsStoredOnly?: boolean }} report
 * @returns {HTMLElement}
 */
export function correlatedSection({ feature, countsStoredOnly }) {
    if (isFolder) return null;
    const content = element("div", {}, "Loading…");
    const whole = section("Correlated features",
        "By co-activation over the whole atlas, never within a batch." + (countsStoredOnly ? " Stored activations only." : ""),
        content);
    ask(`features/${feature.layer}/${feature.index}/correlated`, {}, { limit: 15 }).then((answer) => {
        content.replaceChildren(dataTable("Correlated features", correlatedColumns, answer.correlated,
            { empty: "No other feature fires at its tokens." }));
    }, () => whole.remove());
    return whole;
}
