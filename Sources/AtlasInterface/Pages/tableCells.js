// What a cell of a table holds, before it is written for people: its number, or its text.

import {element} from "./elements.js";
import {noting} from "./numbers.js";

const order = new Intl.Collator("en", { numeric: true });

/** The text of a cell without marks and what is only for the eye; tokens as they are. */
function textOf(content) {
    const place = element("span", {}, content);
    for (const mark of place.querySelectorAll(".badge, .tags, .hidden, svg, title, [aria-hidden]")) mark.remove();
    for (const token of place.querySelectorAll("[data-text]")) token.textContent = token.getAttribute("data-text");
    const field = place.querySelector("input");
    return field?.type === "checkbox" ? String(field.checked) : place.textContent.trim();
}

/**
 * A cell's own value: what `column.value` says, else the first number that the cell writes, else its text; null for none.
 *
 * @param {Column<any>} column
 * @param {any} row
 * @param {number} ordinal
 * @returns {string | number | null}
 */
export function cellValue(column, row, ordinal) {
    if (column.value) return column.value(row, ordinal) ?? null;
    const { result, numbers } = noting(() => column.cell(row, ordinal));
    if (typeof result === "number") return result;
    if (column.numeric && numbers.length > 0) return numbers[0];
    const text = textOf(result);
    return text === "" || text === "–" ? null : text;
}

/**
 * Rows in the order of a column; what has no value stays last either way.
 *
 * @param {any[]} rows
 * @param {Column<any>} column
 * @param {boolean} isDescending
 * @returns {any[]}
 */
export function sortedRows(rows, column, isDescending) {
    const keyed = rows.map((row, ordinal) => ({ row, ordinal, value: cellValue(column, row, ordinal) }));
    const compare = (a, b) => typeof a === "number" && typeof b === "number" ? a - b : order.compare(String(a), String(b));
    return keyed.sort((a, b) => {
        const isLast = Number(a.value === null) - Number(b.value === null);
        if (isLast !== 0) return isLast;
        return (isDescending ? -1 : 1) * (a.value === null ? 0 : compare(a.value, b.value)) || a.ordinal - b.ordinal;
    }).map(({ row }) => row);
}
