"""The accessibility check itself: it finds what is wrong."""

import served
from browser import PageTest, _AUDIT

DAMAGE = """
    const add = (name, attributes, text) => {
        const node = document.createElement(name);
        for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
        node.textContent = text;
        document.querySelector('main').append(node);
        return node;
    };
    add('button', {}, '');
    add('p', { id: 'main' }, 'twice');
    add('p', {}, 'pale').style.color = getComputedStyle(document.documentElement).getPropertyValue('--line');
    add('h5', {}, 'too deep');
    add('p', {}, 'wide').style.width = '3000px';
    add('a', { href: '#' }, 'no ring').style.outline = 'none';
"""


class Audit(PageTest):
    def test_each_kind_of_damage_is_found(self):
        self.open(served.address(), "run")
        self.run_script(DAMAGE)
        problems = " | ".join(self.run_script(_AUDIT))
        for part in ("has no name", "is not unique", "contrast", "follows a heading", "px wide", "shows no focus"):
            self.assertIn(part, problems)
