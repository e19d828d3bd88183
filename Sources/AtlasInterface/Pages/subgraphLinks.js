// The sums between the boxes of the pinned subgraph, each of which opens into the links that it adds up.

import {element} from "./elements.js";
import {counted, percentage, signed} from "./numbers.js";
import {shortName} from "./graphModel.js";
import {linkItem, weightCell} from "./nodeLinks.js";
import {weightBar} from "./terms.js";

/**
 * Links between boxes, strongest first: the sum of the weights, its share of the target's input, and the edges summed up.
 *
 * @param {GraphModel} model
 * @param {Box[]} boxes
 * @returns {BoxLink[]}
 */
export function boxLinks(model, boxes) {
    const owner = new Map(boxes.flatMap((box, ordinal) => box.members.map((index) => [index, ordinal])));
    const sums = new Map();
    for (const edge of model.edges) {
        const source = owner.get(edge.source);
        const target = owner.get(edge.target);
        if (source === undefined || target === undefined || source === target) continue;
        const key = `${source},${target}`;
        const sum = sums.get(key) ?? { source, target, weight: 0, edges: [] };
        sums.set(key, sum);
        sum.weight += edge.weight;
        sum.edges.push(edge);
    }
    return [...sums.values()].map((sum) => {
        const input = boxes[sum.target].members.reduce((total, index) => total + (model.nodes[index].inputSum ?? 0), 0);
        return { ...sum, share: input > 0 ? Math.abs(sum.weight) / input : 0 };
    }).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

function memberRow(subject, edge, largest) {
    const item = linkItem(subject, edge);
    return element("li", {},
        element("span", {}, element("bdi", {}, shortName(item.source)), " → ", element("bdi", {}, shortName(item.target))),
        weightBar(edge.weight, largest), ...weightCell({ ...item, other: item.source }));
}

/**
 * The sums as a list. `subject` is {model, heads, where, prompt, opened}; `opened` keeps which of them are open.
 *
 * @param {Box[]} boxes
 * @param {BoxLink[]} links
 * @param {{ model: GraphModel, heads: EdgeHeads | null, where: string, prompt: number | string | null,
 *     opened: Set<string> }} subject
 * @returns {HTMLElement | null}
 */
export function boxLinkList(boxes, links, subject) {
    if (links.length === 0) return null;
    return element("ul", { class: "box-links", "aria-label": "Links between boxes" }, links.map((link) => {
        const name = `${boxes[link.source].name} → ${boxes[link.target].name}`;
        const members = element("ol", {});
        const fill = () => {
            const strongest = [...link.edges].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
            members.replaceChildren(...strongest.map((edge) => memberRow(subject, edge, Math.abs(strongest[0].weight))));
        };
        const view = element("details", subject.opened.has(name) ? { open: "" } : {},
            element("summary", {}, element("bdi", {}, name), " ", element("span", { class: "numeric" }, signed(link.weight)),
                element("span", { class: "quiet" },
                    ` ${percentage(link.share)} of its input, the sum of ${counted(link.edges.length, "link")}`)),
            element("div", { class: "links" }, members));
        view.addEventListener("toggle", () => {
            if (view.open) subject.opened.add(name);
            else subject.opened.delete(name);
            if (view.open && members.childElementCount === 0) fill();
        });
        if (view.open) fill();
        return element("li", {}, view);
    }));
}
