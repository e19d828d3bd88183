// Filters by tag: each condition is a tag and its value, and a group is all prompts that meet every one.

import {button, element} from "./elements.js";
import {number, shortened} from "./numbers.js";

/**
 * The conditions of a group's text.
 *
 * @param {string} group
 * @returns {string[]}
 */
export function conditionsOf(group) {
    return group.split(",").filter((text) => text.includes("="));
}

/**
 * The chosen conditions, which can be taken away, and a choice of further ones. `onchange` gets the new group's text.
 *
 * @param {TagSummary[]} tags
 * @param {string} group
 * @param {(group: string) => void} onchange
 * @param {{ id?: string, title?: string }} [control]
 * @returns {HTMLElement}
 */
export function filterControls(tags, group, onchange, { id = "tag", title = "Filter" } = {}) {
    const conditions = conditionsOf(group);
    const chips = conditions.map((condition) => button([element("bdi", {}, shortened(condition, 60)), " ×"],
        () => onchange(conditions.filter((other) => other !== condition).join(",")), {
            class: "chip", "aria-label": `Take the filter ${condition} away`,
        }));
    const values = element("select", { id: `${id}-value`, "aria-label": `${title}: value` },
        element("option", { value: "" }, "a value…"));
    const names = element("select", { id: `${id}-name` }, element("option", { value: "" }, "a tag…"),
        tags.map((tag) => element("option", { value: tag.name }, shortened(tag.name, 40))));
    values.disabled = true;
    names.addEventListener("change", () => {
        const tag = tags.find((item) => item.name === names.value);
        values.replaceChildren(element("option", { value: "" }, "a value…"), ...(tag?.values ?? []).map((value) =>
            element("option", { value: value.value }, `${shortened(value.value, 40)} (${number(value.promptCount)})`)));
        values.disabled = !tag;
    });
    values.addEventListener("change", () => {
        if (values.value === "") return;
        onchange([
            ...conditions.filter((condition) => !condition.startsWith(`${names.value}=`)), `${names.value}=${values.value}`,
        ].join(","));
    });
    return element("div", { class: "controls filters" }, element("label", { for: `${id}-name` }, title), names, values, chips);
}
