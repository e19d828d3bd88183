// The view of all names that people gave, to features and to supernodes, with the files they come in and go out by.

import {button, element, heading, link, quiet, section} from "./elements.js";
import {addressOf, featureAddress, featureName} from "./address.js";
import {askWhole, capabilities, change, isFolder, ask} from "./data.js";
import {counted, number, shortened} from "./numbers.js";
import {saveFile} from "./savedFiles.js";
import {savedSupernodes} from "./supernodes.js";
import {dataTable} from "./tables.js";
import {tokenForm} from "./tokenForm.js";
import {wholeList} from "./listing.js";

const listedMembers = 8;

function labelTable(labels) {
    return dataTable("Labels of features", [
        { title: "Feature", head: true, cell: (row) => link(featureAddress(row.feature), featureName(row.feature)) },
        { title: "Label", width: "wide-name", cell: (row) => element("bdi", {}, row.label) },
        {
            title: "Note", value: (row) => row.note || null,
            cell: (row) => row.note ? element("bdi", {}, shortened(row.note, 300)) : "–",
        },
    ], labels, { empty: "Nobody has named a feature yet: “Give it a label” on a feature's page does." });
}

function supernodeTable(supernodes, chosen) {
    return dataTable("Supernodes", [
        { title: "Name", head: true, width: "wide-name", cell: (row) => element("bdi", {}, row.name) },
        {
            title: "Features", value: (row) => row.members.map(featureName).join(" "),
            cell: (row) => [
                row.members.slice(0, listedMembers).map((feature) => [link(featureAddress(feature), featureName(feature)), " "]),
                row.members.length > listedMembers ? `and ${number(row.members.length - listedMembers)} more` : null,
            ],
        },
        { title: "Note", cell: (row) => row.note ? element("bdi", {}, row.note) : "–" },
    ], supernodes, {
        empty: "No supernode is kept: pin nodes of a graph, group them and save the group.",
        rowClass: (row) => row.name === chosen ? "chosen" : null,
    });
}

/** Names as files that other tools read: this program's own table, and Neuronpedia's explanations. */
function exportControls() {
    if (isFolder) return quiet("An export gives the table below; a served atlas also gives Neuronpedia's format.");
    const failure = element("span", { role: "alert", class: "failure" });
    const control = (title, format, type) => button(title, async () => {
        failure.textContent = "";
        try {
            const { content } = await ask("labels/file", { format });
            saveFile(`labels.${format}`, type, content);
        } catch (error) {
            failure.textContent = error.message;
        }
    });
    return element("p", { class: "controls" }, control("Save as CSV", "csv", "text/csv"),
        control("Save for Neuronpedia (JSON Lines)", "jsonl", "application/jsonl"), failure);
}

const labelOutcomes = [
    ["replaced", "replaced"], ["alreadyThere", "already there"], ["kept", "left out, the features have other labels"],
    ["repeated", "left out, the file names the feature before"],
    ["unknownFeatures", "left out, no graph here has the feature"],
];

function outcomeText(summary) {
    const parts = [`${counted(summary.added, "label")} added`];
    for (const [key, what] of labelOutcomes) if (summary[key] > 0) parts.push(`${number(summary[key])} ${what}`);
    return `${parts.join(", ")}.`;
}

/** Takes over a file; `renew()` shows what is there then. */
function importForm(able, renew) {
    if (isFolder) return quiet("Taking over a file needs a server: atlas serve FILE, or atlas import labels.");
    if (!able.writable) {
        return quiet(
            "This atlas is served for reading only, so that no file can be taken over: start atlas serve without --read-only.");
    }
    const file = element("input", { type: "file", id: "label-file", accept: ".csv,.tsv,.jsonl" });
    const replace = element("input", { type: "checkbox", id: "label-replace" });
    const outcome = element("p", { role: "status" });
    const failure = element("div", { role: "alert", class: "failure" });
    const submit = element("button", { type: "submit" }, "Take over");
    const form = element("form", { class: "edit-form" },
        element("label", { for: "label-file" },
            "A file of labels: .csv or .tsv with layer, index, label and perhaps note; .jsonl as Neuronpedia gives it"),
        file,
        element("span", { class: "controls" }, replace,
            element("label", { for: "label-replace" }, "Replace labels that features have"), submit), outcome, failure);
    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        if (file.files.length === 0) return file.focus();
        submit.disabled = true;
        failure.replaceChildren();
        try {
            const summary = await change("PUT", "labels", {
                name: file.files[0].name, content: await file.files[0].text(), replace: replace.checked,
            });
            outcome.textContent = outcomeText(summary);
            await renew();
        } catch (error) {
            failure.replaceChildren(error.message, ...(error.status === 401 ? [tokenForm(() => form.requestSubmit())] : []));
        } finally {
            submit.disabled = false;
        }
    });
    return form;
}

/**
 * Shows the names.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showLabels({ parameters }) {
    const labels = () => isFolder ? askWhole("labels").catch(() => []) : wholeList("labels");
    const [list, supernodes, able] = await Promise.all([labels(), savedSupernodes(), capabilities()]);
    const table = element("div", {}, labelTable(list));
    const renew = async () => table.replaceChildren(labelTable(await labels()));
    return {
        title: "Labels",
        view: [
            heading("Labels"),
            quiet("Names that people gave. A name belongs to the feature everywhere; those without one have automatic labels. ",
                link(addressOf(["features"], { labelled: "no" }), "Features that nobody named")),
            section("Features", null, exportControls(), table), section("Take over a file", null, importForm(able, renew)),
            section("Supernodes", "Features that people treat as one.", supernodeTable(supernodes, parameters.get("supernode"))),
        ],
    };
}
