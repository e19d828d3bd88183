// Asks for the token without which a guarded server refuses.

import {element} from "./elements.js";
import {setToken} from "./data.js";

/**
 * The form; `onset` is called when there is a token.
 *
 * @param {() => void} onset
 * @returns {HTMLElement}
 */
export function tokenForm(onset) {
    const field = element("input", { type: "password", id: "token", autocomplete: "off" });
    const form = element("form", { class: "controls" }, element("label", { for: "token" }, "Token of this server"), field,
        element("button", { type: "submit" }, "Use it"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (field.value.trim() === "") return field.focus();
        setToken(field.value.trim());
        onset();
    });
    return form;
}
