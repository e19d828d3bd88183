// The label and note of a feature, edited in place: they belong to the feature everywhere.

import {button, element, quiet} from "./elements.js";
import {ask, change} from "./data.js";
import {EditHistory} from "./history.js";
import {labelText} from "./terms.js";

/**
 * Gives a feature a label {label, isAutomatic, note}, or takes what a person gave it away.
 *
 * @param {FeatureID} feature
 * @param {Label} label
 * @returns {Promise<FeatureName>}
 */
export function writeLabel(feature, { label, isAutomatic, note }) {
    const path = `features/${feature.layer}/${feature.index}/label`;
    return isAutomatic || label === null ? change("DELETE", path) : change("PUT", path, { label, note });
}

/**
 * Shows the label and, where the atlas may be written, a control that edits it. `shared` is the history of a page that has one of
 * its own; `onchange(label, isAutomatic)` hears of every change.
 *
 * @param {{ feature: FeatureID, label?: string | null, labelIsAutomatic: boolean, note?: string }} report
 * @param {Able} able
 * @param {AbortSignal} signal
 * @param {{ shared?: EditHistory | null, onchange?: (label: string | null, isAutomatic: boolean) => void }} [around]
 * @returns {HTMLElement}
 */
export function labelEditor(report, able, signal, { shared = null, onchange = () => {} } = {}) {
    const path = `features/${report.feature.layer}/${report.feature.index}/label`;
    let kept = { label: report.label ?? null, isAutomatic: report.labelIsAutomatic, note: report.note ?? "" };
    const place = element("div", { class: "label-editor" });
    const failure = element("p", { role: "alert", class: "failure" });
    const editOf = (record) => ({ title: "label", record, apply: () => write(record.after), revert: () => write(record.before) });
    const edits = shared ?? new EditHistory((error) => { failure.textContent = error.message; }, {
        key: path, revive: editOf,
        isCurrent: (done, undone) => ((done?.after ?? undone?.before)?.label ?? kept.label) === kept.label,
    });
    if (!shared) edits.listen(signal);

    async function write(state) {
        failure.textContent = "";
        await writeLabel(report.feature, state);
        kept = state;
        onchange(kept.label, kept.isAutomatic);
        read();
    }

    function read() {
        place.replaceChildren(
            element("p", { class: "lead" }, labelText(kept.label, kept.isAutomatic),
                able.writable
                    ? button(kept.label === null || kept.isAutomatic ? "Give it a label" : "Edit the label", edit,
                        { class: "more edit-label" })
                    : null,
                !shared && (edits.done.length + edits.undone.length > 0 || able.writable)
                    ? [edits.undoButton, edits.redoButton]
                    : null),
            kept.isAutomatic && kept.label ? quiet("This label was made by a program, not by a person.") : "",
            kept.note ? element("p", { class: "note" }, element("bdi", {}, kept.note)) : "", failure);
    }

    function edit() {
        const label = element("input", {
            type: "text", id: "label", maxlength: "500", autocomplete: "off", value: kept.isAutomatic ? "" : kept.label ?? "",
        });
        const note = element("textarea", { id: "note", rows: "3", maxlength: "100000" }, kept.note);
        const form = element("form", { class: "edit-form" },
            element("label", { for: "label" }, "Label"), label, element("label", { for: "note" }, "Note"), note,
            element("div", { class: "controls" }, element("button", { type: "submit" }, "Keep"), button("Cancel", read),
                quiet("An empty label brings the automatic one back.")));
        form.addEventListener("keydown", (event) => { if (event.key === "Escape") read(); });
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            const before = kept;
            const text = label.value.trim();
            const after = text === "" ? { label: report.labelIsAutomatic ? report.label : null, isAutomatic: true, note: "" }
                : { label: text, isAutomatic: false, note: note.value.trim() };
            edits.do(editOf({ kind: "label", title: "label", feature: report.feature, before, after }))
                .then(() => place.querySelector("button")?.focus());
        });
        place.replaceChildren(form, failure);
        label.focus();
    }

    read();
    if (able.writable) {
        ask(path).then((answer) => {
            kept = { ...kept, note: answer.note ?? "" };
            if (!place.querySelector("form")) read();
        }, () => {});
    }
    return place;
}
