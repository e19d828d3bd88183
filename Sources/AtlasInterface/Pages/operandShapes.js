// What a feature's activation over the two operands of a template can depend on, by name.

/** @type {Named[]} */
export const operandShapes = [
    ["bar", "bars: one operand decides"], ["stripe", "stripes: one operand modulo a number decides"],
    ["diagonal", "diagonals: the sum decides"], ["lookup", "points: certain pairs of operands decide"],
    ["constant", "constant: the same everywhere"], ["none", "none of those tried"],
];

/**
 * The name of a shape.
 *
 * @param {string} kind
 * @returns {string}
 */
export function shapeName(kind) {
    return operandShapes.find(([key]) => key === kind)?.[1] ?? kind;
}
