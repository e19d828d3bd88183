// The steering bench of a run prompt: features or supernodes are set, and the new answer, the continuation and a dose curve
// are shown beside the old ones.

import {button, choice, element, quiet, section} from "./elements.js";
import {featureName} from "./address.js";
import {continuationsView, doseView} from "./doseCurve.js";
import {measure, number, percentage, points, signed} from "./numbers.js";
import {nodeText, term, tokenText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";
import {runJob} from "./jobs.js";
import {SettingLines} from "./settingLines.js";

/** @type {Named[]} */
const modes = [
    ["free", "everything after recomputed"], ["attention-frozen", "attention patterns kept"],
    ["norms-frozen", "attention patterns and norms kept"], ["frozen", "attention, norms and MLP outputs kept (linear)"],
];
const usualBench = { count: "12", temperature: "", seed: "0", doses: "0, 0.5, 1, 1.5, 2", mode: "free" };

function answerTable(answer) {
    return dataTable("Answers before and after", [
        { title: "Next token", head: true, cell: (row) => tokenText(row.text, row.token) },
        { title: "Before", numeric: true, cell: (row) => [percentage(row.before), weightBar(row.before, 1)] },
        { title: "After", numeric: true, cell: (row) => [percentage(row.after), weightBar(row.after, 1)] },
        {
            title: "Change", numeric: true, definition: "Of the probability, in percentage points.",
            cell: (row) => points(row.after - row.before),
        },
    ], answer.nextTokens, { withLegend: false });
}

function changeTable(answer) {
    const largest = Math.max(0, ...answer.changed.map((row) => Math.abs(row.after - row.before)));
    return element("details", { open: "" }, element("summary", {}, "Features that changed most"),
        dataTable("Features that changed", [
            {
                title: "Feature", head: true, width: "wide-name",
                cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label),
            },
            { title: "Position", numeric: true, cell: (row) => number(row.position) },
            { title: "Before", numeric: true, cell: (row) => measure(row.before) },
            { title: "After", numeric: true, cell: (row) => measure(row.after) },
            {
                title: "Change", numeric: true,
                cell: (row) => [signed(row.after - row.before), weightBar(row.after - row.before, largest)],
            },
        ], answer.changed.slice(0, 15), { empty: "No other feature changed.", withLegend: false }));
}

/** What can be set: supernodes of the graph and the atlas, pinned features, then the most influential ones. */
function targetsOf(workbench) {
    const { model, state, saved } = workbench;
    const nodes = (ids) => ids.map((id) => model.nodes[model.byID.get(id)]).filter((node) => node?.kind === "feature");
    const groups = state.groups.map((group) => ({
        name: `supernode ${group.name}`, features: [...new Set(nodes(group.members).map((node) => featureName(node.feature)))],
    }));
    const kept = saved.map(({ name, members }) => ({ name: `supernode ${name} (atlas)`, features: members.map(featureName) }));
    const chosen = state.selected === null ? [] : nodes([state.selected]);
    const pinned = nodes(state.pins);
    const influential = model.nodes.filter((node) => node.kind === "feature").sort((a, b) => b.influence - a.influence);
    const seen = new Set();
    const single = [...chosen, ...pinned, ...influential]
        .filter((node) => !seen.has(featureName(node.feature)) && seen.add(featureName(node.feature)))
        .slice(0, 80)
        .map((node) => ({
            name: `${featureName(node.feature)}${node.label ? ` ${node.label.slice(0, 50)}` : ""}`,
            features: [featureName(node.feature)],
        }));
    return [
        ...(chosen.length > 0 ? single.slice(0, 1) : []), ...groups, ...kept, ...(chosen.length > 0 ? single.slice(1) : single),
    ].filter((target) => target.features.length > 0);
}

/** The doses of a text with commas between numbers; null for anything else. */
function dosesFrom(text) {
    const doses = text.split(",").map((part) => part.trim()).filter(Boolean).map(Number);
    return doses.every((dose) => Number.isFinite(dose) && Math.abs(dose) <= 100) && doses.length <= 20
        ? doses.sort((a, b) => a - b)
        : null;
}

/** The bench of a run: its fields, what they ask for, and what came of it. */
class SteeringBench {
    /**
     * `given` is the part of the address that belongs to the bench; `onchange(parameters)` hears of every change; the tokens
     * `watched` are followed.
     *
     * @param {RunReport} result
     * @param {GraphWorkbench} workbench
     * @param {AbortSignal} signal
     * @param {URLSearchParams} given
     * @param {(parameters: Terms) => void} onchange
     * @param {string[]} watched
     */
    constructor(result, workbench, signal, given, onchange, watched) {
        this.result = result;
        this.workbench = workbench;
        this.signal = signal;
        this.onchange = onchange;
        this.watched = watched;
        const told = () => this.onchange(this.parameters());
        const value = (name) => given.get(name) ?? usualBench[name];
        this.lines = new SettingLines(() => targetsOf(workbench), result.graph.tokens.length, told);
        this.mode = choice("mode", modes, value("mode"), told);
        const field = (name, attributes) =>
            element("input", { id: `bench-${name}`, value: value(name), onchange: told, ...attributes });
        this.count = field("count", { type: "number", min: "1", max: "64", step: "1" });
        this.temperature = field("temperature", {
            type: "number", min: "0.05", max: "100", step: "any", placeholder: "likeliest",
        });
        this.seed = field("seed", { type: "number", min: "0", step: "1" });
        this.doses = field("doses", { type: "text", size: "18" });
        this.progress = element("div", {});
        this.outcome = element("div", { class: "outcome" });
        this.continued = element("div", { class: "continued" });
        this.failure = element("p", { role: "alert", class: "failure" });
        this.lines.fill(given.get("set") ?? "");
    }

    /** What an address keeps; what is as usual is left out. */
    parameters() {
        const own = {
            mode: this.mode.value, count: this.count.value, temperature: this.temperature.value, seed: this.seed.value,
            doses: this.doses.value,
        };
        return {
            set: this.lines.text(),
            ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value === usualBench[name] ? "" : value])),
        };
    }

    async ask(path, body, control, show) {
        this.failure.textContent = "";
        if (this.lines.settings().length === 0) this.lines.add();
        const settings = this.lines.settings();
        if (settings.length === 0) return;
        this.onchange(this.parameters());
        control.disabled = true;
        try {
            const { result } = await runJob(path, { text: this.result.text, settings, mode: this.mode.value, ...body },
                this.progress, this.signal);
            show(result);
        } catch (error) {
            this.failure.textContent = error.message;
        } finally {
            control.disabled = false;
        }
    }

    apply(control) {
        return this.ask("interventions", {}, control,
            (answer) => this.outcome.replaceChildren(answerTable(answer), changeTable(answer)));
    }

    /** Continues plain and steered; the tokens of a target "A minus B" are watched. */
    continue(control) {
        const doses = dosesFrom(this.doses.value);
        if (doses === null) {
            return void (this.failure.textContent = "Doses: expected at most 20 numbers from −100 to 100 with commas between.");
        }
        return this.ask("steered-texts", {
            count: Number(this.count.value) || 12, doses,
            ...(this.temperature.value === "" ? {} : { temperature: Number(this.temperature.value) }),
            seed: Number(this.seed.value) || 0, ...(this.watched.length > 0 ? { watched: this.watched } : {}),
        }, control, (report) => this.continued.replaceChildren(continuationsView(report), doseView(report)));
    }
}

/**
 * The panel for a run prompt; `given` are the address's parameters, `onchange` hears what it should keep, `watched` are the
 * target's tokens.
 *
 * @param {RunReport} result
 * @param {GraphWorkbench} workbench
 * @param {AbortSignal} signal
 * @param {{ given?: URLSearchParams, onchange?: (parameters: Terms) => void, watched?: string[] }} [address]
 * @returns {{ element: HTMLElement, parameters: () => Terms, start: () => void }}
 */
export function interventionSection(
    result, workbench, signal, { given = new URLSearchParams(), onchange = () => {}, watched = [] } = {},
) {
    const bench = new SteeringBench(result, workbench, signal, given, onchange, watched);
    const isGiven = bench.lines.settings().length > 0;
    if (!isGiven) bench.lines.add();
    const apply = button("Run with these settings", () => bench.apply(apply));
    const go = button("Continue, plain and steered", () => bench.continue(go));
    const labelled = (title, definition, control) =>
        element("span", { class: "bench-field" }, definition ? term(title, definition) : null,
            element("label", { for: control.id, class: definition ? "hidden" : null }, title), control);
    return {
        element: section("Steering bench",
            "Scale or set features, or whole supernodes, and see the new answer beside the old. Times 0 switches a feature off.",
            bench.lines.element, element("div", { class: "controls" }, button("Add another", () => {
                bench.lines.add();
                onchange(bench.parameters());
            }), element("label", { for: "mode" }, "with"), bench.mode, apply),
            element("div", { class: "controls" },
                labelled("Tokens", "How many tokens the text is continued by, with and without what is set.", bench.count),
                labelled("Temperature",
                    "What logits are divided by before a token is drawn; empty: the likeliest token each time.",
                    bench.temperature),
                labelled("Seed", "The same seed draws the same tokens, plain and steered alike.", bench.seed),
                labelled("Doses",
                    "How much of what is set, for a curve: at dose d a multiple m multiplies by 1 + d (m − 1), and a value is d "
                        + "times as large.",
                    bench.doses), go),
            bench.progress, bench.failure, bench.outcome, bench.continued,
            quiet("Choose, pin and group nodes above to find them and their supernodes here under “Add another”.")),
        parameters: () => isGiven ? bench.parameters() : {},
        start: () => { if (isGiven) bench.apply(apply).then(() => bench.continue(go)); },
    };
}
