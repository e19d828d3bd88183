"use strict";
// Routes: the part of the address behind # says which view is shown.

let shown = 0;
let hasShownView = false;

function route() {
    const feature = /^#\/feature\/(\d{1,9})\/(\d{1,9})$/.exec(location.hash);
    if (feature) return (isCurrent) => showFeature(Number(feature[1]), Number(feature[2]), isCurrent);
    if (location.hash === "" || location.hash === "#/") return showOverview;
    return null;
}

function failureView(message) {
    return [
        element("h1", { tabindex: "-1" }, "Nothing to show"),
        element("p", {}, message),
        element("p", {}, element("a", { href: "#/" }, "All exported features")),
    ];
}

/** Replaces the view; a slower one that was asked for earlier is dropped. */
async function show() {
    if (location.hash === "#main") return;
    const ordinal = ++shown;
    const isCurrent = () => ordinal === shown;
    const main = document.getElementById("main");
    let result;
    try {
        const view = route();
        if (!view) throw new Error("There is no such view.");
        result = await view(isCurrent);
    } catch (error) {
        result = { title: "Nothing to show", trail: null, view: failureView(error.message) };
    }
    if (!isCurrent() || !result) return;
    document.title = `${result.title} · Feature Atlas`;
    document.getElementById("trail").textContent = result.trail ? `› ${result.trail}` : "";
    main.replaceChildren(...result.view);
    if (hasShownView) {
        scrollTo(0, 0);
        main.querySelector("h1").focus({ preventScroll: true });
    }
    hasShownView = true;
}

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
        const search = document.getElementById("search");
        if (search) {
            event.preventDefault();
            search.focus();
        }
    }
    if (event.key === "Escape" && document.activeElement?.classList.contains("term")) document.activeElement.blur();
});
show();
