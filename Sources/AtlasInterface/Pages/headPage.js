// One attention head: what it carries, to what, and why it looks where it looks.

import {button, element, heading, link, quiet, section} from "./elements.js";
import {addressOf, graphAddress} from "./address.js";
import {attentionPicture, pictureMeaning} from "./attentionPicture.js";
import {AnswerError, ask, capabilities} from "./data.js";
import {counted, number, percentage, shortened, signed} from "./numbers.js";
import {fewSamples, figure, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";
import {headName} from "./edgeHeads.js";
import {headStatistics} from "./headsPage.js";

/** Examples with a picture of the head's attention. */
const picturedExamples = 3;

function headFigures(report) {
    return element("dl", { class: "statistics" },
        headStatistics.map(({ key, title, definition, written }, place) =>
            figure(title, definition, written(report.head[key]),
                key === "share" ? counted(report.head.edgeCount, "link") : `over ${counted(report.graphCount, "graph")}`,
                place % 4 === 3 ? "end" : "start")));
}

function features(title, rows, verb) {
    const largest = Math.max(0, ...rows.map((row) => row.share));
    return dataTable(title, [
        {
            title: "Feature", head: true, width: "wide-name",
            cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label),
        },
        {
            title: "Of the head", numeric: true, definition: `The feature's part of all that this head ${verb}.`,
            cell: (row) => [percentage(row.share), weightBar(row.share, largest)],
        },
        {
            title: "Of the feature", numeric: true,
            definition: "This head's part of all loadings of the feature's links, over all heads.",
            cell: (row) => percentage(row.shareOfFeature),
        },
        { title: "Links", numeric: true, cell: (row) => number(row.edgeCount) },
        { title: "Prompts", numeric: true, cell: (row) => [fewSamples(row.promptCount), " ", number(row.promptCount)] },
    ], rows, { empty: "None." });
}

function placed(node) {
    return [nodeText(node, node.label), element("span", { class: "quiet" }, ` at ${number(node.position)}`)];
}

function examples(report) {
    return dataTable("Strongest links", [
        {
            title: "Prompt", head: true, width: "wide-name",
            cell: (row) => link(graphAddress(row.prompt), element("bdi", {}, shortened(row.text, 70))),
        },
        { title: "From", cell: (row) => placed(row.source) },
        { title: "To", cell: (row) => placed(row.target) },
        {
            title: "Through the head", numeric: true, definition: "The part of the link that goes through this head.",
            cell: (row) => signed(row.loading),
        },
        { title: "Link", numeric: true, definition: "The link's whole weight.", cell: (row) => signed(row.weight) },
    ], report.examples, { empty: "None." });
}

/** Where the head looks in the prompts of its strongest links. */
function pictureSection(report, head, able) {
    if (report.examples.length === 0) return null;
    if (!able.modelLoaded) {
        return section("Where it looks", null,
            quiet("Serve the atlas with its model to see where the head looks in prompts, and why."));
    }
    return section("Where it looks", `In the prompts of its strongest links. ${pictureMeaning}`,
        element("div", { class: "pictures" }, report.examples.slice(0, picturedExamples).map((example) => attentionPicture({
            title: link(addressOf(["graph", example.prompt], { head: headName(head) }),
                element("bdi", {}, shortened(example.text, 100))), prompt: example.prompt, head, able, isExplained: true,
            marked: [{ query: example.target.position, key: example.source.position }],
        }))));
}

function pairTable(report) {
    return dataTable("Pairs of sources", [
        { title: "At the query", head: true, cell: (row) => nodeText(row.query.node, row.query.label) },
        { title: "At the key", cell: (row) => nodeText(row.key.node, row.key.label) },
        {
            title: "Adds to the score", numeric: true,
            definition: "Mean over the scores that it was among the strongest pairs of, before the softmax.",
            cell: (row) => signed(row.mean),
        },
        {
            title: "Spread", numeric: true, definition: "Standard deviation over these scores.",
            cell: (row) => signed(row.spread).replace("+", "±"),
        },
        { title: "Scores", numeric: true, cell: (row) => [fewSamples(row.count), " ", number(row.count)] },
        {
            title: "Strongest in",
            cell: (row) =>
                row.examples.slice(0, 1)
                    .map((example) => link(graphAddress(example.prompt), element("bdi", {}, shortened(example.text, 40)))),
        },
    ], report.pairs, { empty: "No pair was strong in two prompts." });
}

function pairSection(layer, head, able) {
    if (!able.modelLoaded) {
        return section("Why it looks", null,
            quiet("Serve the atlas with its model to see the pairs of sources that make it look."));
    }
    const content = element("div", { role: "status" });
    const control = button("Find out why it looks", async () => {
        control.disabled = true;
        content.replaceChildren(quiet("Taking scores apart…"));
        try {
            const report = await ask(`heads/${layer}/${head}/pairs`, {}, { limit: 20 });
            content.replaceChildren(
                quiet(`${counted(report.scoreCount, "score")} of the prompts where it carries most, each an exact sum over pairs `
                    + `of sources, one on each side; the ${report.pairsAScore} strongest pairs of each are added up.`),
                pairTable(report));
        } catch (error) {
            control.disabled = false;
            content.replaceChildren(quiet(error.message));
        }
    });
    return section("Why it looks",
        "Pairs of sources, one at the position that looks and one at the position looked at, whose contributions sum to the "
            + "head's score.",
        control, content);
}

/**
 * Shows one head.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showHead({ parts }) {
    const [layer, head] = [Number(parts[1]), Number(parts[2])];
    if (!Number.isInteger(layer) || !Number.isInteger(head) || layer < 0 || head < 0) {
        throw new AnswerError("A head is named by its layer and its number, as head/1/3.");
    }
    const [report, able] = await Promise.all([ask(`heads/${layer}/${head}`, {}, { limit: 20 }), capabilities()]);
    const name = `Head ${headName({ layer, head })}`;
    return {
        title: name,
        view: [heading(name), quiet(link(addressOf(["heads"]), "All heads")), headFigures(report),
            pictureSection(report, { layer, head }, able), pairSection(layer, head, able),
            section("What it carries", "Features whose links to later positions go through it.",
                features("Carried features", report.carried, "carries")),
            section("Where it brings it", "Features that read what it brings.",
                features("Features it brings something to", report.served, "brings")),
            section("Strongest links", "One a prompt.", examples(report))],
    };
}
