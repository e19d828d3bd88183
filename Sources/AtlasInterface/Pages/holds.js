// Does the circuit hold? Its predictions are held against interventions on prompts that it was not made from.

import {button, choice, element, quiet, section} from "./elements.js";
import {askTags} from "./data.js";
import {exchangeView} from "./exchangeView.js";
import {runJob} from "./jobs.js";
import {tokenForm} from "./tokenForm.js";
import {validationView} from "./validationView.js";

const validationMeaning =
    "The prompts are split in half: a circuit is grown from one half, its features are silenced one by one in the other, and "
        + "what was predicted is held against what the model then says.";
const exchangeMeaning =
    "Features of one value of a tag are put in the place of another's: does the answer follow, and does it with as many others "
        + "at random?";

function numberField(id, title, value, minimum, maximum) {
    const field = element("input", { type: "number", id, min: minimum, max: maximum, value });
    return { field, parts: [element("label", { for: id }, title), field] };
}

/** A job with its button, progress and outcome; `body()` says what is asked for, `show(result)` what came out. */
function jobPart({ title, meaning, fields, path, body, show, name, signal }) {
    const [progress, outcome] = [element("div", {}), element("div", { class: "job-outcome" })];
    const failure = element("div", { role: "alert", class: "failure" });
    const control = button(name, start);
    async function start() {
        control.disabled = true;
        failure.replaceChildren();
        try {
            const { result } = await runJob(path, body(), progress, signal);
            outcome.replaceChildren(...show(result));
        } catch (error) {
            failure.replaceChildren(error.message, ...(error.status === 401 ? [tokenForm(start)] : []));
        } finally {
            control.disabled = false;
        }
    }
    return element("div", { class: "job-part" }, element("h3", {}, title), element("p", { class: "definition" }, meaning),
        element("p", { class: "controls" }, fields, control), progress, failure, outcome);
}

function validationPart(seed, signal) {
    const trials = numberField("validation-trials", "Interventions", 100, 1, 1000);
    return jobPart({
        title: "Predicted against measured", meaning: validationMeaning, fields: trials.parts, path: "validations",
        name: "Silence its features", signal,
        body: () => ({
            ...(seed.token ? { tokens: [Number(seed.token)] } : { where: seed.where }),
            interventions: Number(trials.field.value) || 100,
        }),
        show: validationView,
    });
}

/** The tags that a group's conditions name. */
function conditionNames(where) {
    return (where ?? "").split(",").map((condition) => condition.split("=")[0]);
}

function exchangePart(seed, tags, signal) {
    const usable = tags.filter((tag) => tag.valueCount >= 2);
    if (usable.length === 0) return null;
    // Of a group the tag that made it has one value; numbers rarely name what answers are about.
    const first = usable.find((item) => !conditionNames(seed.where).includes(item.name)
        && !item.values.every(({ value }) => /^-?\d+$/.test(value))) ?? usable[0];
    const tag = choice("exchange-tag", usable.map((item) => [item.name, item.name]), first.name, () => {});
    const trials = numberField("exchange-trials", "Exchanges", 100, 1, 5000);
    const strength = numberField("exchange-strength", "times", 1, 0.1, 100);
    strength.field.setAttribute("step", "0.1");
    return jobPart({
        title: "Exchanged", meaning: exchangeMeaning, path: "exchanges", name: "Exchange", signal,
        fields: [element("label", { for: "exchange-tag" }, "values of"), tag, trials.parts, strength.parts],
        body: () => ({
            by: tag.value, ...(seed.where ? { where: seed.where } : {}), trials: Number(trials.field.value) || 100,
            strength: Number(strength.field.value) || 1,
        }),
        show: exchangeView,
    });
}

/**
 * The section of a circuit's page. `seed` names what the circuit was grown from.
 *
 * @param {Seed} seed
 * @param {Able} able
 * @param {AbortSignal} signal
 * @returns {HTMLElement}
 */
export function holdsSection(seed, able, signal) {
    const title = "Does it hold?";
    if (!able.modelLoaded) {
        return section(title, null,
            quiet("To hold a circuit against interventions, serve the atlas with its model: atlas serve FILE --model DIR "
                + "--transcoders DIR"));
    }
    if (!seed.token && !seed.where) {
        return section(title, null,
            quiet("Circuits of a logit or of a group of prompts can be held against interventions: there is an answer that "
                + "silencing can change."));
    }
    const exchange = element("div", {});
    askTags().then((tags) => exchange.replaceWith(exchangePart(seed, tags, signal) ?? ""));
    return section(title, null, validationPart(seed, signal), exchange);
}
