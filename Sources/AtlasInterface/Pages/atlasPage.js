// The first view: what is indexed, how good it is, where the model is explained well or badly, and where to begin.

import {element, heading, link, section} from "./elements.js";
import {addressOf, graphAddress} from "./address.js";
import {ask, askTags} from "./data.js";
import {counted, measure, number, percentage, shortened} from "./numbers.js";
import {figure, tokenText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

function figures(information) {
    const activation = information.basis === "neurons" ? "stored activation" : "activation";
    const graphs = `over ${counted(information.graphCount, "graph")}`;
    return element("dl", { class: "statistics" },
        figure("Prompts", null, number(information.promptCount),
            `${counted(information.tokenCount, "token")}, ${counted(information.graphCount, "graph")}`),
        figure("Features that fire",
            information.basis === "neurons"
                ? "Neurons with at least one stored activation, of all that the model has. Of each token only the nodes of its "
                    + "graph and the strongest few neurons are stored."
                : "Features with at least one active token, of all that the transcoders have.",
            number(information.firedFeatureCount),
            `of ${number(information.layerCount * information.featuresPerLayer)}, `
                + counted(information.activationCount, activation)),
        figure("Right answers", "Prompts whose known answer is what the model finds most likely.",
            percentage(information.shareRight), `of ${counted(information.answeredCount, "answered prompt")}`),
        figure("Stored links", null, number(information.edgeCount), `between ${counted(information.nodeCount, "node")}`),
        figure("Graphs with effects",
            "Graphs whose nodes' effects on the answer and on its lead over its strongest rival are stored; atlas index "
                + "--effects adds those that are missing, --measure N silences the N strongest of each new prompt.",
            number(information.effectCount),
            `of ${counted(information.graphCount, "graph")}, measured too in ${number(information.measuredCount)}`),
        figure("Replacement score",
            "Mean share of the influence on the answers that begins in tokens rather than in errors of the transcoders: 1 is "
                + "explained wholly. It says how much of the graphs is explained, not how faithfully the transcoders stand in "
                + "for the model; atlas evaluate measures that, at the answer position and by family.",
            percentage(information.meanReplacementScore), graphs),
        figure("Completeness score", "Mean share of the nodes' inputs, weighted by influence, that does not come from errors.",
            percentage(information.meanCompletenessScore), graphs),
        figure("Largest violation",
            "The worst relative difference between the sum of a node's inputs and what it should be; above a few thousandths "
                + "something is wrong.",
            measure(information.largestViolation), graphs),
        figure("Labels by people", "Features that a person named; the others have automatic labels.",
            number(information.labelCount), link("#/labels", "All of them"), "end"));
}

function tagTables(report) {
    const byName = [...Map.groupBy(report.tags, (row) => row.name)]
        .map(([name, rows]) => ({ name, rows, total: rows.reduce((sum, row) => sum + row.promptCount, 0) }))
        .sort((a, b) => b.total - a.total);
    return byName.slice(0, 4)
        .map(({ name, rows }, ordinal) =>
            element("details", { class: "by-tag", open: ordinal === 0 ? "" : null },
                element("summary", {}, "By ", element("bdi", {}, name)), dataTable(`Scores by ${name}`, [
                    {
                        title: "Value", head: true, width: "short-name",
                        cell: (row) =>
                            link(addressOf(["prompts"], { where: `${row.name}=${row.value}`, sort: "replacement" }),
                                element("bdi", {}, shortened(row.value, 60))),
                    },
                    { title: "Prompts", numeric: true, cell: (row) => number(row.promptCount) },
                    {
                        title: "Replacement score", numeric: true, definition: "Mean over the graphs of these prompts.",
                        cell: (row) => [percentage(row.meanReplacement), weightBar(row.meanReplacement, 1)],
                    },
                    {
                        title: "Completeness score", numeric: true, definition: "Mean over the graphs of these prompts.",
                        cell: (row) => percentage(row.meanCompleteness),
                    },
                    {
                        title: "Right", numeric: true,
                        definition: "Share of the answered prompts that the model answers rightly.",
                        cell: (row) => percentage(row.rightShare),
                    },
                    {
                        title: "",
                        cell: (row) =>
                            link(addressOf(["compare"], { a: `${row.name}=${row.value}` }),
                                element("span", { "aria-hidden": "true" }, "compare"),
                                element("span", { class: "hidden" }, `compare ${row.value} with others`)),
                    },
                ], [...rows].sort((a, b) => (a.meanReplacement ?? 2) - (b.meanReplacement ?? 2)),
                    { withLegend: ordinal === 0 })));
}

function failureTable(title, rows) {
    return element("div", {}, element("h3", {}, title), dataTable(title, [
        {
            title: "Prompt", head: true, width: "wide-name",
            cell: (row) => element("a", { href: graphAddress(row.prompt) }, element("bdi", {}, shortened(row.text, 110))),
        },
        {
            title: "Model says",
            cell: (row) => [
                tokenText(row.predicted),
                row.isRight === false ? [" ", element("span", { class: "badge warning" }, "wrong")] : null,
            ],
        },
        { title: "Probability", numeric: true, cell: (row) => percentage(row.probability) },
        {
            title: "From errors", numeric: true,
            definition: "The share of the influence on the answer that begins in errors, which nothing explains.",
            cell: (row) => percentage(row.errorInfluence),
        },
    ], rows.slice(0, 8), { empty: "None.", withLegend: false }));
}

function failureSection() {
    const content = element("div", {}, "Loading…");
    const whole = section("Where the model is explained well or badly",
        "By tag, worst first, and the prompts whose answers to distrust.", content);
    ask("failures").then((report) => content.replaceChildren(...tagTables(report), element("div", { class: "columns two" },
        failureTable("Most influence from errors", report.byErrorInfluence),
        failureTable("Wrong answers, the surest first", report.wrongAnswers))), () => whole.remove());
    return whole;
}

function entries(tags, logits) {
    const given = tags.filter((tag) => tag.values?.length > 1 && tag.values.length <= 40);
    const reach = (tag) => (tag.name === "corpus" || tag.name === "right" ? 0 : 1)
        * tag.values.reduce((sum, value) => sum + value.promptCount, 0);
    const names = given.sort((a, b) => reach(b) - reach(a)).slice(0, 2);
    return section("Where to begin", null,
        names.map((tag) =>
            element("p", { class: "entry" }, element("bdi", {}, tag.name), ": ", tag.values.slice(0, 12).map((value) =>
                element("a", { class: "tag", href: addressOf(["prompts"], { where: `${tag.name}=${value.value}` }) },
                    element("bdi", {}, shortened(value.value, 30)), ` ${number(value.promptCount)}`)))),
        logits.length > 0 ? element("p", { class: "entry" }, "explained answers: ", logits.slice(0, 12).map((logit) =>
            element("a", { class: "answer", href: addressOf(["logit", logit.token]) },
                tokenText(logit.text, logit.token)))) : null,
        element("p", { class: "entry" }, link("#/features", "All features"), link("#/circuit", "Grow a global circuit"),
            link("#/compare", "Compare two groups"), link("#/run", "Try a prompt of your own")));
}

function runsTable(information) {
    return element("details", {},
        element("summary", {}, `${counted(information.runs.length, "run")} of indexing, and the model's fingerprints`),
        element("dl", { class: "facts-list" },
            [
                ["Model", information.modelFingerprint], ["Transcoders", information.transcoderFingerprint],
                ["Derived", information.derivedAt ?? "not yet"],
            ].map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, String(value))))),
        dataTable("Runs", [
            { title: "Corpus", head: true, cell: (run) => element("bdi", {}, run.corpus) },
            { title: "Begun", cell: (run) => run.startedAt },
            { title: "Ended", cell: (run) => run.finishedAt ?? "interrupted" },
            { title: "Version", cell: (run) => run.programVersion },
        ], information.runs));
}

/**
 * Shows the atlas.
 *
 * @returns {Promise<View>}
 */
export async function showAtlas() {
    const [atlas, tags, logits] = await Promise.all([
        ask("atlas"), askTags(), ask("logits", {}, { limit: 12 }).catch(() => ({ items: [] })),
    ]);
    const { information } = atlas;
    return {
        title: "Atlas",
        view: [
            heading(element("bdi", {}, atlas.name ?? "Atlas")),
            element("p", { class: "lead" }, "Model ", element("bdi", {}, information.modelName),
                information.basis === "neurons" ? ", features " : ", transcoders ",
                element("bdi", {}, information.transcoderName),
                ` (${information.transcoderKind}, ${number(information.layerCount)} layers of `
                    + `${number(information.featuresPerLayer)} features).`),
            information.isStale
                ? element("p", { role: "alert", class: "failure" }, "What is derived is older than the facts: run atlas derive.")
                : null,
            figures(information), entries(tags, logits.items), failureSection(),
            section("Indexing", null, runsTable(information)),
        ],
    };
}
