// What may keep a feature silent where its sources say that it should fire; asked for when wanted, as it reads all weights.

import {button, element, quiet, section} from "./elements.js";
import {ask} from "./data.js";
import {counted, measure, number, percentage, signed} from "./numbers.js";
import {fewSamples, nodeText, weightBar} from "./terms.js";
import {dataTable} from "./tables.js";

function inhibitorTable(report) {
    const largest = Math.max(0, ...report.inhibitors.map((row) => Math.abs(row.meanInhibition)));
    return dataTable("Inhibitors", [
        {
            title: "Feature", head: true, width: "wide-name",
            cell: (row) => nodeText({ kind: "feature", feature: row.feature }, row.label),
        },
        {
            title: "Virtual weight", numeric: true,
            definition: "What one unit of it writes straight into this feature's encoder, from the weights alone.",
            cell: (row) => signed(row.virtualWeight),
        },
        {
            title: "Mean link", numeric: true, definition: "Mean weight of its stored links into this feature.",
            cell: (row) => row.edgeSupport > 0 ? signed(row.meanEdge) : "–",
        },
        {
            title: "Fires when silent", numeric: true,
            definition: "Share of the tokens where this feature is expected and silent at which the inhibitor fires.",
            cell: (row) => percentage(row.silentShare),
        },
        {
            title: "Fires when active", numeric: true,
            definition: "Share of the tokens where this feature fires at which the inhibitor fires too.",
            cell: (row) => percentage(row.activeShare),
        },
        {
            title: "Inhibition", numeric: true,
            definition: "Its mean activation over the silent tokens times the virtual weight.",
            cell: (row) => [signed(row.meanInhibition), weightBar(row.meanInhibition, largest)],
        },
        {
            title: "Silent tokens", numeric: true, definition: "How many silent tokens it fires at.",
            cell: (row) => [fewSamples(row.silentTokens), " ", number(row.silentTokens)],
        },
    ], report.inhibitors, { empty: "No feature with a negative weight fires more often where this one is silent." });
}

/**
 * The section of a feature's dashboard; only where the model is loaded.
 *
 * @param {FeatureID} feature
 * @param {Able} able
 * @returns {HTMLElement | null}
 */
export function inhibitorSection(feature, able) {
    if (!able.modelLoaded) return null;
    const content = element("div", {});
    const control = button("Look for inhibitors", async () => {
        control.disabled = true;
        try {
            const report = await ask(`features/${feature.layer}/${feature.index}/inhibitors`, {}, { limit: 15 });
            const summed = report.sources.reduce((sum, source) => sum + source.twera, 0);
            content.replaceChildren(
                quiet(`Expected at ${counted(report.expectedTokens, "token")}, where sources that hold half of its summed TWERA `
                    + `(${measure(summed)}) fire; silent at ${number(report.silentTokens)} of them.`),
                inhibitorTable(report));
        } catch (error) {
            content.replaceChildren(quiet(error.message));
        }
    });
    content.append(control);
    return section("Inhibitors", "Features with a negative weight into this one that fire where it is expected but silent.",
        content);
}
