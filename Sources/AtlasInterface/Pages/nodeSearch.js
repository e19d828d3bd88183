// Finds the nodes of a drawing by token, label, layer, and by the tokens that features promote, which the server knows.

import {featureName} from "./address.js";
import {ask, isFolder} from "./data.js";
import {element} from "./elements.js";
import {shortName} from "./graphModel.js";
import {shortened, visible} from "./numbers.js";

const listedNodes = 6;
/** Features that are asked for at once. */
const askedFeatures = 1_000;
/** Bytes of a text that a server searches for. */
const mostBytes = 1_000;

/** What features promote of a text, by their names: {name → token's text}. */
async function promotedTexts(text, prompt) {
    if (isFolder || text.trim() === "" || new TextEncoder().encode(text).length > mostBytes) return new Map();
    try {
        const report = await ask("search", { text }, {
            kind: "promoters", limit: askedFeatures, prompt: /^\d+$/.test(prompt ?? "") ? prompt : undefined,
        });
        return new Map(report.promoters.map((match) => [featureName(match.feature), match.text]));
    } catch {
        return new Map();
    }
}

/** The search of a workbench's drawing, for `offerLocalSearch`. `show()` draws anew; `select(index)` chooses a node. */
export class NodeSearch {
    /**
     * @param {{ workbench: GraphWorkbench, title: string, prompt: number | string | null }} given
     */
    constructor({ workbench, title, prompt }) {
        this.workbench = workbench;
        this.title = title;
        this.prompt = prompt;
        this.promoted = new Map();
        this.asked = "";
        /** Called when what was found is let go of; whoever shows the text sets it. */
        this.onclear = () => {};
    }

    get text() {
        return this.workbench.state.find;
    }

    /** The nodes found: by what they are, and by what they promote; null where nothing is searched for. */
    found(model, text) {
        const found = model.matching(text);
        if (found === null) return null;
        if (text === this.asked) {
            model.nodes.forEach((node, index) => {
                if (node.kind === "feature" && this.promoted.has(featureName(node.feature))) found.add(index);
            });
        } else {
            this.learn(text);
        }
        return found;
    }

    /** Asks what promotes a text, and draws anew where somebody still searches for it. */
    async learn(text) {
        this.asked = text;
        this.promoted = new Map();
        const promoted = await promotedTexts(text, this.prompt);
        if (this.asked !== text || promoted.size === 0) return;
        this.promoted = promoted;
        if (this.workbench.state.find === text) this.workbench.show();
    }

    /** Marks what is found in the drawing. */
    mark(text) {
        if (text !== this.workbench.state.find) this.workbench.set({ ...this.workbench.state, find: text });
    }

    /** Lets go of what was found. */
    clear() {
        this.mark("");
        this.onclear();
    }

    /** The most influential nodes found, as options of the search box. */
    async find(text) {
        const promoted = await promotedTexts(text, this.prompt);
        this.asked = text;
        this.promoted = promoted;
        const { model } = this.workbench;
        const found = this.found(model, text);
        if (this.workbench.state.find === text) this.workbench.show();
        return [...found]
            .filter((index) => this.workbench.shown?.has(index))
            .sort((a, b) => (model.nodes[b].influence ?? 0) - (model.nodes[a].influence ?? 0))
            .slice(0, listedNodes)
            .map((index) => {
                const node = model.nodes[index];
                const token = node.kind === "feature" ? promoted.get(featureName(node.feature)) : undefined;
                const place = model.columns[node.position] && node.kind !== "logit" && !model.isCollapsed
                    ? ` at ${node.position}`
                    : "";
                return {
                    take: () => this.workbench.select(index),
                    content: [`${node.kind === "feature" ? "" : `${node.kind} `}${shortName(node)}`,
                        token ? [" promotes ", element("bdi", { class: "quoted" }, visible(token))] : null,
                        element("bdi", { class: "quiet" }, ` ${shortened(node.label ?? "", 60)}${place}`)],
                };
            });
    }
}
