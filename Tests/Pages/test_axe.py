"""axe-core over every view, light and dark, and with reduced motion."""

import served
from browser import PageTest
from test_views import views


class Axe(PageTest):
    def check(self, views, base=None):
        for name, view in views.items():
            with self.subTest(view=name):
                self.open(base or served.address(), view)
                self.axe(name)

    def test_axe_core_finds_nothing_in_light(self):
        self.check(views())

    def test_axe_core_finds_nothing_in_dark(self):
        self.media(dark=True)
        self.check(views())

    def test_axe_core_finds_nothing_in_a_narrow_window(self):
        self.resize(390, 800)
        self.check(views())

    def test_axe_core_finds_nothing_in_an_export(self):
        self.check({name: name for name in ("atlas", "prompts", "features", "logits", "labels", "heads", "run")}, served.exported())

    def test_an_open_search_and_an_open_menu_are_accessible(self):
        self.open(served.address(), "atlas")
        self.type_search("Austin")
        self.axe("search")
        self.audit("search")
        self.resize(390, 800)
        self.open(served.address(), "atlas")
        self.click("#menu-fold")
        self.axe("menu")
        self.audit("menu")

    def test_nothing_moves_where_motion_is_reduced(self):
        self.media(dark=False, reduced_motion=True)
        for name, view in views().items():
            with self.subTest(view=name):
                self.open(served.address(), view)
                moving = self.run_script("""return [...document.querySelectorAll('*')].filter((node) => {
                    const style = getComputedStyle(node);
                    return parseFloat(style.transitionDuration) > 0 || parseFloat(style.animationDuration) > 0 || style.scrollBehavior === 'smooth';
                }).map((node) => node.className || node.tagName).slice(0, 5)""")
                self.assertEqual(moving, [])
