// Writes numbers and tokens as texts.

/** Characters that no one sees, and that `visible` shows by signs. */
// deno-lint-ignore no-control-regex -- they are what is looked for
export const controlCharacters = /[\u0000-\u001f]/g;

let noted = null;

/**
 * Whether an answer has a value: neither null nor left out.
 *
 * @param {unknown} value
 * @returns {boolean}
 */
export function isKnown(value) {
    return value !== null && value !== undefined;
}

/**
 * What an action gives, with the numbers that it wrote as texts meanwhile, in order: a cell's own value, before it is rounded.
 */
export function noting(action) {
    const outer = noted;
    noted = [];
    try {
        return { result: action(), numbers: noted };
    } finally {
        noted = outer;
    }
}

function note(value) {
    noted?.push(value ?? null);
    return !isKnown(value);
}

function signOf(value) {
    return value < 0 ? "−" : "";
}

function threeFigures(magnitude) {
    if (magnitude === 0) return "0";
    if (magnitude >= 1000) return Math.round(magnitude).toLocaleString("en");
    return magnitude < 0.0001 ? magnitude.toExponential(1) : magnitude.toPrecision(3);
}

/** A share of one in hundredths; what rounds to nothing is told as that. */
function hundredths(magnitude) {
    return magnitude > 0 && magnitude < 0.0001 ? "< 0.01" : threeFigures(magnitude * 100);
}

/**
 * A count with separators, or a dash for none.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function number(value) {
    return note(value) ? "–" : value.toLocaleString("en");
}

/**
 * A measured value with three significant digits, or a dash for none.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function measure(value) {
    return note(value) ? "–" : `${signOf(value)}${threeFigures(Math.abs(value))}`;
}

/**
 * A measured value that always has its sign.
 *
 * @param {number | null | undefined} value
 * @returns {string}
 */
export function signed(value) {
    return value > 0 ? `+${measure(value)}` : measure(value);
}

/**
 * A share of one as a percentage.
 *
 * @param {number | null | undefined} share
 * @returns {string}
 */
export function percentage(share) {
    return note(share) ? "–" : `${signOf(share)}${hundredths(Math.abs(share))} %`;
}

/**
 * A difference of shares of one, of probabilities above all, in percentage points: what a percentage of a percentage is not.
 *
 * @param {number | null | undefined} difference
 * @returns {string}
 */
export function points(difference) {
    if (note(difference)) return "–";
    return `${difference > 0 ? "+" : signOf(difference)}${hundredths(Math.abs(difference))} pp`;
}

/**
 * A share of one as a percentage of few digits, for places where exact ones disturb.
 *
 * @param {number | null | undefined} share
 * @returns {string}
 */
export function roundPercentage(share) {
    if (note(share)) return "–";
    return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(share * 100)} %`;
}

/**
 * A count with its noun.
 *
 * @param {number} count
 * @param {string} noun
 * @param {string} [plural]
 * @returns {string}
 */
export function counted(count, noun, plural = `${noun}s`) {
    return `${number(count)} ${count === 1 ? noun : plural}`;
}

/**
 * A token's text with its spaces, breaks and control characters made visible.
 *
 * @param {string | null | undefined} text
 * @returns {string}
 */
export function visible(text) {
    if (text === "" || !isKnown(text)) return "∅";
    return text.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥")
        .replace(controlCharacters, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/**
 * A text cut to some characters, with a mark that it was cut.
 *
 * @param {string | null | undefined} text
 * @param {number} limit
 * @returns {string}
 */
export function shortened(text, limit) {
    const characters = Array.from(text ?? "");
    return characters.length <= limit ? characters.join("") : `${characters.slice(0, limit - 1).join("")}…`;
}

/**
 * A text without the characters that reorder what stands beside it, for places that cannot isolate it.
 *
 * @param {string | null | undefined} text
 * @returns {string}
 */
export function plain(text) {
    return (text ?? "").replace(/\p{Cf}/gu, "");
}

/**
 * Seconds in words.
 *
 * @param {number | null | undefined} seconds
 * @returns {string}
 */
export function duration(seconds) {
    if (!isKnown(seconds)) return "";
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
    return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
