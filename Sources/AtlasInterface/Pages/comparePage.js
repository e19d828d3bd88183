// The view that compares two groups of prompts, or two prompts.

import {button, element, heading, link, quiet} from "./elements.js";
import {addressOf, go} from "./address.js";
import {AnswerError, askTags, capabilities, isFolder} from "./data.js";
import {compareGroups} from "./compareGroups.js";
import {compareInvariant} from "./compareInvariant.js";
import {compareMotifs} from "./compareMotifs.js";
import {comparePairs} from "./comparePairs.js";
import {comparePrompts} from "./comparePrompts.js";
import {filterControls} from "./promptFilter.js";
import {SearchBox} from "./searchBox.js";

/**
 * The prompt that one side of the address names, or null when it names a group.
 *
 * @param {string} side
 * @returns {string | null}
 */
export function promptOfSide(side) {
    return /^prompt:[\w.-]+$/.test(side) ? side.slice("prompt:".length) : null;
}

function sideControls(tags, name, side, choose) {
    const prompt = promptOfSide(side);
    const box = new SearchBox({
        id: `prompt-${name}`, label: `${name === "a" ? "First" : "Second"} prompt`,
        placeholder: "or one prompt: name, id or words", kinds: ["names", "prompts"], hasLists: false,
        choose: (option) => choose(`prompt:${option.prompt}`),
    });
    if (prompt !== null) box.set(prompt);
    return element("fieldset", { class: `side side-${name}` }, element("legend", {}, name === "a" ? "First" : "Second"),
        filterControls(tags, prompt === null ? side : "", choose, { id: `side-${name}`, title: "Group" }), box.element);
}

/** The questions about groups: name in the address, title, and what is asked; the first is as usual. */
const questions = [["", "Difference"], ["pairs", "Pairs"], ["common", "In common"], ["motifs", "Motifs"]];

function questionTabs(chosen, parameters) {
    return element("nav", { class: "tabs", "aria-label": "Questions about the groups" }, questions.map(([key, title]) =>
        element("a",
            { href: addressOf(["compare"], { ...parameters, ask: key }), "aria-current": key === chosen ? "page" : null },
            title)));
}

/** The answer to a question about groups: {view, shown}. */
function answerAboutGroups(question, { a, b, parameters, tags, able, signal }) {
    const context = { a, b, parameters, tags, able, signal };
    if (question === "pairs") return comparePairs(context);
    if (question === "common") return compareInvariant(context);
    if (question === "motifs") return compareMotifs(context);
    return compareGroups(a, b, able, signal);
}

/**
 * Shows a comparison, or the choice of what to compare.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showCompare({ parameters, signal }) {
    const a = parameters.get("a") ?? "";
    const b = parameters.get("b") ?? "";
    const question = questions.some(([key]) => key === parameters.get("ask")) ? parameters.get("ask") : "";
    const [items, able] = await Promise.all([askTags(), capabilities()]);
    const change = (update) => go(["compare"], { a, b, ask: question, ...update });
    const choices = element("div", { class: "sides" }, sideControls(items, "a", a, (side) => change({ a: side })),
        sideControls(items, "b", b, (side) => change({ b: side })));
    const [left, right] = [promptOfSide(a), promptOfSide(b)];
    const isAboutGroups = left === null && right === null;
    const frame = (...view) => ({ title: "Compare", isWide: true, view: [
        element("div", { class: "heading" }, heading("Compare"), element("nav", { class: "walk", "aria-label": "From here" },
            a && b ? button("Swap", () => change({ a: b, b: a }), { class: "more" }) : null,
            link(addressOf(["prompts"]), "Find prompts"))),
        choices, isAboutGroups && !isFolder ? questionTabs(question, { a, b }) : null, ...view] });
    if (a === "" && question !== "motifs") {
        return frame(quiet(question === "common"
            ? "Choose a first group: what do its prompts have in common?"
            : "Choose two groups by a tag, or two prompts. A first group alone is compared with all other prompts."));
    }
    if (left !== null && b === "") {
        return frame(quiet("Choose a second prompt: its id, or the link “compare” on the page of a prompt."));
    }
    if ((left === null) !== (right === null) && b !== "") {
        throw new AnswerError("A prompt is compared with a prompt, and a group with a group.");
    }
    const { view, shown } = left !== null
        ? await comparePrompts(left, right, able, signal)
        : await answerAboutGroups(question, { a, b, parameters, tags: items, able, signal });
    return { ...frame(...view), shown };
}
