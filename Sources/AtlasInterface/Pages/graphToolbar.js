// The controls above a drawing: pruning, search, the table twin, undo.

import {button, element} from "./elements.js";
import {term} from "./terms.js";

/**
 * A slider with its value beside it. `oninput` follows the hand, `onchange` comes when it rests.
 *
 * @param {{ id: string, title: string, definition: string, minimum: number, maximum: number, step: number, value: number,
 *     oninput: (value: number) => void, onchange: (value: number) => void }} given
 * @returns {{ element: HTMLElement, set: (value: number) => void }}
 */
export function slider({ id, title, definition, minimum, maximum, step, value, oninput, onchange }) {
    const output = element("output", { for: id }, value.toFixed(2));
    const control = element("input", {
        type: "range", id, min: minimum, max: maximum, step, value, "aria-label": title,
        oninput: () => {
            output.textContent = Number(control.value).toFixed(2);
            oninput(Number(control.value));
        },
        onchange: () => onchange(Number(control.value)),
    });
    const set = (number) => {
        control.value = number;
        output.textContent = number.toFixed(2);
    };
    return { element: element("span", { class: "slider" }, term(title, definition), control, output), set };
}

/**
 * What the search of the page's head found in the drawing, with the ways to walk through it and to let go of it.
 *
 * @param {() => void} onnext
 * @param {() => void} onclear
 * @returns {{ element: HTMLElement, show: (text: string) => void }}
 */
export function finder(onnext, onclear) {
    const status = element("span", { role: "status", class: "quiet" });
    const controls = element("span", { class: "finder" }, status,
        button("Next", onnext, { class: "more", "aria-label": "Next node found" }),
        button("Clear", onclear, { class: "more", "aria-label": "Search for nothing" }));
    const show = (text) => {
        status.textContent = text;
        controls.classList.toggle("idle", text === "");
    };
    show("");
    return { element: controls, show };
}

/**
 * The choice between the drawing and its table.
 *
 * @param {string} view
 * @param {(view: string) => void} onchange
 * @returns {{ element: HTMLElement, set: (view: string) => void }}
 */
export function viewToggle(view, onchange) {
    const controls = [["drawing", "Drawing"], ["table", "Table"]].map(([key, title]) =>
        button(title, () => onchange(key), { "aria-pressed": String(view === key), "data-view": key }));
    const set = (chosen) =>
        controls.forEach((control) => control.setAttribute("aria-pressed", String(control.dataset.view === chosen)));
    return { element: element("span", { class: "toggle", role: "group", "aria-label": "View" }, controls), set };
}

/**
 * What the shapes and colours mean, and the keys.
 *
 * @param {Content[]} [extra]
 * @returns {HTMLElement}
 */
export function drawingLegend(extra = []) {
    return element("div", { class: "drawing-legend" },
        element("span", {}, element("i", { class: "shape circle" }), " feature"),
        element("span", {}, element("i", { class: "shape square" }), " token or logit"),
        element("span", {}, element("i", { class: "shape diamond" }), " error"),
        element("span", {}, element("i", { class: "stroke positive" }), " raises"),
        element("span", {}, element("i", { class: "stroke negative" }), " lowers"),
        element("span", {}, "width: share of the target's input; size: influence"), extra,
        element("details", { class: "keys" }, element("summary", {}, "Keys"),
            element("dl", {},
                [
                    ["← →", "along a layer"], ["↑ ↓", "to the next layer"], ["Enter", "choose"], ["p", "pin"],
                    ["Esc", "choose nothing"], ["+ −", "larger, smaller"], ["0", "as large as at first"], ["f", "fit the window"],
                    ["a", "to the answer"], ["Wheel", "in the drawing that has the focus, or with Ctrl: larger, smaller"],
                    ["/", "search"], ["Ctrl Z", "undo"], ["Ctrl Shift Z", "redo"],
                ]
                .map(([key, meaning]) => [element("dt", {}, element("kbd", {}, key)), element("dd", {}, meaning)]))));
}
