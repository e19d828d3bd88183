// The view of all features: search, layer, whether they fire, how densely, who named them, what they do over operands.

import {choice, element, heading, quiet} from "./elements.js";
import {featureAddress, featureName, go} from "./address.js";
import {askInformation, isFolder} from "./data.js";
import {isKnown, measure, number, percentage} from "./numbers.js";
import {operandClasses, operandClassTable} from "./operandClasses.js";
import {headingOrder, holdsWords, listPager, listPart, placeFrom} from "./listing.js";
import {fewSamples, labelText} from "./terms.js";
import {operandColumn} from "./operandLabels.js";
import {dataTable} from "./tables.js";

const featureOrders = {
    density: (a, b) => b.activeTokens - a.activeTokens, prompts: (a, b) => b.activePrompts - a.activePrompts,
    maximum: (a, b) => b.maximum - a.maximum, mean: (a, b) => b.mean - a.mean,
    minimum: (a, b) => (a.minimum ?? Infinity) < (b.minimum ?? Infinity) ? -1 : 1,
};

function densityOf(row) {
    return row.countedTokens > 0 ? row.activeTokens / row.countedTokens : null;
}

const featureColumns = [
    {
        title: "Feature", key: "feature", head: true,
        cell: (row) => element("a", { href: featureAddress(row.feature) }, featureName(row.feature)),
    },
    {
        title: "Label", width: "wide-name", definition: "The feature's name. Those made by a program are marked automatic.",
        cell: (row) => labelText(row.label, row.labelIsAutomatic),
    },
    {
        title: "Density", key: "density", numeric: true,
        definition: "Active tokens divided by counted tokens. Positions at which features are set to zero are not counted.",
        cell: (row) => percentage(densityOf(row)),
    },
    {
        title: "Active tokens", numeric: true, definition: "How many counted tokens the feature is active at.",
        cell: (row) => number(row.activeTokens),
    },
    {
        title: "Active prompts", key: "prompts", numeric: true, definition: "How many prompts have at least one active token.",
        cell: (row) => [row.activePrompts > 0 ? fewSamples(row.activePrompts) : null, " ", number(row.activePrompts)],
    },
    {
        title: "Maximum", key: "maximum", numeric: true, definition: "The largest activation over all active tokens.",
        cell: (row) => row.activeTokens > 0 ? measure(row.maximum) : "–",
    },
    {
        title: "Mean", key: "mean", numeric: true, definition: "The mean activation over active tokens.",
        cell: (row) => row.activeTokens > 0 ? measure(row.mean) : "–",
    },
];

const minimumColumn = {
    title: "Minimum", key: "minimum", numeric: true,
    definition: "The most negative activation; none for a feature that is never negative.", cell: (row) => measure(row.minimum),
};

const densityChoices = [["", "any"], ["0.01", "1 % or more"], ["0.1", "10 % or more"], ["0.5", "50 % or more"]];

/** The parameters of the address. */
const featureFilters = ["search", "layer", "firing", "minimumDensity", "labelled", "class", "sort"];

/** The filters; those that only a server can ask for are left out of a folder. */
function filters(state, layerCount, classes, change) {
    const named = (id, title, options, key) =>
        element("span", { class: "pair" }, element("label", { for: id }, title),
            choice(id, options, state[key], (value) => change({ [key]: value })));
    const words = element("input", {
        id: "filter", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "label or layer/index",
        value: state.search, maxlength: "1000",
    });
    const form = element("form", { class: "controls", role: "search", "aria-label": "Features" },
        element("label", { for: "filter" }, "Words"), words, element("button", { type: "submit" }, "Filter"),
        named("layer", "Layer",
            [["", "all"], ...Array.from({ length: layerCount }, (_, layer) => [String(layer), `layer ${layer}`])], "layer"),
        isFolder ? null : named("firing", "Fires", [["", "somewhere"], ["no", "nowhere (dead)"]], "firing"),
        named("density", "Density", densityChoices, "minimumDensity"),
        named("labelled", "Label", [["", "any"], ["yes", "by a person"], ["no", "unlabelled"]], "labelled"),
        classes.length > 0 ? named("class", "Over operands", [["", "any"], ...classes], "class") : null);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        change({ search: words.value.trim() });
    });
    return form;
}

/** Whether a feature of a folder meets the filters. */
function isMeant(row, state) {
    return (state.layer === "" || row.feature.layer === Number(state.layer))
        && holdsWords(`${featureName(row.feature)} ${row.label ?? ""}`, state.search)
        && (state.minimumDensity === "" || densityOf(row) >= Number(state.minimumDensity))
        && (state.labelled === ""
            || (state.labelled === "yes") === (isKnown(row.label) && !row.labelIsAutomatic));
}

function orderOf(sort) {
    const order = featureOrders[sort.replace(/^-/, "")];
    if (!order) {
        return sort === "-feature" ? (a, b) => b.feature.layer - a.feature.layer || b.feature.index - a.feature.index : null;
    }
    return sort.startsWith("-") ? (a, b) => order(b, a) : order;
}

/**
 * Shows features.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showFeatures({ parameters }) {
    const state = Object.fromEntries(featureFilters.map((key) => [key, parameters.get(key) ?? ""]));
    const { class: kind, ...listed } = state;
    const change = (update) => go(["features"], { ...state, ...update });
    const [information, classes] = await Promise.all([askInformation(), operandClasses()]);
    const note = information.basis === "neurons"
        ? quiet("Features are neurons of the model. Counts and densities are of stored activations only: of each token the nodes "
            + "of its graph and the strongest few neurons.")
        : null;
    const frame = (...view) => ({
        title: "Features",
        view: [heading("Features"), filters(state, information.layerCount, classes, change), note, ...view],
    });
    if (kind !== "") return frame(await operandClassTable(kind));
    const part = await listPart("features", listed, placeFrom(parameters), {
        matches: (row) => isMeant(row, state), order: orderOf(state.sort),
    });
    const operands = await operandColumn(part.items);
    const hasMinimum = part.items.some((row) => isKnown(row.minimum));
    const columns = [
        ...featureColumns.slice(0, 2), operands, ...featureColumns.slice(2), hasMinimum ? minimumColumn : null,
    ].filter(Boolean);
    return frame(
        state.firing === "no"
            ? quiet("Features that are active at no token of any indexed prompt: nothing is known of them but their weights.")
            : null,
        operands ? element("p", {}, element("a", { href: "#/operands" }, "Gallery of operand grids")) : null,
        listPager(part, "feature", (after) => change({ after })),
        dataTable("Features",
            state.firing === "no"
                ? columns.map(({ key, ...column }) => key === "feature" ? { ...column, key } : column)
                : columns,
            part.items, {
                sort: headingOrder(state.sort, "feature", ["feature", "minimum"], (sort) => change({ sort })), whole: part.whole,
                empty: "No feature matches. Take a filter away, or search for fewer words.",
            }));
}
