// Two drawings side by side: what only one of them has is coloured and marked, what both have is grey.

import {element} from "./elements.js";
import {currentAddress, featureName, noteInAddress} from "./address.js";
import {GraphView} from "./graphView.js";
import {layOutLayers, layOutPositions} from "./graphLayout.js";
import {graphPicture} from "./graphPicture.js";
import {pictureControls} from "./pictures.js";
import {drawLinkMark, linkDifferences} from "./linkDifferences.js";
import {EvidencePanel} from "./evidencePanel.js";
import {spokenName} from "./graphModel.js";
import {viewBar} from "./graphViewBar.js";
import {onThemeChange, pageColour} from "./theme.js";
import {isKnown} from "./numbers.js";

/**
 * What makes two nodes of different graphs the same.
 *
 * @param {GraphNode} node
 * @returns {string}
 */
export function identityOf(node) {
    return node.kind === "feature"
        ? `feature ${featureName(node.feature)}`
        : `${node.kind} ${node.layer ?? ""} ${node.token ?? ""}`;
}

/**
 * Which of two models have each node: "a", "b" or "both".
 *
 * @param {GraphModel} first
 * @param {GraphModel} second
 * @returns {Map<string, string>}
 */
export function sidesOf(first, second) {
    const sides = new Map();
    for (const node of first.nodes) sides.set(identityOf(node), "a");
    for (const node of second.nodes) {
        sides.set(identityOf(node), sides.has(identityOf(node)) && sides.get(identityOf(node)) !== "b" ? "both" : "b");
    }
    return sides;
}

/** How the links of one side look; colours are read from `place` when they are drawn. */
function linkLook(side, differenceOf) {
    const kinds = new Map();
    const kindOf = (edge) => {
        if (!kinds.has(edge)) kinds.set(edge, differenceOf(edge));
        return kinds.get(edge);
    };
    let colours = null;
    const read = () => {
        colours = { own: pageColour(side === 0 ? "--side-a" : "--side-b"), both: pageColour("--quiet") };
        return colours;
    };
    return {
        colourOf: (edge) => (colours ?? read())[kindOf(edge) === "both" ? "both" : "own"],
        markOf: (edge, context, ends) => drawLinkMark(kindOf(edge), edge, context, ends),
        forget: () => { colours = null; },
    };
}

/**
 * One drawing; `side` is {title, model, ordinal, prompt, text, nodesPath, where}, and `shared` what both have: their panel and
 * who is chosen.
 */
function drawingOf(side, sides, shared, signal, threshold, differenceOf) {
    const { title, model } = side;
    const state = { shown: model.within(threshold), selected: null, pins: new Set(), found: null, ends: "both" };
    const told = element("p", { class: "told", "aria-hidden": "true" }, `${state.shown.size} nodes`);
    const actions = {
        select: (index) => shared.choose(side.ordinal, index), hover: (index) => tell(index),
        link: (edge) => shared.openLink(side, edge),
        ends: (ends) => {
            shared.ends = ends;
            shared.redraw();
        },
    };
    const look = linkLook(side.ordinal, differenceOf);
    let bar = null;
    const view = new GraphView({
        title, colourOf: look.colourOf, markOf: look.markOf, layOut: model.isCollapsed ? layOutLayers : layOutPositions,
        classOf: (node) => `side-${sides.get(identityOf(node))}`,
        actions: { ...actions, pin: () => {}, zoom: (scale) => bar?.show(scale) },
    });
    bar = viewBar(view);
    onThemeChange(() => look.forget(), signal);
    const subject = (index) => ({
        ...side, key: `${side.ordinal} ${model.nodes[index].id}`, index, node: model.nodes[index], ends: shared.ends,
        isPinned: false, actions,
    });
    function tell(index) {
        told.textContent = isKnown(index) ? spokenName(model.nodes[index]) : `${state.shown.size} nodes`;
        shared.panel.preview(isKnown(index) ? subject(index) : null);
    }
    signal.addEventListener("abort", () => view.end());
    return {
        subject, model,
        element: element("figure", { class: "compared" }, element("figcaption", {}, title), bar.element, told, view.element,
            element("div", { class: "picture-foot" }, pictureControls(title, () => graphPicture({
                title, model, state: view.state, layOut: view.layOut, width: view.element.clientWidth, colourOf: look.colourOf,
                sideOf: (node) => sides.get(identityOf(node)),
            }), view.element))),
        show: (selected) => {
            Object.assign(state, { selected, ends: shared.ends });
            view.show(model, { ...state });
        },
    };
}

/** The chosen node of both drawings, and the panel that shows it. */
class ComparedChoice {
    constructor(sides, context) {
        this.ends = "both";
        this.chosen = null;
        this.panel = new EvidencePanel(context,
            "Point at a node of either drawing to see what is known of it; a click holds it.");
        this.drawings = sides;
    }

    choose(ordinal, index) {
        this.panel.dropLink();
        const id = index === null ? null : this.drawings[ordinal].model.nodes[index].id;
        this.chosen = index === null || (this.chosen?.ordinal === ordinal && this.chosen.index === index)
            ? null
            : { ordinal, index };
        noteInAddress({ chosen: this.chosen ? `${ordinal}:${id}` : "" });
        this.redraw();
    }

    /** Chooses what the address says is chosen. */
    begin() {
        const [, ordinal, id] = /^([01]):(.+)$/.exec(currentAddress().parameters.get("chosen") ?? "") ?? [];
        const index = ordinal === undefined ? undefined : this.drawings[Number(ordinal)].model.byID.get(id);
        this.chosen = index === undefined ? null : { ordinal: Number(ordinal), index };
        this.redraw();
    }

    openLink(side, edge) {
        const [source, target] = [side.model.nodes[edge.source], side.model.nodes[edge.target]];
        this.panel.holdLink({
            source, target, weight: edge.weight, share: edge.share, where: side.where, prompt: side.prompt, heads: null,
            stays: source.position === target.position,
            select: (end) => this.choose(side.ordinal, edge[end]), close: () => this.choose(side.ordinal, null),
        });
    }

    redraw() {
        this.drawings.forEach((drawing, ordinal) => drawing.show(this.chosen?.ordinal === ordinal ? this.chosen.index : null));
        this.panel.hold(this.chosen ? this.drawings[this.chosen.ordinal].subject(this.chosen.index) : null);
    }
}

/**
 * The two drawings with their legend and their panel, and how to begin drawing them; a side is {title, model, prompt, text,
 * nodesPath, where}.
 *
 * @param {{ title: string, model: GraphModel, prompt?: number | string, text?: string, nodesPath?: string,
 *     where?: string }[]} given
 * @param {{ able: Able, signal: AbortSignal, threshold?: number }} around
 * @returns {{ element: HTMLElement, start: () => void }}
 */
export function comparedDrawings(given, { able, signal, threshold = 0.8 }) {
    const sides = sidesOf(given[0].model, given[1].model);
    const shared = new ComparedChoice([], { able, signal, onLabel: () => {} });
    const differences = linkDifferences(given.map((side) => side.model), identityOf);
    shared.drawings = given.map((side, ordinal) =>
        drawingOf({ heads: null, ...side, ordinal }, sides, shared, signal, threshold, differences[ordinal]));
    return {
        element: element("div", {}, element("p", { class: "drawing-legend" },
            element("span", {}, element("i", { class: "shape circle side-a" }), " only in the first (a bar across)"),
            element("span", {}, element("i", { class: "shape circle side-b" }), " only in the second (a bar upright)"),
            element("span", {}, element("i", { class: "shape circle" }), " in both"),
            element("span", {}, element("i", { class: "link-mark only" }, "▶"), " link only here"),
            element("span", {}, element("i", { class: "link-mark" }, "▷"),
                " link twice as strong here, or of another sign (both from 6 % of the target's input)"),
            element("span", {}, element("i", { class: "stroke both" }), " link in both"),
            element("span", {}, element("i", { class: "stroke both lowered" }), " dashed: lowers")),
        element("div", { class: "compare-bench" },
            element("div", { class: "side-by-side" }, shared.drawings.map((drawing) => drawing.element)), shared.panel.element)),
        start: () => shared.begin(),
    };
}
