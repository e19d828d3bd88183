"""Labels, prompts and tags that try to be more than text."""

import urllib.parse

import served
from browser import PageTest


class Hostile(PageTest):
    def assert_harmless(self):
        self.assertEqual(self.run_script("return document.querySelectorAll('main script, main img, main iframe').length"), 0)
        self.assertIn("Feature Atlas", self.driver.title)

    def label(self, text, note=""):
        layer, index = served.strongest_feature()
        served.send("PUT", f"features/{layer}/{index}/label", {"label": text, "note": note})
        return layer, index

    def test_a_label_of_markup_is_text_everywhere(self):
        layer, index = self.label(served.MARKUP, served.MARKUP)
        prompt = served.prompt_named("the capital of the state containing")
        for view in (f"feature/{layer}/{index}", f"graph/{prompt}?view=table", f"prompt/{prompt}", f"features?search={layer}/{index}"):
            with self.subTest(view=view):
                self.open(served.address(), view)
                self.assertIn("<script>", self.text())
                self.assert_harmless()

    def test_ten_thousand_characters_break_no_view(self):
        layer, index = self.label("without" + "spaces" * 82, "a very long note " * 400 + "withoutspaces" * 246)
        prompt = served.prompt_named("the capital of the state containing")
        node = next(node["id"] for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")
        name = "group" * 2_000
        for view in (f"feature/{layer}/{index}", f"graph/{prompt}", f"graph/{prompt}?view=table", f"graph/{prompt}?head=0.1", "head/0/1", f"prompt/{prompt}", "features",
                     f"graph/{prompt}?pins={node}&groups={name}:{node}", f"graph/{prompt}?find={name}", f"prompts?search={name[:900]}"):
            with self.subTest(view=view[:60]):
                self.open(served.address(), view)
                self.assertLessEqual(self.run_script("return document.documentElement.scrollWidth - innerWidth"), 1, view[:60])

    def test_a_label_from_right_to_left_keeps_its_surroundings_in_order(self):
        layer, index = self.label(served.RIGHT_TO_LEFT)
        self.open(served.address(), f"feature/{layer}/{index}")
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.made-label')).unicodeBidi"), "isolate")
        self.assertNotRegex(self.driver.title, "[\u202a-\u202e\u2066-\u2069]")

    def test_prompts_and_tags_of_markup_are_text(self):
        for text in (served.MARKUP, served.RIGHT_TO_LEFT):
            prompt = served.prompt_named(text)
            for view in (f"graph/{prompt}", f"graph/{prompt}?head=0.1", f"prompt/{prompt}", "prompts", f"prompts?where={urllib.parse.quote('family=' + text, safe='')}"):
                with self.subTest(view=view):
                    self.open(served.address(), view)
                    self.assert_harmless()

    def test_an_address_of_markup_is_text(self):
        prompt = served.prompt_named("the capital of the state containing")
        group = urllib.parse.quote(f"{urllib.parse.quote(served.MARKUP)}:3_1_1", safe="")
        self.open(served.address(), f"graph/{prompt}?groups={group}&find={urllib.parse.quote(served.MARKUP)}&selected={urllib.parse.quote(served.MARKUP)}")
        self.assert_harmless()

    def tearDown(self):
        layer, index = served.strongest_feature()
        served.send("PUT", f"features/{layer}/{index}/label", {"label": "Texas", "note": ""})
        super().tearDown()
