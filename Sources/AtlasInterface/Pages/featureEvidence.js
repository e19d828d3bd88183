// What is known of a feature beyond one prompt, as short as a panel needs it: density, histogram, tokens, examples, operand grid.

import {element, link, quiet} from "./elements.js";
import {ask} from "./data.js";
import {featureAddress, featureName} from "./address.js";
import {counted, measure, number, percentage} from "./numbers.js";
import {effectList} from "./tokenEffects.js";
import {exampleList, extremesOf, heatScale} from "./examples.js";
import {fewSamples, term} from "./terms.js";
import {histogram} from "./histogram.js";

const listedTokens = 5;
const panelExamples = 5;

/**
 * Asks for a feature's dashboard.
 *
 * @param {FeatureID} feature
 * @returns {Promise<FeatureReport>}
 */
export function askFeature(feature) {
    return ask(`features/${feature.layer}/${feature.index}`);
}

function densityLine(report) {
    const share = (part, whole) => whole > 0 ? percentage(part / whole) : "–";
    const stored = report.countsStoredOnly ? " Stored activations only." : "";
    return element("p", { class: "densities" },
        element("span", {},
            term("Density",
                `Active tokens divided by counted tokens; then prompts with an active token divided by all prompts.${stored}`),
            ` ${share(report.activeTokens, report.countedTokens)} of tokens, `
                + `${share(report.activePrompts, report.countedPrompts)} of prompts `, fewSamples(report.activePrompts)),
        element("span", {},
            term("Range", "The largest activation over all counted tokens, and the most negative where there is one."),
            report.negative
                ? ` ${measure(report.negative.minimum)} to ${measure(report.maximum)}`
                : ` 0 to ${measure(report.maximum)}`));
}

/**
 * What a feature is in numbers: density, histogram, tokens; `mark` is {value, text} of where it is seen from, or null.
 *
 * @param {FeatureReport} report
 * @param {{ value: number, text: string } | null} mark
 * @returns {HTMLElement}
 */
export function featureEvidence(report, mark) {
    return element("div", { class: "feature-evidence" },
        densityLine(report), histogram(report, mark),
        element("div", { class: "columns two" },
            effectList("Promoted",
                "Tokens whose logits the feature raises most when it is active, from the weights alone, centred over the "
                    + "vocabulary.",
                (report.promoted ?? []).slice(0, listedTokens)),
            effectList("Suppressed", "Tokens whose logits the feature lowers most: the same product, from its other end.",
                (report.suppressed ?? []).slice(0, listedTokens), "end")));
}

/**
 * The prompts where a feature is strongest, with heat.
 *
 * @param {FeatureReport} report
 * @returns {HTMLElement}
 */
export function strongestPrompts(report) {
    const extremes = extremesOf(report);
    return element("div", { class: "panel-examples" }, element("h3", {}, "Strongest prompts"),
        quiet(`${number(Math.min(panelExamples, report.topExamples.length))} of `
            + `${counted(report.activePrompts, "active prompt")}; `,
            link(featureAddress(report.feature), `all of ${featureName(report.feature)}`)),
        heatScale(extremes), exampleList(report.topExamples.slice(0, panelExamples), extremes));
}
