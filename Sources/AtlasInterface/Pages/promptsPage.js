// The view of all prompts: search, filters by tag, order, and the prompts where one feature fires.

import {button, element, heading, link, quiet} from "./elements.js";
import {addressOf, featureAddress, go, graphAddress} from "./address.js";
import {ask, askTags, isFolder} from "./data.js";
import {counted, isKnown, measure, number, percentage, shortened} from "./numbers.js";
import {familySection} from "./families.js";
import {filterControls} from "./promptFilter.js";
import {headingOrder, holdsWords, listPager, listPart, pageLength, placeFrom} from "./listing.js";
import {dataTable} from "./tables.js";
import {tokenText} from "./terms.js";

const textLimit = 200;

const promptOrders = {
    id: (a, b) => a.id - b.id,
    text: (a, b) => a.text < b.text ? -1 : 1,
    probability: (a, b) => a.predictedProbability - b.predictedProbability,
    replacement: (a, b) => (a.scores?.replacement ?? 2) - (b.scores?.replacement ?? 2),
    completeness: (a, b) => (a.scores?.completeness ?? 2) - (b.scores?.completeness ?? 2),
    predicted: (a, b) => (a.predicted?.text ?? "") < (b.predicted?.text ?? "") ? -1 : 1,
    nodes: (a, b) => (a.nodeCount ?? Infinity) - (b.nodeCount ?? Infinity),
};

/**
 * A prompt's text as a link: to its graph if it has one.
 *
 * @param {{ id: number, text: string, hasGraph?: boolean }} prompt
 * @returns {HTMLElement}
 */
export function promptLink(prompt) {
    return element("a", { href: prompt.hasGraph === false ? addressOf(["prompt", prompt.id]) : graphAddress(prompt.id) },
        element("bdi", {}, shortened(prompt.text, textLimit)));
}

/** Whether a prompt of a folder is in a group, given as name=value with commas between. */
function isInGroup(prompt, group) {
    return group.split(",").filter(Boolean).every((condition) => {
        const [name, value] = [condition.slice(0, condition.indexOf("=")), condition.slice(condition.indexOf("=") + 1)];
        if (name === "right") return prompt.isRight === (value === "yes");
        return (prompt.tags ?? []).some((tag) => tag.name === name && tag.value === value);
    });
}

function promptTable(items, sort, whole) {
    return dataTable("Prompts", [
        { title: "Id", key: "id", numeric: true, cell: (row) => String(row.id), value: (row) => row.id },
        { title: "Prompt", key: "text", head: true, width: "wide-name", value: (row) => row.text,
            cell: (row) => [promptLink(row), element("span", { class: "tags" }, (row.tags ?? []).slice(0, 4).map((tag) =>
                element("a", { class: "tag", href: addressOf(["prompts"], { where: `${tag.name}=${tag.value}` }) },
                    `${tag.name}: `, element("bdi", {}, shortened(tag.value, 30)))))] },
        {
            title: "Model says", key: "predicted", value: (row) => row.predicted?.text,
            cell: (row) => row.predicted
                ? [
                    tokenText(row.predicted.text, row.predicted.token),
                    row.isRight === false ? [" ", element("span", { class: "badge warning" }, "wrong")] : null,
                ]
                : "–",
        },
        {
            title: "Probability", key: "probability", numeric: true, definition: "The model's probability for what it says.",
            cell: (row) => percentage(row.predictedProbability),
        },
        { title: "Answer", cell: (row) => isKnown(row.answer) ? tokenText(row.answer) : "–" },
        {
            title: "Replacement", key: "replacement", numeric: true, value: (row) => row.scores?.replacement,
            definition: "Replacement score of the graph: the share of the influence that begins in tokens rather than errors. "
                + "Low: distrust the graph.",
            cell: (row) => row.scores ? percentage(row.scores.replacement) : "no graph",
        },
        { title: "Nodes", key: "nodes", numeric: true, cell: (row) => number(row.nodeCount) },
        {
            title: "",
            cell: (row) =>
                link(addressOf(["prompt", row.id]), element("span", { "aria-hidden": "true" }, "features"),
                    element("span", { class: "hidden" }, `features of prompt ${row.id}`)),
        },
    ], items, { sort, whole, empty: "No prompt matches. Take a filter away, or search for fewer words." });
}

/** The orders of prompts where a feature fires, in a folder. */
const firingOrders = {
    strength: (a, b) => Math.abs(b.activation) - Math.abs(a.activation),
    position: (a, b) => a.position - b.position,
    tokens: (a, b) => b.positionCount - a.positionCount,
};

async function showFirings(name, sort, place) {
    const [layer, index] = name.split("/");
    const answer = isFolder
        ? await firingsInFolder(layer, index, sort, place.first)
        : await listPart(`features/${layer}/${index}/prompts`, { sort }, place);
    const change = (update) => go(["prompts"], { feature: name, sort, ...update });
    return {
        title: `Prompts where ${name} fires`,
        view: [
            element("div", { class: "heading" }, heading(`Prompts where feature ${name} fires`),
                element("nav", { class: "walk", "aria-label": "From here" },
                    link(featureAddress({ layer, index }), "Its dashboard"),
                    link(addressOf(["circuit"], { feature: name }), "Its global circuit"))),
            answer.note ? quiet(answer.note) : null,
            listPager(answer, "prompt", (after) => change({ after })),
            dataTable("Prompts", [
                {
                    title: "Prompt", head: true, width: "wide-name",
                    cell: (row) =>
                        element("a",
                            { href: row.hasGraph === false ? addressOf(["prompt", row.promptID]) : graphAddress(row.promptID) },
                            element("bdi", {}, shortened(row.text, textLimit))),
                },
                {
                    title: "Largest activation", key: "strength", numeric: true,
                    definition: "The feature's largest activation in the prompt, either side of zero.",
                    cell: (row) => measure(row.activation),
                },
                { title: "At position", key: "position", numeric: true, cell: (row) => number(row.position) },
                { title: "Active tokens", key: "tokens", numeric: true, cell: (row) => number(row.positionCount) },
                {
                    title: "",
                    cell: (row) =>
                        link(featureAddress({ layer, index }, row.promptID), element("span", { "aria-hidden": "true" }, "there"),
                            element("span", { class: "hidden" }, `the feature in prompt ${row.promptID}`)),
                },
            ], answer.items, {
                sort: headingOrder(sort, "strength", ["position"], (chosen) => change({ sort: chosen })), whole: answer.whole,
                empty: "It fires in no prompt of this atlas.",
            }),
        ],
    };
}

/** A folder knows the examples of a feature only. */
async function firingsInFolder(layer, index, sort, first) {
    const report = await ask(`features/${layer}/${index}`);
    const items = report.topExamples.map((example) => ({
        promptID: example.promptID, text: example.tokens.join(""), activation: example.activation, position: example.position,
        positionCount: example.activations.filter((value) => value !== 0).length,
    }));
    const order = firingOrders[sort.replace(/^-/, "")];
    if (order) items.sort((a, b) => (sort.startsWith("-") ? -1 : 1) * order(a, b));
    const next = first + pageLength < items.length ? String(first + pageLength) : null;
    return {
        items: items.slice(first, first + pageLength), total: items.length, first, next, whole: async () => items,
        note: `An export tells its strongest examples, of ${counted(report.activePrompts, "prompt")} where it fires.`,
    };
}

/**
 * Shows prompts.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showPrompts({ parameters }) {
    const place = placeFrom(parameters);
    const feature = parameters.get("feature");
    if (feature && /^\d+\/\d+$/.test(feature)) return showFirings(feature, parameters.get("sort") ?? "", place);
    const state = {
        search: parameters.get("search") ?? "", where: parameters.get("where") ?? "", sort: parameters.get("sort") ?? "",
    };
    const key = state.sort.replace(/^-/, "");
    const descending = state.sort.startsWith("-");
    const [tags, part] = await Promise.all([askTags(), listPart("prompts", state, place, {
        matches: (prompt) => holdsWords(prompt.text, state.search) && isInGroup(prompt, state.where),
        order: promptOrders[key] ? (a, b) => (descending ? -1 : 1) * promptOrders[key](a, b) : null,
    })]);
    const change = (update) => go(["prompts"], { ...state, ...update });
    const search = element("input", {
        id: "filter", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "words of a prompt",
        value: state.search, maxlength: "1000",
    });
    const form = element("form", { class: "controls", role: "search", "aria-label": "Prompts" },
        element("label", { for: "filter" }, "Words"), search, element("button", { type: "submit" }, "Filter"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        change({ search: search.value.trim() });
    });
    return {
        title: "Prompts",
        view: [
            heading("Prompts"), form,
            filterControls(tags, state.where, (where) => change({ where })),
            element("p", { class: "controls" },
                state.where
                    ? [
                        link(addressOf(["compare"], { a: state.where }), "Compare this group with others"),
                        link(addressOf(["circuit"], { where: state.where }), "The circuit of this group"),
                    ]
                    : null,
                isFolder && state.where
                    ? null
                    : button(state.where ? "Families of this group" : "Sort into families",
                        (event) => familySection(state.where, event.target), { class: "more" })),
            listPager(part, "prompt", (after) => change({ after })),
            promptTable(part.items, { ...headingOrder(state.sort, "id", Object.keys(promptOrders), (sort) => change({ sort })) },
                part.whole),
        ],
    };
}
