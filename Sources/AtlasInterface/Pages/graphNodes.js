// The nodes as drawn elements: a circle is a feature, a square a token or logit, a diamond an error.

import {drawing} from "./elements.js";
import {roundPercentage} from "./numbers.js";
import {fittingName} from "./graphLayout.js";
import {spokenName} from "./graphModel.js";

function glyph(node, radius) {
    switch (node.kind) {
    case "feature": return drawing("circle", { r: radius, class: "glyph" });
    case "error": return drawing("path", { d: `M0 ${-radius - 1}L${radius + 1} 0L0 ${radius + 1}L${-radius - 1} 0Z`, class: "glyph" });
    default: return drawing("rect", { x: -radius, y: -radius, width: 2 * radius, height: 2 * radius, class: "glyph" });
    }
}

function radiusOf(node, model) {
    if (node.kind === "logit") return 6;
    if (!(model.largestInfluence > 0)) return 5.5;
    return 4 + 3.5 * Math.sqrt((node.influence ?? 0) / model.largestInfluence);
}

/** The element of one node; `classOf` adds a class of its own. */
export function nodeElement(model, index, place, classOf) {
    const node = model.nodes[index];
    const radius = radiusOf(node, model);
    const group = drawing("g", {
        class: `node ${node.kind} ${classOf?.(node) ?? ""}`.trim(), transform: `translate(${place.x.toFixed(1)} ${place.y.toFixed(1)})`,
        tabindex: "-1", role: "button", "aria-pressed": "false", "aria-label": spokenName(node), "data-index": index,
    }, drawing("circle", { r: radius + 4.5, class: "halo" }), glyph(node, radius));
    if (place.caption) {
        const isLogit = node.kind === "logit";
        const isAbove = isLogit && !model.isCollapsed;
        group.append(drawing("text", { class: "caption", y: isAbove ? -24 : radius + 13, "text-anchor": "middle" },
            fittingName(node, place), drawing("title", {}, spokenName(node))));
        if (isAbove && node.probability !== null && node.probability !== undefined) {
            group.append(drawing("text", { class: "caption quieter", y: -11, "text-anchor": "middle" }, roundPercentage(node.probability)));
        }
    }
    return group;
}

/** Names of the rows and of the columns. */
export function frameElements(layout) {
    const rows = layout.rows.flatMap((row) => [
        drawing("line", { class: "rule", x1: 0, x2: layout.width, y1: row.y, y2: row.y }),
        drawing("text", { class: "row-name", x: 4, y: row.y + row.height / 2 + 4 }, row.title),
    ]);
    const top = layout.rows[0].y + layout.rows[0].height;
    const columns = layout.columns.flatMap((column) => {
        const x = column.x + column.width / 2;
        const characters = Array.from(column.text);
        const text = characters.length > 9 ? `${characters.slice(0, 8).join("")}…` : column.text;
        const attributes = layout.isSlanted
            ? { transform: `translate(${(x + 4).toFixed(1)} ${top + 8}) rotate(-48)`, "text-anchor": "end" }
            : { x, y: top + 16, "text-anchor": "middle" };
        return [
            drawing("line", { class: "rule faint", x1: column.x, x2: column.x, y1: layout.rows.at(-1).y, y2: top }),
            drawing("text", { class: "column-name", direction: "ltr", ...attributes }, text, drawing("title", {}, `position ${column.position}: ${column.text}`)),
        ];
    });
    return [...rows, ...columns];
}
