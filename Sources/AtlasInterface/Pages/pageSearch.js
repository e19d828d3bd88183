// The search in the head of every page: of what is shown, and of the whole atlas.

import {element} from "./elements.js";
import {localSearch, onLocalSearch} from "./localSearch.js";
import {SearchBox} from "./searchBox.js";

function isTyping(target) {
    return /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(range|checkbox|radio)$/.test(target.type);
}

/**
 * The search box; the key / goes to it from anywhere.
 *
 * @returns {HTMLElement}
 */
export function pageSearch() {
    const box = new SearchBox({
        id: "search", label: "Search the atlas", placeholder: "Search: token, prompt, label …", local: localSearch,
        choose: (option) => {
            box.set("");
            location.hash = option.address;
        },
    });
    onLocalSearch((search) => {
        box.set(search.text);
        search.onclear = () => box.set("");
    });
    addEventListener("hashchange", () => {
        box.close();
        box.set("");
    });
    addEventListener("keydown", (event) => {
        if (event.key !== "/" || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        box.field.focus();
        box.field.select();
    });
    box.element.append(element("kbd", { title: "The key / goes to the search", "aria-hidden": "true" }, "/"));
    box.element.setAttribute("role", "search");
    return box.element;
}
