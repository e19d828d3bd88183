// Where one was in a view: Back leads to the same place of the same list, with the focus on the link that was followed.

const keptPlaces = 200;
/** For how long a view that is still filling itself is held at the place, in milliseconds. */
const placeSettling = 3_000;

let entry = null;
let scrolled = 0;

function read() {
    try {
        return JSON.parse(sessionStorage.getItem("atlas-places") ?? "{}");
    } catch {
        return {};
    }
}

function write(places) {
    try {
        const kept = Object.entries(places).slice(-keptPlaces);
        sessionStorage.setItem("atlas-places", JSON.stringify(Object.fromEntries(kept)));
    } catch { /* a folder may have no storage */ }
}

/**
 * Remembers the place of the view that is left; to be called when the address has changed and the view is still shown.
 *
 * @returns {void}
 */
export function leavePlace() {
    if (entry === null) return;
    const { [entry]: _old, ...others } = read();
    const followed = document.activeElement?.closest?.("main a[href]")?.getAttribute("href") ?? null;
    write({ ...others, [entry]: { scroll: scrolled, followed } });
}

/** The place where the view of this step of the history was left; null for a new step. */
export function placeOfStep() {
    const known = history.state?.place;
    entry = known ?? `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`;
    if (known === undefined) history.replaceState({ ...history.state, place: entry }, "");
    return known === undefined ? null : read()[entry] ?? null;
}

/**
 * Goes to a place, and holds it while the view fills itself, unless somebody moves.
 *
 * @param {any} place
 * @param {HTMLElement} main
 * @returns {void}
 */
export function returnTo(place, main) {
    const link = place.followed === null
        ? null
        : [...main.querySelectorAll("a")].find((candidate) => candidate.getAttribute("href") === place.followed);
    if (link) link.focus({ preventScroll: true });
    else main.querySelector("h1")?.focus({ preventScroll: true });
    scrollTo(0, place.scroll);
    const observer = new ResizeObserver(() => scrollTo(0, place.scroll));
    observer.observe(main);
    const moved = new AbortController();
    const stop = () => {
        observer.disconnect();
        moved.abort();
    };
    for (const kind of ["wheel", "touchstart", "keydown", "pointerdown", "hashchange"]) {
        addEventListener(kind, stop, { signal: moved.signal, passive: true });
    }
    setTimeout(stop, placeSettling);
}

/** Follows the scrolling; the browser leaves places to this. */
export function followPlaces() {
    history.scrollRestoration = "manual";
    addEventListener("scroll", () => { scrolled = scrollY; }, { passive: true });
}
