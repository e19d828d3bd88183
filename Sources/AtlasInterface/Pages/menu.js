// The menu of views, which folds where the window is narrow.

/**
 * Lets a button open and close the menu; it closes when a view is chosen, and at Escape.
 *
 * @param {HTMLElement} control
 * @param {HTMLElement} menu
 * @returns {void}
 */
export function foldingMenu(control, menu) {
    const set = (isOpen) => {
        control.setAttribute("aria-expanded", String(isOpen));
        menu.classList.toggle("open", isOpen);
    };
    control.addEventListener("click", () => set(control.getAttribute("aria-expanded") !== "true"));
    menu.addEventListener("click", (event) => { if (event.target instanceof Element && event.target.closest("a")) set(false); });
    addEventListener("hashchange", () => set(false));
    addEventListener("keydown", (event) => {
        if (event.key !== "Escape" || control.getAttribute("aria-expanded") !== "true") return;
        set(false);
        control.focus();
    });
}
