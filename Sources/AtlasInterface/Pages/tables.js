// Tables whose columns say what they are, sort by their headings and can be taken along; and the pages of long lists.

import {currentAddress, noteInAddress} from "./address.js";
import {button, controlIn, element, quiet} from "./elements.js";
import {counted, number} from "./numbers.js";
import {cellValue, sortedRows} from "./tableCells.js";
import {commaSeparated, fileName, saveFile} from "./savedFiles.js";
import {legend, term} from "./terms.js";

/**
 * A table. A column is {title, definition, numeric, cell: row → content, head: true for the row's name, width, value: row →
 * number or text where the cell's own is not it}. Headings sort the rows; with `sort`, {column, descending, choose(column)},
 * the server does, by columns with a `key`. `whole()` gives all rows where those shown are a part; `data(row)` what JSON tells
 * of a row.
 *
 * @template Row
 * @param {string} caption
 * @param {Column<Row>[]} columns
 * @param {Row[]} rows
 * @param {TableChoices<Row>} [choices]
 * @returns {HTMLElement}
 */
export function dataTable(caption, columns, rows, choices = {}) {
    const { sort = null, empty = "Nothing.", withLegend = true, rowClass = null, whole = null, data = null } = choices;
    if (rows.length === 0) return quiet(empty);
    const body = element("tbody", {});
    const own = sort ? { column: null, isDescending: false } : keptOrder(caption, columns);
    const fill = () => {
        const ordered = own.column ? sortedRows(rows, own.column, own.isDescending) : rows;
        body.replaceChildren(...ordered.map((row, ordinal) => rowElement(columns, row, ordinal, rowClass)));
    };
    const renew = () => {
        keepOrder(caption, own);
        fill();
        heads.forEach((head) => head.show());
        gatherMarks(body);
    };
    const heads = columns.map((column) => {
        if (sort) return { element: orderedHead(column, sort), show: () => {} };
        if (rows.length > 1 && column.title !== "") return sortingHead(column, own, renew);
        const head = element("th", { scope: "col", class: headClass(column) }, headTitle(column, column.title));
        return { element: head, show: () => {} };
    });
    fill();
    const marks = gatherMarks(body);
    const defined = columns.filter((column) => column.definition);
    return element("div", { class: "tabular" },
        element("div", { class: "scrolling", role: "region", "aria-label": caption, tabindex: "0" },
            element("table", {}, element("caption", { class: "hidden" }, caption),
                element("thead", {}, element("tr", {}, heads.map((head) => head.element))), body)),
        fewNote(marks, rows.length),
        element("div", { class: "table-foot" }, withLegend && defined.length > 0 ? legend(defined) : null,
            takeControls(caption, columns, rows, own, { whole, data })));
}

/** The order that the address keeps for a table, so that a link shows it and a table that is made anew has it. */
function keptOrder(caption, columns) {
    const [table, title, direction] = (currentAddress().parameters.get("order") ?? "").split("~");
    const column = table === fileName(caption)
        ? columns.find((candidate) => candidate.title !== "" && fileName(candidate.title) === title)
        : undefined;
    return { column: column ?? null, isDescending: direction === "down" };
}

function keepOrder(caption, own) {
    noteInAddress({ order: own.column
        ? `${fileName(caption)}~${fileName(own.column.title)}~${own.isDescending ? "down" : "up"}`
        : "" });
}

function rowElement(columns, row, ordinal, rowClass) {
    return element("tr", { class: rowClass?.(row) }, columns.map((column) => element(
        column.head ? "th" : "td",
        {
            scope: column.head ? "row" : null,
            class: [column.numeric ? "numeric" : "", column.cellClass ?? ""].join(" ").trim() || null,
        },
        column.cell(row, ordinal))));
}

function headClass(column) {
    return [column.numeric ? "numeric" : "", column.width ?? ""].join(" ").trim() || null;
}

function headTitle(column, title) {
    if (title === "") return element("span", { class: "hidden" }, "More");
    return column.definition ? term(title, column.definition, column.numeric ? "end" : "start") : title;
}

function headButton(column, title, onclick) {
    if (!column.definition) {
        const control = button(title, onclick, { class: "term" });
        return { content: control, control };
    }
    const content = term(title, column.definition, column.numeric ? "end" : "start");
    const control = controlIn(content, "button");
    control.addEventListener("click", onclick);
    return { content, control };
}

function arrow(isDescending) {
    return isDescending ? " ↓" : " ↑";
}

/** A heading by which the server orders the list. */
function orderedHead(column, sort) {
    if (!column.key) return element("th", { scope: "col", class: headClass(column) }, headTitle(column, column.title));
    const isSorted = sort.column === column.key;
    const { content, control } = headButton(column, `${column.title}${isSorted ? arrow(sort.descending) : ""}`,
        () => sort.choose(column.key));
    control.dataset.column = column.key;
    return element("th",
        {
            scope: "col", class: headClass(column),
            "aria-sort": isSorted ? (sort.descending ? "descending" : "ascending") : "none",
        },
        content);
}

/** A heading that orders the rows here: numbers largest first, then smallest first, then as they came. */
function sortingHead(column, own, renew) {
    const { content, control } = headButton(column, column.title, () => {
        const isFirst = own.column !== column;
        const isEnd = !isFirst && own.isDescending !== Boolean(column.numeric);
        Object.assign(own, {
            column: isEnd ? null : column, isDescending: isFirst ? Boolean(column.numeric) : !own.isDescending,
        });
        renew();
    });
    const head = element("th", { scope: "col", class: headClass(column) }, content);
    const show = () => {
        const isSorted = own.column === column;
        control.textContent = `${column.title}${isSorted ? arrow(own.isDescending) : ""}`;
        head.setAttribute("aria-sort", isSorted ? (own.isDescending ? "descending" : "ascending") : "none");
    };
    show();
    return { element: head, show };
}

/** Turns the marks of weak rows into daggers; gives how many rows have one. */
function gatherMarks(body) {
    for (const mark of body.querySelectorAll(".few")) {
        mark.replaceWith(element("span", { class: "dagger" }, element("span", { "aria-hidden": "true" }, "†"),
            element("span", { class: "hidden" }, mark.textContent)));
    }
    return [...body.rows].filter((row) => row.querySelector(".dagger")).length;
}

function fewNote(marks, rowCount) {
    if (marks === 0) return null;
    const some = `${counted(marks, "row")} of ${number(rowCount)} ${marks === 1 ? "rests" : "rest"}`;
    return element("p", { class: "few-note" },
        `† Few samples: ${marks === rowCount ? "all rows rest" : some} on fewer than 10.`);
}

/**
 * Takes the table along: CSV has the columns with exact values (shares of one for percentages), JSON the rows as they were
 * answered.
 */
function takeControls(caption, columns, rows, own, { whole, data }) {
    const named = columns.filter((column) => column.title !== "");
    const all = async () => {
        if (whole) return whole();
        return own.column ? sortedRows(rows, own.column, own.isDescending) : rows;
    };
    const values = (row, ordinal) => named.map((column) => cellValue(column, row, ordinal));
    const plain = (row, ordinal) => data ? data(row) : typeof row === "object" && row !== null ? row
        : Object.fromEntries(values(row, ordinal).map((value, place) => [named[place].title, value]));
    const take = (title, meaning, write) => {
        const control = button(title, async () => {
            control.disabled = true;
            try {
                write(await all());
            } catch (error) {
                control.after(element("span", { role: "alert", class: "failure" }, error.message));
            } finally {
                control.disabled = false;
            }
        }, { class: "more", title: meaning, "aria-label": `${title} of the table ${caption}` });
        return control;
    };
    return element("span", { class: "take" },
        take("CSV", "The columns with exact values; percentages as shares of one",
            (list) =>
                saveFile(`${fileName(caption)}.csv`, "text/csv",
                    commaSeparated(named.map((column) => column.title), list.map(values)))),
        take("JSON", "The rows as they were answered",
            (list) =>
                saveFile(`${fileName(caption)}.json`, "application/json", `${JSON.stringify(list.map(plain), null, 1)}\n`)));
}

/**
 * Where one is in a long list. `first` and `count` say what is shown; the steps are null where there is none.
 *
 * @param {number} first
 * @param {number} count
 * @param {number} total
 * @param {string} noun
 * @param {(() => void) | null} back
 * @param {(() => void) | null} forward
 * @returns {HTMLElement}
 */
export function pager(first, count, total, noun, back, forward) {
    return element("nav", { class: "pager", "aria-label": `Pages of the ${noun}s` },
        back || forward ? button("Previous", back ?? (() => {}), { disabled: back ? null : "" }) : null,
        element("span", { role: "status" }, total === 0 ? `No ${noun} matches.`
            : `${number(first + 1)}–${number(first + count)} of ${counted(total, noun)}`),
        back || forward ? button("Next", forward ?? (() => {}), { disabled: forward ? null : "" }) : null);
}
