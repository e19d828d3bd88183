// The view of one prompt's graph.

import {button, element, heading, link, quiet} from "./elements.js";
import {addressOf, keepInAddress} from "./address.js";
import {AnswerError, ask, capabilities, isFolder} from "./data.js";
import {counted, number} from "./numbers.js";
import {askEdgeHeads} from "./edgeHeads.js";
import {GraphWorkbench} from "./graphWorkbench.js";
import {graphStateFrom, parametersOf} from "./graphState.js";
import {modelOfGraph} from "./graphModel.js";
import {graphSummary} from "./graphSummary.js";
import {explainInstead} from "./targetForm.js";
import {savedSupernodes} from "./supernodes.js";

const patience = 180;
/** Nodes that are asked for unless a person asks for all, and how many nodes and links a server gives at most. */
const usualNodes = 300;
const mostNodes = 10_000;
const mostLinks = 100_000;

/**
 * Asks for a graph at thresholds.
 *
 * @param {number | string} prompt
 * @param {{ nodes: number, edges: number, limit?: number | null }} state
 * @param {AbortSignal} [signal]
 * @returns {Promise<GraphReport>}
 */
export function askGraph(prompt, state, signal) {
    return ask(`prompts/${prompt}/graph`, {},
        { nodes: state.nodes, edges: state.edges, limit: state.limit ?? usualNodes, edgeLimit: state.limit ? mostLinks : "" },
        signal);
}

/** How much is shown, and what is left out with a control that shows it. */
function sizeLine(report, shown, showRest) {
    const left = report.omitted ?? { nodes: 0, edges: 0 };
    const canShow = !isFolder && (left.nodes > 0 || left.edges > 0) && report.nodes.length < mostNodes
        && report.edges.length < mostLinks;
    return [sizeText(report, shown), canShow ? [" ", button("Show them too", showRest, { class: "more show-rest" })] : ""];
}

function sizeText(report, shown) {
    const left = report.omitted ?? { nodes: 0, edges: 0 };
    const rest = left.nodes > 0 || left.edges > 0
        ? ` Left out for want of room: ${counted(left.nodes, "node")}, ${counted(left.edges, "link")}.`
        : "";
    return `${counted(shown, "node")} shown of ${number(report.storedNodeCount)} stored; ${counted(report.edges.length, "link")} `
        + `of ${number(report.storedEdgeCount)}.${rest}`;
}

/**
 * Shows the graph of a prompt.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showGraph({ parts, parameters, signal }) {
    const prompt = parts[1];
    if (!/^[\w.:-]{1,200}$/.test(prompt ?? "")) {
        throw new AnswerError("A graph belongs to a prompt: choose one on the page Prompts.");
    }
    let state = graphStateFrom(parameters);
    const [first, heads, able, saved] = await Promise.all([
        askGraph(prompt, state, signal), askEdgeHeads(prompt, state, signal), capabilities(), savedSupernodes(),
    ]);
    let report = first;
    let timer = null;
    let turn = 0;
    const size = element("p", { class: "quiet", role: "status" });
    const workbench = new GraphWorkbench({
        title: `Graph of prompt ${prompt}`, model: modelOfGraph(report), state, prompt, text: report.text,
        nodesPath: `prompts/${prompt}/graph/nodes`, knowledgePath: `prompts/${prompt}/graph`, heads, seed: { prompt },
        stability: isFolder ? null : { path: `prompts/${prompt}/stability`, parameters: {} }, able, saved, signal,
        hasEdgeThreshold: !isFolder, limits: isFolder ? { nodes: report.nodeThreshold ?? 0.8 } : { nodes: 0.95 },
        onChange: (next, shown) => {
            const isFiner = next.nodes !== state.nodes || next.edges !== state.edges || next.limit !== state.limit;
            state = next;
            keepInAddress(["graph", prompt], parametersOf(state));
            size.replaceChildren(...sizeLine(report, shown, showRest).flat());
            if (isFiner && !isFolder) {
                clearTimeout(timer);
                timer = setTimeout(renew, patience);
            }
        },
    });
    const showRest = () => workbench.set({ ...workbench.state, limit: mostNodes });
    async function renew() {
        const ordinal = ++turn;
        try {
            const [answer, ofLinks] = await Promise.all([askGraph(prompt, state), askEdgeHeads(prompt, state)]);
            if (ordinal !== turn || signal.aborted) return;
            report = answer;
            workbench.setModel(modelOfGraph(report), ofLinks);
        } catch (error) {
            size.textContent = error.message;
        }
    }
    return {
        title: `Graph of prompt ${prompt}`, isWide: true,
        view: [
            element("div", { class: "heading" }, heading(`Graph of prompt ${prompt}`),
                element("nav", { class: "walk", "aria-label": "From here" },
                    link(addressOf(["prompt", prompt]), "Its features"),
                    link(addressOf(["compare"], { a: `prompt:${prompt}` }), "Compare with another"),
                    able.modelLoaded ? link(addressOf(["run"], { text: report.text }), "Intervene") : null)),
            graphSummary(report), able.modelLoaded ? explainInstead(report.text, report.targets ?? []) : null, workbench.element,
            size,
            report.nodes.length === 0 ? quiet("The graph has no nodes within these thresholds.") : null,
        ],
        shown: () => workbench.start(),
    };
}
