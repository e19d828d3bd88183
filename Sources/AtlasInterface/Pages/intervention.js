// Sets or scales features or supernodes of a run prompt, and shows the new answer beside the old.

import {button, choice, element, quiet, section} from "./elements.js";
import {featureName} from "./address.js";
import {measure, number, percentage, points, signed} from "./numbers.js";
import {nodeText, tokenText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";
import {runJob} from "./jobs.js";

let settingCount = 0;

/** One line of the panel: what is set, where, and how. */
function settingLine(targets, tokenCount, remove) {
    const id = `setting-${++settingCount}`;
    const what = choice(`${id}-what`, targets.map((target, ordinal) => [String(ordinal), target.name]), "0", () => {});
    const how = choice(`${id}-how`, [["multiple", "times"], ["value", "set to"]], "multiple", () => {});
    const amount = element("input", { type: "number", step: "any", value: "0", id: `${id}-amount`, "aria-label": "Number" });
    const where = element("input", { type: "text", id: `${id}-where`, placeholder: `0-${tokenCount - 1}`, size: "7", "aria-label": "Positions, as 3, 3-5 or 3-" });
    what.setAttribute("aria-label", "Feature or supernode");
    how.setAttribute("aria-label", "How");
    const line = element("li", { class: "controls" }, what, how, amount, element("label", { for: `${id}-where` }, "at positions"), where, button("Remove", () => {
        line.remove();
        remove(line);
    }, { class: "more" }));
    line.setting = () => ({ features: targets[Number(what.value)].features, [how.value]: Number(amount.value), ...(where.value.trim() ? { positions: where.value.trim() } : {}) });
    return line;
}

function answerTable(answer) {
    return dataTable("Answers before and after", [
        { title: "Next token", head: true, cell: (row) => tokenText(row.text, row.token) },
        { title: "Before", numeric: true, cell: (row) => [percentage(row.before), weightBar(row.before, 1)] },
        { title: "After", numeric: true, cell: (row) => [percentage(row.after), weightBar(row.after, 1)] },
        { title: "Change", numeric: true, definition: "Of the probability, in percentage points.", cell: (row) => points(row.after - row.before) },
    ], answer.nextTokens, { withLegend: false });
}

function changeTable(answer) {
    const largest = Math.max(0, ...answer.changed.map((row) => Math.abs(row.after - row.before)));
    return element("details", { open: "" }, element("summary", {}, "Features that changed most"), dataTable("Features that changed", [
        { title: "Feature", head: true, width: "wide-name", cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label) },
        { title: "Position", numeric: true, cell: (row) => number(row.position) },
        { title: "Before", numeric: true, cell: (row) => measure(row.before) },
        { title: "After", numeric: true, cell: (row) => measure(row.after) },
        { title: "Change", numeric: true, cell: (row) => [signed(row.after - row.before), weightBar(row.after - row.before, largest)] },
    ], answer.changed.slice(0, 15), { empty: "No other feature changed.", withLegend: false }));
}

/** What can be set: supernodes of the graph and the atlas, pinned features, then the most influential ones. */
function targetsOf(workbench) {
    const { model, state, saved } = workbench;
    const nodes = (ids) => ids.map((id) => model.nodes[model.byID.get(id)]).filter((node) => node?.kind === "feature");
    const groups = state.groups.map((group) => ({ name: `supernode ${group.name}`, features: [...new Set(nodes(group.members).map((node) => featureName(node.feature)))] }));
    const kept = saved.map((supernode) => ({ name: `supernode ${supernode.name} (atlas)`, features: supernode.members.map(featureName) }));
    const pinned = nodes(state.pins);
    const influential = model.nodes.filter((node) => node.kind === "feature").sort((a, b) => b.influence - a.influence);
    const seen = new Set();
    const single = [...pinned, ...influential].filter((node) => !seen.has(featureName(node.feature)) && seen.add(featureName(node.feature))).slice(0, 80)
        .map((node) => ({ name: `${featureName(node.feature)}${node.label ? ` ${node.label.slice(0, 50)}` : ""}`, features: [featureName(node.feature)] }));
    return [...groups, ...kept, ...single].filter((target) => target.features.length > 0);
}

/** The panel for a run prompt. */
export function interventionSection(result, workbench, signal) {
    const lines = element("ul", { class: "settings" });
    const progress = element("div", {});
    const outcome = element("div", { class: "outcome" });
    const failure = element("p", { role: "alert", class: "failure" });
    const add = () => lines.append(settingLine(targetsOf(workbench), result.graph.tokens.length, () => {}));
    const mode = choice("mode", [["free", "everything after recomputed"], ["attention-frozen", "attention patterns kept"], ["norms-frozen", "attention patterns and norms kept"], ["frozen", "attention, norms and MLP outputs kept (linear)"]], "free", () => {});
    const apply = button("Run with these settings", async () => {
        failure.textContent = "";
        const settings = [...lines.children].map((line) => line.setting());
        if (settings.length === 0) return add();
        apply.disabled = true;
        try {
            const { result: answer } = await runJob("interventions", { text: result.text, settings, mode: mode.value }, progress, signal);
            outcome.replaceChildren(answerTable(answer), changeTable(answer));
        } catch (error) {
            failure.textContent = error.message;
        } finally {
            apply.disabled = false;
        }
    });
    add();
    return { element: section("Intervene", "Scale or set features, or whole supernodes, and see the new answer beside the old. Times 0 switches a feature off.",
        lines, element("div", { class: "controls" }, button("Add another", add), element("label", { for: "mode" }, "with"), mode, apply), progress, failure, outcome,
        quiet("Pin and group nodes above to find their supernodes here under “Add another”.")) };
}
