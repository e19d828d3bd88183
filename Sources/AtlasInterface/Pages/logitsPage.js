// The view of all tokens whose logit some graph explains.

import {element, heading, link, quiet} from "./elements.js";
import {addressOf, go, logitAddress} from "./address.js";
import {firstFrom, listPart, pageLength} from "./listing.js";
import {number, percentage} from "./numbers.js";
import {fewSamples, tokenText} from "./terms.js";
import {dataTable, pager} from "./tables.js";

/** Shows explained tokens. */
export async function showLogits({ parameters }) {
    const first = firstFrom(parameters);
    const state = { search: parameters.get("search") ?? "" };
    const part = await listPart("logits", state, first, { matches: (row) => row.text.toLowerCase().includes(state.search.toLowerCase()) });
    const search = element("input", { id: "search", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "part of a token", value: state.search, maxlength: "200" });
    const form = element("form", { class: "controls", role: "search" }, element("label", { for: "search" }, "Search"), search, element("kbd", { title: "The key / goes to the search" }, "/"), element("button", { type: "submit" }, "Search"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        go(["logits"], { search: search.value });
    });
    const turn = (to) => () => go(["logits"], { ...state, after: to || "" });
    return {
        title: "Logits",
        view: [heading("Logits"), quiet("Tokens that stored graphs explain: what the model said or nearly said."), form,
            pager(first, part.items.length, part.total, "token", first > 0 ? turn(Math.max(0, first - pageLength)) : null, first + part.items.length < part.total ? turn(first + pageLength) : null),
            dataTable("Explained tokens", [
                { title: "Token", head: true, cell: (row) => element("a", { href: logitAddress(row.token) }, tokenText(row.text, row.token)) },
                { title: "Prompts", numeric: true, definition: "Prompts whose graph explains this token.", cell: (row) => [fewSamples(row.promptCount), " ", number(row.promptCount)] },
                { title: "Mean probability", numeric: true, definition: "Mean of the model's probability for the token over these prompts.", cell: (row) => percentage(row.meanProbability) },
                { title: "", cell: (row) => link(addressOf(["circuit"], { token: row.token }), element("span", { "aria-hidden": "true" }, "circuit"), element("span", { class: "hidden" }, `circuit of token ${row.token}`)) },
            ], part.items, { empty: "No explained token matches." })],
    };
}
