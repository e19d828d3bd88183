// Which nodes hang on the thresholds of pruning: solid where every setting keeps them, faint where few do.

import {element, quiet} from "./elements.js";
import {ask} from "./data.js";
import {counted} from "./numbers.js";
import {featureName} from "./address.js";
import {term} from "./terms.js";

const stabilityMeaning =
    "Solid nodes are kept by every setting of pruning that was tried, fainter ones by fewer: whether a node is here may hang on "
        + "the thresholds.";

function stabilityKey(node, position) {
    return `${node.kind} ${node.kind === "feature" ? featureName(node.feature) : node.layer} ${position ?? ""}`;
}

/**
 * The class of a node by the share of settings that keep it.
 *
 * @param {GraphNode} node
 * @returns {string | null}
 */
export function steadiness(node) {
    if (node.kept === undefined) return "";
    return node.kept >= 0.995 ? "steady" : node.kept >= 0.5 ? "wavering" : "unsteady";
}

/** The control of a drawing's stability; `question` is {path, parameters}, and `redraw` draws the nodes anew. */
export class StabilityControl {
    constructor(question, redraw, onchange) {
        this.question = question;
        this.redraw = redraw;
        this.onchange = onchange;
        this.report = null;
        this.box = element("input", { type: "checkbox", id: "stability", onchange: () => this.change() });
        this.status = element("span", { class: "quiet", role: "status" });
        this.element = element("span", { class: "stability" }, this.box,
            element("label", { for: "stability", class: "hidden" }, "Stability"), term("Stability", stabilityMeaning),
            this.status);
    }

    /** Begins with a model; `isOn` where the address says so. */
    start(model, isOn) {
        this.model = model;
        if (!isOn) return;
        this.box.checked = true;
        this.change();
    }

    async change() {
        this.onchange(this.box.checked);
        if (this.box.checked && !this.report) {
            this.status.textContent = "Pruning anew…";
            try {
                this.report = await ask(this.question.path, this.question.parameters);
            } catch (error) {
                this.status.replaceChildren(quiet(error.message));
                this.box.checked = false;
                return;
            }
        }
        this.mark();
        this.redraw();
    }

    /** Marks the nodes of a model; the last one given unless another is. */
    mark(model = this.model) {
        this.model = model;
        const isOn = this.box.checked && this.report !== null;
        const kept = new Map(isOn ? this.report.nodes.map((row) => [stabilityKey(row.node, row.position), row.kept]) : []);
        let faint = 0;
        for (const node of model.nodes) {
            node.kept = kept.get(stabilityKey(node, model.isCollapsed ? null : node.position));
            if (node.kept < 0.995) faint += 1;
        }
        this.status.textContent = isOn
            ? `${counted(faint, "node")} of ${model.nodes.length} not kept by every one of `
                + `${this.report.grid.nodeThresholds.length * this.report.grid.edgeThresholds.length} settings`
            : "";
    }
}
