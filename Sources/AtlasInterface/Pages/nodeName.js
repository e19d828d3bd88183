// A node's short name with its label behind it.

import {element} from "./elements.js";
import {shortName} from "./graphModel.js";

/**
 * The name and the label, as contents of a control or of text.
 *
 * @param {GraphNode} node
 * @returns {Content[]}
 */
export function nameWithLabel(node) {
    return [element("bdi", {}, shortName(node)), node.label ? element("bdi", { class: "quiet" }, ` ${node.label}`) : null];
}
