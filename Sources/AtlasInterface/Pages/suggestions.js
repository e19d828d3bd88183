// Groups of alike features that the atlas suggests, with what merging them loses; a person accepts them one by one.

import {button, element, quiet} from "./elements.js";
import {ask, isFolder} from "./data.js";
import {counted, measure, number, percentage} from "./numbers.js";
import {membersHere} from "./subgraphPanel.js";
import {nodeText} from "./terms.js";
import {dataTable} from "./tables.js";

const shownMembers = 6;

function loss(before, after) {
    const change = (from, to) => `${percentage(from)} → ${percentage(to)}`;
    return quiet(
        `Treating each group as one node changes the replacement score ${change(before.replacement, after.replacement)} and the `
            + `completeness score ${change(before.completeness, after.completeness)}.`);
}

function groupTable(report, model, edits) {
    return dataTable("Suggested groups", [
        { title: "Group", head: true, cell: (group) => element("bdi", {}, group.name) },
        {
            title: "Members", width: "wide-name",
            cell: (group) => [
                group.members.slice(0, shownMembers).map((member) =>
                    element("div", { class: "one-line" }, nodeText({ kind: "feature", feature: member.feature }, member.label))),
                group.members.length > shownMembers ? quiet(`and ${number(group.members.length - shownMembers)} more`) : null,
            ],
        },
        {
            title: "Influence", numeric: true, definition: "The members' influence on what is explained, added up.",
            cell: (group) => percentage(group.influence),
        },
        {
            title: "Activations", numeric: true, definition: "Mean correlation of the members' activations over the prompts.",
            cell: (group) => measure(group.correlation),
        },
        {
            title: "Links", numeric: true, definition: "Mean cosine of the members' links to and from the others.",
            cell: (group) => measure(group.edgeCosine),
        },
        { title: "", cell: (group) => {
            const members = membersHere(model, { members: group.members.map((member) => member.feature) });
            if (members.length === 0) return "not in this drawing";
            return button("Accept", (event) => {
                edits.adopt(group.name, members);
                event.target.replaceWith(element("span", { class: "badge" }, "accepted"));
            }, { "aria-label": `Accept the group ${group.name}` });
        } },
    ], report.groups, { empty: "No two features are alike enough to be one." });
}

/**
 * A control that asks for suggestions from a seed ({prompt}, {token}, …) and shows them; null where none can be asked for.
 *
 * @param {Seed | null} seed
 * @param {() => GraphModel} getModel
 * @param {SubgraphEdits} edits
 * @returns {HTMLElement | null}
 */
export function suggestionsView(seed, getModel, edits) {
    if (isFolder || !seed) return null;
    const place = element("div", { class: "suggestions" });
    const control = button("Suggest groups", async () => {
        control.disabled = true;
        control.textContent = "Looking for alike features…";
        try {
            const report = await ask("circuits/supernodes", seed);
            place.replaceChildren(element("h3", {}, "Suggested groups"),
                quiet(`Features that fire alike over ${counted(report.promptCount, "prompt")} and have like links (similarity `
                    + `from ${measure(report.threshold)}): ${counted(report.groups.length, "group")}, `
                    + `${counted(report.alone.length, "feature")} alone.`),
                loss(report.before, report.after), groupTable(report, getModel(), edits));
        } catch (error) {
            place.replaceChildren(quiet(error.message));
        }
    });
    place.append(control);
    return place;
}
