// Two drawings side by side: what only one of them has is coloured and marked, what both have is grey.

import {element} from "./elements.js";
import {featureName} from "./address.js";
import {GraphView} from "./graphView.js";
import {layOutLayers, layOutPositions} from "./graphLayout.js";
import {shortName, spokenName} from "./graphModel.js";
import {drawLinkMark, linkDifferences} from "./linkDifferences.js";
import {viewBar} from "./graphViewBar.js";
import {onThemeChange} from "./theme.js";

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

/** How the links of one side look; colours are read from `place` when they are drawn. */
function linkLook(place, side, differenceOf) {
    const kinds = new Map();
    const kindOf = (edge) => {
        if (!kinds.has(edge)) kinds.set(edge, differenceOf(edge));
        return kinds.get(edge);
    };
    let colours = null;
    const read = () => {
        const style = getComputedStyle(place());
        colours = { own: style.getPropertyValue(side === 0 ? "--side-a" : "--side-b").trim(), both: style.getPropertyValue("--quiet").trim() };
        return colours;
    };
    return {
        colourOf: (edge) => (colours ?? read())[kindOf(edge) === "both" ? "both" : "own"],
        markOf: (edge, context, ends) => drawLinkMark(kindOf(edge), context, ends),
        forget: () => { colours = null; },
    };
}

function drawingOf(title, model, sides, signal, threshold, side, differenceOf) {
    const state = { shown: model.within(threshold), selected: null, pins: new Set(), found: null };
    const told = element("p", { class: "told", role: "status" }, `${state.shown.size} nodes`);
    const look = linkLook(() => view.element, side, differenceOf);
    let bar = null;
    const view = new GraphView({
        title, colourOf: look.colourOf, markOf: look.markOf, layOut: model.isCollapsed ? layOutLayers : layOutPositions,
        classOf: (node) => `side-${sides.get(identityOf(node))}`,
        actions: {
            select: (index) => {
                state.selected = state.selected === index ? null : index;
                view.show(model, state);
                tell(state.selected);
            },
            pin: () => {}, hover: (index) => tell(index ?? state.selected), zoom: (scale) => bar?.show(scale),
        },
    });
    bar = viewBar(view);
    onThemeChange(() => look.forget(), signal);
    function tell(index) {
        if (index === null || index === undefined) told.textContent = `${state.shown.size} nodes`;
        else told.replaceChildren(spokenName(model.nodes[index]), model.nodes[index].kind === "feature" ? element("a", { href: `#/feature/${featureName(model.nodes[index].feature)}` }, ` open ${shortName(model.nodes[index])}`) : "");
    }
    signal.addEventListener("abort", () => view.end());
    return { element: element("figure", { class: "compared" }, element("figcaption", {}, title), bar.element, told, view.element), start: () => view.show(model, state) };
}

/** The two drawings with their legend, and how to begin drawing them. */
export function comparedDrawings(titles, models, signal, threshold = 0.8) {
    const sides = sidesOf(models[0], models[1]);
    const differences = linkDifferences(models, identityOf);
    const drawings = models.map((model, side) => drawingOf(titles[side], model, sides, signal, threshold, side, differences[side]));
    return {
        element: element("div", {}, element("p", { class: "drawing-legend" },
            element("span", {}, element("i", { class: "shape circle side-a" }), " only in the first (a bar across)"), element("span", {}, element("i", { class: "shape circle side-b" }), " only in the second (a bar upright)"),
            element("span", {}, element("i", { class: "shape circle" }), " in both"),
            element("span", {}, element("i", { class: "link-mark only" }, "▶"), " link only here"), element("span", {}, element("i", { class: "link-mark" }, "▷"), " link twice as strong here, or of another sign"),
            element("span", {}, element("i", { class: "stroke both" }), " link in both"), element("span", {}, element("i", { class: "stroke both lowered" }), " dashed: lowers")),
        element("div", { class: "side-by-side" }, drawings.map((drawing) => drawing.element))),
        start: () => drawings.forEach((drawing) => drawing.start()),
    };
}
