// The view that asks the atlas in SQL: one statement that reads, within a time that can be set, beside the schema.

import {choice, element, heading, quiet} from "./elements.js";
import {featureAddress, graphAddress, keepInAddress} from "./address.js";
import {AnswerError, isFolder} from "./data.js";
import {askLong} from "./longAsk.js";
import {counted, measure, number} from "./numbers.js";
import {dataTable} from "./tables.js";
import {savedQueries} from "./savedQueries.js";
import {schemaView} from "./sqlSchema.js";

/** Characters that the address of a question may have. */
const longestQuery = 6000;

function withoutServer() {
    return [heading("SQL"), element("section", {}, element("h2", {}, "An export answers no SQL"),
        element("p", {}, "This is a folder of answers. To ask in SQL, serve the atlas, or open its file with SQLite:"),
        element("pre", {}, "atlas serve FILE"))];
}

/** A value of an answer; where a row names a feature or a prompt, it leads there. */
function valueCell(row, place, columns) {
    const value = row[place];
    if (value === null) return element("span", { class: "quiet" }, "null");
    const owner = /^(source_|target_|)(feature_)?index$/.exec(columns[place]);
    const layer = owner ? row[columns.indexOf(`${owner[1]}layer`)] : undefined;
    if (Number.isInteger(layer) && Number.isInteger(value)) {
        return element("a", { href: featureAddress({ layer, index: value }) }, String(value));
    }
    if (columns[place] === "prompt_id" && Number.isInteger(value)) {
        return element("a", { href: graphAddress(value) }, String(value));
    }
    return typeof value === "number" ? String(value) : element("bdi", {}, value);
}

function rowTable(answer) {
    const isNumeric = answer.columns.map((_, place) => answer.rows.some((row) => typeof row[place] === "number"));
    return dataTable("Rows",
        answer.columns.map((title, place) => ({
            title, numeric: isNumeric[place], head: place === 0, cell: (row) => valueCell(row, place, answer.columns),
        })),
        answer.rows, { empty: "No row.", withLegend: false });
}

function answerNote(answer, seconds) {
    const cut = answer.truncatedBy === "rows"
        ? "; there are more: ask for more rows"
        : answer.truncatedBy === "bytes"
        ? "; cut at 8 MiB: select shorter values"
        : "";
    return `${counted(answer.rows.length, "row")} in ${measure(seconds)} s${cut}.`;
}

/**
 * Shows the field for a statement, and what came of it.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showSQL({ parameters, signal }) {
    if (isFolder) return { title: "SQL", view: withoutServer() };
    const given = parameters.get("query") ?? "";
    const text = element("textarea",
        {
            id: "sql-text", rows: "7", maxlength: String(longestQuery), spellcheck: "false", class: "code",
            placeholder: "SELECT * FROM prompt_overview",
        },
        given);
    const limit = choice("sql-limit", ["50", "200", "1000", "10000"].map((value) => [value, number(Number(value))]),
        parameters.get("limit") ?? "200", () => {});
    const seconds = choice("sql-seconds", ["2", "10", "60", "600"].map((value) => [value, `${value} s`]),
        parameters.get("seconds") ?? "10", () => {});
    const submit = element("button", { type: "submit" }, "Run");
    const [progress, failure, result] = [
        element("div", {}), element("p", { role: "alert", class: "failure" }), element("div", { class: "result" }),
    ];
    if (limit.value === "") limit.value = "200";
    if (seconds.value === "") seconds.value = "10";
    function keep() {
        keepInAddress(["sql"], {
            query: text.value, limit: limit.value === "200" ? "" : limit.value,
            seconds: seconds.value === "10" ? "" : seconds.value,
        });
    }
    async function run() {
        if (text.value.trim() === "") return text.focus();
        keep();
        submit.disabled = true;
        failure.textContent = "";
        const begun = performance.now();
        try {
            const answer = await askLong("sql", { query: text.value, limit: limit.value, seconds: seconds.value }, progress,
                signal);
            result.replaceChildren(element("p", { class: "quiet", role: "status" },
                answerNote(answer, (performance.now() - begun) / 1000)), rowTable(answer));
        } catch (error) {
            if (!(error instanceof AnswerError)) throw error;
            result.replaceChildren();
            failure.textContent = error.message;
        } finally {
            submit.disabled = false;
        }
    }
    const form = element("form", { class: "edit-form" }, element("label", { for: "sql-text" }, "One statement that reads"), text,
        element("p", { class: "controls" }, submit, element("label", { for: "sql-limit" }, "rows at most"), limit,
            element("label", { for: "sql-seconds" }, "within"), seconds,
            quiet("Ctrl Enter runs. Nothing can be changed.")), progress);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        run();
    });
    text.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
    const insert = (word) => {
        text.setRangeText(word, text.selectionStart, text.selectionEnd, "end");
        text.focus();
    };
    const choose = (query) => {
        text.value = query;
        run();
    };
    return {
        title: "SQL", isWide: true,
        view: [heading("Ask in SQL"), element("div", { class: "sql-bench" },
            element("div", { class: "bench-main" }, form, failure, result, savedQueries(() => text.value, choose)),
            schemaView(insert))],
        shown: () => { if (given) run(); },
    };
}
