// Examples: prompts with each token's background as warm as the feature is active there.

import {button, element, link, quiet} from "./elements.js";
import {counted, measure, number, visible} from "./numbers.js";
import {fewSamples} from "./terms.js";
import {graphAddress} from "./address.js";

const tokensBefore = 40;
const tokensAfter = 16;

/** One token; `maximum` is the activation of the warmest background. */
export function tokenView(text, position, activation, isStrongest, maximum) {
    const token = element("span", { class: isStrongest ? "token strongest" : "token", title: `position ${position}: ${measure(activation)}` },
        text === "" ? "∅" : text.replace(/[\u0000-\u001f]/g, visible));
    if (activation > 0 && maximum > 0) token.style.setProperty("--heat", (0.12 + 0.88 * Math.min(1, activation / maximum)).toFixed(3));
    return token;
}

/** The tokens around the strongest, or all that there are. */
function tokenRun(example, maximum, isWhole) {
    const first = example.firstPosition ?? 0;
    const count = example.tokenCount ?? example.tokens.length;
    const strongest = example.position - first;
    const lower = isWhole ? 0 : Math.max(0, strongest - tokensBefore);
    const upper = isWhole ? example.tokens.length : Math.min(example.tokens.length, strongest + tokensAfter + 1);
    const before = first + lower;
    const after = count - first - upper;
    const shown = example.tokens.slice(lower, upper).map((text, offset) => tokenView(
        text, before + offset, example.activations[lower + offset] ?? 0, lower + offset === strongest, maximum));
    return [
        before > 0 ? element("span", { class: "cut" }, `${counted(before, "token")} … `) : null, shown,
        after > 0 ? element("span", { class: "cut" }, ` … ${counted(after, "token")}`) : null,
    ].flat().filter(Boolean);
}

function exampleView(example, maximum) {
    const text = element("p", { class: "text", dir: "auto" }, tokenRun(example, maximum, false));
    const isCut = text.querySelectorAll(".token").length < example.tokens.length;
    const more = isCut ? button("Show more of it", () => {
        text.replaceChildren(...tokenRun(example, maximum, true));
        more.remove();
    }, { class: "more" }) : null;
    return element("li", { class: "example" }, text,
        element("p", { class: "facts" },
            element("strong", {}, measure(example.activation)), " at ",
            element("bdi", { class: "quoted" }, visible(example.tokens[example.position - (example.firstPosition ?? 0)])),
            ` · position ${number(example.position)} of ${counted(example.tokenCount ?? example.tokens.length, "token")} · `,
            link(graphAddress(example.promptID), `prompt ${example.promptID}`),
            example.answer ? [" · answer ", element("bdi", { class: "quoted" }, visible(example.answer))] : null,
            more ? [" · ", more] : null));
}

/** A list of examples, or a sentence when there are none. */
export function exampleList(examples, maximum) {
    if (examples.length === 0) return quiet("No prompt.");
    return element("ol", { class: "examples" }, examples.map((example) => exampleView(example, maximum)));
}

/** The scale of the backgrounds. */
export function heatScale(maximum) {
    if (!(maximum > 0)) return null;
    return element("p", { class: "scale" }, "0 ", element("span", { class: "ramp", role: "img", "aria-label": "The background grows warmer with the activation" }),
        ` ${measure(maximum)} (this feature's maximum); the strongest token of a prompt is framed.`);
}

/** The samples by interval, strongest first. */
export function intervalView(report) {
    return [...report.intervals].reverse().map((interval, ordinal) => element("details", { class: "interval", open: ordinal === 0 ? "" : null },
        element("summary", {}, `Maximum in (${measure(interval.lower)}, ${measure(interval.upper)}]`,
            element("span", { class: "quiet" }, ` ${counted(interval.promptCount, "prompt")}, ${number(interval.examples.length)} shown `),
            interval.promptCount > 0 ? fewSamples(interval.promptCount) : null),
        exampleList(interval.examples, report.maximum)));
}
