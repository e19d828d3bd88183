// What is set in a run: features or supernodes, where, and how strongly; kept as the command line writes it, `2/157,3/40@12-=x0`.

import {button, choice, element} from "./elements.js";

let settingCount = 0;

/** A setting {features, positions, multiple or value} as a text. */
function settingText({ features, positions, multiple, value }) {
    return `${features.join(",")}@${positions || "0-"}=${multiple === undefined ? value : `x${multiple}`}`;
}

/**
 * The settings of a text that has `;` between them; what cannot be read is left out.
 *
 * @param {string} text
 * @returns {any[]}
 */
export function settingsFrom(text) {
    return text.split(";")
        .map((part) => /^((?:\d+\/\d+,?)+)@(\d+(?:-\d*)?)=(x?)(-?\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(part))
        .filter(Boolean)
        .map(([, features, positions, times, amount]) => ({
            features: features.split(",").filter(Boolean), positions,
            ...(times ? { multiple: Number(amount) } : { value: Number(amount) }),
        }));
}

function isSameTarget(a, b) {
    return a.length === b.length && a.every((feature) => b.includes(feature));
}

/**
 * The lines in which settings are made. `targetsOf()` gives what can be set, as {name, features}; `onchange` hears of every
 * change.
 */
export class SettingLines {
    /**
     * @param {() => { name: string, features: string[] }[]} targetsOf
     * @param {number} tokenCount
     * @param {() => void} onchange
     */
    constructor(targetsOf, tokenCount, onchange) {
        this.targetsOf = targetsOf;
        this.tokenCount = tokenCount;
        this.onchange = onchange;
        this.element = element("ul", { class: "settings" });
        /** What each line sets, in the order of the lines. */
        this.lines = new Map();
    }

    /** Adds a line, of a setting or of the first that can be set. */
    add(setting = null) {
        const targets = this.targetsOf();
        if (setting && !targets.some((target) => isSameTarget(target.features, setting.features))) {
            targets.unshift({ name: setting.features.join(", "), features: setting.features });
        }
        if (targets.length === 0) return;
        const id = `setting-${++settingCount}`;
        const chosen = setting ? targets.findIndex((target) => isSameTarget(target.features, setting.features)) : 0;
        const what = choice(`${id}-what`, targets.map((target, ordinal) => [String(ordinal), target.name]), String(chosen),
            this.onchange);
        const how = choice(`${id}-how`, [["multiple", "times"], ["value", "set to"]],
            setting?.value === undefined ? "multiple" : "value", this.onchange);
        const amount = element("input", {
            type: "number", step: "any", value: String(setting?.multiple ?? setting?.value ?? 0), id: `${id}-amount`,
            "aria-label": "Strength", onchange: this.onchange,
        });
        const where = element("input", {
            type: "text", id: `${id}-where`, placeholder: "everywhere", size: "10", pattern: "\\d{1,7}(-\\d{0,7})?",
            "aria-label": "Positions, as 3, 3-5 or 3-",
            title: `Positions 0 to ${this.tokenCount - 1}, as 3, 3-5 or 3-; one without an end covers what is generated too`,
            onchange: this.onchange,
        });
        if (setting && setting.positions !== "0-") where.value = setting.positions;
        what.setAttribute("aria-label", "Feature or supernode");
        how.setAttribute("aria-label", "How");
        const line = element("li", { class: "controls" }, what, how, amount,
            element("label", { for: `${id}-where` }, "at positions"), where, button("Remove", () => {
                line.remove();
                this.lines.delete(line);
                this.onchange();
            }, { class: "more" }));
        this.lines.set(line, () => ({
            features: targets[Number(what.value)].features, [how.value]: Number(amount.value),
            ...(where.value.trim() ? { positions: where.value.trim() } : {}),
        }));
        this.element.append(line);
    }

    /** What is set, as a server takes it. */
    settings() {
        return [...this.lines.values()].map((setting) => setting());
    }

    /** The same as an address keeps it. */
    text() {
        return this.settings().map(settingText).join(";");
    }

    /** Replaces all lines. */
    fill(text) {
        this.element.replaceChildren();
        this.lines.clear();
        for (const setting of settingsFrom(text)) this.add(setting);
    }
}
