// Runs that the atlas keeps: a text with what was set in it and how it was looked at, under a name.

import {button, element, link, quiet} from "./elements.js";
import {ask, change} from "./data.js";
import {addressOf} from "./address.js";
import {isKnown} from "./numbers.js";

/** The kept runs; none where they cannot be asked for. */
async function keptRuns() {
    try {
        return (await ask("saved-runs", {}, { limit: 1000 })).items;
    } catch {
        return [];
    }
}

/**
 * The list of kept runs, and a form that keeps the one of `parametersNow()`: {text, …} as in the address.
 *
 * @param {Able} able
 * @param {() => Terms} parametersNow
 * @returns {HTMLElement}
 */
export function savedRunsView(able, parametersNow) {
    const place = element("div", { class: "saved-runs" });
    const failure = element("p", { role: "alert", class: "failure" });
    async function show() {
        const runs = await keptRuns();
        const name = element("input", {
            id: "run-name", type: "text", maxlength: "500", autocomplete: "off", placeholder: "e.g. Texas silenced",
        });
        const form = element("form", { class: "controls" }, element("label", { for: "run-name" }, "Keep this run as"), name,
            element("button", { type: "submit" }, "Keep in the atlas"));
        form.addEventListener("submit", async (event) => {
            event.preventDefault();
            const { text, ...state } = parametersNow();
            if (name.value.trim() === "") return name.focus();
            if (!text) return void (failure.textContent = "There is no text to keep.");
            await attempt(() =>
                change("PUT", `saved-runs/${encodeURIComponent(name.value.trim())}`, {
                    text, state: Object.fromEntries(Object.entries(state)
                        .filter(([, value]) => value !== "" && isKnown(value))
                        .map(([key, value]) => [key, String(value)])),
                }));
        });
        place.replaceChildren(...[able.writable ? form : null, failure, list(runs)].filter(Boolean));
    }
    async function attempt(action) {
        failure.textContent = "";
        try {
            await action();
            await show();
        } catch (error) {
            failure.textContent = error.message;
        }
    }
    function list(runs) {
        if (runs.length === 0) return quiet("The atlas keeps no runs yet.");
        return element("ul", { class: "groups" },
            runs.map((run) =>
                element("li", {}, link(addressOf(["run"], { text: run.text, ...run.state }), element("bdi", {}, run.name)),
                    element("bdi", { class: "quiet" }, run.text.slice(0, 80)),
                    able.writable
                        ? button("Delete", () => attempt(() => change("DELETE", `saved-runs/${encodeURIComponent(run.name)}`)), {
                            class: "more", "aria-label": `Delete the run ${run.name}`,
                        })
                        : null)));
    }
    show();
    return element("details", { class: "kept-runs" }, element("summary", {}, "Kept runs"), place);
}
