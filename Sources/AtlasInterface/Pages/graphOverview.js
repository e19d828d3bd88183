// The whole drawing in a small picture, with the part that is seen; a press moves there.

import {element} from "./elements.js";
import {pageColour} from "./theme.js";

const wide = 190;
const high = 58;

/** The overview of what a camera shows a part of. It is for pointers: keys walk through the drawing itself. */
export class GraphOverview {
    constructor(camera) {
        this.camera = camera;
        this.canvas = element("canvas", {});
        this.seen = element("div", { class: "seen" });
        this.element = element("div", { class: "overview", "aria-hidden": "true", hidden: "" }, this.canvas, this.seen);
        const go = (event) => {
            const bounds = this.canvas.getBoundingClientRect();
            const { layout } = camera;
            camera.centreOn({
                x: (event.clientX - bounds.left) / wide * layout.width, y: (event.clientY - bounds.top) / high * layout.bottom,
            });
        };
        this.element.addEventListener("pointerdown", (event) => {
            this.element.setPointerCapture(event.pointerId);
            go(event);
        });
        this.element.addEventListener("pointermove",
            (event) => { if (this.element.hasPointerCapture(event.pointerId)) go(event); });
    }

    /** Draws all nodes as dots. */
    draw(model, shown) {
        const { layout } = this.camera;
        const scale = devicePixelRatio || 1;
        this.canvas.width = wide * scale;
        this.canvas.height = high * scale;
        this.canvas.style.width = `${wide}px`;
        this.canvas.style.height = `${high}px`;
        const context = this.canvas.getContext("2d");
        context.scale(scale, scale);
        context.fillStyle = pageColour("--quiet");
        for (const index of shown) {
            const place = layout.places[index];
            if (!place) continue;
            const size = model.nodes[index].kind === "logit" ? 4 : 1.6;
            context.fillRect(place.x / layout.width * wide - size / 2, place.y / layout.bottom * high - size / 2, size, size);
        }
    }

    /** Marks the part that is seen. */
    follow() {
        const { camera } = this;
        this.element.hidden = camera.showsAll;
        if (this.element.hidden) return;
        const { left, right, top, bottom } = camera.seen;
        const { layout } = camera;
        const share = (value, whole) => Math.max(0, Math.min(1, value / whole));
        const [from, to] = [share(left, layout.width), share(right, layout.width)];
        const [above, below] = [share(top, layout.bottom), share(bottom, layout.bottom)];
        Object.assign(this.seen.style, {
            left: `${from * wide}px`, width: `${Math.max(4, (to - from) * wide)}px`, top: `${above * high}px`,
            height: `${Math.max(4, (below - above) * high)}px`,
        });
    }
}
