"use strict";
// The overview: a table of the exported features that can be searched, filtered and sorted.

const pageLength = 100;

/** What was last searched and sorted, so that coming back from a feature finds it again. */
const overviewState = { text: "", layer: "", hidesSilent: false, column: "feature", descending: false, page: 0 };

const overviewColumns = {
    feature: { title: "Feature", definition: "Layer and index of the feature in its transcoder." },
    label: { title: "Label", definition: "The feature's name. Those made by a program are marked automatic." },
    density: {
        title: "Density", numeric: true,
        definition: "Active tokens divided by counted tokens. Positions at which features are set to zero are not counted.",
    },
    tokens: { title: "Active tokens", numeric: true, definition: "How many counted tokens the feature is active at." },
    prompts: { title: "Active prompts", numeric: true, definition: "How many prompts have at least one active token, of all that were counted." },
    maximum: { title: "Maximum", numeric: true, definition: "The largest activation over all active tokens." },
};

function overviewRow(values) {
    const [layer, index, label, isAutomatic, activeTokens, countedTokens, activePrompts, countedPrompts, maximum] = values;
    return {
        layer, index, label, isAutomatic, activeTokens, countedTokens, activePrompts, countedPrompts, maximum,
        density: countedTokens > 0 ? activeTokens / countedTokens : 0,
        searched: `${layer}/${index} ${label ?? ""}`.toLowerCase(),
    };
}

const overviewOrders = {
    feature: (a, b) => a.layer - b.layer || a.index - b.index,
    label: (a, b) => (a.label === null) - (b.label === null) || (a.label ?? "").localeCompare(b.label ?? ""),
    density: (a, b) => a.density - b.density,
    tokens: (a, b) => a.activeTokens - b.activeTokens,
    prompts: (a, b) => a.activePrompts - b.activePrompts,
    maximum: (a, b) => (a.maximum ?? 0) - (b.maximum ?? 0),
};

function chosenRows(rows) {
    const words = overviewState.text.toLowerCase().split(/\s+/).filter(Boolean);
    const order = overviewOrders[overviewState.column];
    const direction = overviewState.descending ? -1 : 1;
    return rows
        .filter((row) => overviewState.layer === "" || row.layer === Number(overviewState.layer))
        .filter((row) => !overviewState.hidesSilent || row.activeTokens > 0)
        .filter((row) => words.every((word) => row.searched.includes(word)))
        .sort((a, b) => direction * order(a, b) || overviewOrders.feature(a, b));
}

function overviewTable(rows, redraw) {
    const heads = Object.entries(overviewColumns).map(([key, column]) => {
        const isSorted = overviewState.column === key;
        const arrow = isSorted ? (overviewState.descending ? " ↓" : " ↑") : "";
        const help = term(column.title + arrow, column.definition, column.numeric ? "end" : "start");
        help.firstChild.addEventListener("click", () => {
            overviewState.descending = isSorted ? !overviewState.descending : Boolean(column.numeric);
            overviewState.column = key;
            overviewState.page = 0;
            redraw(key);
        });
        help.firstChild.dataset.column = key;
        return element("th", {
            scope: "col", class: column.numeric ? "numeric" : null,
            "aria-sort": isSorted ? (overviewState.descending ? "descending" : "ascending") : "none",
        }, help);
    });
    const body = rows.map((row) => element("tr", {},
        element("th", { scope: "row" }, element("a", { href: featureAddress(row) }, `${row.layer}/${row.index}`)),
        element("td", { class: "label" }, ...labelText(row.label, row.isAutomatic)),
        element("td", { class: "numeric" }, percentage(row.density)),
        element("td", { class: "numeric" }, number(row.activeTokens)),
        element("td", { class: "numeric" }, fewSamples(row.activePrompts), " ", number(row.activePrompts)),
        element("td", { class: "numeric" }, row.activeTokens > 0 ? measure(row.maximum) : "–")));
    return element("table", { class: "overview" },
        element("caption", { class: "hidden" }, "Exported features"),
        element("thead", {}, element("tr", {}, heads)), element("tbody", {}, body));
}

function overviewControls(rows, redraw) {
    const change = (key, value) => {
        overviewState[key] = value;
        overviewState.page = 0;
        redraw();
    };
    const layers = [...new Set(rows.map((row) => row.layer))].sort((a, b) => a - b);
    const select = element("select", { id: "layer", onchange: (event) => change("layer", event.target.value) },
        element("option", { value: "" }, "all"), layers.map((layer) => element("option", { value: layer }, String(layer))));
    select.value = overviewState.layer;
    const search = element("input", {
        id: "search", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "label or layer/index",
        oninput: (event) => change("text", event.target.value),
    });
    search.value = overviewState.text;
    const silent = element("input", { type: "checkbox", id: "silent", onchange: (event) => change("hidesSilent", event.target.checked) });
    silent.checked = overviewState.hidesSilent;
    return element("form", { class: "controls", role: "search" },
        element("label", { for: "search" }, "Search"), search, element("kbd", { title: "The key / goes to the search" }, "/"),
        element("label", { for: "layer" }, "Layer"), select,
        silent, element("label", { for: "silent" }, "Hide features that are never active"));
}

function overviewPager(count, redraw) {
    const last = Math.max(0, Math.ceil(count / pageLength) - 1);
    const turn = (step) => () => {
        overviewState.page += step;
        redraw();
    };
    const button = (text, step, isOff) => element("button", { type: "button", onclick: turn(step), disabled: isOff ? "" : null }, text);
    const first = overviewState.page * pageLength;
    return element("nav", { class: "pager", "aria-label": "Pages of the table" },
        last > 0 ? button("Previous", -1, overviewState.page === 0) : null,
        element("span", { role: "status" }, count === 0 ? "No feature matches."
            : `${number(first + 1)}–${number(Math.min(count, first + pageLength))} of ${counted(count, "feature")}`),
        last > 0 ? button("Next", 1, overviewState.page === last) : null);
}

/** Shows the overview in `main`. */
async function showOverview(isCurrent) {
    const [head, values] = await Promise.all([loadIndex(), loadRows()]);
    if (!isCurrent()) return null;
    const rows = values.map(overviewRow);
    const results = element("div");
    const redraw = (focused) => {
        const chosen = chosenRows(rows);
        const first = overviewState.page * pageLength;
        results.replaceChildren(
            overviewPager(chosen.length, redraw),
            overviewTable(chosen.slice(first, first + pageLength), redraw));
        if (focused) results.querySelector(`[data-column="${focused}"]`).focus();
    };
    redraw();
    const controls = overviewControls(rows, redraw);
    controls.addEventListener("submit", (event) => event.preventDefault());
    const view = [
        element("h1", { tabindex: "-1" }, element("bdi", {}, head.title)),
        element("p", { class: "lead" },
            "Model ", element("bdi", {}, head.model), ", transcoders ", element("bdi", {}, head.transcoders), ": ",
            counted(head.featureCount, "feature"), " exported, with statistics over ",
            counted(head.promptCount, "prompt"), " and ", counted(head.tokenCount, "token"), "."),
        controls, results,
    ];
    return { title: head.title, trail: null, view };
}
