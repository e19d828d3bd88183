// Tables whose columns say what they are, and the pages of long lists.

import {button, element, quiet} from "./elements.js";
import {counted, number} from "./numbers.js";
import {legend, term} from "./terms.js";

/**
 * A table. A column is {title, definition, numeric, cell: row → content, head: true for the row's name, width}.
 * `sort` is {column, descending, choose(column)}; a column with `key` can then be sorted by.
 */
export function dataTable(caption, columns, rows, { sort = null, empty = "Nothing.", withLegend = true, rowClass = null } = {}) {
    if (rows.length === 0) return quiet(empty);
    const heads = columns.map((column) => {
        const isSorted = sort && column.key && sort.column === column.key;
        const title = `${column.title}${isSorted ? (sort.descending ? " ↓" : " ↑") : ""}`;
        const content = column.definition ? term(title, column.definition, column.numeric ? "end" : "start") : document.createTextNode(title);
        const head = element("th", {
            scope: "col", class: [column.numeric ? "numeric" : "", column.width ?? ""].join(" ").trim() || null,
            "aria-sort": sort && column.key ? (isSorted ? (sort.descending ? "descending" : "ascending") : "none") : null,
        }, sort && column.key && !column.definition ? button(title, () => {}, { class: "term" }) : content);
        if (sort && column.key) {
            const control = head.querySelector("button");
            control.dataset.column = column.key;
            control.addEventListener("click", () => sort.choose(column.key));
        }
        return head;
    });
    const body = rows.map((row, ordinal) => element("tr", { class: rowClass?.(row) }, columns.map((column) => element(
        column.head ? "th" : "td", { scope: column.head ? "row" : null, class: [column.numeric ? "numeric" : "", column.cellClass ?? ""].join(" ").trim() || null },
        column.cell(row, ordinal)))));
    const defined = columns.filter((column) => column.definition).map((column) => [column.title, column.definition]);
    return element("div", { class: "tabular" },
        element("div", { class: "scrolling", role: "region", "aria-label": caption, tabindex: "0" },
            element("table", {}, element("caption", { class: "hidden" }, caption),
                element("thead", {}, element("tr", {}, heads)), element("tbody", {}, body))),
        withLegend && defined.length > 0 ? legend(defined) : null);
}

/** Where one is in a long list. `first` and `count` say what is shown; the steps are null where there is none. */
export function pager(first, count, total, noun, back, forward) {
    return element("nav", { class: "pager", "aria-label": `Pages of the ${noun}s` },
        back || forward ? button("Previous", back ?? (() => {}), { disabled: back ? null : "" }) : null,
        element("span", { role: "status" }, total === 0 ? `No ${noun} matches.`
            : `${number(first + 1)}–${number(first + count)} of ${counted(total, noun)}`),
        back || forward ? button("Next", forward ?? (() => {}), { disabled: forward ? null : "" }) : null);
}
