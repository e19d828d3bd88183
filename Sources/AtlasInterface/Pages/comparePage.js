// The view that compares two groups of prompts, or two prompts.

import {button, element, heading, link, quiet} from "./elements.js";
import {addressOf, go} from "./address.js";
import {AnswerError, ask} from "./data.js";
import {compareGroups} from "./compareGroups.js";
import {comparePrompts} from "./comparePrompts.js";
import {filterControls} from "./promptFilter.js";

/** The prompt that one side of the address names, or null when it names a group. */
export function promptOfSide(side) {
    return /^prompt:[\w.-]+$/.test(side) ? side.slice("prompt:".length) : null;
}

function sideControls(tags, name, side, choose) {
    const prompt = promptOfSide(side);
    const field = element("input", { id: `prompt-${name}`, type: "text", size: "8", inputmode: "numeric", value: prompt ?? "", placeholder: "id" });
    const form = element("form", { class: "controls" }, element("label", { for: `prompt-${name}` }, "or one prompt"), field, element("button", { type: "submit" }, "Choose"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (field.value.trim() !== "") choose(`prompt:${field.value.trim()}`);
        else field.focus();
    });
    return element("fieldset", { class: `side side-${name}` }, element("legend", {}, name === "a" ? "First" : "Second"),
        filterControls(tags, prompt === null ? side : "", choose, { id: `side-${name}`, title: "Group" }), form);
}

/** Shows a comparison, or the choice of what to compare. */
export async function showCompare({ parameters, signal }) {
    const a = parameters.get("a") ?? "";
    const b = parameters.get("b") ?? "";
    const tags = await ask("tags").catch(() => []);
    const items = Array.isArray(tags) ? tags : tags.items ?? [];
    const choices = element("div", { class: "sides" }, sideControls(items, "a", a, (side) => go(["compare"], { a: side, b })), sideControls(items, "b", b, (side) => go(["compare"], { a, b: side })));
    const frame = (...view) => ({ title: "Compare", isWide: true, view: [
        element("div", { class: "heading" }, heading("Compare"), element("nav", { class: "walk", "aria-label": "From here" },
            a && b ? button("Swap", () => go(["compare"], { a: b, b: a }), { class: "more" }) : null, link(addressOf(["prompts"]), "Find prompts"))),
        choices, ...view] });
    if (a === "") return frame(quiet("Choose two groups by a tag, or two prompts. A first group alone is compared with all other prompts."));
    const [left, right] = [promptOfSide(a), promptOfSide(b)];
    if (left !== null && b === "") return frame(quiet("Choose a second prompt: its id, or the link “compare” on the page of a prompt."));
    if ((left === null) !== (right === null) && b !== "") throw new AnswerError("A prompt is compared with a prompt, and a group with a group.");
    const { view, shown } = left !== null ? await comparePrompts(left, right, signal) : await compareGroups(a, b, signal);
    return { ...frame(...view), shown };
}
