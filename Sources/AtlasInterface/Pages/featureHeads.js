// The heads that carry a feature; asked for when wanted, as it reads every graph.

import {button, element, link, quiet, section} from "./elements.js";
import {headAddress} from "./address.js";
import {ask, isFolder} from "./data.js";
import {counted, number, percentage, signed} from "./numbers.js";
import {headName} from "./edgeHeads.js";
import {dataTable} from "./tables.js";
import {fewSamples, weightBar} from "./terms.js";

const listedHeads = 8;

function headTable(report) {
    const largest = report.heads[0]?.share ?? 0;
    return dataTable("Heads that carry it", [
        { title: "Head", head: true, cell: (row) => link(headAddress(row), headName(row)) },
        {
            title: "Share", numeric: true, definition: "Its part of the absolute loadings of the feature's outgoing links.",
            cell: (row) => [percentage(row.share), weightBar(row.share, largest)],
        },
        {
            title: "Sum", numeric: true, definition: "Its loadings of these links added up, signed.",
            cell: (row) => signed(row.loading),
        },
        {
            title: "Links", numeric: true, definition: "Outgoing links of which it is a main head.",
            cell: (row) => number(row.edgeCount),
        },
        { title: "Prompts", numeric: true, cell: (row) => [fewSamples(row.promptCount), " ", number(row.promptCount)] },
    ], report.heads.slice(0, listedHeads), { empty: "None of its stored links goes through a head." });
}

/**
 * The section of a feature's dashboard; `information` is what the atlas says of itself.
 *
 * @param {FeatureID} feature
 * @param {AtlasInformation} information
 * @returns {HTMLElement}
 */
export function featureHeadSection(feature, information) {
    const title = "Heads that carry it";
    if (!information.headedGraphCount) {
        return section(title, null, quiet("Not stored: atlas index --heads adds through which heads links go."));
    }
    if (isFolder) {
        return section(title, null, quiet("Serve the atlas to see them, or see what each head carries on its page under Heads."));
    }
    const content = element("div", { role: "status" });
    const control = button("Find its heads", async () => {
        control.disabled = true;
        content.replaceChildren(quiet("Reading the graphs…"));
        try {
            const report = await ask(`features/${feature.layer}/${feature.index}/heads`);
            content.replaceChildren(
                quiet(`Over ${counted(report.edgeCount, "outgoing link")} in ${counted(report.graphCount, "graph")}; `
                    + `${percentage(report.ownPositionShare)} of their weight is of links that pass no head at all.`),
                headTable(report));
            control.remove();
        } catch (error) {
            control.disabled = false;
            content.replaceChildren(quiet(error.message));
        }
    });
    return section(title, "Attention heads through which its outgoing links go, over all stored graphs.", control, content);
}
