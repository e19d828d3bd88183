// What was predicted of interventions beside what was measured: correlations by predictor, and a plot of every intervention.

import {choice, element, quiet} from "./elements.js";
import {featureAddress, featureName, graphAddress} from "./address.js";
import {counted, isKnown, measure, number, percentage, signed} from "./numbers.js";
import {dataTable} from "./tables.js";
import {fewSamples, tokenText} from "./terms.js";
import {scatterPlot} from "./scatterPlot.js";

const predictorNames = {
    gradient: [
        "Gradient in this prompt",
        "The gradient of the readout through the model in this prompt times what the feature contributes.",
    ],
    graph: ["This prompt's graph", "The feature's effect along all paths of this prompt's graph."],
    "measured-elsewhere": ["Measured elsewhere", "What silencing it did on average in prompts that were not held out."],
    "measured-per-unit": ["Measured elsewhere, per unit", "The same for what it contributes here."],
    "gradient-elsewhere": ["Gradient elsewhere", "The mean of its gradient effects in prompts that were not held out."],
    circuit: ["The circuit", "Effect of a unit of activation along the circuit's paths times the activation in this prompt."],
    influence: ["Influence", "Its influence in this prompt's graph, which has no sign."],
    "raw-weight": ["Raw weight", "Its decoder's product with the token's unembedding times what it contributes."],
    activation: ["Activation", "What it contributes."],
    random: ["Nothing", "Random numbers."],
};
const readoutNames = { gap: "the answer's lead over its strongest rival", logit: "the token's logit less the mean" };

function qualityTable(result) {
    const rows = Object.entries(predictorNames)
        .filter(([key]) => result.predictors[key])
        .map(([key, [name, definition]]) => ({ key, name, definition, ...result.predictors[key] }));
    return dataTable("Predictors", [
        { title: "Predicted by", head: true, cell: (row) => element("span", { title: row.definition }, row.name) },
        {
            title: "Correlation", numeric: true,
            definition: "Spearman correlation of predicted with measured change: 1 where the ranking is right, 0 where it says "
                + "nothing.",
            cell: (row) => isKnown(row.correlation) ? signed(row.correlation) : "–",
        },
        {
            title: "95 %", numeric: true,
            definition: "What the correlation is when prompts are drawn anew, with all their interventions.",
            cell: (row) => row.interval ? `${signed(row.interval.low)} to ${signed(row.interval.high)}` : "–",
        },
        {
            title: "Same sign", numeric: true,
            definition: "The share of predicted changes with the sign of the measured one, zeros left out.",
            cell: (row) => isKnown(row.signAgreement) ? percentage(row.signAgreement) : "–",
        },
        { title: "Interventions", numeric: true, cell: (row) => [fewSamples(row.count), " ", number(row.count)] },
    ], rows, { empty: "Nothing was predicted." });
}

function circuitNames(report) {
    return report.circuits.slice(0, 6)
        .map((circuit, place) => [
            place > 0 ? ", " : "", tokenText(circuit.text, circuit.token),
            ` (${counted(circuit.featureCount, "feature")} from ${counted(circuit.fittedPrompts, "prompt")}, `
                + `${number(circuit.heldOutPrompts)} held out)`,
        ]);
}

/** The plot of one predictor and readout, with its table. */
function plotOf(report, predictor, readout) {
    const points = report.trials.flatMap((trial) => {
        const predicted = (readout === "gap" ? trial.predictedGap : trial.predictedLogit)[predictor];
        const measured = trial.measured[0]?.[readout];
        if (!Number.isFinite(predicted) || !Number.isFinite(measured)) return [];
        return [{
            x: predicted, y: measured, group: trial.isAnswer ? "where the token is the answer" : "where it is another",
            title: `Feature ${featureName(trial.feature)} in prompt ${trial.prompt}`, trial,
            open: () => { location.hash = graphAddress(trial.prompt); },
        }];
    });
    if (points.length === 0) return [quiet("This predictor says nothing of these interventions.")];
    const groups = [...new Set(points.map((point) => point.group))].sort().reverse();
    const table = dataTable("Interventions", [
        {
            title: "Feature", head: true,
            cell: (point) =>
                element("a", { href: featureAddress(point.trial.feature, point.trial.prompt) }, featureName(point.trial.feature)),
        },
        {
            title: "Prompt", numeric: true,
            cell: (point) => element("a", { href: graphAddress(point.trial.prompt) }, String(point.trial.prompt)),
        },
        { title: "Predicted", numeric: true, cell: (point) => signed(point.x) },
        { title: "Measured", numeric: true, cell: (point) => signed(point.y) },
    ], [...points].sort((a, b) => Math.abs(b.y) - Math.abs(a.y)), { withLegend: false });
    return [scatterPlot(points, {
        across: `predicted by ${predictorNames[predictor]?.[0].toLowerCase() ?? predictor}`,
        up: `measured change of ${readout === "gap" ? "the lead" : "the logit"}`, groups,
    }),
        element("details", {}, element("summary", {}, "Every intervention as a table"), table)];
}

/**
 * The parts that show a validation's report.
 *
 * @param {ValidationReport} report
 * @returns {Content[]}
 */
export function validationView(report) {
    if (report.trials.length === 0) {
        return [quiet("No intervention was possible: of each token at least two prompts must be explained.")];
    }
    const overall = report.results.filter((result) => result.name === "all");
    const result = overall[0] ?? report.results.at(-1) ?? report.otherTokens;
    const known = Object.keys(predictorNames)
        .filter((key) => report.trials.some((trial) => trial.predictedGap[key] !== undefined
            || trial.predictedLogit[key] !== undefined));
    const plot = element("div", {});
    const draw = () => plot.replaceChildren(...plotOf(report, predictor.value, readout.value));
    const predictor = choice("plot-predictor", known.map((key) => [key, predictorNames[key][0]]),
        known.includes("circuit") ? "circuit" : known[0], draw);
    const readout = choice("plot-readout", Object.entries(readoutNames),
        report.trials.some((trial) => trial.isAnswer) ? "gap" : "logit", draw);
    draw();
    return [
        element("p", {},
            `${counted(report.trials.length, "intervention")} of ${number(report.possibleCount)} possible. Circuits: `,
            circuitNames(report)),
        result ? quiet(
            `Correlations over ${counted(result.count, "intervention")} in ${counted(result.promptCount, "prompt")}; read: `
                + `${readoutNames[result.readout] ?? result.readout}; mean size of what was measured `
                + `${measure(result.meanChange)}.`) : null,
        result ? qualityTable(result) : null,
        report.matched.count > 0
            ? element("p", {},
                "Features outside of the circuits, as active in the same prompts, change the logit by "
                    + `${measure(report.matched.meanMatchedEffect)} on average, the circuits' own by `
                    + `${measure(report.matched.meanEffect)}; the own one has the larger effect in `
                    + `${percentage(report.matched.largerShare)} of ${counted(report.matched.count, "pair")}.`)
            : null,
        element("p", { class: "controls" }, element("label", { for: "plot-predictor" }, "Plot what is predicted by"), predictor,
            element("label", { for: "plot-readout" }, "of"), readout), plot,
    ].filter(Boolean);
}
