"""Every view, light and dark, wide and narrow: it shows what it should, accessibly, with an empty console."""

import urllib.parse

import served
from browser import PageTest


def feature_node(prompt):
    """A feature of a prompt's graph."""
    return next(node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")


def edge():
    """The ends of a link between two features that several graphs have, as an address has them."""
    row = served.ask("sql?query=" + urllib.parse.quote("""
        SELECT source_layer, source_index, target_layer, target_index FROM edges
        WHERE source_kind = 'feature' AND target_kind = 'feature' ORDER BY support DESC LIMIT 1"""))["rows"][0]
    return f"{row[0]}%2F{row[1]}", f"{row[2]}%2F{row[3]}"


def views():
    prompt = served.prompt_named("the capital of the state containing")
    other = served.prompt_named("is a city in the state of")
    layer, index = served.strongest_feature()
    token = served.ask("logits")["items"][0]["token"]
    list_ = {
        "atlas": "atlas", "prompts": "prompts", "group": "prompts?where=family%3Dtwo-step", "firings": f"prompts?feature={layer}/{index}",
        "prompt": f"prompt/{prompt}", "graph": f"graph/{prompt}", "graph table": f"graph/{prompt}?view=table", "features": "features",
        "feature": f"feature/{layer}/{index}", "feature in a prompt": f"feature/{layer}/{index}?prompt={prompt}",
        "logits": "logits", "logit": f"logit/{token}", "heads": "heads", "head": "head/1/3", "circuit choice": "circuit", "compare choice": "compare",
        "compared prompts": f"compare?a=prompt:{prompt}&b=prompt:{other}", "run": "run", "labels": "labels", "dead features": "features?firing=no",
        "graph with its panel": f"graph/{prompt}?selected={feature_node(prompt)['id']}", "stable graph": f"graph/{prompt}?stability=yes",
        "sql": "sql", "rows": "sql?query=SELECT%20*%20FROM%20prompt_overview",
    }
    if served.has_route("/circuits"):
        list_["circuit"] = f"circuit?token={token}"
        list_["expanded circuit"] = f"circuit?token={token}&size=5&expand={layer}/{index}"
        list_["circuit table"] = f"circuit?where=family%3Dtwo-step&view=table"
    if served.has_route("/diff"):
        list_["compared groups"] = "compare?a=family%3Dtwo-step&b=family%3Dcity-state"
        list_["pairs"] = list_["compared groups"] + "&ask=pairs&by=state"
        list_["what is in common"] = list_["compared groups"] + "&ask=common"
        list_["motifs"] = list_["compared groups"] + "&ask=motifs"
    source, target = edge()
    list_["edge"] = f"edge/{source}/{target}"
    return list_


class Views(PageTest):
    def check(self):
        for name, view in views().items():
            with self.subTest(view=name):
                self.open(served.address(), view)
                self.assertNotIn("Nothing to show", self.text("h1"), self.text())
                self.audit(name)

    def test_every_view_is_accessible_in_light(self):
        self.check()

    def test_every_view_is_accessible_in_dark(self):
        self.media(dark=True)
        self.check()

    def test_every_view_fits_1024_pixels(self):
        self.resize(1024, 768)
        for name, view in views().items():
            with self.subTest(view=name):
                self.open(served.address(), view)
                wide = self.run_script("return document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 1, name)

    def test_the_theme_is_changed_and_kept(self):
        self.open(served.address(), "atlas")
        before = self.run_script("return getComputedStyle(document.body).backgroundColor")
        self.run_script("document.querySelector('.theme').click()")
        after = self.run_script("return getComputedStyle(document.body).backgroundColor")
        self.assertNotEqual(before, after)
        self.open(served.address(), "prompts")
        self.assertEqual(self.run_script("return getComputedStyle(document.body).backgroundColor"), after)
        self.run_script("localStorage.clear()")

    def test_every_number_of_a_dashboard_has_its_definition(self):
        layer, index = served.strongest_feature()
        self.open(served.address(), f"feature/{layer}/{index}")
        lonely = self.run_script("""return [...document.querySelectorAll('.statistic dt')].filter((term) => !term.querySelector('[role=tooltip]')).length""")
        self.assertEqual(lonely, 0)
        self.assertGreater(self.run_script("return document.querySelectorAll('.legend dt').length"), 5)
        self.run_script("document.querySelector('.statistic .term').focus()")
        self.assertNotEqual(self.run_script("return getComputedStyle(document.querySelector('.statistic .tip')).display"), "none")

    def test_a_prompt_is_searched_and_filtered(self):
        self.open(served.address(), "prompts")
        self.run_script("document.getElementById('filter').focus()")
        self.press("Birmingham", "\n")
        self.wait("return location.hash.includes('search=Birmingham')")
        self.settle()
        self.assertIn("Birmingham", self.text("tbody"))
        self.assertNotIn("calc", self.text("tbody"))

    def test_an_unknown_view_says_what_to_do(self):
        self.open(served.address(), "nowhere")
        self.assertIn("Go to the atlas", self.text())


class MissingAnswers(PageTest):
    expected_errors = ("404",)

    def test_an_unknown_prompt_names_what_there_is(self):
        self.open(served.address(), "graph/999999")
        self.assertIn("Nothing to show", self.text("h1"))
        self.assertIn("999999", self.text())

    def test_a_silent_feature_says_so(self):
        self.open(served.address(), "feature/5/511")
        self.assertTrue("never" in self.text() or "no " in self.text().lower())
