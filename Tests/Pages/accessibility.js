// What is not accessible in the page shown, as sentences: names, contrast, headings, landmarks, ids, overflow, focus.
const problems = [];
const say = (node, what) => {
    const name = `${node.tagName.toLowerCase()}${node.id ? `#${node.id}` : ""}${node.classList.length ? `.${[...node.classList].join(".")}` : ""}`;
    problems.push(`${name} “${(node.textContent ?? "").trim().slice(0, 40)}”: ${what}`);
};
const isShown = (node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && node.getClientRects().length > 0;

// Names
const nameOf = (node) => {
    const by = node.getAttribute("aria-labelledby");
    if (by) return by.split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
    return (node.getAttribute("aria-label") ?? "").trim() || [...(node.labels ?? [])].map((label) => label.textContent).join(" ").trim()
        || (/^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) ? "" : node.textContent.trim()) || (node.getAttribute("title") ?? "").trim();
};
for (const node of document.querySelectorAll("a[href], button, input, select, textarea, [role=button], [role=img], progress")) {
    if (isShown(node) && nameOf(node) === "") say(node, "has no name");
}
for (const node of document.querySelectorAll("table")) if (isShown(node) && !node.querySelector("th")) say(node, "has no headings");
for (const node of document.querySelectorAll("img:not([alt])")) say(node, "has no alternative text");
for (const node of document.querySelectorAll("[aria-describedby]")) if (!document.getElementById(node.getAttribute("aria-describedby"))) say(node, "is described by nothing");
for (const node of document.querySelectorAll("[role=region]")) if (!nameOf(node)) say(node, "is a region without a name");

// Ids, landmarks, headings, language
const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) problems.push(`the id ${id} is not unique`);
for (const [name, count] of [["main", 1], ["h1", 1], ["header", 1]]) {
    if (document.querySelectorAll(name).length !== count) problems.push(`expected one ${name}, found ${document.querySelectorAll(name).length}`);
}
if (!document.documentElement.lang) problems.push("the document has no language");
if (!document.title) problems.push("the document has no title");
let level = 0;
for (const node of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (!isShown(node)) continue;
    const own = Number(node.tagName[1]);
    if (own > level + 1) say(node, `follows a heading of level ${level}`);
    level = own;
}
for (const node of document.querySelectorAll("nav")) if (!nameOf(node) || !node.getAttribute("aria-label")) say(node, "is a navigation without a name");

// Contrast, over the backgrounds behind a text
const parse = (colour) => {
    const canvas = parse.canvas ??= new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
};
const over = (top, below) => top.slice(0, 3).map((value, place) => value * top[3] + below[place] * (1 - top[3]));
const luminance = (colour) => colour.slice(0, 3).map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
const backgroundOf = (node) => {
    const layers = [];
    for (let place = node; place; place = place.parentElement) layers.push(parse(getComputedStyle(place).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const checked = new Set();
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || checked.has(node) || !isShown(node) || node.closest("noscript, .hidden, :disabled, .tip, option, title")) continue;
    checked.add(node);
    const style = getComputedStyle(node);
    if (node.closest(".node.faded")) continue;
    const isDrawn = node instanceof SVGElement;
    const ground = backgroundOf(isDrawn ? node.closest("svg").parentElement : node);
    const colour = over(parse(isDrawn ? style.fill : style.color), ground);
    const [light, dark] = [luminance(colour), luminance(ground)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize);
    const least = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < least - 0.01) say(node, `contrast ${ratio.toFixed(2)}, expected ${least}`);
    if (size < 10) say(node, `letters of ${size} px`);
}

// Nothing wider than the window
if (document.documentElement.scrollWidth > innerWidth + 1) {
    const wide = [...document.querySelectorAll("main *")].filter((node) => node.getBoundingClientRect().right > innerWidth + 1 && !node.closest(".scrolling, .drawing, .bar"));
    problems.push(`the page is ${document.documentElement.scrollWidth} px wide in a window of ${innerWidth}: ${wide.slice(0, 3).map((node) => node.className || node.tagName)}`);
}

// Focus that can be seen
const stops = [...document.querySelectorAll("a[href], button:not(:disabled), input, select, textarea, [tabindex='0']")].filter(isShown);
const active = document.activeElement;
for (const node of stops.slice(0, 60)) {
    const before = getComputedStyle(node).outlineStyle;
    node.focus({ preventScroll: true, focusVisible: true });
    const style = getComputedStyle(node);
    const ring = node.querySelector?.(":scope > .halo");
    const isSeen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1) || (ring && getComputedStyle(ring).stroke !== "none") || style.outlineStyle !== before;
    if (document.activeElement === node && !isSeen) say(node, "shows no focus");
}
active?.focus?.({ preventScroll: true });
document.activeElement?.blur?.();
return problems.slice(0, 25);
