// The view of a global circuit: grown from a logit, a feature or a group of prompts, positions collapsed.

import {choice, element, heading, link, quiet} from "./elements.js";
import {addressOf, currentAddress, go, keepInAddress} from "./address.js";
import {featureAddress, featureName, graphAddress, logitAddress} from "./address.js";
import {ask, askInformation, askTags, capabilities, isFolder} from "./data.js";
import {counted, isKnown, number, percentage} from "./numbers.js";
import {filterControls} from "./promptFilter.js";
import {GraphModel} from "./graphModel.js";
import {GraphWorkbench} from "./graphWorkbench.js";
import {graphStateFrom, parametersOf} from "./graphState.js";
import {holdsSection} from "./holds.js";
import {savedSupernodes} from "./supernodes.js";
import {fewSamples, term, tokenText} from "./terms.js";

function circuitID(node, ordinal) {
    if (node.kind === "feature") return `${node.feature.layer}_${node.feature.index}`;
    if (node.kind === "error") return `${node.layer}_-1`;
    return `${node.kind}_${node.token ?? ordinal}`;
}

/**
 * The model of a circuit, as the server reports it.
 *
 * @param {CircuitReport} report
 * @param {number} layerCount
 * @returns {GraphModel}
 */
export function modelOfCircuit(report, layerCount) {
    const nodes = report.nodes.map((row, ordinal) => ({
        id: circuitID(row.node, ordinal), kind: row.node.kind, feature: row.node.feature ?? null, token: row.node.token ?? null,
        text: row.node.text ?? (row.node.kind === "logit" ? report.seedName ?? "logits" : null),
        layer: row.node.feature?.layer ?? row.node.layer ?? 0, position: null,
        label: row.label ?? null, labelIsAutomatic: row.labelIsAutomatic, influence: row.influence,
        meanEffect: row.effect ?? null, share: row.promptShare ?? null,
        meanActivation: row.meanActivation ?? null, inputSum: 0,
    }));
    const edges = report.edges.map((edge) => ({
        source: edge.source, target: edge.target, weight: edge.mean, share: edge.share, support: edge.support,
    }));
    // Boxes show shares of summed inputs: what the drawing has of them is |weight| / share.
    for (const edge of edges) {
        if (edge.share > 0) {
            nodes[edge.target].inputSum = Math.max(nodes[edge.target].inputSum, Math.abs(edge.weight) / edge.share);
        }
    }
    return new GraphModel({ nodes, edges, layerCount, columns: [{ position: 0, text: "" }], isCollapsed: true });
}

/**
 * The seed that an address names, as parameters of the question; null when it names none.
 *
 * @param {URLSearchParams} parameters
 * @returns {Seed | null}
 */
export function seedFrom(parameters) {
    for (const name of ["token", "feature", "prompt", "where"]) {
        if (parameters.get(name)) return { [name]: parameters.get(name) };
    }
    return null;
}

/** @returns {Named} */
function tokenChoice({ token, text, promptCount }) {
    return [String(token), `${text.trim() || text} (${number(promptCount)})`];
}

async function seedControls() {
    const [logits, tags] = await Promise.all([
        ask("logits", {}, { limit: 200 }).catch(() => ({ items: [] })), askTags(),
    ]);
    const feature = element("input", { id: "seed-feature", type: "text", placeholder: "2/157", pattern: "\\d+/\\d+", size: "8" });
    const form = element("form", { class: "controls" }, element("label", { for: "seed-feature" }, "from a feature"), feature,
        element("button", { type: "submit" }, "Grow"));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (/^\d+\/\d+$/.test(feature.value.trim())) go(["circuit"], { feature: feature.value.trim() });
        else feature.focus();
    });
    return element("section", {}, element("h2", {}, "Grow a circuit"),
        element("p", { class: "controls" }, element("label", { for: "seed-token" }, "from a logit"),
            choice("seed-token", [["", "a token…"], ...logits.items.map(tokenChoice)], "",
                (token) => token && go(["circuit"], { token }))),
        form, filterControls(tags, "", (where) => go(["circuit"], { where }), {
            id: "seed-tag", title: "from a group of prompts",
        }));
}

const circuitScores = [
    [
        "replacement", "Replacement score",
        "Of the influence that ends in tokens or errors, the share that ends in tokens: as the replacement score of a graph.",
    ],
    ["completeness", "Completeness score", "The influence-weighted share of the members' inputs that does not come from errors."],
    ["tokens", "Ends in tokens", "The share of the seed's influence whose paths end in tokens."],
    ["errors", "Ends in errors", "The share whose paths end in errors, which nothing explains."],
    [
        "outside", "Ends in features left out",
        "The share whose paths leave the circuit through features that did not join: a larger circuit follows them further.",
    ],
];

function circuitSummary(report) {
    const scores = report.scores ?? {};
    const shares = circuitScores.map(([key, title, definition]) => [title, definition, scores[key]])
        .filter(([, , value]) => typeof value === "number");
    return element("p", { class: "scores" },
        element("span", {}, term("Prompts", "Stored graphs that were added up for this circuit."),
            ` ${isKnown(report.promptCount) ? number(report.promptCount) : "all"} of ${number(report.groupSize)}`),
        fewSamples(report.promptCount ?? report.groupSize ?? 0),
        element("span", {},
            term("Kept influence", "Share of the influence of what joined the circuit, and of errors, that pruning left."),
            ` ${percentage(report.keptInfluence)}`),
        shares.map(([title, definition, value]) => element("span", {}, term(title, definition), ` ${percentage(value)}`)));
}

function seedTitle(seed, report) {
    if (seed.token) {
        return [
            "Circuit of the logit ",
            tokenText(report.seedName ?? report.nodes.find((row) => row.node.kind === "logit")?.node.text ?? seed.token),
        ];
    }
    if (seed.feature) return `Circuit of feature ${seed.feature}`;
    if (seed.prompt) return `Circuit of prompt ${seed.prompt}`;
    return ["Circuit of the prompts ", element("bdi", {}, seed.where)];
}

function back(seed) {
    if (seed.token) return link(logitAddress(seed.token), "What drives it");
    if (seed.feature) {
        const [layer, index] = seed.feature.split("/");
        return link(featureAddress({ layer, index }), "Its dashboard");
    }
    if (seed.prompt) return link(graphAddress(seed.prompt), "Its graph");
    return link(addressOf(["prompts"], { where: seed.where }), "These prompts");
}

/** Which features are expanded; `change` takes the new list as text. */
function expansionOf(text, change) {
    const features = text.split(",").filter(Boolean);
    const has = (feature) => Boolean(feature) && features.includes(featureName(feature));
    const toggled = (name) => features.includes(name) ? features.filter((other) => other !== name) : [...features, name];
    return { has, toggle: (feature) => change(toggled(featureName(feature)).join(",")) };
}

/**
 * Shows a circuit.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showCircuit({ parameters, signal }) {
    const seed = seedFrom(parameters);
    if (!seed) {
        return {
            title: "Circuit",
            view: [
                heading("Global circuit"),
                quiet("A circuit tells which features, over many prompts, lead to a logit, to a feature, or to the answers of a "
                    + "group of prompts. Positions are taken together."),
                await seedControls(),
            ],
        };
    }
    const size = parameters.get("size") ?? "";
    const by = parameters.get("by") ?? "";
    const rank = parameters.get("rank") ?? "";
    const expand = parameters.get("expand") ?? "";
    const [report, information, able, saved] = await Promise.all([
        ask("circuits", seed, { size, by, rank, expand }), askInformation(), capabilities(), savedSupernodes(),
    ]);
    const model = modelOfCircuit(report, information.layerCount);
    const change = (update) => go(["circuit"], { ...seed, size, by, rank, expand, ...update });
    const status = element("p", { class: "quiet", role: "status" });
    const workbench = new GraphWorkbench({
        title: "Global circuit", model, seed, where: seed.where ?? "", state: graphStateFrom(parameters), able, saved, signal,
        hasNodeThreshold: false,
        expansion: isFolder
            ? null
            : expansionOf(expand,
                (features) => go(["circuit"], { ...Object.fromEntries(currentAddress().parameters), expand: features })),
        stability: isFolder || by === "twera"
            ? null
            : { path: "circuits/stability", parameters: { ...seed, size, rank, expand } },
        onChange: (state, shown) => {
            if (currentAddress().parts[0] !== "circuit") return;
            const { nodes: _nodes, edges: _edges, ...rest } = parametersOf(state);
            keepInAddress(["circuit"], { ...seed, size, by, rank, expand, ...rest });
            const joined = report.joinedCount ? `; ${number(report.joinedCount)} joined before pruning` : "";
            status.textContent = `${counted(shown, "node")}, ${counted(model.edges.length, "link")}${joined}.`;
        },
    });
    return {
        title: "Circuit", isWide: true,
        view: [
            element("div", { class: "heading" }, heading(seedTitle(seed, report)),
                element("nav", { class: "walk", "aria-label": "From here" }, back(seed), link("#/circuit", "Another circuit"))),
            circuitSummary(report),
            isFolder
                ? null
                : element("p", { class: "controls" }, element("label", { for: "size" }, "Nodes at most"),
                    choice("size", sizes(size).map((value) => [value, value]), size || "50", (value) => change({ size: value })),
                    seed.feature
                        ? null
                        : [
                            element("label", { for: "rank" }, "chosen by"),
                            choice("rank", [["", "influence"], ["effect", "effect on the lead"]], rank,
                                (value) => change({ rank: value })),
                        ],
                    able.modelLoaded
                        ? [
                            element("label", { for: "by" }, "by"),
                            choice("by", [["", "stored links"], ["twera", "TWERA"]], by, (value) => change({ by: value })),
                        ]
                        : null),
            workbench.element, status, holdsSection(seed, able, signal),
        ],
        shown: () => workbench.start(),
    };
}

/** The sizes offered, with the one asked for among them. */
function sizes(asked) {
    const offered = ["20", "50", "100", "200"];
    return asked && !offered.includes(asked) ? [...offered, asked].sort((a, b) => a - b) : offered;
}
