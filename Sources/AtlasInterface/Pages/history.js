// Edits that can be taken back, and done again; those of a kept history after a reload too.

import {button} from "./elements.js";

/** Edits that a kept history remembers, the last ones. */
const keptEdits = 50;

/** Whether an element has an undo of its own. */
function takesText(target) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && target.type !== "range";
}

/**
 * A history of edits. An edit is {title, apply, revert}; both may be asynchronous.
 *
 * With a `key` the tab keeps the history: an edit then has a `record`, whatever JSON can hold, and `revive(record)` makes it an
 * edit again. `isCurrent(record)` tells whether the last edit is still what is seen; a history of something else is forgotten.
 */
export class EditHistory {
    /**
     * @param {(error: Error) => void} [onFailure]
     * @param {{ key?: string | null, revive?: ((record: any) => Edit) | null, isCurrent?: (done: any, undone: any) => boolean }}
     *     [kept]
     */
    constructor(onFailure = () => {}, { key = null, revive = null, isCurrent = () => true } = {}) {
        this.onFailure = onFailure;
        this.key = key;
        this.revive = revive;
        this.isCurrent = isCurrent;
        /** @type {Edit[]} */
        this.done = [];
        /** @type {Edit[]} */
        this.undone = [];
        this.undoButton = button("Undo", () => this.undo(), { disabled: "", title: "Ctrl Z" });
        this.redoButton = button("Redo", () => this.redo(), { disabled: "", title: "Ctrl Shift Z" });
        this.turn = Promise.resolve();
        this.recall();
        this.show();
    }

    /** Applies an edit and remembers it. */
    do(edit) {
        return this.inTurn(async () => {
            await edit.apply();
            this.done.push(edit);
            this.undone = [];
        });
    }

    /** Takes the last edit back. */
    undo() {
        return this.inTurn(() => this.move(this.done, this.undone, "revert"));
    }

    /** Does again what was taken back. */
    redo() {
        return this.inTurn(() => this.move(this.undone, this.done, "apply"));
    }

    async move(from, to, action) {
        const edit = from.at(-1);
        if (!edit) return;
        await edit[action]();
        from.pop();
        to.push(edit);
    }

    inTurn(action) {
        this.turn = this.turn.then(action).catch((error) => this.onFailure(error)).then(() => {
            this.keep();
            this.show();
        });
        return this.turn;
    }

    /** Brings back what the tab has kept. */
    recall() {
        if (this.key === null) return;
        try {
            const { done, undone } = JSON.parse(sessionStorage.getItem(this.place) ?? "null") ?? { done: [], undone: [] };
            if (!this.isCurrent(done.at(-1) ?? null, undone.at(-1) ?? null)) return;
            this.done = done.map(this.revive);
            this.undone = undone.map(this.revive);
        } catch { /* a tab may keep nothing, or something damaged: the history begins anew */ }
    }

    keep() {
        if (this.key === null) return;
        const records = (edits) => edits.map((edit) => edit.record).slice(-keptEdits);
        try {
            sessionStorage.setItem(this.place, JSON.stringify({ done: records(this.done), undone: records(this.undone) }));
        } catch { /* a full storage only costs what is remembered after a reload */ }
    }

    get place() {
        return `atlas-edits ${this.key}`;
    }

    show() {
        const tell = (control, list, verb) => {
            control.disabled = list.length === 0;
            control.textContent = verb;
            control.setAttribute("aria-label", list.length > 0 ? `${verb}: ${list.at(-1).title}` : verb);
        };
        tell(this.undoButton, this.done, "Undo");
        tell(this.redoButton, this.undone, "Redo");
    }

    /** Listens for the keys of the platforms until `signal` ends it; fields keep their own undoing. */
    listen(signal) {
        addEventListener("keydown", (event) => {
            if (!(event.ctrlKey || event.metaKey) || event.altKey || takesText(event.target)) return;
            const key = event.key.toLowerCase();
            if (key !== "z" && key !== "y") return;
            event.preventDefault();
            if (key === "y" || event.shiftKey) this.redo();
            else this.undo();
        }, { signal });
    }
}
