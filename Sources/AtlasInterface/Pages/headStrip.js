// The heads of a graph above its drawing: pointing at one tints the links it carries, choosing one holds it.

import {button, controlIn, element, link, quiet} from "./elements.js";
import {headAddress} from "./address.js";
import {attentionPicture} from "./attentionPicture.js";
import {headName} from "./edgeHeads.js";
import {counted, percentage, roundPercentage, signed} from "./numbers.js";
import {term, weightBar} from "./terms.js";
import {nameWithLabel} from "./nodeName.js";

const shownHeads = 10;
const listedCarried = 10;
const meaning =
    "Attention heads by their share of what heads carry of the shown links, in absolute loadings. Pointing at one tints the "
        + "links it carries, the stronger the more of a link it carries; choosing it keeps them tinted. Escape lets go.";

/** The strip; `point(name or null)` and `hold(name or null)` hear what is done. */
export class HeadStrip {
    constructor({ point, hold }) {
        this.point = point;
        this.hold = hold;
        this.heads = undefined;
        this.held = null;
        this.isWhole = false;
        this.element = element("div", { class: "head-strip", role: "group", "aria-label": "Heads of the shown links" });
        this.element.addEventListener("keydown", (event) => {
            if (event.key !== "Escape") return;
            this.point(null);
            this.hold(null);
        });
    }

    /** Shows heads, of which one may be held; null where nothing is known, undefined where there are none to know. */
    show(heads, held) {
        this.held = held;
        if (this.heads !== heads) {
            this.heads = heads;
            this.fill();
        }
        for (const control of this.element.querySelectorAll("[data-head]")) {
            control.setAttribute("aria-pressed", String(control.getAttribute("data-head") === held));
        }
    }

    fill() {
        const { heads } = this;
        this.element.hidden = !heads;
        if (!heads) return;
        if (!heads.isComputed) {
            this.element.replaceChildren(quiet("Through which heads these links go is not stored: atlas index --heads adds it."));
            return;
        }
        if (heads.heads.length === 0) {
            this.element.replaceChildren(quiet("None of the shown links goes through a head."));
            return;
        }
        const heldPlace = heads.names.get(this.held) ?? 0;
        const count = this.isWhole ? heads.heads.length : Math.max(Math.min(shownHeads, heads.heads.length), heldPlace + 1);
        const focused = document.activeElement?.getAttribute("data-head") ?? null;
        this.element.replaceChildren(term("Heads", meaning), ...heads.heads.slice(0, count).map((head) => this.chip(head)),
            count < heads.heads.length ? button(`All ${heads.heads.length}`, () => {
                this.isWhole = true;
                this.fill();
                this.show(heads, this.held);
                controlIn(this.element, `[data-head="${headName(heads.heads[count])}"]`)?.focus();
            }, { class: "more" }) : "");
        if (focused) controlIn(this.element, `[data-head="${focused}"]`)?.focus({ preventScroll: true });
    }

    chip(head) {
        const name = headName(head);
        const toggle = () => this.hold(this.held === name ? null : name);
        return button([name, element("span", { class: "quiet" }, ` ${roundPercentage(head.share)}`)], toggle, {
            class: "chip", "data-head": name, "aria-pressed": String(name === this.held),
            "aria-label": `Head ${name}, ${roundPercentage(head.share)}`,
            onpointerenter: () => this.point(name), onpointerleave: () => this.point(null),
            onfocus: (event) => { if (event.target.matches(":focus-visible")) this.point(name); }, onblur: () => this.point(null),
        });
    }
}

function carriedLinks(model, parts, actions) {
    const strongest = [...parts].sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, listedCarried);
    const largest = Math.abs(strongest[0]?.[1] ?? 0);
    const end = (index) => button(nameWithLabel(model.nodes[index]), () => actions.select(index), {
        class: "link-name", title: model.nodes[index].label ?? "",
    });
    return element("div", { class: "links" }, element("h3", {}, "What it carries here"),
        strongest.length === 0
            ? quiet("None of the links shown.")
            : element("ol", { class: "carried" }, strongest.map(([edge, loading]) => element("li", {},
                element("span", { class: "ends" }, end(edge.source), element("span", { class: "quiet" }, "→"), end(edge.target)),
                weightBar(loading, largest),
                element("span", { class: "numeric", title: `of ${signed(edge.weight)}` }, signed(loading))))));
}

/**
 * The section of the held head: what it carries in this graph, and where it looks.
 *
 * @param {{ heads: EdgeHeads, name: string, model: GraphModel, prompt: number | string | null, able: Able,
 *     actions: Actions }} held
 * @returns {HTMLElement}
 */
export function heldHead({ heads, name, model, prompt, able, actions }) {
    const head = heads.heads[heads.names.get(name)];
    if (!head) {
        return element("section", {}, element("h2", {}, `Head ${name}`),
            quiet("It is the main head of none of the links shown."));
    }
    const parts = heads.carriedBy(name, model);
    const marked = [...parts].filter(([edge]) => model.nodes[edge.source].position !== model.nodes[edge.target].position)
        .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a)).slice(0, 3)
        .map(([edge]) => ({ query: model.nodes[edge.target].position, key: model.nodes[edge.source].position }));
    return element("section", { class: "held-head" },
        element("h2", {}, "Head ", link(headAddress(head), name), " in this prompt"),
        element("p", { class: "definition" },
            `It carries ${percentage(head.share)} of what heads carry of the shown links, and is a main head of `
                + `${counted(head.edgeCount, "link")}.`),
        element("div", { class: "head-parts" }, carriedLinks(model, parts, actions),
            attentionPicture({ prompt, head, marked, able })));
}
