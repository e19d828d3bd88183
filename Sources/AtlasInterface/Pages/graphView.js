// The drawing of a graph or a circuit, and what pointer and keyboard do in it. What is chosen belongs to the page.

import {drawing, element} from "./elements.js";
import {Camera, cameraElements} from "./graphCamera.js";
import {LinkPainter, orderedLinks} from "./graphCanvas.js";
import {Crowd} from "./graphCrowd.js";
import {GraphFrame} from "./graphFrame.js";
import {listenToHands, zoomByKey} from "./graphGestures.js";
import {nodeElement, placeNode} from "./graphNodes.js";
import {GraphOverview} from "./graphOverview.js";
import {anchorOf, answerIn, inReadingOrder, nearestNode} from "./graphLooking.js";
import {drawNear} from "./graphNear.js";
import {listenToNodes} from "./graphPointing.js";
import {markNodes, tintedEnds} from "./graphMarks.js";
import {nextNode} from "./graphWalking.js";
import {onThemeChange} from "./theme.js";
import {isKnown} from "./numbers.js";

const reach = 34;
/** Nodes that are all elements; of more, only those that are worked with are, and the others are drawn as pixels. */
const mostElements = 1_200;
/**
 * Links that are too many to be drawn anew while a hand moves the drawing, and the milliseconds after which it has come to rest.
 */
const manyLinks = 6_000;
const settling = 90;

/**
 * `state` is {shown, selected, pins, found, receding, ends} with indices of nodes. `actions` are select(index or null),
 * pin(index), hover(index or null), zoom(scale) and, where links open, link(edge); `layOut(model, shown, width)` places the
 * nodes; `classOf(node)`, `colourOf(edge)` and `markOf(edge, context, ends)` colour and mark them.
 */
export class GraphView {
    /**
     * @param {{ title: string, layOut: LayOut, actions: Actions, classOf?: ((node: GraphNode) => string | null) | null,
     *     colourOf?: ((edge: GraphEdge) => string | null) | null, markOf?: any, scale?: number }} given
     */
    constructor({ title, layOut, actions, classOf = null, colourOf = null, markOf = null, scale = 1 }) {
        this.layOut = layOut;
        this.actions = actions;
        this.classOf = classOf;
        this.colourOf = colourOf;
        this.markOf = markOf;
        const layer = () => element("canvas", { "aria-hidden": "true" });
        this.links = [layer(), layer()];
        this.nearCanvas = layer();
        this.nearCanvas.classList.add("near-links");
        this.crowd = new Crowd(layer());
        this.nodeGroup = drawing("g", {});
        this.rules = drawing("g", {});
        this.names = drawing("g", {});
        this.nodeLayer = drawing("svg", { role: "group", "aria-label": title }, this.rules, this.nodeGroup, this.names);
        const { stage, extent, frame } = cameraElements(this.links, this.nearCanvas, this.crowd.canvas, this.nodeLayer);
        this.stage = stage;
        this.element = frame;
        this.hovered = null;
        this.walker = null;
        this.parts = null;
        this.elements = [];
        this.isDue = false;
        this.camera = new Camera(frame, extent, () => this.moved());
        this.camera.scale = scale;
        this.painter = new LinkPainter(this.links[0], this.links[1]);
        this.overview = new GraphOverview(this.camera);
        this.signal = new AbortController();
        this.listen();
    }

    /** Ends the listeners outside of the view. */
    end() {
        this.signal.abort();
        this.observer.disconnect();
    }

    listen() {
        listenToNodes(this);
        this.element.addEventListener("keydown", (event) => this.key(event));
        listenToHands(this.element, this.camera, this.signal.signal);
        this.observer = new ResizeObserver(() => {
            if (!this.layout) return;
            if (Math.abs(this.element.clientWidth - this.laidOutWidth) > 1) this.place();
            else this.draw();
        });
        this.observer.observe(this.element);
        onThemeChange(() => this.redraw(), this.signal.signal);
    }

    /**
     * Shows a model in a state.
     *
     * @param {GraphModel} model
     * @param {Shown} state
     */
    show(model, state) {
        const isSame = !this.isRenewed && this.model === model && this.state && this.state.shown.size === state.shown.size
            && [...state.shown].every((index) => this.state.shown.has(index));
        this.model = model;
        this.state = state;
        this.isRenewed = false;
        if (isSame && this.layout) this.mark();
        else this.place();
    }

    /** Makes the elements anew at the next `show`: what the model says of its nodes has changed. */
    renew() {
        this.isRenewed = true;
    }

    /**
     * Draws some links in place of all, by parts of them as `drawFewLinks` takes them; null draws all again.
     *
     * @param {Map<GraphEdge, number> | null} parts
     */
    tint(parts) {
        if (parts === this.parts) return;
        this.parts = parts;
        if (this.layout) this.mark();
    }

    place() {
        this.laidOutWidth = this.element.clientWidth || 700;
        const anchor = this.placed ? anchorOf(this.placed.model, this.layout.places, this.camera, this.placed.selected) : null;
        this.layout = this.layOut(this.model, this.state.shown, this.laidOutWidth - 2);
        const hadFocus = this.nodeLayer.contains(document.activeElement);
        this.camera.setLayout(this.layout);
        this.isCrowd = this.state.shown.size > mostElements;
        this.isLarge = this.isCrowd || this.model.edges.length > manyLinks;
        this.crowd.canvas.hidden = !this.isCrowd;
        this.elements = [];
        this.order = null;
        this.frame = new GraphFrame(this.layout);
        this.rules.replaceChildren(this.frame.rules);
        this.names.replaceChildren(this.frame.over);
        this.hovered = null;
        if (this.walker === null || !this.state.shown.has(this.walker) || !this.layout.places[this.walker]) {
            const isChosenSeen = this.state.selected !== null && this.layout.places[this.state.selected];
            this.walker = isChosenSeen ? this.state.selected : this.readingOrder()[0] ?? null;
        }
        this.nodeGroup.replaceChildren();
        if (!this.isCrowd) this.nodeGroup.append(...this.readingOrder().map((index) => this.elementOf(index)));
        this.redraw();
        this.mark();
        this.open(anchor);
        if (hadFocus) this.elements[this.walker]?.focus({ preventScroll: true });
    }

    /** The element of a node, made where there is none yet. */
    elementOf(index) {
        this.elements[index] ??= nodeElement(this.model, index, this.classOf);
        placeNode(this.elements[index], this.model, index, this.layout.places[index], this.camera);
        return this.elements[index];
    }

    /** Looks at what was in the middle before, or first at what is chosen, else at the answer. */
    open(anchor) {
        const index = anchor === null ? this.state.selected : this.model.byID.get(anchor.id);
        if (anchor === null) {
            if (index !== null && this.layout.places[index]) this.camera.centreOn(this.layout.places[index]);
            else this.showAnswer();
        } else if (index !== undefined && this.layout.places[index]) {
            const place = this.layout.places[index];
            this.element.scrollLeft = this.camera.x(place.x) - anchor.x;
            this.element.scrollTop = this.camera.y(place.y) - anchor.y;
        }
        this.draw();
    }

    /** Moves to the most likely answer, at the end of the prompt. */
    showAnswer() {
        const answer = answerIn(this.model, this.state.shown, this.layout.places);
        if (answer !== null) this.camera.centreOn(this.layout.places[answer]);
    }

    /** Makes all columns fit the window. */
    fit() {
        this.camera.zoomTo(this.camera.fittingScale);
    }

    readingOrder() {
        this.order ??= inReadingOrder(this.model, this.layout.places, this.state.shown);
        return this.order;
    }

    /** Whether a node recedes: by the search, by a filter, or because it is not among the links that are shown. */
    recedes(index) {
        const { found, receding } = this.state;
        return (isKnown(found) && !found.has(index)) || Boolean(receding?.has(index))
            || (this.reached !== null && !this.reached.has(index));
    }

    /** Marks what is chosen, pinned, found and connected. */
    mark() {
        const { selected, pins } = this.state;
        const tinted = tintedEnds(this.model, selected, this.state.ends);
        this.reached = this.parts && new Set([...this.parts.keys()].flatMap((edge) => [edge.source, edge.target]));
        if (this.isCrowd) this.crowd.gather(this, [...pins, ...tinted.keys(), selected, this.walker, this.hovered]);
        markNodes(this, tinted);
        this.placed = { model: this.model, selected };
        this.crowd.isStale = true;
        this.draw();
    }

    redraw() {
        this.isStale = this.crowd.isStale = true;
        this.draw();
    }

    /** Draws what has changed since the last frame, in the next. */
    draw() {
        if (this.isDue || !this.model) return;
        this.isDue = true;
        requestAnimationFrame(() => {
            this.isDue = false;
            if (!this.element.isConnected) return;
            this.drawNow();
        });
    }

    drawNow() {
        const { camera, model, layout } = this;
        const size = { width: this.element.clientWidth, height: this.element.clientHeight };
        const at = camera.state;
        this.stage.style.width = `${size.width}px`;
        this.stage.style.height = `${size.height}px`;
        this.nodeLayer.setAttribute("width", String(size.width));
        this.nodeLayer.setAttribute("height", String(size.height));
        if (this.placedScale !== camera.scale || this.placedRowScale !== camera.rowScale) {
            this.elements.forEach((node, index) => placeNode(node, model, index, layout.places[index], camera));
            this.placedScale = camera.scale;
            this.placedRowScale = camera.rowScale;
            this.actions.zoom?.(camera.scale);
        }
        this.nodeGroup.setAttribute("transform", `translate(${-at.left} ${-at.top})`);
        this.frame.follow(at, size);
        const look = { model, layout, colourOf: this.colourOf, markOf: this.markOf };
        if (this.isStale) {
            this.painter.setLinks(orderedLinks(model.edges, this.state.shown, model.nodes.length), look);
            this.overview.draw(model, this.state.shown);
        }
        this.isStale = false;
        const isMoving = this.isLarge && performance.now() - this.movedAt < settling;
        this.painter.follow(at, size, isMoving);
        drawNear(this, { ...look, camera: at, size });
        if (this.isCrowd) this.crowd.follow(this, at, size, isMoving);
        this.overview.follow();
    }

    /** Hears that the camera has moved. Pictures of very many are only moved along until it rests. */
    moved() {
        if (!this.layout) return;
        this.movedAt = performance.now();
        this.draw();
        clearTimeout(this.rest);
        if (this.isLarge) this.rest = setTimeout(() => this.draw(), settling + 10);
    }

    nearest(event) {
        return nearestNode(this.camera, this.layout.places, this.state.shown, event, reach);
    }

    hover(index) {
        if (index === this.hovered) return;
        this.elements[this.hovered]?.classList.remove("near");
        this.hovered = index;
        if (this.isCrowd && index !== null && !this.elements[index]) this.nodeGroup.append(this.elementOf(index));
        this.elements[index]?.classList.add("near");
        this.actions.hover?.(index);
        this.draw();
    }

    /** Moves the focus to a node. */
    walkTo(index) {
        const place = this.layout.places[index];
        if (!place) return;
        this.elements[this.walker]?.setAttribute("tabindex", "-1");
        this.walker = index;
        if (!this.elements[index]) this.nodeGroup.append(this.elementOf(index));
        const node = this.elements[index];
        node.setAttribute("tabindex", "0");
        node.focus({ preventScroll: true });
        this.camera.reveal(place);
    }

    key(event) {
        if (event.ctrlKey || event.metaKey || event.altKey || !this.layout) return;
        if (event.key === "Enter" || event.key === " ") this.actions.select(this.walker);
        else if (event.key === "p" && this.walker !== null) this.actions.pin(this.walker);
        else if (event.key === "Escape") this.actions.select(null);
        else if (!zoomByKey(event.key, this.camera, { fit: () => this.fit(), answer: () => this.showAnswer() })) {
            if (this.walker === null) return;
            const next = nextNode(this.model, this.layout, this.state.shown, this.walker, event.key);
            if (next === null) return;
            this.walkTo(next);
        }
        event.preventDefault();
    }
}
