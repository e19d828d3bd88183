// The pinned nodes and supernodes as boxes in rows by layer, with the links between them added up.

import {drawing} from "./elements.js";
import {shortName} from "./graphModel.js";
import {shortened, signed} from "./numbers.js";

const boxWidth = 150;
const boxHeight = 40;
const rowGap = 34;
const boxGap = 14;

/**
 * Boxes: each group is one, and each pinned node outside of groups. A box is {name, detail, members}.
 *
 * @param {GraphModel} model
 * @param {string[]} pins
 * @param {Group[]} groups
 * @returns {Box[]}
 */
export function boxesOf(model, pins, groups) {
    const grouped = new Set(groups.flatMap((group) => group.members));
    const indexOf = (id) => model.byID.get(id);
    const boxes = groups.map((group) => ({
        name: group.name, detail: `${group.members.length} nodes`, isGroup: true,
        members: group.members.map(indexOf).filter((index) => index !== undefined),
    }));
    for (const id of pins) {
        const index = indexOf(id);
        if (grouped.has(id) || index === undefined) continue;
        boxes.push({
            name: shortName(model.nodes[index]), detail: model.nodes[index].label ?? model.nodes[index].kind, isGroup: false,
            members: [index],
        });
    }
    return boxes.filter((box) => box.members.length > 0);
}

function placeBoxes(model, boxes, width) {
    const mean = (box, of) => box.members.reduce((sum, index) => sum + of(model.nodes[index]), 0) / box.members.length;
    const rows = new Map();
    boxes.forEach((box, ordinal) => {
        const row = Math.round(mean(box, (node) => model.rowOf(node)));
        if (!rows.has(row)) rows.set(row, []);
        rows.get(row).push({ ordinal, position: mean(box, (node) => node.position ?? 0) });
    });
    const abreast = Math.max(1, Math.floor((width + boxGap) / (boxWidth + boxGap)));
    const places = [];
    let y = 4;
    for (const row of [...rows.keys()].sort((a, b) => b - a)) {
        const inRow = rows.get(row).sort((a, b) => a.position - b.position);
        for (let first = 0; first < inRow.length; first += abreast) {
            const line = inRow.slice(first, first + abreast);
            const slot = width / line.length;
            line.forEach(({ ordinal }, place) => { places[ordinal] = { x: slot * (place + 0.5), y: y + boxHeight / 2 }; });
            y += boxHeight + rowGap;
        }
    }
    return { places, height: y - rowGap + 8 };
}

function linkLine(link, boxes, places, open) {
    const ends = { x1: places[link.source].x, y1: places[link.source].y, x2: places[link.target].x, y2: places[link.target].y };
    const line = drawing("g", { class: "sub-way" },
        drawing("line", {
            class: link.weight < 0 ? "sub-link negative" : "sub-link",
            "stroke-width": (1 + 8 * Math.min(1, link.share)).toFixed(1), ...ends,
        }),
        drawing("line", { class: "sub-reach", ...ends }),
        drawing("title", {}, `${boxes[link.source].name} → ${boxes[link.target].name}: ${signed(link.weight)}`));
    line.addEventListener("click", () => open(link));
    return line;
}

/**
 * The drawing of the boxes and of the `boxLinks` between them; `open(link)` hears which link is clicked.
 *
 * @param {GraphModel} model
 * @param {Box[]} boxes
 * @param {BoxLink[]} boxLinks
 * @param {number} width
 * @param {(box: number) => void} open
 * @returns {SVGElement}
 */
export function subgraphDrawing(model, boxes, boxLinks, width, open) {
    const { places, height } = placeBoxes(model, boxes, width);
    const links = boxLinks.map((link) => linkLine(link, boxes, places, open));
    const shapes = boxes.map((box, ordinal) =>
        drawing("g", { transform: `translate(${places[ordinal].x - boxWidth / 2} ${places[ordinal].y - boxHeight / 2})` },
            drawing("rect", { class: box.isGroup ? "sub-box group" : "sub-box", width: boxWidth, height: boxHeight, rx: 6 }),
            drawing("text", { class: "sub-name", x: boxWidth / 2, y: 17, "text-anchor": "middle" }, shortened(box.name, 20),
                drawing("title", {}, box.name)),
            drawing("text", { class: "sub-detail", x: boxWidth / 2, y: 32, "text-anchor": "middle" },
                shortened(box.detail, 24))));
    const spoken = boxLinks.map((link) => `${boxes[link.source].name} to ${boxes[link.target].name} ${signed(link.weight)}`);
    return drawing("svg", {
        class: "subgraph", width, height, viewBox: `0 0 ${width} ${height}`, role: "img",
        "aria-label": `${boxes.length} boxes. ${spoken.slice(0, 20).join("; ")}`,
    }, links, shapes);
}
