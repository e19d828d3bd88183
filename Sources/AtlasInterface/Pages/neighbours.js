"use strict";
// Neighbours: what stored graphs link a feature to.

const neighbourColumns = [
    ["Mean weight", "Mean of the signed direct effect over the stored graphs that have the link."],
    ["Spread", "Standard deviation of the weight over those graphs."],
    ["Mean share", "Mean share of the target's summed absolute inputs that the link makes up."],
    ["Same sign", "Share of the links whose sign is that of the mean."],
    ["Same position", "Share of the links whose two ends are at the same token; the others reach it through attention."],
    ["Support", "How many links in stored graphs the other numbers of this row are about. Under 10 they are marked as few samples."],
];

function neighbourName(neighbour) {
    switch (neighbour.kind) {
    case "feature": {
        const name = `${neighbour.feature.layer}/${neighbour.feature.index}`;
        return [
            neighbour.exported ? element("a", { href: featureAddress(neighbour.feature) }, name)
                : element("span", { title: "not in this export" }, name),
            " ", neighbour.label === null ? null : element("bdi", { class: "quiet" }, neighbour.label),
        ];
    }
    case "error":
        return [element("span", { class: "kind" }, "error"), ` of layer ${neighbour.layer}`];
    default:
        return [element("span", { class: "kind" }, neighbour.kind), " ",
            element("bdi", { class: "quoted", title: `token ${neighbour.token}` }, visible(neighbour.text ?? ""))];
    }
}

/** A table of neighbours, or a sentence when there are none. */
function neighbourTable(neighbours, caption) {
    if (neighbours.length === 0) return element("p", { class: "quiet" }, "No stored graph has such a link.");
    const largest = Math.max(...neighbours.map((neighbour) => Math.abs(neighbour.mean ?? 0)));
    const rows = neighbours.map((neighbour) => {
        const bar = element("span", { class: neighbour.mean < 0 ? "weight negative" : "weight" });
        bar.style.setProperty("--length", largest > 0 ? (Math.abs(neighbour.mean ?? 0) / largest).toFixed(3) : "0");
        return element("tr", {},
            element("th", { scope: "row" }, neighbourName(neighbour)),
            element("td", { class: "numeric" }, signed(neighbour.mean), bar),
            element("td", { class: "numeric" }, measure(neighbour.spread)),
            element("td", { class: "numeric" }, percentage(neighbour.meanShare)),
            element("td", { class: "numeric" }, percentage(neighbour.signConsistency)),
            element("td", { class: "numeric" }, percentage(neighbour.samePositionShare)),
            element("td", { class: "numeric" }, fewSamples(neighbour.support), " ", number(neighbour.support)));
    });
    return element("table", { class: "neighbours" },
        element("caption", { class: "hidden" }, caption),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Node"),
            neighbourColumns.map(([title, definition]) => element("th", { scope: "col", class: "numeric" }, term(title, definition, "end"))))),
        element("tbody", {}, rows));
}
