// Nodes as pixels, where they are too many to be elements: those that are worked with are elements all the same.

import {isSamePlace} from "./graphCamera.js";
import {moveCanvas} from "./graphCanvas.js";
import {glyphScale, radiusOf} from "./graphNodes.js";
import {isKnown} from "./numbers.js";
import {pageColour} from "./theme.js";

/** The nodes of a view that are no elements. */
export class Crowd {
    /**
     * @param {HTMLCanvasElement} canvas
     */
    constructor(canvas) {
        this.canvas = canvas;
        this.drawnAt = null;
        this.isStale = true;
    }

    /** Draws all nodes where the view's camera looks, unless they are drawn there; or only moves the picture there is. */
    follow(view, at, size, isMoving) {
        const { model, layout, camera, state } = view;
        if (isMoving && this.drawnAt) return moveCanvas(this.canvas, this.drawnAt, at);
        const drawnAt = { ...at, ...size };
        if (!this.isStale && isSamePlace(drawnAt, this.drawnAt)) return;
        drawNodes(this.canvas, model, layout, camera, state.shown, (index) => view.recedes(index));
        this.canvas.style.transform = "";
        this.drawnAt = drawnAt;
        this.isStale = false;
    }

    /** Makes elements of the nodes of a view that are worked with, and pixels of all others again. */
    gather(view, indices) {
        const { elements, state, layout, nodeGroup } = view;
        const wanted = new Set(indices.filter((index) => isKnown(index) && state.shown.has(index)
            && layout.places[index]));
        elements.forEach((node, index) => {
            if (wanted.has(index)) return;
            node.remove();
            delete elements[index];
        });
        for (const index of wanted) if (!elements[index]) nodeGroup.append(view.elementOf(index));
    }
}

/** Draws the nodes of `indices` on a canvas of the window's size; `fades(index)` tells which recede. */
function drawNodes(canvas, model, layout, camera, indices, fades) {
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(camera.width * scale), Math.round(camera.height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
        Object.assign(canvas, { width: wide, height: high });
        canvas.style.width = `${camera.width}px`;
        canvas.style.height = `${camera.height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, camera.width, camera.height);
    const stamps = stampsOf(scale);
    const size = glyphScale(camera.scale);
    const { left, right, top, bottom } = camera.seen;
    const at = camera.state;
    for (const index of indices) {
        const place = layout.places[index];
        if (!place || place.x < left - 10 || place.x > right + 10 || place.y < top - 10 || place.y > bottom + 10) continue;
        const node = model.nodes[index];
        const radius = radiusOf(node, model) * size;
        const [x, y] = [at.gutter + (place.x - at.gutter) * at.scale - at.left, place.y * at.rowScale - at.top];
        context.globalAlpha = fades(index) ? 0.2 : 1;
        const stamp = stamps[node.kind === "feature"
            ? "circle"
            : node.kind === "error"
            ? "diamond"
            : "square"](Math.round(2 * radius) / 2);
        context.drawImage(stamp, x - stamp.width / scale / 2, y - stamp.height / scale / 2, stamp.width / scale,
            stamp.height / scale);
    }
}

/** Glyphs of each kind and size as small pictures: ten thousand of them are stamped faster than drawn. */
function stampsOf(scale) {
    const kept = new Map();
    const stamp = (kind, draw) => (radius) => {
        const key = `${kind} ${radius}`;
        if (kept.has(key)) return kept.get(key);
        const size = Math.ceil((2 * radius + 4) * scale);
        const picture = new OffscreenCanvas(size, size);
        const context = picture.getContext("2d");
        context.setTransform(scale, 0, 0, scale, size / 2, size / 2);
        context.fillStyle = pageColour("--node");
        context.strokeStyle = pageColour("--node-line");
        context.beginPath();
        draw(context, radius);
        context.fill();
        context.stroke();
        kept.set(key, picture);
        return picture;
    };
    return {
        circle: stamp("circle", (context, radius) => context.arc(0, 0, radius, 0, 2 * Math.PI)),
        square: stamp("square", (context, radius) => context.rect(-radius, -radius, 2 * radius, 2 * radius)),
        diamond: stamp("diamond", (context, radius) => {
            context.moveTo(0, -radius - 1);
            context.lineTo(radius + 1, 0);
            context.lineTo(0, radius + 1);
            context.lineTo(-radius - 1, 0);
            context.closePath();
        }),
    };
}
