// What part of a drawing is seen: larger, smaller, all of it, the answer; and the overview.

import {button, element} from "./elements.js";

const step = 1.25;

/**
 * The bar of a `GraphView`; `show(scale)` tells the scale.
 *
 * @param {GraphView} view
 * @returns {{ element: HTMLElement, show: (scale: number) => void }}
 */
export function viewBar(view) {
    const output = element("output", { "aria-live": "off" }, "100 %");
    const bar = element("div", { class: "view-bar", role: "group", "aria-label": "What is seen" },
        button("−", () => view.camera.zoomTo(view.camera.scale / step),
            { "aria-label": "Smaller", title: "The key −, or the wheel" }), output,
        button("+", () => view.camera.zoomTo(view.camera.scale * step), {
            "aria-label": "Larger", title: "The key +, or the wheel",
        }),
        button("Fit", () => view.fit(), { title: "The key f: all columns in the window" }),
        button("Answer", () => view.showAnswer(), { title: "The key a: to the most likely answer" }),
        view.overview.element);
    return { element: bar, show: (scale) => { output.textContent = `${Math.round(scale * 100)} %`; } };
}
