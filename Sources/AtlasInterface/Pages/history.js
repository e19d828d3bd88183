// Edits that can be taken back, and done again.

import {button} from "./elements.js";

/** A history of edits. An edit is {title, apply, revert}; both may be asynchronous. */
export class EditHistory {
    constructor(onFailure = () => {}) {
        this.done = [];
        this.undone = [];
        this.onFailure = onFailure;
        this.undoButton = button("Undo", () => this.undo(), { disabled: "", title: "Ctrl Z" });
        this.redoButton = button("Redo", () => this.redo(), { disabled: "", title: "Ctrl Shift Z" });
        this.turn = Promise.resolve();
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
        this.turn = this.turn.then(action).catch((error) => this.onFailure(error)).then(() => this.show());
        return this.turn;
    }

    show() {
        for (const [control, list, verb] of [[this.undoButton, this.done, "Undo"], [this.redoButton, this.undone, "Redo"]]) {
            control.disabled = list.length === 0;
            control.textContent = verb;
            control.setAttribute("aria-label", list.length > 0 ? `${verb}: ${list.at(-1).title}` : verb);
        }
    }

    /** Listens for the keys of the platforms until `signal` ends it; fields keep their own undoing. */
    listen(signal) {
        addEventListener("keydown", (event) => {
            if (!(event.ctrlKey || event.metaKey) || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "range") return;
            const key = event.key.toLowerCase();
            if (key !== "z" && key !== "y") return;
            event.preventDefault();
            if (key === "y" || event.shiftKey) this.redo();
            else this.undo();
        }, { signal });
    }
}
