// A drawing with everything around it: controls, details, table twin, pins, supernodes, undo. Graph and circuit share it.

import {controlIn, element} from "./elements.js";
import {drawingLegend, finder, viewToggle} from "./graphToolbar.js";
import {GraphEdits} from "./graphEdits.js";
import {EvidencePanel} from "./evidencePanel.js";
import {GraphView} from "./graphView.js";
import {layOutLayers, layOutPositions} from "./graphLayout.js";
import {HeadStrip, heldHead} from "./headStrip.js";
import {askKnowledge, knowledgeFilters, learn, recedingIn} from "./graphKnowledge.js";
import {linkItem} from "./nodeLinks.js";
import {nodeTable} from "./graphTable.js";
import {graphPicture} from "./graphPicture.js";
import {pictureControls} from "./pictures.js";
import {NodeSearch} from "./nodeSearch.js";
import {offerLocalSearch} from "./localSearch.js";
import {StabilityControl, steadiness} from "./stability.js";
import {pruningSliders} from "./pruningSliders.js";
import {savedSupernodes} from "./supernodes.js";
import {shortName, spokenName} from "./graphModel.js";
import {subgraphEdits} from "./subgraphEdits.js";
import {subgraphPanel} from "./subgraphPanel.js";
import {suggestionsView} from "./suggestions.js";
import {viewBar} from "./graphViewBar.js";
import {withPinToggled} from "./graphState.js";
import {isKnown} from "./numbers.js";

/**
 * The workbench; `onChange(state, shownCount)` hears every change; `heads` are the `EdgeHeads` of the links, where they are asked
 * for.
 */
export class GraphWorkbench {
    constructor({
        title, model, state, prompt = null, text = null, where = "", nodesPath = null, knowledgePath = null, heads = null,
        seed = null, expansion = null, stability = null, able, saved, signal, hasEdgeThreshold = false, hasNodeThreshold = true,
        limits = { nodes: 0.95 }, onChange, colouring = {},
    }) {
        this.model = model;
        this.state = state;
        this.prompt = prompt;
        this.text = text;
        this.where = where;
        this.nodesPath = nodesPath;
        this.knowledgePath = knowledgePath;
        this.knowledge = null;
        this.heads = heads;
        this.expansion = expansion;
        this.able = able;
        this.saved = saved;
        this.onChange = onChange;
        this.message = element("p", { role: "alert", class: "failure" });
        this.search = new NodeSearch({ workbench: this, title: model.isCollapsed ? "In this circuit" : "In this graph", prompt });
        this.edits = new GraphEdits(this, seed === null ? null : JSON.stringify([model.isCollapsed, seed]),
            (error) => { this.message.textContent = error.message; });
        this.edits.history.listen(signal);
        this.actions = {
            select: (index) => this.select(index), pin: (index) => this.togglePin(this.model.nodes[index].id),
            hover: (index) => this.tell(index), link: (edge) => this.openLink(edge),
            zoom: (scale) => this.zoomed(scale),
            ends: (ends) => this.set({ ...this.state, ends }),
            expand: expansion ? (index) => expansion.toggle(this.model.nodes[index].feature) : null,
        };
        const context = { able, signal, edits: this.edits.history, onLabel: (...label) => this.relabel(...label) };
        this.evidence = new EvidencePanel(context,
            "Point at a node to see what is known of it; a click holds it. Arrow keys walk through the drawing, Enter holds.");
        this.view = new GraphView({
            title, layOut: model.isCollapsed ? layOutLayers : layOutPositions, actions: this.actions, classOf: steadiness,
            scale: state.zoom, ...colouring,
        });
        this.viewBar = viewBar(this.view);
        this.stability = stability
            ? new StabilityControl(stability, () => { if (this.view.layout) this.view.place(); this.show(); },
                (isOn) => this.set({ ...this.state, stability: isOn }))
            : null;
        this.table = element("div", {});
        this.pointedHead = null;
        this.strip = new HeadStrip({ point: (head) => this.pointAt(head), hold: (head) => this.set({ ...this.state, head }) });
        this.head = element("div", {});
        this.panel = element("div", {});
        this.openedSums = new Set();
        this.subgraphEdits = subgraphEdits(this);
        this.suggestions = suggestionsView(seed, () => this.model, this.subgraphEdits);
        this.told = element("p", { class: "told", "aria-hidden": "true" });
        this.element = element("div", { class: "workbench" }, this.toolbar(hasNodeThreshold, hasEdgeThreshold, limits),
            drawingLegend([this.pictureControls(title, colouring)]), this.message,
            this.strip.element,
            element("div", { class: "bench" },
                element("div", { class: "bench-main" }, this.viewBar.element, this.told, this.view.element, this.table),
                this.evidence.element),
            this.head, this.panel);
        signal.addEventListener("abort", () => this.view.end());
        this.signal = signal;
    }

    toolbar(hasNodeThreshold, hasEdgeThreshold, limits) {
        const { nodes, edges } = pruningSliders(this, hasNodeThreshold, hasEdgeThreshold, limits);
        this.nodeSlider = nodes;
        this.edgeSlider = edges;
        this.finder = finder(() => this.walkThroughFound(), () => this.search.clear());
        this.toggle = viewToggle(this.state.view, (view) => this.set({ ...this.state, view }));
        this.filters = knowledgeFilters((change) => this.set({ ...this.state, ...change }));
        return element("div", { class: "toolbar" }, this.nodeSlider?.element, this.edgeSlider?.element, this.filters.element,
            this.finder.element, this.toggle.element, this.stability?.element, this.edits.history.undoButton,
            this.edits.history.redoButton);
    }

    /** The drawing as a file: all that is shown of it. */
    pictureControls(title, { colourOf = null }) {
        return pictureControls(title,
            () => graphPicture({
                title, model: this.model, state: this.pictured, layOut: this.view.layOut, width: this.view.element.clientWidth,
                colourOf,
            }),
            this.view.element);
    }

    /** Begins to draw, once the workbench is in the document. */
    start() {
        offerLocalSearch(this.search, this.signal);
        this.show();
        this.stability?.start(this.model, this.state.stability);
        this.askKnowledge();
    }

    /** Asks what the atlas knows of the features, and shows it with them. */
    async askKnowledge() {
        const { model } = this;
        const knowledge = await askKnowledge(this.knowledgePath, this.state);
        if (knowledge === null || model !== this.model) return;
        learn(model, knowledge);
        this.knowledge = knowledge;
        this.view.renew();
        this.show();
    }

    /** Shows another answer in the same state. */
    setModel(model, heads = null) {
        this.model = model;
        this.heads = heads;
        this.stability?.mark(model);
        this.view.walker = null;
        this.show();
        this.askKnowledge();
    }

    set(state) {
        this.state = state;
        this.show();
    }

    /** Makes an edit that can be undone. */
    edit(title, after, before = this.state) {
        return this.edits.change(title, before, after);
    }

    /** Takes over what edits change, and leaves what is merely looked at. */
    restore(state) {
        this.nodeSlider?.set(state.nodes);
        this.edgeSlider?.set(state.edges);
        this.set({ ...this.state, nodes: state.nodes, edges: state.edges, pins: state.pins, groups: state.groups });
    }

    select(index) {
        // Letting go twice lets go of the head too.
        const wasLink = this.evidence.dropLink();
        const head = index === null && this.state.selected === null && !wasLink ? null : this.state.head;
        this.set({ ...this.state, head, selected: index === null ? null : this.model.nodes[index].id });
    }

    /** Tints what a head carries while it is pointed at; what is held is tinted again afterwards. */
    pointAt(head) {
        this.pointedHead = head;
        this.tint();
    }

    tint() {
        const name = this.pointedHead ?? this.state.head ?? null;
        this.view.tint(name !== null && this.heads?.isComputed ? this.heads.carriedBy(name, this.model) : null);
    }

    togglePin(id) {
        const index = this.model.byID.get(id);
        const verb = this.state.pins.includes(id) ? "unpin" : "pin";
        return this.edit(`${verb} ${index === undefined ? id : shortName(this.model.nodes[index])}`,
            withPinToggled(this.state, id));
    }

    /** Keeps the scale in the address, and shows it. */
    zoomed(scale) {
        this.viewBar.show(scale);
        if (Math.abs(scale - this.state.zoom) < 0.005) return;
        this.state = { ...this.state, zoom: scale };
        this.onChange(this.state, this.shown.size);
    }

    tell(index) {
        this.told.textContent = isKnown(index) ? spokenName(this.model.nodes[index]) : "";
        this.evidence.preview(isKnown(index) ? this.subjectOf(index) : null);
    }

    walkThroughFound() {
        const found = [...(this.found ?? [])].filter((index) => this.shown.has(index));
        if (found.length === 0) return;
        const place = found.indexOf(this.model.byID.get(this.state.selected));
        this.select(found[(place + 1) % found.length]);
    }

    /** Asks anew which supernodes the atlas keeps. */
    async renewSaved() {
        this.saved = await savedSupernodes();
        this.show();
    }

    show() {
        const { model, state } = this;
        this.shown = model.within(state.nodes);
        this.found = this.search.found(model, state.find);
        const selected = state.selected === null ? null : model.byID.get(state.selected) ?? null;
        const pins = new Set(state.pins.map((id) => model.byID.get(id)).filter((index) => index !== undefined));
        for (const index of [...pins, ...(selected === null ? [] : [selected])]) this.shown.add(index);
        const receding = recedingIn(model, state);
        const view = { shown: this.shown, selected, pins, found: this.found, receding, ends: state.ends };
        this.pictured = view;
        this.filters.show(this.knowledge, state, receding);
        const count = this.found ? [...this.found].filter((index) => this.shown.has(index)).length : null;
        this.finder.show(count === null ? "" : count === 0 ? "no node matches" : `${count} of ${this.shown.size}`);
        this.toggle.set(state.view);
        this.strip.show(this.heads, state.head);
        this.tint();
        const isTable = state.view === "table";
        this.view.element.hidden = isTable;
        this.viewBar.element.hidden = isTable;
        this.table.hidden = !isTable;
        if (isTable) this.showTable(view);
        else this.view.show(model, view);
        this.evidence.hold(selected === null ? null : this.subjectOf(selected),
            selected === null && state.selected
                ? `The node ${state.selected} of the address is not in this graph at these thresholds.`
                : null);
        this.showHead();
        this.panel.replaceChildren(subgraphPanel({
            subject: { model, heads: this.heads, where: this.where, prompt: this.prompt, opened: this.openedSums },
            pins: state.pins, groups: state.groups, saved: this.saved, canSave: this.able.writable,
            edits: this.subgraphEdits, suggestions: this.suggestions, width: Math.max(320, this.element.clientWidth - 50),
        }));
        this.onChange(state, this.shown.size);
    }

    showTable(view) {
        const focused = document.activeElement?.getAttribute("data-row") ?? null;
        this.table.replaceChildren(nodeTable(this.model, view, this.actions));
        if (focused !== null) controlIn(this.table, `[data-row="${focused}"]`)?.focus();
    }

    /** Shows the held head; the same is not built anew, for it may be asking. */
    showHead() {
        const { heads, model, prompt, able } = this;
        const name = heads?.isComputed ? this.state.head ?? null : null;
        if (this.shownHead?.name === name && this.shownHead.model === model) return;
        this.shownHead = { name, model };
        this.head.replaceChildren(name === null ? "" : heldHead({ heads, name, model, prompt, able, actions: this.actions }));
    }

    /** What the panel shows of a node. */
    subjectOf(index) {
        const { model, state, prompt, text, where, nodesPath, heads, actions, expansion } = this;
        const node = model.nodes[index];
        return {
            key: node.id, model, index, node, prompt, text, where, nodesPath, heads, ends: state.ends, actions,
            isPinned: state.pins.includes(node.id), isExpanded: expansion?.has(node.feature) ?? false,
        };
    }

    /** Shows the evidence of a drawn link. */
    openLink(edge) {
        this.evidence.holdLink({
            ...linkItem(this, edge), select: (end) => this.select(edge[end]), close: () => this.select(null),
        });
    }

    /** Gives a feature's nodes its new label. */
    relabel(feature, label, isAutomatic) {
        for (const node of this.model.nodes) {
            if (node.kind === "feature" && node.feature.layer === feature.layer && node.feature.index === feature.index) {
                Object.assign(node, { label, labelIsAutomatic: isAutomatic });
            }
        }
        if (this.view.layout) this.view.place();
    }
}
