// The atlas of heads: every attention head of every layer, coloured by what it does.

import {choice, element, heading, link, quiet, section} from "./elements.js";
import {go, headAddress} from "./address.js";
import {ask, askInformation} from "./data.js";
import {counted, measure, number, percentage} from "./numbers.js";
import {headName} from "./edgeHeads.js";
import {pictureControls, pictureOfTable} from "./pictures.js";
import {dataTable} from "./tables.js";

/** What heads are told apart by, and how it is written. */
export const headStatistics = [
    {
        key: "share", title: "Share of the links", written: percentage,
        definition: "Its part of the absolute loadings of all stored links: how much of what features do to each other goes "
            + "through it. Links that pass attention by count for no head.",
    },
    {
        key: "previous", title: "Position before", written: percentage,
        definition: "How much of its attention goes to the position just before: a mean over all positions but the first, here "
            + "and in the next columns.",
    },
    {
        key: "same", title: "Same token", written: percentage,
        definition: "How much goes to earlier positions with the same token.",
    },
    {
        key: "first", title: "First position", written: percentage,
        definition: "How much goes to the prompt's first position, where attention often rests when it has nothing to read.",
    },
    {
        key: "distance", title: "Distance", written: measure,
        definition: "How many positions back it looks, weighted by its attention.",
    },
    {
        key: "entropy", title: "Entropy", written: measure,
        definition: "How widely it looks, in nats: 0 is one position, ln n is n positions alike.",
    },
];

function grid(report, { key, title, written }) {
    const largest = Math.max(...report.heads.map((head) => head[key] ?? 0));
    const rows = [...Map.groupBy(report.heads, (head) => head.layer)].sort((a, b) => b[0] - a[0]);
    const table = element("table", { class: "heads" },
        element("caption", { class: "hidden" }, `${title} of every head`),
        element("thead", {},
            element("tr", {}, element("th", { scope: "col" }, "Layer"),
                Array.from({ length: report.headCount }, (_, head) => element("th", { scope: "col" }, `head ${head}`)))),
        element("tbody", {}, rows.map(([layer, heads]) => element("tr", {}, element("th", { scope: "row" }, String(layer)),
            heads.sort((a, b) => a.head - b.head).map((head) => {
                const cell = element("td", {},
                    link(headAddress(head), element("span", { class: "hidden" }, `Head ${head.layer}.${head.head}: `),
                        written(head[key])));
                cell.style.setProperty("--depth", largest > 0 ? ((head[key] ?? 0) / largest).toFixed(3) : "0");
                return cell;
            })))));
    const name = `${title} of every head`;
    return [element("div", { class: "scrolling", role: "region", "aria-label": "Grid of heads", tabindex: "0" }, table),
        element("div", { class: "picture-foot" }, pictureControls(name, () => pictureOfTable(table, name)))];
}

/**
 * Shows all heads.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showHeads({ parameters }) {
    const chosen = headStatistics.find(({ key }) => key === parameters.get("by")) ?? headStatistics[0];
    const information = await askInformation();
    if (!information.headedGraphCount) {
        return {
            title: "Heads",
            view: [heading("Heads"), quiet("Through which heads links go is not stored: atlas index --heads adds it.")],
        };
    }
    const report = await ask("heads");
    const control = choice("statistic", headStatistics.map(({ key, title }) => [key, title]), chosen.key,
        (by) => go(["heads"], { by }));
    return {
        title: "Heads",
        view: [heading("Heads"),
            quiet(`Attention heads over ${counted(report.graphCount, "graph")}: which of them carry what features do, and where `
                + "they look."),
            element("div", { class: "controls" }, element("label", { for: "statistic" }, "Colour by"), control),
            section(chosen.title, `${chosen.definition} The deepest colour is the largest value.`, grid(report, chosen)),
            section("All of them", null, dataTable("Heads", [
                { title: "Head", head: true, cell: (head) => link(headAddress(head), headName(head)) },
                ...headStatistics.map(({ key, title, definition, written }) => ({
                    title, numeric: true, definition, cell: (head) => written(head[key]),
                })),
                {
                    title: "Links", numeric: true, definition: "Stored links of which it is a main head.",
                    cell: (head) => number(head.edgeCount),
                },
            ], [...report.heads].sort((a, b) => b.share - a.share)))],
    };
}
