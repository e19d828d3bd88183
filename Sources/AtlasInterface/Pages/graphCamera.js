// Which part of a layout a window shows, and how large: the window scrolls, the camera knows the scale.

import {element} from "./elements.js";

/** The largest scale, and the smallest that is always allowed; a whole graph may need a smaller one. */
const largestScale = 6;
const smallestScale = 0.5;
const revealMargin = 60;

/**
 * A window onto a layout. Rows keep their height as long as all of them fit: only columns move together when a wide graph is made
 * smaller. The names of rows stand in a gutter, and those of columns in a footer, which no scale changes.
 */
export class Camera {
    /**
     * @param {HTMLElement} frame
     * @param {HTMLElement} extent
     * @param {() => void} onchange
     */
    constructor(frame, extent, onchange) {
        this.frame = frame;
        this.extent = extent;
        this.onchange = onchange;
        this.scale = 1;
        this.layout = null;
        frame.addEventListener("scroll", () => this.onchange(), { passive: true });
    }

    /**
     * Takes a layout; what is seen stays where it is as far as the new layout has it.
     *
     * @param {Layout} layout
     */
    setLayout(layout) {
        this.layout = layout;
        this.scale = this.bounded(this.scale);
        this.measure();
    }

    /** How much of the layout's height there is at least, whatever the scale. */
    get leastRowScale() {
        return Math.min(1, (this.tallest - this.layout.footer) / this.layout.bottom);
    }

    get rowScale() {
        return Math.max(this.scale, this.leastRowScale);
    }

    /** The height that the window may take. */
    get tallest() {
        return Math.max(416, Math.round(innerHeight * 0.78));
    }

    /** The scale at which all columns fit the window. */
    get fittingScale() {
        const { width, gutter } = this.layout;
        return Math.min(1, (this.width - gutter - 2) / Math.max(1, width - gutter));
    }

    get width() {
        return this.frame.clientWidth || 700;
    }

    get height() {
        return this.frame.clientHeight || 400;
    }

    bounded(scale) {
        return Math.min(largestScale, Math.max(Math.min(smallestScale, this.fittingScale), scale));
    }

    /** Sizes what scrolls. */
    measure() {
        const { layout } = this;
        const wide = Math.max(this.width, Math.ceil(this.x(layout.width)));
        const high = Math.ceil(layout.bottom * this.rowScale + layout.footer);
        this.extent.style.width = `${wide}px`;
        this.extent.style.height = `${high}px`;
        // A scroll bar below takes of the height; the window makes room for it.
        const bar = this.frame.offsetHeight - this.frame.clientHeight - 2;
        this.frame.style.maxHeight = `${this.tallest}px`;
        this.frame.style.height = `${Math.min(this.tallest, high + Math.max(0, bar) + 2)}px`;
    }

    /** Where something of the layout stands in the extent. */
    x(x) {
        return this.layout.gutter + (x - this.layout.gutter) * this.scale;
    }

    y(y) {
        return y * this.rowScale;
    }

    /** What is scrolled past. */
    get left() {
        return this.frame.scrollLeft;
    }

    get top() {
        return this.frame.scrollTop;
    }

    /** What of the layout lies at a point of the screen. */
    layoutPoint(clientX, clientY) {
        const bounds = this.frame.getBoundingClientRect();
        return {
            x: (clientX - bounds.left - this.frame.clientLeft + this.left - this.layout.gutter) / this.scale + this.layout.gutter,
            y: (clientY - bounds.top - this.frame.clientTop + this.top) / this.rowScale,
        };
    }

    /** Changes the scale while a point of the screen, the middle unless given, keeps showing what it shows. */
    zoomTo(scale, clientX = null, clientY = null) {
        const bounds = this.frame.getBoundingClientRect();
        const at = {
            x: clientX ?? bounds.left + (this.width + this.layout.gutter) / 2, y: clientY ?? bounds.top + this.height / 2,
        };
        const before = this.layoutPoint(at.x, at.y);
        this.scale = this.bounded(scale);
        this.measure();
        this.frame.scrollLeft = this.x(before.x) - (at.x - bounds.left - this.frame.clientLeft);
        this.frame.scrollTop = this.y(before.y) - (at.y - bounds.top - this.frame.clientTop);
        this.onchange();
    }

    /** Puts a place of the layout into the middle. */
    centreOn({ x, y }) {
        this.frame.scrollLeft = this.x(x) - (this.width + this.layout.gutter) / 2;
        this.frame.scrollTop = this.y(y) - (this.height - this.layout.footer) / 2;
        this.onchange();
    }

    /** Moves no further than needed for a place to be seen. */
    reveal({ x, y }) {
        const margin = Math.min(revealMargin, this.width / 4);
        const [wide, high] = [this.x(x), this.y(y)];
        if (wide < this.left + this.layout.gutter + 14 || wide > this.left + this.width - margin) {
            this.frame.scrollLeft = wide - (this.width + this.layout.gutter) / 2;
        }
        if (high < this.top + 20 || high > this.top + this.height - this.layout.footer - 20) {
            this.frame.scrollTop = high - this.height / 2;
        }
    }

    /** The part of the layout that is seen, in the layout's own measure. */
    get seen() {
        const { gutter, footer } = this.layout;
        return {
            left: this.left / this.scale + gutter, right: (this.left + this.width - gutter) / this.scale + gutter,
            top: this.top / this.rowScale, bottom: (this.top + this.height - footer) / this.rowScale,
        };
    }

    /** Whether all of the layout is seen. */
    get showsAll() {
        return this.frame.scrollWidth <= this.frame.clientWidth + 1 && this.frame.scrollHeight <= this.frame.clientHeight + 1;
    }

    /** What a picture depends on. */
    get state() {
        return { scale: this.scale, rowScale: this.rowScale, left: this.left, top: this.top, gutter: this.layout.gutter };
    }
}

/**
 * Whether two states, or states with sizes, are the same; none is like no other.
 *
 * @param {Record<string, number>} state
 * @param {Record<string, number> | null} other
 * @returns {boolean}
 */
export function isSamePlace(state, other) {
    return other !== null && Object.keys(state).every((key) => state[key] === other[key]);
}

/**
 * The window, what scrolls in it, and the stage that stays in view and is drawn on.
 *
 * @param {...Content} layers
 * @returns {{ stage: HTMLElement, extent: HTMLElement, frame: HTMLElement }}
 */
export function cameraElements(...layers) {
    const stage = element("div", { class: "stage" }, layers);
    const extent = element("div", { class: "extent" }, stage);
    return { stage, extent, frame: element("div", { class: "drawing", tabindex: "-1" }, extent) };
}
