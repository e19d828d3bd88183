// Walking through a graph by keys: along a layer with left and right, from layer to layer with up and down.

function inRow(model, layout, shown, row) {
    return [...shown].filter((index) => layout.places[index] && model.rowOf(model.nodes[index]) === row)
        .sort((a, b) => layout.places[a].x - layout.places[b].x || layout.places[a].y - layout.places[b].y || a - b);
}

/**
 * The node that a key leads to from another, or null when the key leads nowhere.
 *
 * @param {GraphModel} model
 * @param {Layout} layout
 * @param {Set<number>} shown
 * @param {number} from
 * @param {string} key
 * @returns {number | null}
 */
export function nextNode(model, layout, shown, from, key) {
    const row = model.rowOf(model.nodes[from]);
    const along = inRow(model, layout, shown, row);
    const place = along.indexOf(from);
    switch (key) {
    case "ArrowLeft": return along[place - 1] ?? from;
    case "ArrowRight": return along[place + 1] ?? from;
    case "Home": return along[0];
    case "End": return along.at(-1);
    case "ArrowUp":
    case "ArrowDown": {
        const step = key === "ArrowUp" ? 1 : -1;
        for (let next = row + step; next >= 0 && next < model.rowCount; next += step) {
            const candidates = inRow(model, layout, shown, next);
            if (candidates.length === 0) continue;
            const x = layout.places[from].x;
            return candidates.reduce((best, index) =>
                Math.abs(layout.places[index].x - x) < Math.abs(layout.places[best].x - x) ? index : best);
        }
        return from;
    }
    default: return null;
    }
}
