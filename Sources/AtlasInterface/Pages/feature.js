"use strict";
// The view of one feature.

function section(title, definition, ...children) {
    return element("section", {}, element("h2", {}, title), definition === null ? null : element("p", { class: "definition" }, definition), ...children);
}

function statistic(title, definition, value, sample, count, side) {
    return element("div", { class: "statistic" },
        element("dt", {}, term(title, definition, side)),
        element("dd", {}, element("span", { class: "value" }, value), element("span", { class: "sample" }, sample, " ", fewSamples(count))));
}

function statistics(report) {
    const share = (part, whole) => whole > 0 ? part / whole : null;
    const isActive = report.activeTokens > 0;
    return element("dl", { class: "statistics" },
        statistic("Density over tokens", "Active tokens divided by counted tokens. Positions at which features are set to zero are not counted.",
            percentage(share(report.activeTokens, report.countedTokens)),
            `${number(report.activeTokens)} of ${counted(report.countedTokens, "token")}`, report.activeTokens),
        statistic("Density over prompts", "Prompts with at least one active token divided by all prompts.",
            percentage(share(report.activePrompts, report.countedPrompts)),
            `${number(report.activePrompts)} of ${counted(report.countedPrompts, "prompt")}`, report.activePrompts),
        statistic("Maximum", "The largest activation over all counted tokens.",
            isActive ? measure(report.maximum) : "–", `over ${counted(report.activeTokens, "active token")}`, report.activeTokens),
        statistic("Mean", "The mean activation over active tokens; silent tokens are left out.",
            isActive ? measure(report.mean) : "–", `over ${counted(report.activeTokens, "active token")}`, report.activeTokens, "end"));
}

function binBounds(report, bin) {
    const width = report.maximum / report.histogram.length;
    return `(${measure(bin * width)}, ${measure((bin + 1) * width)}]`;
}

function histogram(report) {
    const tallest = Math.max(0, ...report.histogram);
    if (tallest === 0) return element("p", { class: "quiet" }, "The feature is never active.");
    const width = 1000 / report.histogram.length;
    const bars = report.histogram.map((count, bin) => {
        const height = count === 0 ? 0 : Math.max(1.5, 150 * count / tallest);
        return drawing("rect", { x: bin * width + 1, y: 150 - height, width: width - 2, height },
            drawing("title", {}, document.createTextNode(`${binBounds(report, bin)}: ${counted(count, "token")}`)));
    });
    const total = report.histogram.reduce((sum, count) => sum + count, 0);
    return element("figure", {},
        element("div", { class: "axis" }, element("span", {}, `${counted(tallest, "token")} in the tallest bin`)),
        drawing("svg", {
            viewBox: "0 0 1000 151", preserveAspectRatio: "none", role: "img", class: "histogram",
            "aria-label": `Histogram of ${counted(total, "activation")}`,
        }, ...bars, drawing("rect", { x: 0, y: 150, width: 1000, height: 1, class: "base" })),
        element("div", { class: "axis" }, element("span", {}, "0"), element("span", {}, measure(report.maximum / 2)), element("span", {}, measure(report.maximum))),
        element("details", {}, element("summary", {}, "As a table"),
            element("table", { class: "narrow" },
                element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Activation"), element("th", { scope: "col", class: "numeric" }, "Tokens"))),
                element("tbody", {}, report.histogram.map((count, bin) => count === 0 ? null : element("tr", {},
                    element("th", { scope: "row" }, binBounds(report, bin)), element("td", { class: "numeric" }, number(count))))))));
}

function effects(title, definition, list, side) {
    const largest = Math.max(0, ...list.map((effect) => Math.abs(effect.value ?? 0)));
    return element("div", { class: "effects" },
        element("h3", {}, term(title, definition, side)),
        list.length === 0 ? element("p", { class: "quiet" }, "None stored.") : element("ol", {}, list.map((effect) => {
            const bar = element("span", { class: effect.value < 0 ? "weight negative" : "weight" });
            bar.style.setProperty("--length", largest > 0 ? (Math.abs(effect.value ?? 0) / largest).toFixed(3) : "0");
            return element("li", {}, element("bdi", { class: "quoted", title: `token ${effect.token}` }, visible(effect.text)), bar,
                element("span", { class: "numeric" }, signed(effect.value)));
        })));
}

function walk(report) {
    const step = (feature, text) => feature === null ? null : element("a", { href: featureAddress(feature) }, text);
    return element("nav", { class: "walk", "aria-label": "Other features" },
        step(report.previous, report.previous && `← ${report.previous.layer}/${report.previous.index}`),
        step(report.next, report.next && `${report.next.layer}/${report.next.index} →`));
}

function featureView(report) {
    const name = `${report.feature.layer}/${report.feature.index}`;
    return [
        element("div", { class: "heading" },
            element("h1", { tabindex: "-1" }, `Feature ${name}`), walk(report)),
        element("p", { class: "lead" }, ...labelText(report.label, report.labelIsAutomatic),
            report.label && report.labelIsAutomatic ? element("span", { class: "quiet" }, " This label was made by a program, not by a person.") : null),
        statistics(report),
        section("Activations", `Active tokens in ${report.histogram.length} bins of equal width over (0, maximum]: exact counts of ${counted(report.activeTokens, "active token")}.`, histogram(report)),
        section("Tokens", "Computed from the weights alone, over the whole vocabulary; no sample of prompts is involved.",
            element("div", { class: "columns" },
                effects("Promoted", "Tokens whose logits the feature raises most when it is active: its decoder vectors (summed over the layers it writes to) times the unembedding, with the final norm's gain folded in, centred over the vocabulary.", report.promoted),
                effects("Suppressed", "Tokens whose logits the feature lowers most: the same product, from its other end.", report.suppressed),
                effects("Excited by", "Tokens whose embeddings excite the feature directly: the embedding times the feature's encoder.", report.excitedBy, "end")),
            element("p", { class: "definition" }, "Promoted and suppressed: the final norm's gain is folded in, and the values are centred over the vocabulary.")),
        section("Strongest prompts", `At most one example a prompt, at its strongest token, equal texts once: ${number(report.topExamples.length)} of ${counted(report.activePrompts, "active prompt")}.`,
            heatScale(report.maximum), exampleList(report.topExamples, report.maximum)),
        section("Prompts by strength", "The range (0, maximum] of a prompt's strongest activation in intervals of equal width, and from each a uniform sample of its prompts.",
            report.intervals.length === 0 ? element("p", { class: "quiet" }, "No prompt.") : intervalView(report)),
        section("Upstream", "What drives this feature in stored graphs, strongest first.", neighbourTable(report.upstream, "Nodes that drive this feature")),
        section("Downstream", "What this feature drives in stored graphs, strongest first.", neighbourTable(report.downstream, "Nodes that this feature drives")),
    ];
}

/** Shows a feature in `main`. */
async function showFeature(layer, index, isCurrent) {
    const report = await loadFeature(layer, index);
    if (!isCurrent()) return null;
    const name = `Feature ${report.feature.layer}/${report.feature.index}`;
    // A window's title cannot isolate what reorders text.
    const label = (report.label ?? "").replace(/\p{Cf}/gu, "");
    return { title: label ? `${name} · ${label}` : name, trail: name, view: featureView(report) };
}
