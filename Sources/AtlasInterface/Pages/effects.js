// What nodes do to a prompt's answer and its lead, and what those numbers are.

import {element, quiet} from "./elements.js";
import {isKnown, signed} from "./numbers.js";
import {tokenText} from "./terms.js";

const onGap =
    "What the node adds to the gap, the answer's logit less its strongest rival's: by the model's own derivative, attention "
        + "patterns held. Positive: it speaks for the answer.";
const onMeanGap =
    "What the node adds to the answer's lead over its strongest rival, by the model's own derivative, mean over the circuit's "
        + "prompts; rivals differ between prompts.";
const measured = "The gap less the gap with the node silenced alone, attention patterns held. Empty where that was not measured.";
const missing = "not computed";

/**
 * Columns of effects for a table of nodes; `effects` gives a row's, which older atlases do not have.
 *
 * @param {(row: any) => EffectReport | null | undefined} effects
 * @returns {Column<any>[]}
 */
export function effectColumns(effects) {
    return [
        {
            title: "On the gap", numeric: true, definition: onGap,
            cell: (row) => effects(row) ? signed(effects(row).gradientOnGap) : quiet(missing),
        },
        {
            title: "Measured", numeric: true, definition: measured,
            cell: (row) => effects(row)?.measured ? signed(effects(row).measured.gap) : quiet("–"),
        },
    ];
}

/**
 * Adds what a node of a prompt's graph, or of a circuit grown by effects, does to its facts; nothing where it was not computed.
 *
 * @param {GraphNode} node
 * @param {(title: string, definition: string, value: Content) => void} add
 * @returns {void}
 */
export function addEffects(node, add) {
    if (isKnown(node.meanEffect) && node.kind !== "logit") {
        add("Mean effect", onMeanGap, signed(node.meanEffect));
    }
    if (!node.effects) return;
    add("Effect on the gap", onGap, signed(node.effects.gradientOnGap));
    add("Through the graph", "What it adds to the gap along all paths of the graph before pruning.",
        signed(node.effects.totalOnGap));
    if (node.effects.measured) add("Measured effect", measured, signed(node.effects.measured.gap));
}

/**
 * How far the answer is ahead, as a paragraph.
 *
 * @param {GapReport | null | undefined} gap
 * @returns {HTMLElement}
 */
export function gapText(gap) {
    if (!gap) {
        return element("p", { class: "quiet" },
            "Effects on the answer are not computed in this atlas; atlas index --effects adds them.");
    }
    return element("p", {}, "Gap: ", tokenText(gap.answer.text, gap.answer.token), " is ahead of ",
        tokenText(gap.rival.text, gap.rival.token), ` by ${signed(gap.gap)}.`);
}
