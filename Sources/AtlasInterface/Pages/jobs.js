// Long work on the server: begun by one question, followed by others until it ends.

import {button, element} from "./elements.js";
import {AnswerError, ask, change} from "./data.js";
import {duration, measure, number} from "./numbers.js";

const pollPause = 300;

function pause(milliseconds) {
    return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}

/**
 * How far a job is, in words.
 *
 * @param {JobReport} report
 * @returns {string}
 */
export function progressText(report) {
    if (report.state === "queued") {
        return report.waitingBefore > 0 ? `Waiting; ${number(report.waitingBefore)} before it.` : "Waiting.";
    }
    const unit = report.unit ? ` ${report.unit}` : "";
    const share = report.total ? `${number(report.done)} of ${number(report.total)}${unit}` : "Running";
    const rate = report.rate ? `, ${measure(report.rate)}${unit} a second` : "";
    return `${share}${rate}${report.secondsLeft ? `, ${duration(report.secondsLeft)} left` : ""}`;
}

/**
 * Begins a job and shows its progress in `place`; gives its report when it is done, and throws when it fails.
 *
 * @param {string} path
 * @param {object} body
 * @param {HTMLElement} place
 * @param {AbortSignal} signal
 * @returns {Promise<{ job: string, result: any }>}
 */
export async function runJob(path, body, place, signal) {
    const bar = element("progress", { max: "1", "aria-label": "Progress" });
    const text = element("span", { role: "status" }, "Asking…");
    const state = { isCancelled: false };
    const stop = button("Cancel", () => { state.isCancelled = true; });
    place.replaceChildren(element("p", { class: "controls" }, bar, text, stop));
    try {
        const { job } = await change("POST", path, body);
        for (;;) {
            if (signal.aborted || state.isCancelled) {
                await change("DELETE", `jobs/${job}`).catch(() => {});
                throw new AnswerError("Cancelled.");
            }
            const report = await ask(`jobs/${job}`);
            text.textContent = progressText(report);
            if (report.total) bar.value = report.done / report.total;
            if (report.state === "done") return { job, result: report.result };
            if (report.state === "failed" || report.state === "cancelled") {
                throw new AnswerError(report.error ?? "The work was cancelled.");
            }
            await pause(pollPause);
        }
    } finally {
        place.replaceChildren();
    }
}
