// Why a head looks from one position to another: the strongest pairs of sources, for and against.

import {element, quiet} from "./elements.js";
import {ask} from "./data.js";
import {headName} from "./edgeHeads.js";
import {isKnown, number, percentage, signed} from "./numbers.js";
import {nodeText, tokenText, weightBar} from "./terms.js";

const askedPairs = 16;

function source(node) {
    return element("span", {}, nodeText(node, node.label),
        !isKnown(node.position)
            ? null
            : element("span", { class: "quiet" }, ` at ${number(node.position)}`,
                node.kind === "token" ? null : [" ", tokenText(node.text)]));
}

function pairList(title, pairs, largest) {
    return element("div", { class: "effects" }, element("h4", {}, title),
        pairs.length === 0
            ? quiet("None of the strongest pairs.")
            : element("ol", { class: "pair-list" }, pairs.map((pair) => element("li", {},
                element("span", {}, source(pair.query), " × ", source(pair.key)), weightBar(pair.contribution, largest),
                element("span", { class: "numeric" }, signed(pair.contribution))))));
}

function kindsText(groups) {
    const strongest = [...groups].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, 4);
    return strongest.map((group) => `${group.query} × ${group.key} ${signed(group.contribution)}`).join(", ");
}

function reasonView(report) {
    const place = (end) => [tokenText(end.token), ` (${number(end.position)})`];
    const largest = Math.max(0, ...report.pairs.map((pair) => Math.abs(pair.contribution)));
    return [
        element("h3", {}, "Why ", place(report.query), " looks at ", place(report.key)),
        report.query.position === 0 ? quiet("It is the only position that it can look at: there is nothing to choose.") : quiet(
            `${percentage(report.weight)} of its attention. Its score is ${signed(report.score)} against the mean of the keys it `
                + `can look at${report.softCap ? ", before the cap" : ""}: the sum of ${number(report.pairCount)} pairs of `
                + "sources, one at the position that looks and one at the position looked at. By kinds: "
                + `${kindsText(report.groups)}.`),
        element("div", { class: "columns two" },
            pairList("Speak for looking there", report.pairs.filter((pair) => pair.contribution > 0), largest),
            pairList("Speak against it", report.pairs.filter((pair) => pair.contribution < 0), largest)),
    ];
}

/**
 * Fills an element with why a head of a prompt looks from a position to another.
 *
 * @param {HTMLElement} content
 * @param {{ prompt: number | string, head: HeadID, query: number, key: number }} asked
 * @returns {Promise<void>}
 */
export async function headReasons(content, { prompt, head, query, key }) {
    const place = `${headName(head)}@${query},${key}`;
    content.dataset.place = place;
    content.replaceChildren(quiet("Taking the score apart…"));
    let view;
    try {
        view = reasonView(await ask(`prompts/${prompt}/attention`, { qk: place, against: "mean" }, { pairs: askedPairs }));
    } catch (error) {
        view = [quiet(error.message)];
    }
    if (content.dataset.place === place) content.replaceChildren(...view);
}
