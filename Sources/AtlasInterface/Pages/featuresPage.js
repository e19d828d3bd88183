// The view of all features that fire: search, layer, order.

import {choice, element, heading, quiet} from "./elements.js";
import {featureAddress, featureName, go} from "./address.js";
import {ask} from "./data.js";
import {measure, number, percentage} from "./numbers.js";
import {firstFrom, holdsWords, listPart, pageLength} from "./listing.js";
import {fewSamples, labelText} from "./terms.js";
import {operandColumn} from "./operandLabels.js";
import {dataTable, pager} from "./tables.js";

const featureOrders = {
    density: (a, b) => b.activeTokens - a.activeTokens, prompts: (a, b) => b.activePrompts - a.activePrompts,
    maximum: (a, b) => b.maximum - a.maximum, mean: (a, b) => b.mean - a.mean, minimum: (a, b) => (a.minimum ?? Infinity) < (b.minimum ?? Infinity) ? -1 : 1,
};

const featureColumns = [
    { title: "Feature", head: true, cell: (row) => element("a", { href: featureAddress(row.feature) }, featureName(row.feature)) },
    { title: "Label", width: "wide-name", definition: "The feature's name. Those made by a program are marked automatic.", cell: (row) => labelText(row.label, row.labelIsAutomatic) },
    { title: "Density", numeric: true, definition: "Active tokens divided by counted tokens. Positions at which features are set to zero are not counted.", cell: (row) => percentage(row.countedTokens > 0 ? row.activeTokens / row.countedTokens : null) },
    { title: "Active tokens", numeric: true, definition: "How many counted tokens the feature is active at.", cell: (row) => number(row.activeTokens) },
    { title: "Active prompts", numeric: true, definition: "How many prompts have at least one active token.", cell: (row) => [fewSamples(row.activePrompts), " ", number(row.activePrompts)] },
    { title: "Maximum", numeric: true, definition: "The largest activation over all active tokens.", cell: (row) => measure(row.maximum) },
    { title: "Mean", numeric: true, definition: "The mean activation over active tokens.", cell: (row) => measure(row.mean) },
];

const minimumColumn = { title: "Minimum", numeric: true, definition: "The most negative activation; none for a feature that is never negative.", cell: (row) => measure(row.minimum) };

/** Shows features. */
export async function showFeatures({ parameters }) {
    const first = firstFrom(parameters);
    const state = { search: parameters.get("search") ?? "", layer: parameters.get("layer") ?? "", sort: parameters.get("sort") ?? "" };
    const [atlas, part] = await Promise.all([ask("atlas"), listPart("features", state, first, {
        matches: (row) => (state.layer === "" || row.feature.layer === Number(state.layer)) && holdsWords(`${featureName(row.feature)} ${row.label ?? ""}`, state.search),
        order: featureOrders[state.sort] ?? null,
    })]);
    const isNeurons = (atlas.information ?? atlas).basis === "neurons";
    const operands = await operandColumn(part.items);
    const columns = [...featureColumns.slice(0, 2), operands, ...featureColumns.slice(2), part.items.some((row) => row.minimum !== undefined && row.minimum !== null) ? minimumColumn : null].filter(Boolean);
    const change = (update) => go(["features"], { ...state, ...update });
    const search = element("input", { id: "search", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "label or layer/index", value: state.search, maxlength: "1000" });
    const layers = Array.from({ length: (atlas.information ?? atlas).layerCount }, (_, layer) => [String(layer), `layer ${layer}`]);
    const form = element("form", { class: "controls", role: "search" }, element("label", { for: "search" }, "Search"), search, element("kbd", { title: "The key / goes to the search" }, "/"),
        element("button", { type: "submit" }, "Search"), element("label", { for: "layer" }, "Layer"), choice("layer", [["", "all"], ...layers], state.layer, (layer) => change({ layer })),
        element("label", { for: "order" }, "Order"), choice("order", [["", "layer and index"], ["density", "densest first"], ["prompts", "most prompts first"], ["maximum", "largest maximum first"], ["mean", "largest mean first"], ...(isNeurons || state.sort === "minimum" ? [["minimum", "most negative first"]] : [])], state.sort, (sort) => change({ sort })));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        change({ search: search.value.trim() });
    });
    const turn = (to) => () => change({ after: to || "" });
    return {
        title: "Features",
        view: [heading("Features"), form, operands ? element("p", {}, element("a", { href: "#/operands" }, "Gallery of operand grids")) : null,
            isNeurons ? quiet("Features are neurons of the model. Counts and densities are of stored activations only: of each token the nodes of its graph and the strongest few neurons.") : null,
            pager(first, part.items.length, part.total, "feature", first > 0 ? turn(Math.max(0, first - pageLength)) : null, first + part.items.length < part.total ? turn(first + pageLength) : null),
            dataTable("Features", columns, part.items, { empty: "No feature matches. Search for fewer words, or choose another layer." })],
    };
}
