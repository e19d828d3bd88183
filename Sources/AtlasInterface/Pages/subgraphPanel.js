// Pinned nodes gathered into named supernodes, which the atlas keeps when it may be written.

import {button, element, quiet, section} from "./elements.js";
import {featureName} from "./address.js";
import {pictureControls, pictureOf} from "./pictures.js";
import {shortName} from "./graphModel.js";
import {boxesOf, subgraphDrawing} from "./subgraphDrawing.js";
import {boxLinkList, boxLinks} from "./subgraphLinks.js";

function groupForm(model, loose, edits) {
    const boxes = loose.map((id) => {
        const index = model.byID.get(id);
        const control = element("input", { type: "checkbox", value: id, id: `pin-${id}` });
        return { control, item: element("li", {}, control, element("label", { for: `pin-${id}` }, shortName(model.nodes[index])),
            element("bdi", { class: "quiet" }, model.nodes[index].label ?? ""),
            button("Unpin", () => edits.unpin(id), { class: "more", "aria-label": `Unpin ${shortName(model.nodes[index])}` })) };
    });
    const name = element("input", {
        type: "text", id: "group-name", maxlength: "500", autocomplete: "off", placeholder: "e.g. Texas",
    });
    const form = element("form", { class: "group-form" },
        element("ul", { class: "pins" }, boxes.map(({ item }) => item)),
        element("div", { class: "controls" }, element("label", { for: "group-name" }, "Name"), name,
            element("button", { type: "submit" }, "Group the ticked")));
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        const members = boxes.filter(({ control }) => control.checked).map(({ control }) => control.value);
        if (members.length === 0) boxes[0]?.control.focus();
        else if (name.value.trim() === "") name.focus();
        else edits.group(name.value.trim(), members);
    });
    return form;
}

function groupItem(model, group, edits, canSave, isSaved) {
    const name = element("input", {
        type: "text", value: group.name, maxlength: "500", "aria-label": `Name of the supernode ${group.name}`,
    });
    name.addEventListener("change", () => {
        if (name.value.trim() !== "" && name.value.trim() !== group.name) edits.rename(group.name, name.value.trim());
        else name.value = group.name;
    });
    const members = group.members.map((id) => model.byID.get(id)).filter((index) => index !== undefined);
    return element("li", {}, name,
        element("span", { class: "quiet" }, members.map((index) => shortName(model.nodes[index])).join(", ")),
        button("Ungroup", () => edits.ungroup(group.name), {
            class: "more", title: "Its nodes stay pinned", "aria-label": `Ungroup ${group.name}`,
        }),
        button("Delete", () => edits.remove(group.name), {
            class: "more", title: "Its nodes are unpinned; Undo brings it back", "aria-label": `Delete ${group.name}`,
        }),
        canSave ? (isSaved
            ? element("span", { class: "badge" }, "in the atlas")
            : button("Save in the atlas", () => edits.save(group),
                { class: "more", "aria-label": `Save ${group.name} in the atlas` })) : null);
}

/**
 * Features of saved supernodes that this graph has, as ids of its nodes.
 *
 * @param {GraphModel} model
 * @param {{ members: FeatureID[] }} supernode
 * @returns {string[]}
 */
export function membersHere(model, supernode) {
    const wanted = new Set(supernode.members.map(featureName));
    return model.nodes.filter((node) => node.kind === "feature" && wanted.has(featureName(node.feature))).map((node) => node.id);
}

/**
 * The supernodes of the atlas that are in this graph, each of which can be deleted; null where none is or nothing may be written.
 */
function keptHere(model, saved, canSave, edits) {
    const here = canSave ? saved.filter((supernode) => membersHere(model, supernode).length > 0) : [];
    if (here.length === 0) return null;
    return element("details", { class: "kept-supernodes" }, element("summary", {}, `Delete from the atlas (${here.length})`),
        element("ul", { class: "groups" },
            here.map((supernode) =>
                element("li", {}, element("bdi", {}, supernode.name),
                    element("span", { class: "quiet" }, `${supernode.members.length} features`),
                    button("Delete", () => edits.forget(supernode), {
                        class: "more", "aria-label": `Delete ${supernode.name} from the atlas`,
                    })))));
}

/** The boxes with the links between them, as a drawing and as a list that opens into what is summed up. */
function boxesView(boxes, subject, width) {
    const links = boxLinks(subject.model, boxes);
    const list = boxLinkList(boxes, links, subject);
    const open = (link) => {
        const view = list.querySelectorAll("details")[links.indexOf(link)];
        view.open = true;
        view.querySelector("summary").focus();
    };
    return [element("div", { class: "scrolling", role: "region", tabindex: "0", "aria-label": "Pinned subgraph" },
        subgraphDrawing(subject.model, boxes, links, width, open)),
        element("div", { class: "picture-foot" },
            pictureControls("Pinned subgraph", () => pictureOf(document.querySelector("svg.subgraph"), "Pinned subgraph"))),
                list];
}

/**
 * The panel under the drawing. `subject` is what its links are of, `saved` are the atlas's supernodes; `edits` change the page's
 * state.
 *
 * @param {any} panel
 * @returns {HTMLElement}
 */
export function subgraphPanel({ subject, pins, groups, saved, canSave, edits, suggestions, width }) {
    const { model } = subject;
    const known = pins.filter((id) => model.byID.has(id));
    const grouped = new Set(groups.flatMap((group) => group.members));
    const loose = known.filter((id) => !grouped.has(id));
    const boxes = boxesOf(model, known, groups);
    const names = new Set(groups.map((group) => group.name));
    const offered = saved.filter((supernode) => !names.has(supernode.name) && membersHere(model, supernode).length > 0);
    const savedNames = new Set(saved.map((supernode) => supernode.name));
    return section("Pinned subgraph",
        "Pin nodes (shift-click, or the key p) and gather them under a name. Links between boxes are the sums of their members' "
            + "links; each opens into those.",
        boxes.length === 0 ? quiet("Nothing is pinned yet.") : boxesView(boxes, subject, Math.max(320, width)),
        groups.length > 0
            ? element("ul", { class: "groups" },
                groups.map((group) => groupItem(model, group, edits, canSave, savedNames.has(group.name))))
            : null,
        loose.length > 0 ? groupForm(model, loose, edits) : null,
        offered.length > 0 ? element("p", { class: "offers" }, "Supernodes of the atlas that are in this graph: ",
            offered.slice(0, 12)
                .map((supernode) =>
                    button(supernode.name, () => edits.adopt(supernode.name, membersHere(model, supernode)),
                        { class: "offer" }))) : null,
        keptHere(model, saved, canSave, edits), suggestions);
}
