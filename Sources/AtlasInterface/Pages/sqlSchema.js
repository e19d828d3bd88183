// The tables and views beside a SQL statement, with what their columns hold.

import {button, element, quiet} from "./elements.js";
import {ask} from "./data.js";

function relationView(relation, insert) {
    const name = (text, title) => button(text, () => insert(text), { class: "link-name schema-name", title });
    return element("details", { class: "relation", "data-relation": relation.name },
        element("summary", {}, relation.name, relation.isView ? element("span", { class: "badge" }, "view") : null),
        relation.note ? quiet(relation.note) : null,
        element("p", {}, name(relation.name, "Puts the name into the statement")),
        element("dl", {}, relation.columns.map((column) => [
            element("dt", {}, name(column.name, `Puts ${column.name} into the statement`),
                column.type ? element("span", { class: "quiet" }, ` ${column.type.toLowerCase()}`) : null),
            element("dd", {}, column.note)])));
}

/**
 * The list of tables and views; `insert(text)` puts a name into the statement.
 *
 * @param {(word: string) => void} insert
 * @returns {HTMLElement}
 */
export function schemaView(insert) {
    const list = element("div", { class: "schema" }, quiet("Reading the schema…"));
    const filter = element("input", {
        type: "search", id: "schema-filter", placeholder: "a table or column", autocomplete: "off",
        "aria-label": "Find a table or column",
    });
    ask("schema").then(({ relations }) => {
        const views = relations.map((relation) => ({ relation, view: relationView(relation, insert) }));
        list.replaceChildren(...views.map(({ view }) => view));
        filter.addEventListener("input", () => {
            const word = filter.value.trim().toLowerCase();
            for (const { relation, view } of views) {
                const texts = [relation.name, ...relation.columns.map((column) => column.name)];
                view.hidden = word !== "" && !texts.some((text) => text.includes(word));
                view.open = word !== "" && !view.hidden && !relation.name.includes(word);
            }
        });
    }, (error) => list.replaceChildren(quiet(error.message)));
    return element("aside", { class: "schema-panel", "aria-label": "Tables and views" }, element("h2", {}, "Tables and views"),
        filter, list);
}
