// The tokens that a feature raises or lowers, with bars.

import {element, quiet} from "./elements.js";
import {addressOf} from "./address.js";
import {signed} from "./numbers.js";
import {term, tokenText, weightBar} from "./terms.js";

/**
 * A list of tokens under a heading that says what the numbers are; `side` is "end" near the right edge.
 *
 * @param {string} title
 * @param {string} definition
 * @param {TokenEffect[]} list
 * @param {string} [side]
 * @param {string} [none]
 * @returns {HTMLElement}
 */
export function effectList(title, definition, list, side, none = "None stored.") {
    const largest = Math.max(0, ...list.map((effect) => Math.abs(effect.value ?? 0)));
    return element("div", { class: "effects" },
        element("h3", {}, term(title, definition, side)),
        list.length === 0 ? quiet(none) : element("ol", {}, list.map((effect) => element("li", {},
            element("a", { href: addressOf(["logit", effect.token]), class: "bare" }, tokenText(effect.text, effect.token)),
            weightBar(effect.value, largest),
            element("span", { class: "numeric" }, signed(effect.value))))));
}
