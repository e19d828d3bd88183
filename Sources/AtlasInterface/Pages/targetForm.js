// What a graph is to explain: the likeliest tokens, one token, or one token minus another.

import {button, element} from "./elements.js";
import {go} from "./address.js";
import {visible} from "./numbers.js";
import {term} from "./terms.js";

const targetMeaning =
    "Unless given, the model's likeliest next tokens are explained. A token alone: its logit. A minus B: by how much A's logit "
        + "exceeds B's, so that what raises both falls away.";
let formCount = 0;

/** A token as it was typed: signs that stand for spaces and breaks are read back. */
function tokenTyped(text) {
    return text.replaceAll("␣", " ").replaceAll("↵", "\n").replaceAll("⇥", "\t");
}

/**
 * The two fields; `tokens` are texts that are offered. `values()` gives {target, minus}, empty where nothing is typed.
 *
 * @param {string} target
 * @param {string} minus
 * @param {string[]} tokens
 * @param {(() => void)} [onchange]
 * @returns {{ element: HTMLElement, values: () => { target: string, minus: string }, offer: (texts: string[]) => void }}
 */
export function targetFields(target, minus, tokens, onchange = () => {}) {
    const id = `target-${++formCount}`;
    const offered = element("datalist", { id: `${id}-tokens` },
        tokens.map((text) => element("option", { value: visible(text) })));
    const field = (name, value, label) =>
        element("input", {
            id: `${id}-${name}`, type: "text", size: "10", list: `${id}-tokens`, autocomplete: "off", spellcheck: "false",
            value: value ? visible(value) : "", placeholder: "token", "aria-label": label, onchange,
        });
    const first = field("a", target, "Explain the token");
    const second = field("b", minus, "minus the token");
    return {
        element: element("span", { class: "target-fields" }, term("Explain", targetMeaning), first, " minus ", second, offered),
        values: () => ({ target: tokenTyped(first.value), minus: tokenTyped(second.value) }),
        offer: (texts) => offered.replaceChildren(...texts.map((text) => element("option", { value: visible(text) }))),
    };
}

/**
 * A form beside a stored graph: what it should explain instead is run anew, for which a model must be loaded.
 *
 * @param {string} text
 * @param {PromptReportTarget[]} targets
 * @returns {HTMLElement}
 */
export function explainInstead(text, targets) {
    const fields = targetFields("", "", targets.map((target) => target.text));
    const form = element("form", { class: "controls explain-instead" }, fields.element,
        element("button", { type: "submit" }, "Explain this instead"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const { target, minus } = fields.values();
        if (target === "") return form.querySelector("input").focus();
        go(["run"], { text, target, minus });
    });
    return form;
}

/**
 * A control that puts the two likeliest answers into the fields' address: A minus B, its strongest rival.
 *
 * @param {string} text
 * @param {string[]} tokens
 * @returns {HTMLElement | null}
 */
export function leadControl(text, tokens) {
    if (tokens.length < 2) return null;
    const [target, minus] = tokens;
    return button([`Explain ${visible(target)} minus ${visible(minus)}`], () => go(["run"], { text, target, minus }), {
        class: "more", title: "Explains the lead over the strongest rival",
    });
}
