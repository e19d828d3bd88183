// Light and dark: the system's choice until a person makes another.

import {button, element} from "./elements.js";

function storedTheme() {
    try {
        return localStorage.getItem("atlas-theme");
    } catch {
        return null;
    }
}

function systemIsDark() {
    return matchMedia("(prefers-color-scheme: dark)").matches;
}

/**
 * Whether the pages are dark now.
 *
 * @returns {boolean}
 */
export function isDark() {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : systemIsDark();
}

/** What is asked for a colour: a name alone is text, and not yet light or dark. */
const probe = element("span", { hidden: "", "aria-hidden": "true" });

/**
 * A colour of the page by its name, as `--panel`: as it is now, light or dark.
 *
 * @param {string} name
 * @returns {string}
 */
export function pageColour(name) {
    if (!probe.isConnected) document.body.append(probe);
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
}

/**
 * Called when the colours change.
 *
 * @param {() => void} listener
 * @param {AbortSignal} [signal]
 * @returns {void}
 */
export function onThemeChange(listener, signal) {
    addEventListener("atlas-theme", listener, { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", listener, { signal });
}

/**
 * Applies what was chosen before, and gives the control that changes it.
 *
 * @returns {HTMLElement}
 */
export function themeControl() {
    const stored = storedTheme();
    if (stored === "dark" || stored === "light") document.documentElement.dataset.theme = stored;
    const name = () => isDark() ? "Light" : "Dark";
    const control = button(name(), () => {
        document.documentElement.dataset.theme = isDark() ? "light" : "dark";
        try {
            localStorage.setItem("atlas-theme", document.documentElement.dataset.theme);
        } catch { /* a folder may have no storage */ }
        control.textContent = name();
        dispatchEvent(new Event("atlas-theme"));
    }, { class: "theme", title: "Changes between light and dark" });
    onThemeChange(() => { control.textContent = name(); });
    return control;
}
