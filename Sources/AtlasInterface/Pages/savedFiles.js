// Files that a page gives: tables as CSV and JSON. Nothing leaves for anywhere but the reader's own disk.

import {isKnown} from "./numbers.js";

/**
 * A text as the beginning of a file's name.
 *
 * @param {string} text
 * @returns {string}
 */
export function fileName(text) {
    return text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 80) || "atlas";
}

/**
 * Gives a file to save.
 *
 * @param {string} name
 * @param {string} type
 * @param {BlobPart} content
 * @returns {void}
 */
export function saveFile(name, type, content) {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    // The browser reads it soon after the click, not during it.
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function cell(value) {
    if (!isKnown(value)) return "";
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return `"${String(value).replaceAll("\"", "\"\"")}"`;
}

/**
 * Comma-separated values as in RFC 4180: texts in quotes exactly as they are, numbers without, nothing where there is none.
 *
 * @param {string[]} titles
 * @param {unknown[][]} rows
 * @returns {string}
 */
export function commaSeparated(titles, rows) {
    return [titles, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
