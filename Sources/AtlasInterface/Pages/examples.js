// Examples: prompts with each token's background as warm as the feature is active there.

import {button, element, link, quiet} from "./elements.js";
import {controlCharacters, counted, measure, number, visible} from "./numbers.js";
import {fewSamples} from "./terms.js";
import {graphAddress} from "./address.js";

const tokensBefore = 40;
const tokensAfter = 16;

/**
 * One token; `extremes` are the activations of the warmest background and, where there are negative ones, of the coldest.
 *
 * @param {string} text
 * @param {number} position
 * @param {number} activation
 * @param {boolean} isStrongest
 * @param {Extremes} extremes
 * @returns {HTMLElement}
 */
export function tokenView(text, position, activation, isStrongest, extremes) {
    const token = element("span",
        {
            class: `token${isStrongest ? " strongest" : ""}${activation < 0 ? " cold" : ""}`,
            title: `position ${position}: ${measure(activation)}`,
        },
        text === "" ? "∅" : text.replace(controlCharacters, visible));
    const share = activation < 0 ? activation / extremes.minimum : activation / extremes.maximum;
    if (activation !== 0 && share > 0) token.style.setProperty("--heat", (0.12 + 0.88 * Math.min(1, share)).toFixed(3));
    return token;
}

/** The tokens around the strongest, or all that there are. */
function tokenRun(example, extremes, isWhole) {
    const first = example.firstPosition ?? 0;
    const count = example.tokenCount ?? example.tokens.length;
    const strongest = example.position - first;
    const lower = isWhole ? 0 : Math.max(0, strongest - tokensBefore);
    const upper = isWhole ? example.tokens.length : Math.min(example.tokens.length, strongest + tokensAfter + 1);
    const before = first + lower;
    const after = count - first - upper;
    const shown = example.tokens.slice(lower, upper).map((text, offset) => tokenView(
        text, before + offset, example.activations[lower + offset] ?? 0, lower + offset === strongest, extremes));
    return [
        before > 0 ? element("span", { class: "cut" }, `${counted(before, "token")} … `) : null, shown,
        after > 0 ? element("span", { class: "cut" }, ` … ${counted(after, "token")}`) : null,
    ].flat().filter(Boolean);
}

function exampleView(example, extremes) {
    const text = element("p", { class: "text", dir: "auto" }, tokenRun(example, extremes, false));
    const isCut = text.querySelectorAll(".token").length < example.tokens.length;
    const more = isCut ? button("Show more of it", () => {
        text.replaceChildren(...tokenRun(example, extremes, true));
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

/**
 * A list of examples, or a sentence when there are none.
 *
 * @param {FeatureExample[]} examples
 * @param {Extremes} extremes
 * @returns {HTMLElement}
 */
export function exampleList(examples, extremes) {
    if (examples.length === 0) return quiet("No prompt.");
    return element("ol", { class: "examples" }, examples.map((example) => exampleView(example, extremes)));
}

/**
 * The activations of the warmest and the coldest background of a feature's examples.
 *
 * @param {FeatureReport} report
 * @returns {Extremes}
 */
export function extremesOf(report) {
    return { maximum: Math.max(0, report.maximum), minimum: report.negative?.minimum ?? 0 };
}

/**
 * The scale of the backgrounds.
 *
 * @param {Extremes} extremes
 * @returns {HTMLElement}
 */
export function heatScale({ maximum, minimum }) {
    if (!(maximum > 0 || minimum < 0)) return null;
    return element("p", { class: "scale" },
        minimum < 0
            ? [
                `${measure(minimum)} (this feature's minimum) `,
                element("span", {
                    class: "ramp cold", role: "img",
                    "aria-label": "The background grows colder, and is underlined, where the activation is negative",
                }),
                " ",
            ]
            : null,
        "0 ", maximum > 0
            ? [
                element("span", { class: "ramp", role: "img", "aria-label": "The background grows warmer with the activation" }),
                ` ${measure(maximum)} (this feature's maximum)`,
            ]
            : null,
        "; the strongest token of a prompt is framed.");
}

/**
 * The samples of one side by interval, strongest first.
 *
 * @param {FeatureInterval[]} intervals
 * @param {Extremes} extremes
 * @returns {HTMLElement[]}
 */
export function intervalView(intervals, extremes) {
    const bounds = ({ lower, upper }) => upper < 0
        ? `Minimum in [${measure(upper)}, ${measure(lower)})`
        : `Maximum in (${measure(lower)}, ${measure(upper)}]`;
    return [...intervals]
        .reverse()
        .map((interval, ordinal) => element("details", { class: "interval", open: ordinal === 0 ? "" : null },
            element("summary", {}, bounds(interval),
                element("span", { class: "quiet" },
                    ` ${counted(interval.promptCount, "prompt")}, ${number(interval.examples.length)} shown `),
                interval.promptCount > 0 ? fewSamples(interval.promptCount) : null),
            exampleList(interval.examples, extremes)));
}
