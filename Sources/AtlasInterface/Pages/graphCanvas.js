// Draws links on a canvas under the nodes: straight, as wide as their share of the target's input, dashed when negative.
// The canvas is as large as the window onto the drawing. Links are drawn strongest first, each below those before it, in
// slices that leave every frame time for others; a picture that is not drawn anew yet is moved and stretched meanwhile.

import {isSamePlace} from "./graphCamera.js";
import {pageColour} from "./theme.js";

const widestLink = 7;
const widestOfCircuit = 4;
/** Links after which a new picture takes the old one's place; the weaker ones come in later frames. */
const presentable = 6_000;
/**
 * Links that are drawn with dashes, the strongest: weaker ones are hairs, on which nobody sees dashes and which take far longer.
 */
const dashedCount = 20_000;
/**
 * A share of the target's input from which a link carries meaning by itself; weaker ones recede unless an end of theirs is
 * chosen.
 */
const meaningfulShare = 0.1;
/** The opacity of such links at least: with it every colour of links stands out 3:1 from the page, in light and in dark. */
const meaningfulStrength = 0.75;
const firstSlice = 1_000;
const leastSlice = 250;
const largestSlice = 12_000;

function colours() {
    return { positive: pageColour("--positive"), negative: pageColour("--negative") };
}

function widthOf(edge, widest) {
    // Lines of one pixel are drawn several times faster than those of a little more.
    return Math.max(1, 0.5 + widest * Math.min(1, Math.abs(edge.share ?? 0)));
}

function strengthOf(edge) {
    const share = Math.abs(edge.share ?? 0);
    const strength = 0.16 + 0.74 * Math.min(1, Math.sqrt(share) * 1.4);
    return share >= meaningfulShare ? Math.max(meaningfulStrength, strength) : strength;
}

/**
 * How a link is drawn: its width and its opacity.
 *
 * @param {GraphEdge} edge
 * @param {boolean} isCollapsed
 * @returns {{ width: number, opacity: number }}
 */
export function lookOfLink(edge, isCollapsed) {
    return { width: widthOf(edge, isCollapsed ? widestOfCircuit : widestLink), opacity: strengthOf(edge) };
}

/** How much of a link a part of it is: what little is left stays visible. */
function partOf(edge, part) {
    return Math.max(0.08, Math.min(1, Math.abs(part / edge.weight) || 0));
}

/**
 * The links whose ends are both shown, strongest first: sorted into steps of strength, for there may be a million.
 *
 * @param {GraphEdge[]} edges
 * @param {Iterable<number>} shown
 * @param {number} nodeCount
 * @returns {GraphEdge[]}
 */
export function orderedLinks(edges, shown, nodeCount) {
    const isShown = new Uint8Array(nodeCount);
    for (const index of shown) isShown[index] = 1;
    const steps = Array.from({ length: 512 }, () => []);
    for (const edge of edges) {
        if (isShown[edge.source] && isShown[edge.target]) {
            steps[511 - Math.floor(511 * Math.sqrt(Math.min(1, Math.abs(edge.share ?? 0))))].push(edge);
        }
    }
    return steps.flatMap((step) => step.length < 5_000
        ? step.sort((a, b) => Math.abs(b.share ?? 0) - Math.abs(a.share ?? 0))
        : step);
}

/** Gives a canvas the size of a window, in the pixels of the screen, and empties it. */
function prepare(canvas, { width, height }) {
    const scale = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    if (canvas.width !== wide || canvas.height !== high) {
        canvas.width = wide;
        canvas.height = high;
        canvas.style.width = `${width}px`;
        canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
}

/** Whether two coordinates lie beyond the same side of the window: no straight link between them is seen. */
function areBothOutside(a, b, size) {
    return (a < 0 && b < 0) || (a > size && b > size);
}

/**
 * Draws the links of `links` from place `first` up to `end`. `look` is {model, layout, palette, camera, size, parts, isFocus,
 * colourOf, markOf}.
 */
function drawSlice(context, links, first, end, look) {
    const { model, layout, palette, camera, size, parts, isFocus, colourOf, markOf } = look;
    const widest = model.isCollapsed ? widestOfCircuit : widestLink;
    const x = (place) => camera.gutter + (place.x - camera.gutter) * camera.scale - camera.left;
    const y = (place) => place.y * camera.rowScale - camera.top;
    let isDashed = null;
    context.globalCompositeOperation = "destination-over";
    // Each link is a path of its own: one path of many crossing lines takes far longer to fill.
    for (let ordinal = first; ordinal < end; ordinal += 1) {
        const edge = links[ordinal];
        const [from, to] = [layout.places[edge.source], layout.places[edge.target]];
        if (!from || !to) continue;
        const [fromX, fromY, toX, toY] = [x(from), y(from), x(to), y(to)];
        if (areBothOutside(fromX, toX, size.width) || areBothOutside(fromY, toY, size.height)) continue;
        const isNegative = (parts?.get(edge) ?? edge.weight) < 0;
        context.strokeStyle = colourOf?.(edge) ?? (isNegative ? palette.negative : palette.positive);
        context.globalAlpha = parts
            ? partOf(edge, parts.get(edge))
            : isFocus
            ? Math.max(meaningfulStrength, strengthOf(edge))
            : strengthOf(edge);
        context.lineWidth = widthOf(edge, widest);
        const wantsDash = isNegative && ordinal < dashedCount;
        if (isDashed !== wantsDash) {
            isDashed = wantsDash;
            context.setLineDash(isDashed ? [5, 4] : []);
        }
        context.beginPath();
        context.moveTo(fromX, fromY);
        context.lineTo(toX, toY);
        context.stroke();
        markOf?.(edge, context, { fromX, fromY, toX, toY });
    }
}

/**
 * Draws some links at once, for few: those of a node in focus, or those of which `parts` has a part, as a map from link to
 * number.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {GraphEdge[]} links
 * @param {any} look
 * @returns {void}
 */
export function drawFewLinks(canvas, links, look) {
    const context = prepare(canvas, look.size);
    const ordered = [...links].sort((a, b) => Math.abs(b.share ?? 0) - Math.abs(a.share ?? 0));
    drawSlice(context, ordered, 0, ordered.length, { ...look, palette: colours() });
}

/**
 * Moves and stretches a canvas from where it was drawn, as a camera's state, to where it is wanted.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {any} drawn
 * @param {any} camera
 * @returns {void}
 */
export function moveCanvas(canvas, drawn, camera) {
    if (!drawn) return;
    const [wide, high] = [camera.scale / drawn.scale, camera.rowScale / drawn.rowScale];
    const left = camera.gutter - camera.left - (camera.gutter - drawn.left) * wide;
    const top = drawn.top * high - camera.top;
    canvas.style.transform = wide === 1 && high === 1 && left === 0 && top === 0
        ? ""
        : `translate(${left}px, ${top}px) scale(${wide}, ${high})`;
}

/** Draws many links over several frames: one canvas is seen while the other is drawn. */
export class LinkPainter {
    /**
     * @param {HTMLCanvasElement} front
     * @param {HTMLCanvasElement} back
     */
    constructor(front, back) {
        this.front = front;
        this.back = back;
        this.links = [];
        this.pass = null;
        this.shownCamera = null;
        this.slice = firstSlice;
        this.isDue = false;
        this.isMoving = false;
        this.time = null;
        this.back.hidden = true;
    }

    /** Takes other links, or the same in another look. `look` as for `drawSlice`, without camera and size. */
    setLinks(links, look) {
        this.links = links;
        this.look = look;
        this.pass = null;
        this.isStale = true;
    }

    /**
     * Follows the camera: moves the picture there is, and draws it anew; while a drawing of very many is on the move nothing is
     * drawn.
     */
    follow(camera, size, isMoving = false) {
        this.wanted = { camera, size };
        this.isMoving = isMoving;
        moveCanvas(this.front, this.shownCamera, camera);
        if (!isMoving) this.request();
    }

    request() {
        if (this.isDue) return;
        this.isDue = true;
        requestAnimationFrame((time) => {
            this.isDue = false;
            this.step(time);
        });
    }

    isOf(pass) {
        const { camera, size } = this.wanted;
        return pass !== null && isSamePlace(pass.camera, camera) && isSamePlace(pass.size, size);
    }

    /** Draws one slice; begins anew where the camera has moved on since. */
    step(time) {
        if (!this.wanted) return;
        // The call that says that it rests asks again.
        if (this.isMoving) {
            this.time = null;
            return;
        }
        this.adapt(time);
        const isMoved = !this.isOf(this.pass);
        if (this.isStale || this.pass === null || (isMoved && this.pass.isPresented)) {
            this.pass = {
                ...this.wanted, next: 0, isPresented: false, context: prepare(this.back, this.wanted.size),
                look: { ...this.look, ...this.wanted, palette: colours() },
            };
            // The strongest links are wide and dashed: far fewer of them fit a frame than of the last ones.
            this.slice = firstSlice;
            this.isStale = false;
        }
        const { pass } = this;
        const end = Math.min(this.links.length, pass.next + this.slice);
        drawSlice(pass.context, this.links, pass.next, end, pass.look);
        pass.next = end;
        const isDone = end === this.links.length;
        if (!pass.isPresented && (isDone || end >= presentable)) this.present(pass);
        if (!isDone || !this.isOf(pass)) this.request();
        else this.time = null;
    }

    /** Shows what was drawn behind; what follows is drawn before everybody's eyes. */
    present(pass) {
        [this.front, this.back] = [this.back, this.front];
        this.front.hidden = false;
        this.back.hidden = true;
        pass.isPresented = true;
        this.shownCamera = pass.camera;
        moveCanvas(this.front, this.shownCamera, this.wanted.camera);
    }

    /** Makes slices as large as frames allow. */
    adapt(time) {
        const passed = this.time === null ? null : time - this.time;
        this.time = time;
        if (passed === null) return;
        if (passed > 30) this.slice = Math.max(leastSlice, Math.floor(this.slice / 2));
        else if (passed < 20) this.slice = Math.min(largestSlice, Math.ceil(this.slice * 1.25));
    }
}
