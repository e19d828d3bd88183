// Two drawings side by side: what only one of them has is coloured, what both have is grey.

import {element} from "./elements.js";
import {featureName} from "./address.js";
import {GraphView} from "./graphView.js";
import {layOutLayers, layOutPositions} from "./graphLayout.js";
import {shortName, spokenName} from "./graphModel.js";

/** What makes two nodes of different graphs the same. */
export function identityOf(node) {
    return node.kind === "feature" ? `feature ${featureName(node.feature)}` : `${node.kind} ${node.layer ?? ""} ${node.token ?? ""}`;
}

/** Which of two models have each node: "a", "b" or "both". */
export function sidesOf(first, second) {
    const sides = new Map();
    for (const node of first.nodes) sides.set(identityOf(node), "a");
    for (const node of second.nodes) sides.set(identityOf(node), sides.has(identityOf(node)) && sides.get(identityOf(node)) !== "b" ? "both" : "b");
    return sides;
}

function drawingOf(title, model, sides, signal, threshold) {
    const state = { shown: model.within(threshold), selected: null, pins: new Set(), found: null };
    const told = element("p", { class: "told", role: "status" }, `${state.shown.size} nodes`);
    const view = new GraphView({
        title, layOut: model.isCollapsed ? layOutLayers : layOutPositions,
        classOf: (node) => `side-${sides.get(identityOf(node))}`,
        actions: {
            select: (index) => {
                state.selected = state.selected === index ? null : index;
                view.show(model, state);
                tell(state.selected);
            },
            pin: () => {}, hover: (index) => tell(index ?? state.selected),
        },
    });
    function tell(index) {
        if (index === null || index === undefined) told.textContent = `${state.shown.size} nodes`;
        else told.replaceChildren(spokenName(model.nodes[index]), model.nodes[index].kind === "feature" ? element("a", { href: `#/feature/${featureName(model.nodes[index].feature)}` }, ` open ${shortName(model.nodes[index])}`) : "");
    }
    signal.addEventListener("abort", () => view.end());
    return { element: element("figure", { class: "compared" }, element("figcaption", {}, title), told, view.element), start: () => view.show(model, state) };
}

/** The two drawings with their legend, and how to begin drawing them. */
export function comparedDrawings(titles, models, signal, threshold = 0.8) {
    const sides = sidesOf(models[0], models[1]);
    const drawings = models.map((model, ordinal) => drawingOf(titles[ordinal], model, sides, signal, threshold));
    return {
        element: element("div", {}, element("p", { class: "drawing-legend" },
            element("span", {}, element("i", { class: "shape circle side-a" }), " only in the first"), element("span", {}, element("i", { class: "shape circle side-b" }), " only in the second"),
            element("span", {}, element("i", { class: "shape circle" }), " in both"), element("span", {}, element("i", { class: "stroke positive" }), " raises"), element("span", {}, element("i", { class: "stroke negative" }), " lowers")),
        element("div", { class: "side-by-side" }, drawings.map((drawing) => drawing.element))),
        start: () => drawings.forEach((drawing) => drawing.start()),
    };
}
