// The panel beside a drawing: what is pointed at is previewed, what is chosen is held. Graph, circuit, comparison and run share
// it.

import {button, element, quiet} from "./elements.js";
import {linkEvidence} from "./nodeLinks.js";
import {NodeEvidence} from "./nodeEvidence.js";
import {isKnown, percentage, signed} from "./numbers.js";
import {nameWithLabel} from "./nodeName.js";

/** How long a pointer rests at a node before its evidence is asked for, and how long the last stays after it. */
const previewPause = 90;

/** The panel. `context` is {able, signal, edits, onLabel}: see `NodeEvidence`. */
export class EvidencePanel {
    constructor(context, hint) {
        this.context = context;
        this.empty = [element("h2", { class: "node-title" }, "No node chosen"), quiet(hint)];
        this.held = null;
        this.previewed = null;
        this.timer = null;
        this.element = element("aside", { class: "detail evidence", "aria-label": "Chosen node", tabindex: "-1" }, this.empty);
        context.signal.addEventListener("abort", () => clearTimeout(this.timer));
    }

    /**
     * Shows a node while it is pointed at; null when nothing is any more: then what is held comes back, or the last one stays.
     */
    preview(subject) {
        clearTimeout(this.timer);
        if (this.isBusy()) return;
        this.timer = setTimeout(() => {
            if (subject === null) {
                if (this.held === null) return;
                this.previewed = null;
                this.show(this.held);
            } else if (subject.key === this.heldKey) {
                this.show(this.held);
            } else if (subject.key !== this.previewed?.subject.key) {
                this.previewed = new NodeEvidence(subject, this.context);
                this.show(this.previewed);
            } else {
                this.show(this.previewed);
            }
        }, previewPause);
    }

    /** Holds a node; null lets go, and `note` says what else there is to say. */
    hold(subject, note = null) {
        clearTimeout(this.timer);
        if (subject === null) {
            const hadFocus = this.element.contains(document.activeElement);
            if (this.holdsLink && !note) return;
            this.held = null;
            this.previewed = null;
            this.element.replaceChildren(...this.empty, ...(note ? [quiet(note)] : []));
            this.element.classList.remove("filled");
            if (hadFocus) this.element.focus({ preventScroll: true });
            return;
        }
        if (this.held instanceof NodeEvidence && subject.key === this.heldKey) {
            this.held.update(subject);
            if (this.previewed === null) this.show(this.held);
            return;
        }
        const hadFocus = this.element.contains(document.activeElement);
        const held = subject.key === this.previewed?.subject.key ? this.previewed : new NodeEvidence(subject, this.context);
        held.update(subject);
        held.hold();
        this.held = held;
        this.previewed = null;
        this.show(this.held);
        this.element.scrollTop = 0;
        if (hadFocus) this.element.focus({ preventScroll: true });
    }

    /** Holds a link: {source, target, weight, share, heads, stays, where, prompt, select(end), close()}. */
    holdLink(item) {
        clearTimeout(this.timer);
        const end = (node, which) => button(nameWithLabel(node), () => item.select(which), { class: "link-name" });
        const view = element("div", { class: "node-evidence links" },
            element("h2", { class: "node-title" }, "Link of ", signed(item.weight)),
            element("p", { class: "link-ends" }, end(item.source, "source"), element("span", { class: "quiet" }, " → "),
                end(item.target, "target")),
            quiet(isKnown(item.share) ? `${percentage(item.share)} of the target's input here.` : ""),
            element("p", { class: "controls" }, button("Close", () => item.close(), { title: "Escape" })),
            linkEvidence(item));
        this.held = { element: view };
        this.previewed = null;
        this.show(this.held);
        this.element.scrollTop = 0;
    }

    /** The key of the node that is held; null where none is. */
    get heldKey() {
        return this.held instanceof NodeEvidence ? this.held.subject.key : null;
    }

    get holdsLink() {
        return this.held !== null && !(this.held instanceof NodeEvidence);
    }

    /** Lets a held link go; whether there was one. */
    dropLink() {
        if (!this.holdsLink) return false;
        this.held = null;
        return true;
    }

    show(view) {
        if (this.element.firstElementChild === view.element) return;
        this.element.replaceChildren(view.element);
        this.element.classList.toggle("filled", true);
    }

    /** Whether somebody writes in the panel: then nothing takes its place. */
    isBusy() {
        return this.element.querySelector("form") !== null && this.element.contains(document.activeElement);
    }
}
