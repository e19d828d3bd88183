// The one search: a field that offers what it finds, grouped by kind; arrow keys walk, Enter chooses, Escape closes.

import {element} from "./elements.js";
import {isFolder} from "./data.js";
import {namedFeature, searchFor, searchKinds, wholeLists} from "./searchAnswers.js";

const typingPause = 150;

/**
 * A search box. `kinds` are those offered; `choose(option)` takes what is chosen. `local()` gives the search of what is shown,
 * {title, text, find(text) → options, mark(text)}, or null.
 */
export class SearchBox {
    constructor({ id, label, placeholder, kinds = Object.keys(searchKinds), hasLists = true, local = () => null, choose }) {
        this.kinds = kinds;
        this.hasLists = hasLists;
        this.local = local;
        this.choose = choose;
        this.options = [];
        this.active = -1;
        this.turn = 0;
        this.timer = null;
        this.field = element("input", {
            id, type: "search", role: "combobox", autocomplete: "off", spellcheck: "false", placeholder, maxlength: "1000",
            "aria-label": label,
            "aria-expanded": "false", "aria-controls": `${id}-found`, "aria-autocomplete": "list",
            oninput: () => this.typed(), onkeydown: (event) => this.key(event),
            onfocus: () => { if (this.field.value.trim() !== "") this.typed(); },
        });
        this.list = element("div", { id: `${id}-found`, role: "listbox", "aria-label": `${label}: what was found`, hidden: "" });
        this.status = element("span", { role: "status", class: "hidden" });
        this.element = element("div", { class: "search-box" }, this.field, this.list, this.status);
        // Where the focus goes within the box, it stays open.
        this.element.addEventListener("focusout", (event) => {
            if (!(event.relatedTarget instanceof Node && this.element.contains(event.relatedTarget))) this.close();
        });
        this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    }

    typed() {
        const text = this.field.value;
        this.local()?.mark(text);
        clearTimeout(this.timer);
        if (text.trim() === "") return this.close();
        this.timer = setTimeout(() => this.find(text), typingPause);
    }

    async find(text) {
        const ordinal = ++this.turn;
        const own = this.local();
        let groups;
        try {
            const only = this.kinds.length === 1 ? this.kinds[0] : undefined;
            const [here, report] = await Promise.all([own ? own.find(text) : [], searchFor(text, only)]);
            groups = [[own?.title ?? "", here], ["Features", this.hasLists ? namedFeature(text) : []],
                ...this.kinds.map((kind) => [searchKinds[kind].title, searchKinds[kind].options(report)])];
        } catch (error) {
            groups = [];
            this.status.textContent = error.message;
        }
        if (ordinal !== this.turn || text !== this.field.value) return;
        this.show(groups.map(([title, options]) => [title, isFolder ? options.slice(0, 5) : options])
            .filter(([, options]) => options.length > 0), text);
    }

    show(groups, text) {
        const found = groups.reduce((sum, [, options]) => sum + options.length, 0);
        const lists = this.hasLists ? [["Lists", wholeLists(text)]] : [];
        this.options = [];
        this.active = -1;
        this.shownText = text;
        const id = this.field.id;
        this.list.replaceChildren(...(found === 0
            ? [element("p", { class: "quiet", role: "presentation" }, "Nothing holds these words.")]
            : []), ...[...groups, ...lists].map(([title, options], ordinal) =>
                element("div", { role: "group", "aria-labelledby": `${id}-kind-${ordinal}` },
                    element("div", { class: "search-kind", role: "presentation", id: `${id}-kind-${ordinal}` }, title),
                    options.map((option) => this.optionElement(option)))));
        this.status.textContent = `${found} found`;
        this.list.hidden = false;
        this.field.setAttribute("aria-expanded", "true");
    }

    optionElement(option) {
        const place = this.options.length;
        const content = element("div",
            {
                role: "option", id: `${this.field.id}-option-${place}`, "aria-selected": "false", class: "search-option",
                onclick: () => this.take(option),
            },
            option.content);
        this.options.push({ ...option, element: content });
        return content;
    }

    activate(place) {
        this.options[this.active]?.element.setAttribute("aria-selected", "false");
        this.active = place;
        const chosen = this.options[place]?.element;
        chosen?.setAttribute("aria-selected", "true");
        chosen?.scrollIntoView({ block: "nearest" });
        if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
        else this.field.removeAttribute("aria-activedescendant");
    }

    key(event) {
        const count = this.options.length;
        if (event.key === "Escape") {
            // By itself a search field would forget its text at once.
            event.preventDefault();
            if (this.list.hidden && this.field.value !== "") {
                this.field.value = "";
                this.typed();
            }
            this.close();
        } else if (event.key === "Enter") {
            event.preventDefault();
            this.enter();
        } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            event.preventDefault();
            if (count === 0) return;
            const step = event.key === "ArrowDown" ? 1 : -1;
            this.activate(this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count);
        }
    }

    /** Takes what is active, or the first; where the answer is still on its way, it is waited for. */
    async enter() {
        const text = this.field.value;
        if (text.trim() === "") return;
        if (this.list.hidden || this.shownText !== text) {
            clearTimeout(this.timer);
            await this.find(text);
        }
        if (this.options.length > 0 && this.shownText === text) this.take(this.options[Math.max(0, this.active)]);
    }

    take(option) {
        this.close();
        if (option.take) option.take();
        else this.choose(option);
    }

    close() {
        clearTimeout(this.timer);
        this.turn += 1;
        this.options = [];
        this.list.hidden = true;
        this.field.setAttribute("aria-expanded", "false");
        this.field.removeAttribute("aria-activedescendant");
    }

    /** Shows a text in the field without searching. */
    set(text) {
        this.field.value = text;
    }
}
