// Paper: light, and with whole drawings in place of windows that scroll.

import {drawingOfControls} from "./pictures.js";

const paper = matchMedia("print");
let before = null;

function begin() {
    if (before !== null) return;
    before = { theme: document.documentElement.dataset.theme, pictures: [] };
    document.documentElement.dataset.theme = "light";
    for (const controls of document.querySelectorAll(".take-picture")) {
        const { make, stands } = drawingOfControls(controls) ?? {};
        if (!stands?.checkVisibility()) continue;
        const picture = make();
        picture.classList.add("paper-picture");
        stands.before(picture);
        stands.classList.add("on-screen");
        before.pictures.push({ picture, stands });
    }
}

function end() {
    if (before === null) return;
    if (before.theme === undefined) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = before.theme;
    for (const { picture, stands } of before.pictures) {
        picture.remove();
        stands.classList.remove("on-screen");
    }
    before = null;
}

/** Makes the page ready whenever it is printed, and as it was afterwards. */
export function followPrinting() {
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    paper.addEventListener("change", () => paper.matches ? begin() : end());
}
