// Routes: the part of the address behind # says which view is shown.

import {currentAddress} from "./address.js";
import {AnswerError, isFolder} from "./data.js";
import {element, heading, link, quiet} from "./elements.js";
import {copyLinkControl} from "./copyLink.js";
import {followPlaces, leavePlace, placeOfStep, returnTo} from "./place.js";
import {foldingMenu} from "./menu.js";
import {followPrinting} from "./printing.js";
import {pageSearch} from "./pageSearch.js";
import {placeTips} from "./terms.js";
import {themeControl} from "./theme.js";
import {tokenForm} from "./tokenForm.js";
import {showAtlas} from "./atlasPage.js";
import {showPrompts} from "./promptsPage.js";
import {showPrompt} from "./promptPage.js";
import {showGraph} from "./graphPage.js";
import {showFeatures} from "./featuresPage.js";
import {showFeature} from "./featurePage.js";
import {showLogits} from "./logitsPage.js";
import {showLogit} from "./logitPage.js";
import {showLabels} from "./labelsPage.js";
import {showHeads} from "./headsPage.js";
import {showHead} from "./headPage.js";
import {showCircuit} from "./circuitPage.js";
import {showCompare} from "./comparePage.js";
import {showRun} from "./runPage.js";
import {showOperands} from "./operandGallery.js";
import {showEdge} from "./edgePage.js";
import {showSQL} from "./sqlPage.js";

const views = {
    atlas: showAtlas, prompts: showPrompts, prompt: showPrompt, graph: showGraph, features: showFeatures, feature: showFeature,
    logits: showLogits, logit: showLogit, heads: showHeads, head: showHead, circuit: showCircuit, compare: showCompare,
    run: showRun, operands: showOperands,
    edge: showEdge, sql: showSQL, labels: showLabels,
};
const menu = [
    ["atlas", "Atlas"], ["prompts", "Prompts"], ["features", "Features"], ["logits", "Logits"], ["heads", "Heads"],
    ["circuit", "Circuit"], ["compare", "Compare"], ["labels", "Labels"], ["run", "Run"], ["sql", "SQL"],
];
const belongsTo = {
    operands: "features", prompt: "prompts", graph: "prompts", feature: "features", logit: "logits", head: "heads",
    edge: "features",
};

let current = null;
let hasShownView = false;

function failure(error) {
    const isRefused = error instanceof AnswerError && (error.status === 401 || error.status === 403);
    return {
        title: "Nothing to show",
        view: [
            heading("Nothing to show"), element("p", { role: "alert" }, error.message),
            error.nearest?.length > 0
                ? element("p", {}, "The nearest there are: ",
                    error.nearest.map((name) => element("bdi", { class: "quoted" }, String(name))))
                : null,
            isRefused && !isFolder ? tokenForm(show) : null,
            element("p", {}, link("#/atlas", "Go to the atlas"), " or ", link("#/prompts", "choose a prompt"), "."),
        ].filter(Boolean),
    };
}

function showMenu(page) {
    const chosen = belongsTo[page] ?? page;
    document.getElementById("menu").replaceChildren(...menu.map(([key, title]) =>
        element("a", { href: `#/${key}`, "aria-current": key === chosen ? "page" : null }, title)));
}

/** Replaces the view; a slower one that was asked for earlier is dropped. */
async function show() {
    if (location.hash === "#main") return;
    leavePlace();
    const place = placeOfStep();
    current?.abort();
    const controller = new AbortController();
    current = controller;
    const { parts, parameters } = currentAddress();
    const page = parts[0] ?? "atlas";
    showMenu(page);
    const main = document.getElementById("main");
    main.setAttribute("aria-busy", "true");
    const slow = setTimeout(() => { if (current === controller) main.replaceChildren(quiet("Loading…")); }, 400);
    let result;
    try {
        if (!Object.hasOwn(views, page)) throw new AnswerError("There is no such view.");
        result = await views[page]({ parts, parameters, signal: controller.signal });
    } catch (error) {
        // deno-lint-ignore no-console -- an error of these pages themselves is for whoever mends them
        if (!(error instanceof AnswerError)) console.error(error);
        result = failure(error);
    }
    clearTimeout(slow);
    if (controller.signal.aborted) return;
    main.removeAttribute("aria-busy");
    document.title = `${result.title} · Feature Atlas`;
    main.classList.toggle("wide", Boolean(result.isWide));
    main.replaceChildren(...result.view.flat(Infinity).filter(Boolean));
    result.shown?.();
    if (place !== null) {
        returnTo(place, main);
    } else if (hasShownView) {
        scrollTo(0, 0);
        main.querySelector("h1")?.focus({ preventScroll: true });
    }
    hasShownView = true;
}

addEventListener("hashchange", show);
addEventListener("keydown", (event) => {
    const focused = document.activeElement;
    if (event.key === "Escape" && focused instanceof HTMLElement && focused.classList.contains("term")) focused.blur();
});
document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
});
document.getElementById("page-search").append(pageSearch());
document.getElementById("theme").append(...copyLinkControl(), themeControl());
foldingMenu(document.getElementById("menu-fold"), document.getElementById("menu"));
followPlaces();
followPrinting();
placeTips();
show();
