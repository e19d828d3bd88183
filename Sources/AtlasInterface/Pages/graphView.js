// The drawing of a graph or a circuit, and what pointer and keyboard do in it. What is chosen belongs to the page.

import {drawing, element} from "./elements.js";
import {clearLinks, drawLinks} from "./graphCanvas.js";
import {frameElements, nodeElement} from "./graphNodes.js";
import {linkAt} from "./graphLinks.js";
import {nextNode} from "./graphWalking.js";
import {onThemeChange} from "./theme.js";

const reach = 34;

/**
 * `state` is {shown, selected, pins, found} with indices of nodes. `actions` are select(index or null), pin(index),
 * hover(index or null) and, where links open, link(edge); `layOut(model, shown, width)` places the nodes; `classOf(node)` and `colourOf(edge)` colour them.
 */
export class GraphView {
    constructor({ title, layOut, actions, classOf = null, colourOf = null }) {
        Object.assign(this, { layOut, actions, classOf, colourOf });
        this.canvas = element("canvas", { "aria-hidden": "true" });
        this.nearCanvas = element("canvas", { "aria-hidden": "true" });
        this.nodeLayer = drawing("svg", { role: "group", "aria-label": title });
        this.stage = element("div", { class: "stage" }, this.canvas, this.nearCanvas, this.nodeLayer);
        this.element = element("div", { class: "drawing", tabindex: "-1" }, this.stage);
        this.hovered = null;
        this.walker = null;
        this.parts = null;
        this.elements = [];
        this.isDue = false;
        this.signal = new AbortController();
        this.listen();
    }

    /** Ends the listeners outside of the view. */
    end() {
        this.signal.abort();
        this.observer.disconnect();
    }

    listen() {
        this.nodeLayer.addEventListener("pointermove", (event) => this.hover(this.nearest(event)));
        this.nodeLayer.addEventListener("pointerleave", () => this.hover(null));
        this.nodeLayer.addEventListener("click", (event) => {
            const index = this.nearest(event);
            const edge = index === null && this.actions.link ? linkAt(this, event) : null;
            if (index !== null && event.shiftKey) this.actions.pin(index);
            else if (edge) this.actions.link(edge);
            else this.actions.select(index);
            if (index !== null) this.walkTo(index);
        });
        this.nodeLayer.addEventListener("keydown", (event) => this.key(event));
        this.nodeLayer.addEventListener("focusin", (event) => {
            const index = event.target.dataset?.index;
            if (index !== undefined) this.hover(Number(index));
        });
        this.nodeLayer.addEventListener("focusout", () => this.hover(null));
        this.observer = new ResizeObserver(() => {
            if (this.model && Math.abs(this.element.clientWidth - this.laidOutWidth) > 1) this.place();
        });
        this.observer.observe(this.element);
        onThemeChange(() => this.redraw(), this.signal.signal);
    }

    /** Shows a model in a state. */
    show(model, state) {
        const isSame = this.model === model && this.state && this.state.shown.size === state.shown.size
            && [...state.shown].every((index) => this.state.shown.has(index));
        this.model = model;
        this.state = state;
        if (isSame && this.layout) this.mark();
        else this.place();
    }

    /** Draws some links in place of all, by parts of them as `drawLinks` takes them; null draws all again. */
    tint(parts) {
        if (parts === this.parts) return;
        this.parts = parts;
        if (this.layout) this.mark();
    }

    place() {
        this.laidOutWidth = this.element.clientWidth || 700;
        this.layout = this.layOut(this.model, this.state.shown, this.laidOutWidth - 2);
        const hadFocus = this.nodeLayer.contains(document.activeElement);
        this.elements = [];
        for (const index of this.state.shown) {
            if (this.layout.places[index]) this.elements[index] = nodeElement(this.model, index, this.layout.places[index], this.classOf);
        }
        this.isStale = true;
        this.nodeLayer.setAttribute("width", this.layout.width);
        this.nodeLayer.setAttribute("height", this.layout.height);
        this.nodeLayer.setAttribute("viewBox", `0 0 ${this.layout.width} ${this.layout.height}`);
        this.nodeLayer.replaceChildren(...frameElements(this.layout), ...this.readingOrder().map((index) => this.elements[index]));
        this.hovered = null;
        if (this.walker === null || !this.elements[this.walker]) this.walker = this.state.selected !== null && this.elements[this.state.selected] ? this.state.selected : this.readingOrder()[0] ?? null;
        this.mark();
        if (hadFocus) this.elements[this.walker]?.focus({ preventScroll: true });
    }

    /** Indices from the top row to the bottom, each from left to right. */
    readingOrder() {
        return [...this.state.shown].filter((index) => this.layout.places[index]).sort((a, b) => {
            const rows = this.model.rowOf(this.model.nodes[b]) - this.model.rowOf(this.model.nodes[a]);
            return rows || this.layout.places[a].x - this.layout.places[b].x || a - b;
        });
    }

    /** Marks what is chosen, pinned, found and connected. */
    mark() {
        const { selected, pins, found } = this.state;
        const tinted = new Map();
        const reached = this.parts && new Set([...this.parts.keys()].flatMap((edge) => [edge.source, edge.target]));
        if (selected !== null) {
            if (this.state.ends !== "outputs") for (const edge of this.model.inputs[selected]) tinted.set(edge.source, edge.weight);
            if (this.state.ends !== "inputs") for (const edge of this.model.outputs[selected]) tinted.set(edge.target, edge.weight);
        }
        this.elements.forEach((node, index) => {
            const weight = tinted.get(index);
            node.classList.toggle("selected", index === selected);
            node.classList.toggle("pinned", pins.has(index));
            node.classList.toggle("excited", weight > 0);
            node.classList.toggle("inhibited", weight < 0);
            node.classList.toggle("faded", (found !== null && found !== undefined && !found.has(index)) || (reached !== null && !reached.has(index)));
            node.classList.toggle("near", index === this.hovered);
            node.setAttribute("aria-pressed", String(index === selected));
            node.setAttribute("tabindex", index === this.walker ? "0" : "-1");
        });
        this.draw();
    }

    redraw() {
        this.isStale = true;
        this.draw();
    }

    /** Draws what has changed since the last frame, in the next. */
    draw() {
        if (this.isDue || !this.model) return;
        this.isDue = true;
        requestAnimationFrame(() => {
            this.isDue = false;
            const look = { shown: this.state.shown, colourOf: this.colourOf, ends: this.state.ends };
            if (this.isStale) drawLinks(this.canvas, this.model, this.layout, look);
            this.isStale = false;
            const centre = this.hovered ?? (this.parts ? null : this.state.selected);
            this.canvas.classList.toggle("quieted", centre !== null || this.parts !== null);
            if (centre !== null) drawLinks(this.nearCanvas, this.model, this.layout, { ...look, focus: centre });
            else if (this.parts) drawLinks(this.nearCanvas, this.model, this.layout, { ...look, parts: this.parts });
            else clearLinks(this.nearCanvas);
        });
    }

    nearest(event) {
        const bounds = this.nodeLayer.getBoundingClientRect();
        const x = event.clientX - bounds.left;
        const y = event.clientY - bounds.top;
        let best = null;
        let least = reach * reach;
        for (const index of this.state.shown) {
            const place = this.layout.places[index];
            if (!place) continue;
            const distance = (place.x - x) ** 2 + (place.y - y) ** 2;
            if (distance < least) [best, least] = [index, distance];
        }
        return best;
    }

    hover(index) {
        if (index === this.hovered) return;
        this.elements[this.hovered]?.classList.remove("near");
        this.hovered = index;
        this.elements[index]?.classList.add("near");
        this.actions.hover?.(index);
        this.draw();
    }

    /** Moves the focus to a node. */
    walkTo(index) {
        this.elements[this.walker]?.setAttribute("tabindex", "-1");
        this.walker = index;
        const node = this.elements[index];
        node?.setAttribute("tabindex", "0");
        node?.focus({ preventScroll: true });
        const place = this.layout.places[index];
        if (!place) return;
        if (place.x < this.element.scrollLeft + 20 || place.x > this.element.scrollLeft + this.element.clientWidth - 20) {
            this.element.scrollLeft = place.x - this.element.clientWidth / 2;
        }
    }

    key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || this.walker === null) return;
        if (event.key === "Enter" || event.key === " ") this.actions.select(this.walker);
        else if (event.key === "p") this.actions.pin(this.walker);
        else if (event.key === "Escape") this.actions.select(null);
        else {
            const next = nextNode(this.model, this.layout, this.state.shown, this.walker, event.key);
            if (next === null) return;
            this.walkTo(next);
        }
        event.preventDefault();
    }
}
