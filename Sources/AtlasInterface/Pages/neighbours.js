// Neighbours of a feature across prompts: what drives it and what it drives, by stored links or by weights.

import {button, element, quiet} from "./elements.js";
import {ask, isFolder} from "./data.js";
import {edgeLink} from "./edgeEvidence.js";
import {measure, number, percentage, signed} from "./numbers.js";
import {fewSamples, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

const storedColumns = (largest, edgeOf) => [
    {
        title: "Mean weight", numeric: true,
        definition: "Mean of the signed direct effect over the prompts whose stored graphs have the link.",
        cell: (row) => [edgeOf(signed(row.mean), row), weightBar(row.mean, largest)],
    },
    {
        title: "Spread", numeric: true, definition: "Standard deviation of the weight over those prompts.",
        cell: (row) => measure(row.spread),
    },
    {
        title: "Mean share", numeric: true,
        definition: "Mean share of the target's summed absolute inputs that the link makes up.",
        cell: (row) => percentage(row.meanShare),
    },
    {
        title: "Same sign", numeric: true, definition: "Share of the links whose sign is that of the mean.",
        cell: (row) => percentage(row.signConsistency),
    },
    {
        title: "Same position", numeric: true,
        definition: "Share of the links whose two ends are at the same token; the others reach it through attention.",
        cell: (row) => percentage(row.samePositionShare),
    },
    {
        title: "Support", numeric: true,
        definition: "How many prompts the other numbers of this row are about. Under 10 they are marked as few samples.",
        cell: (row) => [fewSamples(row.support), " ", number(row.support)],
    },
];

const weightDefinitions = {
    twera: [
        "TWERA",
        "Target-weighted expected residual attribution: the virtual weight times the source's mean activation where the target "
            + "fires, weighted by the target's activation.",
    ],
    era: [
        "ERA", "Expected residual attribution: the virtual weight times the source's activation where the target fires, averaged "
            + "over counted tokens.",
    ],
    virtualWeight: [
        "Virtual weight",
        "What one unit of the source writes straight into the target's encoder through the residual stream, from the weights "
            + "alone.",
    ],
};

function weightColumns(largest, by, edgeOf) {
    const key = { twera: "twera", era: "era", virtual: "virtualWeight" }[by];
    const columns = Object.entries(weightDefinitions).map(([field, [title, definition]]) => ({
        title, definition, numeric: true,
        cell: (row) => field === key ? [edgeOf(signed(row[field]), row), weightBar(row[field], largest)] : signed(row[field]),
    }));
    return [...columns,
        {
            title: "Co-active tokens", numeric: true,
            definition: "Counted tokens at which both fire. Weights between features that never fire together mean nothing.",
            cell: (row) => [fewSamples(row.coactiveTokens ?? 0), " ", number(row.coactiveTokens)],
        },
        {
            title: "Flags",
            definition: "Interference: a large virtual weight between features that never fire together. Co-activation alone: a "
                + "tiny virtual weight whose TWERA is large only because both fire often.",
            cell: (row) => row.flag ? element("span", { class: "badge warning" }, row.flag) : "–",
        },
    ];
}

/**
 * The table of one list of neighbours; `edgeOf(text, row)` makes the weights lead to their links.
 *
 * @param {any[]} rows
 * @param {string} caption
 * @param {string} [by]
 * @param {((text: string, row: any) => Content)} [edgeOf]
 * @returns {HTMLElement}
 */
export function neighbourTable(rows, caption, by = "edges", edgeOf = (text) => text) {
    const key = { edges: "mean", twera: "twera", era: "era", virtual: "virtualWeight" }[by];
    const flat = rows.map((row) => ({ ...row, ...row.weights }));
    const largest = Math.max(0, ...flat.map((row) => Math.abs(row[key] ?? 0)));
    return dataTable(caption, [
        {
            title: "Node", head: true, width: "wide-name",
            cell: (row) => nodeText(row.node ?? { kind: "feature", feature: row.feature }, row.label),
        },
        ...(by === "edges" ? storedColumns(largest, edgeOf) : weightColumns(largest, by, edgeOf)),
    ], flat, { empty: by === "edges" ? "No stored graph has such a link." : "No feature has such a weight.", withLegend: true });
}

async function askByWeights(feature, direction, by) {
    const refinements = { by, limit: 20 };
    const { layer, index } = feature;
    const answer = direction === "upstream"
        ? await ask(`features/${layer}/${index}/upstream`, {}, refinements)
        : await ask(`features/${layer}/${index}/downstream`, {}, refinements);
    return answer.neighbours;
}

const neighbourOrders = [["edges", "Stored links"], ["twera", "TWERA"], ["era", "ERA"], ["virtual", "Virtual weight"]];

/**
 * Tabs that order the neighbours by links or weights; those of weights need the model.
 *
 * @param {FeatureID} feature
 * @param {string} direction
 * @param {Neighbour[]} stored
 * @param {Able} able
 * @returns {HTMLElement | Content[]}
 */
export function neighbourTabs(feature, direction, stored, able) {
    const caption = direction === "upstream" ? "Nodes that drive this feature" : "Nodes that this feature drives";
    const own = { kind: "feature", feature };
    const edgeOf = (text, row) => {
        const other = row.node ?? { kind: "feature", feature: row.feature };
        return direction === "upstream" ? edgeLink(text, other, own) : edgeLink(text, own, other);
    };
    const content = element("div", {}, neighbourTable(stored, caption, "edges", edgeOf));
    if (!able.modelLoaded) {
        return [
            content,
            isFolder
                ? null
                : quiet("By weights (virtual weight, ERA, TWERA) when the server has the model: atlas serve FILE --model DIR "
                    + "--transcoders DIR"),
        ];
    }
    const tabs = neighbourOrders.map(([key, title]) => button(title, async () => {
        tabs.forEach((tab) =>
            tab.setAttribute("aria-pressed", String(tab === tabs[neighbourOrders.findIndex(([other]) => other === key)])));
        try {
            const rows = key === "edges" ? stored : await askByWeights(feature, direction, key);
            content.replaceChildren(neighbourTable(rows, caption, key, edgeOf));
        } catch (error) {
            content.replaceChildren(quiet(error.message));
        }
    }, { "aria-pressed": String(key === "edges") }));
    return [element("div", { class: "toggle", role: "group", "aria-label": "Order" }, tabs), content];
}
