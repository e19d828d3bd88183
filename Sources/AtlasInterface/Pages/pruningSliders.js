// The sliders that prune a drawing: one step of the history from where the hand took hold to where it let go.

import {slider} from "./graphToolbar.js";

/**
 * The sliders for nodes and for links of a workbench, those that it has; `limits.nodes` is the most that its nodes reach.
 *
 * @param {GraphWorkbench} workbench
 * @param {boolean} hasNodes
 * @param {boolean} hasEdges
 * @param {{ nodes: number }} limits
 * @returns {{ nodes: ReturnType<typeof slider> | null, edges: ReturnType<typeof slider> | null }}
 */
export function pruningSliders(workbench, hasNodes, hasEdges, limits) {
    const threshold = (name, title, definition, minimum, maximum) => {
        let before = null;
        return slider({
            id: `threshold-${name}`, title, definition, minimum, maximum, step: 0.01,
            value: Math.min(maximum, workbench.state[name]),
            oninput: (value) => {
                before ??= workbench.state;
                workbench.set({ ...workbench.state, [name]: value });
            },
            onchange: (value) => {
                workbench.edit("prune", { ...workbench.state, [name]: value }, before ?? workbench.state);
                before = null;
            },
        });
    };
    return {
        nodes: hasNodes
            ? threshold("nodes", "Nodes",
                "Share of the influence that the shown nodes hold together: fewer nodes below, more above.", 0.3, limits.nodes)
            : null,
        edges: hasEdges
            ? threshold("edges", "Links", "Share of the influence through links that the shown ones hold together.", 0.6, 0.99)
            : null,
    };
}
