// SQL statements that a person keeps in this browser, under names.

import {button, element, quiet} from "./elements.js";

const storageKey = "atlas-queries";

/** Statements to begin with. */
const givenQueries = [
    [
        "The strongest features",
        "SELECT layer, feature_index, label, density, maximum\nFROM features\nORDER BY maximum DESC\nLIMIT 20",
    ],
    [
        "Prompts that the model gets wrong",
        "SELECT id, text, answer, predicted_text, predicted_probability\nFROM prompt_overview\nWHERE is_right = 0\n"
            + "ORDER BY predicted_probability DESC",
    ],
    [
        "Links whose sign flips",
        "SELECT source_layer, source_index, target_layer, target_index, support, mean, spread\nFROM edges\n"
            + "WHERE source_kind = 'feature' AND target_kind = 'feature' AND support >= 5\n"
            + "ORDER BY spread / abs(mean) DESC\nLIMIT 50",
    ],
    [
        "What drives each token",
        "SELECT token_text, layer, feature_index, label, influence\nFROM drivers\nWHERE kind = 'feature'\n"
            + "ORDER BY influence DESC\nLIMIT 50",
    ],
];

function readSaved() {
    try {
        const found = JSON.parse(localStorage.getItem(storageKey) ?? "[]");
        return Array.isArray(found)
            ? found.filter((entry) => typeof entry?.name === "string" && typeof entry?.query === "string")
            : [];
    } catch {
        return [];
    }
}

function writeSaved(queries) {
    try {
        localStorage.setItem(storageKey, JSON.stringify(queries));
        return true;
    } catch {
        return false;
    }
}

/**
 * The list of saved statements; `current()` is the one that is written, `choose(query)` shows another.
 *
 * @param {() => string} current
 * @param {(query: string) => void} choose
 * @returns {HTMLElement}
 */
export function savedQueries(current, choose) {
    const list = element("ul", { class: "saved-queries" });
    const status = element("span", { class: "quiet", role: "status" });
    const name = element("input", {
        type: "text", id: "query-name", maxlength: "200", autocomplete: "off", placeholder: "a name",
    });
    const entry = (title, query, remove) => element("li", {}, button(title, () => choose(query), { class: "link-name" }), remove);
    function fill() {
        const saved = readSaved();
        list.replaceChildren(...saved.map((item) => entry(item.name, item.query, button("×", () => {
            writeSaved(readSaved().filter((other) => other.name !== item.name));
            fill();
        }, { class: "more", "aria-label": `Forget ${item.name}` }))),
            ...givenQueries.map(([title, query]) => entry(title, query, element("span", { class: "badge" }, "given"))));
    }
    const form = element("form", { class: "controls" }, element("label", { for: "query-name" }, "Keep this one as"), name,
        element("button", { type: "submit" }, "Keep"), status);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (name.value.trim() === "") return name.focus();
        const kept = writeSaved([
            ...readSaved().filter((item) => item.name !== name.value.trim()), { name: name.value.trim(), query: current() },
        ]);
        status.textContent = kept ? "Kept in this browser." : "This browser keeps nothing.";
        name.value = "";
        fill();
    });
    fill();
    return element("section", {}, element("h2", {}, "Saved statements"),
        quiet("Kept in this browser; the address holds the one that is shown."), list, form);
}
