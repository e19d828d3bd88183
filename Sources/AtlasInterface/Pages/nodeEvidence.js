// The evidence of one node: head, numbers, links, and, of a feature, what is known of it elsewhere.

import {button, element, quiet} from "./elements.js";
import {askFeature, featureEvidence, strongestPrompts} from "./featureEvidence.js";
import {labelEditor} from "./labelEditor.js";
import {labelText} from "./terms.js";
import {nodeFacts, nodePlace, nodeTitle, nodeWays} from "./nodeFacts.js";
import {nodeLinks} from "./nodeLinks.js";
import {operandPanel} from "./operandGrid.js";
import {quickTrial} from "./quickTrial.js";

/** Where the histogram is marked: the node's value here, or its mean over a circuit's prompts. */
function markOf(node) {
    if (node.activation) return { value: node.activation, text: "here" };
    return node.meanActivation ? { value: node.meanActivation, text: "mean here" } : null;
}

/**
 * The view of a node. `subject` is {key, model, index, node, prompt, text, where, nodesPath, heads, ends, isPinned, actions} with
 * actions select(index or null), ends(key) and, where they are possible, pin(index) and expand(index).
 */
export class NodeEvidence {
    /**
     * @param {Subject} subject
     * @param {{ able: Able, signal: AbortSignal, edits?: EditHistory | null,
     *     onLabel?: (feature: FeatureID, label: string | null, isAutomatic: boolean) => void }} context
     */
    constructor(subject, { able, signal, edits = null, onLabel = () => {} }) {
        this.subject = subject;
        this.able = able;
        this.signal = signal;
        this.edits = edits;
        this.onLabel = onLabel;
        this.isHeld = false;
        this.hint = quiet("A preview: click the node, or press Enter, to hold it.");
        this.label = element("div", { class: "panel-label" });
        this.controls = element("p", { class: "controls" });
        this.trial = element("div", {});
        this.facts = element("div", {});
        this.links = element("div", {});
        this.evidence = element("div", {});
        this.elsewhere = element("div", {});
        this.element = element("div", { class: "node-evidence" }, element("h2", { class: "node-title" }, nodeTitle(subject.node)),
            this.hint, this.label, nodePlace(subject.node, subject.model), this.controls, this.trial, this.facts, this.evidence,
            this.links, this.elsewhere,
            nodeWays(subject.node, subject.prompt));
        this.update(subject);
        if (subject.node.kind === "feature") this.fill();
    }

    /** Shows what has changed of the same node: its links, whether it is pinned. */
    update(subject) {
        const isLinked = this.subject === subject || ["model", "ends", "heads"].some((key) => subject[key] !== this.subject[key]);
        this.subject = subject;
        this.showControls();
        this.facts.replaceChildren(nodeFacts(subject.node));
        if (!isLinked) return;
        this.links.replaceChildren(nodeLinks(subject));
        if (!this.editor) {
            this.label.replaceChildren(...(subject.node.kind === "feature"
                ? [element("p", { class: "node-label" }, labelText(subject.node.label, subject.node.labelIsAutomatic))]
                : []));
        }
    }

    showControls() {
        const { node, index, isPinned, isExpanded, actions } = this.subject;
        this.controls.replaceChildren(...[
            actions.pin
                ? button(isPinned ? "Unpin" : "Pin", () => actions.pin(index), {
                    title: "Shift-click, or the key p", "aria-pressed": String(isPinned),
                })
                : null,
            actions.expand && node.kind === "feature"
                ? button(isExpanded ? "Fold" : "Expand", () => actions.expand(index), {
                    title: isExpanded ? "Takes what joined because of it out again" : "Its strongest inputs join the circuit",
                    "aria-pressed": String(isExpanded),
                })
                : null,
            this.isHeld ? button("Close", () => actions.select(null), { title: "Escape" }) : null,
        ].filter(Boolean));
    }

    /** Makes a preview the held view: what can be changed can be changed now. */
    hold() {
        if (this.isHeld) return;
        this.isHeld = true;
        this.hint.remove();
        this.showControls();
        if (this.subject.node.kind !== "feature") return;
        this.trial.append(...[quickTrial(this.subject, this.able, this.signal)].filter(Boolean));
        this.elsewhere.append(...[operandPanel(this.subject.node.feature)].filter(Boolean));
        this.edit();
    }

    /** Puts the editor in place of the label, once both are known. */
    edit() {
        if (!this.isHeld || !this.report || this.editor || !this.able.writable) return;
        this.editor = labelEditor(this.report, this.able, this.signal, {
            shared: this.edits, onchange: (label, isAutomatic) => this.onLabel(this.report.feature, label, isAutomatic),
        });
        this.label.replaceChildren(this.editor);
    }

    async fill() {
        this.evidence.replaceChildren(quiet("Asking for its evidence…"));
        try {
            this.report = await askFeature(this.subject.node.feature);
            this.evidence.replaceChildren(featureEvidence(this.report, markOf(this.subject.node)));
            this.elsewhere.prepend(strongestPrompts(this.report));
            this.edit();
        } catch (error) {
            this.evidence.replaceChildren(quiet(error.message));
        }
    }
}
