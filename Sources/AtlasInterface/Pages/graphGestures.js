// How hands move a drawing: the wheel and two fingers zoom, a drag moves, the keys + − 0 do as they say.

const wheelStep = 0.0016;
const keyStep = 1.25;
const dragStart = 4;

/** Whether the wheel zooms here: with the Control key, as a trackpad's pinch says, or in a drawing that is being worked in. */
function zooms(event, frame) {
    return event.ctrlKey || event.metaKey
        || (!event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX) && frame.contains(document.activeElement));
}

/** Lets a wheel zoom `camera`. A wheel that can zoom no further scrolls the page. */
function listenToWheel(frame, camera, signal) {
    frame.addEventListener("wheel", (event) => {
        if (!camera.layout || !zooms(event, frame)) return;
        const lines = event.deltaMode === 1 ? 18 : 1;
        const scale = camera.bounded(camera.scale
            * Math.exp(-event.deltaY * lines * wheelStep * (event.ctrlKey && Math.abs(event.deltaY) < 40 ? 6 : 1)));
        if (scale === camera.scale && !event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        camera.zoomTo(scale, event.clientX, event.clientY);
    }, { passive: false, signal });
}

/** Lets two fingers zoom; one scrolls, as everywhere. */
function listenToPinch(frame, camera, signal) {
    let before = null;
    const spread = ({ touches }) => ({
        distance: Math.hypot(touches[0].clientX - touches[1].clientX, touches[0].clientY - touches[1].clientY),
        x: (touches[0].clientX + touches[1].clientX) / 2, y: (touches[0].clientY + touches[1].clientY) / 2,
    });
    frame.addEventListener("touchstart", (event) => {
        before = event.touches.length === 2 ? spread(event) : null;
    }, { passive: true, signal });
    frame.addEventListener("touchmove", (event) => {
        if (event.touches.length !== 2 || before === null || !camera.layout) return;
        event.preventDefault();
        const now = spread(event);
        if (before.distance > 0) camera.zoomTo(camera.scale * now.distance / before.distance, now.x, now.y);
        before = now;
    }, { passive: false, signal });
    frame.addEventListener("touchend", () => { before = null; }, { passive: true, signal });
}

/** Lets a pressed mouse move the drawing; what follows a drag is no click. */
function listenToDrag(frame, signal) {
    let start = null;
    frame.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "mouse" || event.button !== 0) return;
        start = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop, isDrag: false };
    }, { signal });
    addEventListener("pointermove", (event) => {
        if (!start) return;
        const [x, y] = [event.clientX - start.x, event.clientY - start.y];
        if (!start.isDrag && Math.hypot(x, y) < dragStart) return;
        start.isDrag = true;
        frame.classList.add("dragged");
        frame.scrollLeft = start.left - x;
        frame.scrollTop = start.top - y;
    }, { signal });
    let hasDragged = false;
    addEventListener("pointerup", () => {
        hasDragged = start?.isDrag ?? false;
        start = null;
        frame.classList.remove("dragged");
        setTimeout(() => { hasDragged = false; }, 0);
    }, { signal });
    frame.addEventListener("click", (event) => { if (hasDragged) event.stopPropagation(); }, { capture: true, signal });
}

/**
 * Listens to hands over `frame` until `signal` ends it.
 *
 * @param {HTMLElement} frame
 * @param {Camera} camera
 * @param {AbortSignal} signal
 * @returns {void}
 */
export function listenToHands(frame, camera, signal) {
    listenToWheel(frame, camera, signal);
    listenToPinch(frame, camera, signal);
    listenToDrag(frame, signal);
}

/**
 * Does what a key says about the part that is seen; false where it says nothing.
 *
 * @param {string} key
 * @param {Camera} camera
 * @param {{ fit: () => void, answer: () => void }} actions
 * @returns {boolean}
 */
export function zoomByKey(key, camera, actions) {
    switch (key) {
    case "+": case "=": camera.zoomTo(camera.scale * keyStep); return true;
    case "-": case "−": camera.zoomTo(camera.scale / keyStep); return true;
    case "0": camera.zoomTo(1); return true;
    case "f": actions.fit(); return true;
    case "a": actions.answer(); return true;
    default: return false;
    }
}
