// Copies the address, which holds the whole state of a view.

import {button, element} from "./elements.js";

const shownFor = 2_000;

/**
 * The control in the head of every page, and the place where it tells what it did.
 *
 * @returns {HTMLElement[]}
 */
export function copyLinkControl() {
    const told = element("span", { role: "status", class: "copied" });
    const tell = (content) => {
        told.replaceChildren(content);
        setTimeout(() => told.replaceChildren(), shownFor);
    };
    const control = button("Copy link", async () => {
        try {
            await navigator.clipboard.writeText(location.href);
            tell("Copied");
        } catch {
            // Pages that come unencrypted from elsewhere may not write there: the address is given to be copied by hand.
            const field = element("input", {
                type: "text", readonly: "", value: location.href, "aria-label": "Link to this view",
            });
            told.replaceChildren(field);
            field.focus();
            field.select();
            field.addEventListener("blur", () => told.replaceChildren());
        }
    }, { class: "copy-link", title: "Copies the address of exactly what is shown" });
    return [control, told];
}
