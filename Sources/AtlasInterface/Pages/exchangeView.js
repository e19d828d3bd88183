// What became of answers when the features of one value of a tag stood in the place of another's.

import {element, quiet} from "./elements.js";
import {featureAddress, featureName, graphAddress} from "./address.js";
import {counted, measure, number, percentage} from "./numbers.js";
import {dataTable} from "./tables.js";
import {tokenText, weightBar} from "./terms.js";

const outcomes = [["moved", "became the other value's"], ["stayed", "stayed"], ["lost", "became neither"]];

function outcomeTable(trials) {
    const rows = outcomes.map(([key, name]) => ({
        name, own: trials.filter((trial) => trial.outcome === key).length,
        control: trials.filter((trial) => trial.control === key).length,
    }));
    return dataTable("What became of the answers", [
        { title: "The answer", head: true, cell: (row) => row.name },
        {
            title: "With the value's own features", numeric: true,
            cell: (row) => [`${number(row.own)} (${percentage(row.own / trials.length)})`, weightBar(row.own, trials.length)],
        },
        {
            title: "With as many others", numeric: true,
            definition: "The same with features of the same prompts chosen at random: what moves an answer by itself.",
            cell: (row) => [
                `${number(row.control)} (${percentage(row.control / trials.length)})`, weightBar(row.control, trials.length),
            ],
        },
    ], rows);
}

function trialTable(trials) {
    return dataTable("Every exchange", [
        {
            title: "Prompt", head: true,
            cell: (trial) => element("a", { href: graphAddress(trial.promptID) }, String(trial.promptID)),
        },
        { title: "From", cell: (trial) => element("bdi", {}, trial.from) },
        { title: "To", cell: (trial) => element("bdi", {}, trial.to) },
        { title: "Said afterwards", cell: (trial) => tokenText(trial.text, trial.token) },
        { title: "The answer", cell: (trial) => outcomes.find(([key]) => key === trial.outcome)?.[1] ?? trial.outcome },
        { title: "Other answer before", numeric: true, cell: (trial) => percentage(trial.probabilityBefore) },
        { title: "Afterwards", numeric: true, cell: (trial) => percentage(trial.probabilityAfter) },
    ], trials, { withLegend: false });
}

function valueTable(values) {
    return dataTable("The values and their own features", [
        { title: "Value", head: true, cell: (row) => element("bdi", {}, row.value) },
        { title: "Answer", cell: (row) => tokenText(row.answer, row.answerToken) },
        { title: "Prompts", numeric: true, cell: (row) => number(row.promptCount) },
        {
            title: "Its own features", width: "wide-name",
            cell: (row) =>
                row.features.slice(0, 4)
                    .map((own) =>
                        element("div", { class: "one-line" },
                            element("a", { href: featureAddress(own.feature) }, featureName(own.feature)),
                            own.label ? element("bdi", { class: "quiet" }, ` ${own.label}`) : null,
                            ` ${measure(own.contribution)}`)),
        },
    ], values, { withLegend: false });
}

/**
 * The parts that show an exchange's report.
 *
 * @param {ExchangeReport} report
 * @returns {Content[]}
 */
export function exchangeView(report) {
    const left = [
        { count: report.sameAnswerPairs, noun: "pair", why: "with the same answer" },
        { count: report.wrongPrompts, noun: "prompt", why: "that the model gets wrong" },
        { count: report.wrongPairs, noun: "trial", why: "where the other answer is likelier anyway" },
    ].filter(({ count }) => count > 0).map(({ count, noun, why }) => `${counted(count, noun)} ${why}`);
    const leftOut = left.length > 0 ? `; left out: ${left.join(", ")}` : "";
    if (report.trials.length === 0) return [quiet(`No exchange was possible${leftOut}.`)];
    return [
        quiet(`${counted(report.trials.length, "exchange")} of values of ${report.tag} in `
            + `${counted(report.promptCount, "prompt")}, at most ${counted(report.featureLimit, "feature")} each, at `
            + `${report.positions === "last" ? "the last position" : "all positions"}${leftOut}.`),
        outcomeTable(report.trials),
        element("details", {}, element("summary", {}, "The values and their own features"), valueTable(report.values)),
        element("details", {}, element("summary", {}, "Every exchange as a table"), trialTable(report.trials)),
    ];
}
