// The view that runs a typed prompt through the replacement model, and intervenes on it.

import {element, heading, quiet} from "./elements.js";
import {currentAddress, keepInAddress} from "./address.js";
import {capabilities, isFolder} from "./data.js";
import {counted, number, percentage} from "./numbers.js";
import {GraphWorkbench} from "./graphWorkbench.js";
import {graphStateFrom, parametersOf} from "./graphState.js";
import {graphSummary} from "./graphSummary.js";
import {interventionSection} from "./intervention.js";
import {modelOfGraph} from "./graphModel.js";
import {runJob} from "./jobs.js";
import {savedRunsView} from "./savedRuns.js";
import {savedSupernodes} from "./supernodes.js";
import {leadControl, targetFields} from "./targetForm.js";
import {tokenForm} from "./tokenForm.js";
import {tokenText, weightBar} from "./terms.js";

function withoutModel() {
    return [heading("Run a prompt"),
        element("section", {}, element("h2", {}, isFolder ? "An export cannot run prompts" : "No model is loaded"),
            element("p", {},
                isFolder
                    ? "This is a folder of answers. To run prompts of your own, serve the atlas with its model:"
                    : "This server was started without the model. Stop it and start it with the model and its transcoders:"),
            element("pre", {}, "atlas serve FILE --model DIR --transcoders DIR"),
            quiet("The atlas checks that they are the ones it was made with."))];
}

function nextTokens(list) {
    return element("ol", { class: "next-tokens" },
        list.map((item) =>
            element("li", {}, tokenText(item.text, item.token), weightBar(item.probability, 1),
                element("span", { class: "numeric" }, percentage(item.probability)))));
}

async function resultView(job, result, { able, signal, parameters, watched, keep }) {
    const model = modelOfGraph(result.graph);
    const kept = { drawing: {}, bench: {} };
    const told = (part, values) => {
        kept[part] = values;
        keep({ ...kept.drawing, ...kept.bench });
    };
    const workbench = new GraphWorkbench({
        title: "Graph of the typed prompt", text: result.text, nodesPath: `jobs/${job}/graph/nodes`,
        knowledgePath: `jobs/${job}/graph`, model, state: graphStateFrom(parameters), able, saved: await savedSupernodes(),
        signal,
        limits: { nodes: result.graph.nodeThreshold ?? 0.8 }, onChange: (state) => told("drawing", parametersOf(state)),
    });
    const intervention = interventionSection(result, workbench, signal, {
        given: parameters, onchange: (values) => told("bench", values), watched,
    });
    kept.bench = intervention.parameters();
    return { elements: [
        element("h2", {}, "What comes next"), nextTokens(result.nextTokens),
        leadControl(result.text, result.nextTokens.map((token) => token.text)), graphSummary(result.graph),
        quiet(`${counted(result.activeFeatureCount, "active feature")}; ${counted(model.nodes.length, "node")} and `
            + `${counted(model.edges.length, "link")} shown of ${number(result.graph.storedNodeCount)} and `
            + `${number(result.graph.storedEdgeCount)}.`),
        workbench.element, intervention.element,
    ].filter(Boolean), start: () => {
        workbench.start();
        intervention.start();
    } };
}

/**
 * Shows the field for a prompt, and what came of it.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showRun({ parameters, signal }) {
    const able = await capabilities();
    if (!able.modelLoaded) return { title: "Run", view: withoutModel() };
    const text = element("textarea", { id: "prompt-text", rows: "3", maxlength: "20000", spellcheck: "false" },
        parameters.get("text") ?? "");
    const target = targetFields(parameters.get("target"), parameters.get("minus"), []);
    const progress = element("div", {});
    const failure = element("div", { role: "alert", class: "failure" });
    const result = element("div", { class: "result" });
    const submit = element("button", { type: "submit" }, "Run");
    const form = element("form", { class: "edit-form" }, element("label", { for: "prompt-text" }, "Prompt"), text,
        element("p", { class: "controls" }, submit, target.element, quiet("Ctrl Enter runs.")));
    let kept = Object.fromEntries(parameters);
    /** @returns {{ text: string, target?: string, minus?: string }} */
    const own = () => ({
        text: text.value, ...Object.fromEntries(Object.entries(target.values()).filter(([, value]) => value !== "")),
    });
    const keep = (values) => {
        kept = { ...own(), ...values };
        if (currentAddress().parts[0] === "run") keepInAddress(["run"], kept);
    };
    /** Runs what is typed; `given` are the address's parameters where the view was opened with them. */
    async function run(given = new URLSearchParams()) {
        if (text.value === "") return text.focus();
        submit.disabled = true;
        failure.replaceChildren();
        keep(given === parameters ? kept : {});
        try {
            const asked = own();
            const { job, result: report } = await runJob("runs", asked, progress, signal);
            const view = await resultView(job, report, {
                able, signal, parameters: given, watched: [asked.target, asked.minus].filter(Boolean), keep,
            });
            target.offer(report.nextTokens.map((token) => token.text));
            result.replaceChildren(...view.elements);
            view.start();
        } catch (error) {
            failure.replaceChildren(error.message, ...(error.status === 401 ? [tokenForm(run)] : []));
        } finally {
            submit.disabled = false;
        }
    }
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        run();
    });
    text.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
    });
    return {
        title: "Run", isWide: true,
        view: [heading("Run a prompt"), form, savedRunsView(able, () => ({ ...kept, ...own() })), progress, failure, result],
        shown: () => { if (parameters.get("text")) run(parameters); },
    };
}
