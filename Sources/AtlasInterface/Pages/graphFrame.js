// Names of rows and columns around a drawing: they stay in view however far it is moved or enlarged.

import {drawing} from "./elements.js";
import {isSamePlace} from "./graphCamera.js";

const slantedSpacing = 14;
const widthOfCharacter = 7.4;
const longestName = 9;

/** The elements of a layout's frame, and how they follow a camera. */
export class GraphFrame {
    /**
     * @param {Layout} layout
     */
    constructor(layout) {
        this.layout = layout;
        this.followed = null;
        this.rules = drawing("g", {}, layout.rows.map(() => drawing("line", { class: "rule" })),
            layout.columns.map(() => drawing("line", { class: "rule faint" })));
        this.gutter = drawing("rect", { class: "frame-ground", x: 0, y: 0, width: layout.gutter - 6 });
        this.rows = layout.rows.map((row) => drawing("text", { class: "row-name", x: 4 }, row.title));
        this.foot = drawing("rect", { class: "frame-ground", x: 0, height: layout.footer });
        this.columns = layout.columns.map((column) => {
            const characters = Array.from(column.text);
            return drawing("text", { class: "column-name", direction: "ltr" },
                characters.length > longestName ? `${characters.slice(0, longestName - 1).join("")}…` : column.text,
                drawing("title", {}, `position ${column.position}: ${column.text}`));
        });
        /** What lies over the nodes. */
        this.over = drawing("g", {}, layout.columns.length > 0 ? [this.foot, this.columns] : null, this.gutter, this.rows);
    }

    /**
     * Moves everything to where the camera looks, given as its state, in a window of a size: asking it between changes is slow.
     */
    follow(at, { width, height }) {
        const { layout } = this;
        const followed = { ...at, width, height };
        if (isSamePlace(followed, this.followed)) return;
        this.followed = followed;
        const top = Math.min(height, layout.bottom * at.rowScale - at.top + layout.footer) - layout.footer;
        this.gutter.setAttribute("height", height);
        layout.rows.forEach((row, ordinal) => {
            const y = row.y * at.rowScale - at.top;
            const middle = y + row.height * at.rowScale / 2 + 4;
            set(this.rules.childNodes[ordinal], { x1: 0, x2: width, y1: y, y2: y });
            set(this.rows[ordinal], {
                y: middle, visibility: middle > 8 && middle < (layout.footer > 10 ? top + 4 : height) ? "visible" : "hidden",
            });
        });
        set(this.foot, { y: top, width });
        this.followColumns(at, width, top);
    }

    /** Names of columns: as many as there is room for, aslant where they are close. */
    followColumns(at, width, top) {
        const { layout } = this;
        const placeOf = (x) => at.gutter + (x - at.gutter) * at.scale - at.left;
        const isSlanted = layout.columns.some(({ text, width: room }) =>
            Math.min(longestName, Array.from(text).length) * widthOfCharacter > room * at.scale - 2);
        let last = -Infinity;
        layout.columns.forEach((column, ordinal) => {
            const [from, x] = [placeOf(column.x), placeOf(column.x + column.width / 2)];
            const isSeen = x > layout.gutter - 8 && x < width + 20 && x - last >= (isSlanted ? slantedSpacing : 0);
            if (isSeen) last = x;
            set(this.rules.childNodes[layout.rows.length + ordinal], {
                x1: from, x2: from, y1: 0, y2: top,
                visibility: from > layout.gutter - 8 && column.width * at.scale >= 6 ? "visible" : "hidden",
            });
            set(this.columns[ordinal], { visibility: isSeen ? "visible" : "hidden" });
            if (!isSeen) return;
            set(this.columns[ordinal],
                isSlanted
                    ? { transform: `translate(${(x + 4).toFixed(1)} ${top + 8}) rotate(-48)`, "text-anchor": "end" }
                    : { transform: `translate(${x.toFixed(1)} ${top + 16})`, "text-anchor": "middle" });
        });
    }
}

function set(node, attributes) {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
}
