// Silences or doubles a chosen feature at once: in the prompt that is looked at, or over prompts where it fires.

import {button, choice, element, link, quiet} from "./elements.js";
import {addressOf, featureName} from "./address.js";
import {counted, percentage, signed} from "./numbers.js";
import {dataTable} from "./tables.js";
import {runJob} from "./jobs.js";
import {tokenForm} from "./tokenForm.js";
import {tokenText, weightBar} from "./terms.js";

const shownTokens = 5;
const steeredPrompts = 16;

function answersBeforeAndAfter(answer, text) {
    return [dataTable("Next tokens before and after", [
        { title: "Next token", head: true, cell: (row) => tokenText(row.text, row.token) },
        { title: "Before", numeric: true, cell: (row) => percentage(row.before) },
        { title: "After", numeric: true, cell: (row) => [percentage(row.after), weightBar(row.after, 1)] },
    ], answer.nextTokens.slice(0, shownTokens), { withLegend: false }),
        element("p", {}, link(addressOf(["run"], { text }), "More settings on the page Run"))];
}

function risesAndFalls(answer) {
    const rows = [...answer.risingTokens.slice(0, shownTokens), ...answer.fallingTokens.slice(0, shownTokens)];
    const largest = Math.max(0, ...rows.map((row) => Math.abs(row.mean)));
    return [quiet(
        `Mean change of logits, less the mean over the vocabulary, at its ${counted(answer.positionCount, "position")} in `
            + `${counted(answer.promptCount, "prompt")}.`),
        dataTable("Tokens that rise and fall", [
            { title: "Token", head: true, cell: (row) => tokenText(row.text, row.token) },
            { title: "Change", numeric: true, cell: (row) => [signed(row.mean), weightBar(row.mean, largest)] },
        ], rows, { withLegend: false, empty: "No token's logit changes." })];
}

/** What is asked of the server: an intervention in the text, or steering over prompts of a group. */
function trialOf(subject, factor, isHere) {
    const feature = featureName(subject.node.feature);
    if (subject.text) {
        const positions = isHere ? { positions: String(subject.node.position) } : {};
        return {
            path: "interventions",
            body: { text: subject.text, settings: [{ feature, multiple: factor, ...positions }], mode: "free" },
            show: (result) => answersBeforeAndAfter(result, subject.text),
        };
    }
    return {
        path: "steerings", body: { feature, factor, prompts: steeredPrompts, ...(subject.where ? { where: subject.where } : {}) },
        show: risesAndFalls,
    };
}

/**
 * The controls for a feature; null for other nodes and without a model.
 *
 * @param {Subject} subject
 * @param {Able} able
 * @param {AbortSignal} signal
 * @returns {HTMLElement | null}
 */
export function quickTrial(subject, able, signal) {
    if (!able.modelLoaded || subject.node.kind !== "feature") return null;
    const outcome = element("div", { class: "trial-outcome", role: "status" });
    const where = subject.text ? choice("trial-where", [["here", "here"], ["all", "everywhere"]], "here", () => {}) : null;
    where?.setAttribute("aria-label", "Where it is set");
    async function run(factor, title) {
        const { path, body, show } = trialOf(subject, factor, where?.value === "here");
        const place = element("div", {});
        outcome.replaceChildren(place);
        controls.forEach((control) => { control.disabled = true; });
        try {
            const { result } = await runJob(path, body, place, signal);
            outcome.replaceChildren(element("h3", {}, title), ...show(result));
        } catch (error) {
            outcome.replaceChildren(quiet(error.message), ...(error.status === 401 ? [tokenForm(() => run(factor, title))] : []));
        } finally {
            controls.forEach((control) => { control.disabled = false; });
        }
    }
    const controls = [
        ["Silence", 0, "Silenced"], ["× 2", 2, "Doubled"],
    ].map(([name, factor, title]) =>
        button(name, () => run(factor, `${title}${where ? (where.value === "here" ? " here" : " everywhere") : ""}`), {
            title: subject.text
                ? `Runs the text with the feature times ${factor}`
                : `Over ${steeredPrompts} prompts where it fires, times ${factor}` }));
    return element("div", { class: "quick-trial" }, element("p", { class: "controls" }, controls, where), outcome);
}
