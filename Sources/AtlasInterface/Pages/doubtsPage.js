// The view of answers to distrust: wrong ones, and those that errors rather than features lead to.

import {element, heading, quiet, section} from "./elements.js";
import {graphAddress} from "./address.js";
import {ask} from "./data.js";
import {counted, measure, percentage, shortened} from "./numbers.js";
import {tokenText} from "./terms.js";
import {dataTable} from "./tables.js";

const columns = [
    { title: "Prompt", head: true, width: "wide-name", cell: (row) => element("a", { href: graphAddress(row.prompt) }, element("bdi", {}, shortened(row.text, 110))) },
    { title: "Model says", cell: (row) => tokenText(row.predicted) },
    { title: "Answer", definition: "The right continuation, where the corpus gives one.", cell: (row) => row.answer === undefined ? "" : element("bdi", {}, shortened(row.answer, 40)) },
    { title: "Probability", numeric: true, definition: "The model's probability for what it says.", cell: (row) => percentage(row.probability) },
    { title: "From errors", numeric: true, definition: "The share of the influence on the answer that begins in errors, which nothing explains.", cell: (row) => percentage(row.errorInfluence) },
    { title: "Violation", numeric: true, definition: "The largest relative difference between the sum of a node's inputs and what it should be.", cell: (row) => measure(row.violation) },
];

/** Shows doubtful answers, of a group where the address names one. */
export async function showDoubts({ parameters, signal }) {
    const report = await ask("failures", { where: parameters.get("where") }, {}, signal);
    const tables = [["Wrong answers, the surest first", report.wrongAnswers], ["Most influence from errors", report.byErrorInfluence], ["Sums of inputs that miss most", report.byViolation]];
    return {
        title: "Doubts",
        view: [
            heading("Doubts"), quiet(`${counted(report.wrongCount, "wrong answer")} of ${counted(report.answeredCount, "answered prompt")}; ${counted(report.graphCount, "graph")}.`),
            tables.map(([title, rows]) => section(title, null, dataTable(title, columns, rows, { empty: "None." }))),
        ],
    };
}
