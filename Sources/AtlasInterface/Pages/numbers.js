// Writes numbers and tokens as texts.

/** A count with separators, or a dash for none. */
export function number(value) {
    return value === null || value === undefined ? "–" : value.toLocaleString("en");
}

/** A measured value with three significant digits, or a dash for none. */
export function measure(value) {
    if (value === null || value === undefined) return "–";
    const magnitude = Math.abs(value);
    const text = magnitude === 0 ? "0"
        : magnitude >= 1000 ? Math.round(magnitude).toLocaleString("en")
        : magnitude < 0.0001 ? magnitude.toExponential(1)
        : magnitude.toPrecision(3);
    return value < 0 ? `−${text}` : text;
}

/** A measured value that always has its sign. */
export function signed(value) {
    return value > 0 ? `+${measure(value)}` : measure(value);
}

/** A share of one as a percentage. */
export function percentage(share) {
    return share === null || share === undefined ? "–" : `${measure(share * 100)} %`;
}

/** A share of one as a percentage of few digits, for places where exact ones disturb. */
export function roundPercentage(share) {
    if (share === null || share === undefined) return "–";
    return share > 0 && share < 0.005 ? "< 1 %" : `${Math.round(share * 100)} %`;
}

/** A count with its noun. */
export function counted(count, noun, plural = `${noun}s`) {
    return `${number(count)} ${count === 1 ? noun : plural}`;
}

/** A token's text with its spaces, breaks and control characters made visible. */
export function visible(text) {
    if (text === "" || text === null || text === undefined) return "∅";
    return text.replace(/ /g, "␣").replace(/\n/g, "↵").replace(/\t/g, "⇥")
        .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/** A text cut to some characters, with a mark that it was cut. */
export function shortened(text, limit) {
    const characters = Array.from(text ?? "");
    return characters.length <= limit ? characters.join("") : `${characters.slice(0, limit - 1).join("")}…`;
}

/** A text without the characters that reorder what stands beside it, for places that cannot isolate it. */
export function plain(text) {
    return (text ?? "").replace(/\p{Cf}/gu, "");
}

/** Seconds in words. */
export function duration(seconds) {
    if (seconds === null || seconds === undefined) return "";
    if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
    return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
