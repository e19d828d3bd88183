// Questions that may take long: they say for how long they have been asked, and can be stopped, which stops the server too.

import {button, element} from "./elements.js";
import {AnswerError, ask} from "./data.js";
import {duration} from "./numbers.js";

/** The answer at a path; `place` shows that it is being asked for. */
export async function askLong(path, parameters, place, signal) {
    const stop = new AbortController();
    const begun = performance.now();
    const text = element("span", { role: "status" }, "Asking…");
    place.replaceChildren(element("p", { class: "controls" }, element("progress", { "aria-label": "Progress" }), text,
        button("Cancel", () => stop.abort())));
    const clock = setInterval(() => { text.textContent = `Asking for ${duration((performance.now() - begun) / 1000)}`; }, 1000);
    try {
        return await ask(path, {}, parameters, AbortSignal.any([signal, stop.signal]));
    } catch (error) {
        throw error.name === "AbortError" ? new AnswerError("Cancelled.") : error;
    } finally {
        clearInterval(clock);
        place.replaceChildren();
    }
}
