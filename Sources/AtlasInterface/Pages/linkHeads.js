// The heads that carry one link of a graph.

import {element, link, quiet} from "./elements.js";
import {headAddress} from "./address.js";
import {headName} from "./edgeHeads.js";
import {measure, signed} from "./numbers.js";
import {weightBar} from "./terms.js";

/** Heads that carry less of a link than this are not told one by one. */
const leastPart = 0.02;

/** What goes past the heads of the layers of some heads: the link less all loadings there, where these are known. */
function pastHeads(weight, { heads, rest }, told) {
    const texts = [...new Set(told.map((head) => head.layer))].sort((a, b) => a - b).map((layer) => {
        const past = 1 - heads.reduce((sum, head) => head.layer === layer ? sum + head.loading : sum, 0) / weight;
        return `layer ${layer} ${Math.abs(past) < 0.005 ? "0 %" : partText(past)}`;
    });
    const error = rest > 0.005 * Math.abs(weight) ? ` (± ${partText(rest / Math.abs(weight))})` : "";
    return ` Past the heads of ${texts.join(", ")}${error}.`;
}

function partText(part) {
    return `${Math.round(100 * part)} %`.replace("-", "−");
}

/**
 * The heads of a link of some weight; `own` is {heads, rest}, and `stays` says that both ends stand at one position.
 *
 * @param {number} weight
 * @param {LinkItem["heads"]} own
 * @param {boolean} stays
 * @returns {HTMLElement}
 */
export function linkHeads(weight, own, stays) {
    const told = own.heads.filter((head) => !stays || Math.abs(head.loading) >= leastPart * Math.abs(weight));
    if (own.heads.length === 0) return quiet("Through no head: it stays at its position, in the residual stream.");
    if (told.length === 0) {
        return quiet(`No head carries ${partText(leastPart)} of it or more: it stays at its position, in the residual stream.`);
    }
    const largest = Math.abs(told[0].loading);
    const others = own.heads.slice(told.length).reduce((sum, head) => sum + Math.abs(head.loading), own.rest);
    return element("div", { class: "link-heads" },
        element("ol", {}, told.map((head) => element("li", {},
            link(headAddress(head), `head ${headName(head)}`), weightBar(head.loading, largest),
            element("span", { class: "numeric" }, weight === 0 ? "–" : partText(head.loading / weight)),
            element("span", { class: "numeric" }, signed(head.loading))))),
        quiet(others > 0 ? `Other heads together ${measure(others)}.` : "", weight === 0 ? "" : pastHeads(weight, own, told)));
}
