// The view of all tokens whose logit some graph explains.

import {element, heading, link, quiet} from "./elements.js";
import {addressOf, go, logitAddress} from "./address.js";
import {headingOrder, listPager, listPart, placeFrom} from "./listing.js";
import {number, percentage} from "./numbers.js";
import {fewSamples, tokenText} from "./terms.js";
import {dataTable} from "./tables.js";

const tokenOrders = {
    prompts: (a, b) => b.promptCount - a.promptCount, probability: (a, b) => b.meanProbability - a.meanProbability,
    text: (a, b) => a.text < b.text ? -1 : 1,
};

/**
 * Shows explained tokens.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showLogits({ parameters }) {
    const state = { search: parameters.get("search") ?? "", sort: parameters.get("sort") ?? "" };
    const order = tokenOrders[state.sort.replace(/^-/, "") || "prompts"];
    const part = await listPart("logits", state, placeFrom(parameters), {
        matches: (row) => row.text.toLowerCase().includes(state.search.toLowerCase()),
        order: state.sort.startsWith("-") ? (a, b) => order(b, a) : order,
    });
    const search = element("input", {
        id: "filter", type: "search", autocomplete: "off", spellcheck: "false", placeholder: "part of a token",
        value: state.search, maxlength: "200",
    });
    const form = element("form", { class: "controls", role: "search", "aria-label": "Tokens" },
        element("label", { for: "filter" }, "Text"), search, element("button", { type: "submit" }, "Filter"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        go(["logits"], { ...state, search: search.value });
    });
    return {
        title: "Logits",
        view: [heading("Logits"), quiet("Tokens that stored graphs explain: what the model said or nearly said."), form,
            listPager(part, "token", (after) => go(["logits"], { ...state, after })),
            dataTable("Explained tokens", [
                {
                    title: "Token", key: "text", head: true,
                    cell: (row) => element("a", { href: logitAddress(row.token) }, tokenText(row.text, row.token)),
                },
                {
                    title: "Prompts", key: "prompts", numeric: true, definition: "Prompts whose graph explains this token.",
                    cell: (row) => [fewSamples(row.promptCount), " ", number(row.promptCount)],
                },
                {
                    title: "Mean probability", key: "probability", numeric: true,
                    definition: "Mean of the model's probability for the token over these prompts.",
                    cell: (row) => percentage(row.meanProbability),
                },
                {
                    title: "",
                    cell: (row) =>
                        link(addressOf(["circuit"], { token: row.token }), element("span", { "aria-hidden": "true" }, "circuit"),
                            element("span", { class: "hidden" }, `circuit of token ${row.token}`)),
                },
            ], part.items, {
                sort: headingOrder(state.sort, "prompts", ["text"], (sort) => go(["logits"], { ...state, sort })),
                whole: part.whole, empty: "No explained token matches.",
            })],
    };
}
