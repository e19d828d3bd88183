// The view of all features that depend on the two operands of a template: their grids side by side, by what they depend on.

import {choice, element, heading, link, quiet} from "./elements.js";
import {featureAddress, featureName, go} from "./address.js";
import {AnswerError, ask, isFolder} from "./data.js";
import {askGrid, gridPicture, operandTags} from "./operandGrid.js";
import {operandShapes} from "./operandShapes.js";
import {counted, measure, number, percentage} from "./numbers.js";
import {labelText} from "./terms.js";

/** @type {Named[]} */
const classChoices = [["", "all classes"], ...operandShapes];
const pictureRoom = 190;
const usualLimit = 12;
/** Pictures that are asked for at the same time. */
const atOnce = 2;

/** Draws pictures as they come into view, a few at a time. */
class PictureQueue {
    constructor(signal) {
        this.waiting = [];
        this.running = 0;
        this.observer = new IntersectionObserver((entries) => {
            for (const entry of entries.filter((one) => one.isIntersecting)) {
                this.observer.unobserve(entry.target);
                this.waiting.push(entry.target);
            }
            this.go();
        }, { rootMargin: "300px" });
        signal.addEventListener("abort", () => {
            this.observer.disconnect();
            this.waiting = [];
        });
    }

    add(place, draw) {
        place.draw = draw;
        this.observer.observe(place);
    }

    go() {
        while (this.running < atOnce && this.waiting.length > 0) {
            const place = this.waiting.shift();
            this.running += 1;
            place.draw().finally(() => {
                this.running -= 1;
                this.go();
            });
        }
    }
}

/** A text that is not broken at its spaces. */
function kept(text) {
    return text.replaceAll(" ", "\u00a0");
}

function card(row, queue) {
    const place = element("div", { class: "gallery-picture" }, quiet("Asking…"));
    queue.add(place, async () => {
        try {
            const picture = gridPicture(await askGrid(row.feature), pictureRoom);
            place.replaceChildren(picture ?? quiet("It never fires at the last token."));
        } catch (error) {
            place.replaceChildren(quiet(error.message));
        }
    });
    const { shape } = row;
    const fit = shape.fit ? ` by ${kept(shape.fit)}, ${kept(`R² ${measure(shape.explained)}`)}` : "";
    return element("li", {},
        element("h3", {}, link(featureAddress(row.feature), shape.label ?? featureName(row.feature))),
        element("p", { class: "facts" },
            `${featureName(row.feature)} · ${shape.kind}${fit} · fires in ${kept(percentage(shape.activeShare))} of the cells`),
        place, element("p", { class: "facts one-line" }, labelText(row.label, row.labelIsAutomatic)));
}

/**
 * Shows the gallery.
 *
 * @param {Asked} asked
 * @returns {Promise<View>}
 */
export async function showOperands({ parameters, signal }) {
    if (isFolder) {
        throw new AnswerError("The gallery of operands is not in an export. Serve the atlas to see it: atlas serve FILE");
    }
    const tags = await operandTags();
    const title = "Features by operands";
    if (!tags) {
        return {
            title, view: [
                heading(title),
                quiet("This corpus is no operand grid: no two of its tags have whole numbers only, three different ones or "
                    + "more."),
            ],
        };
    }
    const kind = classChoices.some(([key]) => key === parameters.get("class")) ? parameters.get("class") : "";
    const limit = ["12", "40", "100"].includes(parameters.get("limit")) ? parameters.get("limit") : String(usualLimit);
    const ranking = await ask("operands", {}, { rows: tags[0], columns: tags[1], class: kind, limit });
    const queue = new PictureQueue(signal);
    const change = (update) => go(["operands"], { class: kind, limit: limit === String(usualLimit) ? "" : limit, ...update });
    const counts = Object.entries(ranking.counts)
        .sort(([a], [b]) => a < b ? -1 : 1)
        .map(([name, count]) => `${name} ${number(count)}`)
        .join(", ");
    return {
        title, isWide: true,
        view: [
            heading(title),
            quiet(`Activation at the last token over the tags ${tags[0]} (down) and ${tags[1]} (across): `
                + `${counted(ranking.cellCount, "cell")}, ${counted(ranking.featureCount, "feature")} that fire; by class `
                + `${counts}. Each has its own scale of colours; grey cells have no prompt.`),
            element("p", { class: "controls" }, element("label", { for: "class" }, "Show"),
                choice("class", classChoices, kind, (value) => change({ class: value })),
                element("label", { for: "gallery-limit" }, "of each at most"),
                choice("gallery-limit", ["12", "40", "100"].map((value) => [value, value]), limit,
                    (value) => change({ limit: value }))),
            ranking.features.length === 0 ? quiet("No feature of this class fires in enough cells.")
                : element("section", {}, element("h2", {}, counted(ranking.features.length, "feature")),
                    element("ul", { class: "gallery" }, ranking.features.map((row) => card(row, queue)))),
        ],
    };
}
