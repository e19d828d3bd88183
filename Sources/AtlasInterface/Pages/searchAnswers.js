// What a search finds, by kind: the server's answer, or what an exported folder's lists hold.

import {addressOf, featureAddress, featureName, graphAddress, logitAddress} from "./address.js";
import {ask, askWhole, isFolder} from "./data.js";
import {element} from "./elements.js";
import {holdsWords} from "./listing.js";
import {counted, shortened, signed, visible} from "./numbers.js";
import {tokenText} from "./terms.js";

/** Matches of a kind that are offered. */
const offeredMatches = 5;

function marked(parts) {
    return element("bdi", {}, parts.map((part) => part.isMatch ? element("mark", {}, part.text) : part.text));
}

function unmarked(text) {
    return [{ text: shortened(text, 120), isMatch: false }];
}

/** The folder's own answer: it has lists of prompts, features and explained tokens, and nothing that promotes. */
async function searchFolder(text) {
    const lists = ["prompts", "features", "logits"].map((path) => askWhole(path).catch(() => []));
    const [prompts, features, logits] = await Promise.all(lists);
    const isLike = (token) => token.trim().toLowerCase().startsWith(text.trim().toLowerCase());
    return {
        names: prompts.filter((prompt) => String(prompt.id) === text.trim())
            .map((prompt) => ({ id: prompt.id, name: text.trim(), text: prompt.text })),
        prompts: prompts.filter((prompt) => holdsWords(prompt.text, text))
            .map((prompt) => ({ id: prompt.id, snippet: unmarked(prompt.text) })),
        tokens: logits.filter((row) => isLike(row.text))
            .map((row) => ({ token: row.token, text: row.text, explainedPrompts: row.promptCount, promptCount: 0 })),
        promoters: [], supernodes: [],
        labels: features.filter((row) => row.label && holdsWords(row.label, text))
            .map((row) => ({ feature: row.feature, snippet: unmarked(row.label) })),
    };
}

/**
 * Asks for what is under some words; `kind` is one alone.
 *
 * @param {string} text
 * @param {string | undefined} kind
 * @param {number} [limit]
 * @returns {Promise<any>}
 */
export function searchFor(text, kind, limit = offeredMatches) {
    return isFolder ? searchFolder(text) : ask("search", { text }, { kind, limit });
}

/** How many prompts a token is in or explained in. */
function reachOf(match) {
    return match.explainedPrompts > 0
        ? `explained in ${counted(match.explainedPrompts, "prompt")}`
        : `in ${counted(match.promptCount, "prompt")}`;
}

/** The kinds in the order in which they are offered: {title, options(report)}; an option is {id, content, address, prompt}. */
export const searchKinds = {
    names: {
        title: "Prompts by name",
        options: (report) => (report.names ?? []).map((match) => ({
            address: graphAddress(match.id), prompt: match.id,
            content: [element("bdi", {}, match.name), element("bdi", { class: "quiet" }, ` ${shortened(match.text, 90)}`)],
        })),
    },
    tokens: {
        title: "Tokens",
        options: (report) => (report.tokens ?? []).map((match) => ({
            address: match.explainedPrompts > 0
                ? logitAddress(match.token)
                : addressOf(["prompts"], { search: match.text.trim() }),
            content: [tokenText(match.text, match.token), element("span", { class: "quiet" }, ` ${reachOf(match)}`)],
        })),
    },
    promoters: {
        title: "Features that promote it",
        options: (report) => (report.promoters ?? []).map((match) => ({
            address: featureAddress(match.feature),
            content: [
                featureName(match.feature), " ", tokenText(match.text, match.token), ` ${signed(match.value)}`,
                match.label ? element("bdi", { class: "quiet" }, ` ${shortened(match.label, 70)}`) : null,
            ],
        })),
    },
    labels: {
        title: "Features by label",
        options: (report) => (report.labels ?? []).map((match) => ({
            address: featureAddress(match.feature), content: [featureName(match.feature), " ", marked(match.snippet)],
        })),
    },
    supernodes: {
        title: "Supernodes",
        options: (report) => (report.supernodes ?? []).map((match) => ({
            address: addressOf(["labels"], { supernode: match.name }), content: marked(match.snippet),
        })),
    },
    prompts: {
        title: "Prompts",
        options: (report) => (report.prompts ?? []).map((match) => ({
            address: graphAddress(match.id), prompt: match.id, content: [`${match.id} `, marked(match.snippet)],
        })),
    },
};

/**
 * The feature that a text names, as an option.
 *
 * @param {string} text
 * @returns {SearchOption[]}
 */
export function namedFeature(text) {
    const found = /^\s*(\d{1,5})\/(\d{1,8})\s*$/.exec(text);
    return found
        ? [{
            address: featureAddress({ layer: Number(found[1]), index: Number(found[2]) }),
            content: `Feature ${Number(found[1])}/${Number(found[2])}`,
        }]
        : [];
}

/**
 * Where all of a kind are listed.
 *
 * @param {string} text
 * @returns {SearchOption[]}
 */
export function wholeLists(text) {
    return [
        {
            address: addressOf(["prompts"], { search: text }),
            content: ["All prompts with ", element("bdi", { class: "quoted" }, visible(text))],
        },
        {
            address: addressOf(["features"], { search: text }),
            content: ["All features labelled ", element("bdi", { class: "quoted" }, visible(text))],
        },
    ];
}
