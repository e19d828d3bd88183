// What can be undone in a workbench: changes of what is pinned, grouped and pruned, and of the supernodes that the atlas keeps.

import {EditHistory} from "./history.js";
import {writeLabel} from "./labelEditor.js";
import {removeSupernode, saveSupernode} from "./supernodes.js";

/** What of a state edits change; the rest is merely looked at. */
function editable({ nodes, edges, pins, groups }) {
    return { nodes, edges, pins, groups };
}

function isSame(a, b) {
    return JSON.stringify(editable(a)) === JSON.stringify(editable(b));
}

/** The edits of a `GraphWorkbench`; `key` names what is worked on, so that they outlast a reload; null keeps nothing. */
export class GraphEdits {
    constructor(workbench, key, onFailure) {
        this.workbench = workbench;
        const isCurrent = (done, undone) => {
            const state = workbench.state;
            if (done?.kind === "state") return isSame(state, done.after);
            if (done === null && undone?.kind === "state") return isSame(state, undone.before);
            return true;
        };
        this.history = new EditHistory(onFailure, { key, revive: (record) => this.edit(record), isCurrent });
    }

    /** Changes the state from `before` to `after`. */
    change(title, before, after) {
        return this.history.do(this.edit({ kind: "state", title, before: editable(before), after: editable(after) }));
    }

    /** Keeps a supernode in the atlas. */
    keep(name, features) {
        return this.history.do(this.edit({ kind: "keep", title: `save ${name}`, name, features, note: "" }));
    }

    /** Deletes a supernode from the atlas. */
    forget({ name, members, note }) {
        return this.history.do(this.edit({ kind: "forget", title: `delete ${name}`, name, features: members, note }));
    }

    /** The edit of a record. */
    edit(record) {
        const { workbench } = this;
        if (record.kind === "state") {
            return {
                title: record.title, record, apply: () => workbench.restore(record.after),
                revert: () => workbench.restore(record.before),
            };
        }
        if (record.kind === "label") {
            const write = (state) =>
                writeLabel(record.feature, state).then(() => workbench.relabel(record.feature, state.label, state.isAutomatic));
            return { title: record.title, record, apply: () => write(record.after), revert: () => write(record.before) };
        }
        const save = () => saveSupernode(record.name, record.features, record.note).then(() => workbench.renewSaved());
        const remove = () => removeSupernode(record.name).then(() => workbench.renewSaved());
        return {
            title: record.title, record,
            ...(record.kind === "keep" ? { apply: save, revert: remove } : { apply: remove, revert: save }),
        };
    }
}
