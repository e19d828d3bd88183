"""What the atlas knows of a graph's features: density, specificity, operands; and the gallery of grids."""

import urllib.parse

import served
from browser import PageTest


class Filters(PageTest):
    def setUp(self):
        super().setUp()
        self.prompt = served.ask("prompts?where=family%3Dgrid")["items"][0]["id"]
        self.open(served.address(), f"graph/{self.prompt}")
        self.wait("return document.getElementById('filter-density') && document.querySelectorAll('.node').length > 5")
        self.known = {(row["feature"]["layer"], row["feature"]["index"]): row for row in served.ask(f"prompts/{self.prompt}/graph/features")["features"]}

    def choose(self, control, value):
        self.run_script("const control = document.getElementById(arguments[0]); control.value = arguments[1]; control.dispatchEvent(new Event('change'))", control, value)

    def faded(self):
        names = self.run_script("return [...document.querySelectorAll('.node.feature.faded')].map((node) => node.getAttribute('aria-label'))")
        return {tuple(map(int, name.split()[1].rstrip(",").split("/"))) for name in names}

    def test_dense_features_recede_and_stay_reachable(self):
        self.choose("filter-density", "0.05")
        self.wait("return location.hash.includes('density=0.05')")
        shown = {tuple(map(int, name.split()[1].rstrip(",").split("/"))) for name in self.run_script("return [...document.querySelectorAll('.node.feature')].map((node) => node.getAttribute('aria-label'))")}
        expected = {feature for feature in shown if self.known[feature]["density"] > 0.05}
        self.assertTrue(expected)
        self.assertEqual(self.faded(), expected)
        self.assertIn("recede", self.text(".knowledge"))
        self.choose("filter-density", "")
        self.wait("return document.querySelectorAll('.node.faded').length === 0 && !location.hash.includes('density')")

    def test_features_that_are_not_specific_to_the_answer_recede(self):
        self.choose("filter-specificity", "2")
        self.wait("return document.querySelectorAll('.node.feature.faded').length > 0")
        for feature in self.faded():
            self.assertLess(self.known[feature]["specificity"], 2)
        self.run_script("location.reload()")
        self.settle()
        self.wait("return document.querySelectorAll('.node.feature.faded').length > 0")

    def test_the_page_says_exactly_what_specific_means(self):
        answer = served.ask(f"prompts/{self.prompt}/graph/features")["answer"]
        tips = self.run_script("return [...document.querySelectorAll('.knowledge [role=tooltip]')].map((tip) => tip.textContent)")
        self.assertIn(f"{answer['promptCount']} prompt", tips[1])
        self.assertIn("times as often", tips[1])

    def test_a_node_is_called_by_its_operands(self):
        called = {feature: row["operandLabel"] for feature, row in self.known.items() if row.get("operandLabel")}
        self.assertTrue(called, "no feature of this grid depends on an operand")
        labels = self.run_script("return [...document.querySelectorAll('.node.feature')].map((node) => node.getAttribute('aria-label'))")
        for (layer, index), label in called.items():
            own = [text for text in labels if text.startswith(f"feature {layer}/{index},")]
            if served.ask(f"features/{layer}/{index}")["labelIsAutomatic"]:
                self.assertTrue(all(label in text for text in own), (label, own))

    def test_the_table_tells_density_and_specificity(self):
        self.run_script("document.querySelector('[data-view=table]').click()")
        self.wait("return [...document.querySelectorAll('.workbench thead th')].some((head) => head.textContent.includes('Specificity'))")
        self.audit("table with knowledge")


class Gallery(PageTest):
    def test_grids_are_drawn_side_by_side_with_a_scale_of_colours(self):
        self.open(served.address(), "operands")
        count = self.wait("return document.querySelectorAll('.gallery li').length")
        self.wait("return document.querySelector('.gallery canvas.grid')")
        self.assertGreater(count, 3)
        self.wait("return document.querySelector('.gallery .grid-scale')")
        self.assertRegex(self.text(".gallery .grid-scale"), r"0[\d.,]+")
        for dark in (False, True):
            self.media(dark=dark)
            self.audit("gallery")
        self.run_script("const control = document.getElementById('class'); control.value = 'bar'; control.dispatchEvent(new Event('change'))")
        self.wait("return location.hash.includes('class=bar')")
        self.settle()
        self.assertNotIn("diagonal by", self.text("main section, main"))

    def test_a_card_leads_to_its_feature_and_back(self):
        self.open(served.address(), "operands")
        self.wait("return document.querySelector('.gallery h3 a')")
        self.run_script("document.querySelector('.gallery h3 a').click()")
        self.wait("return document.querySelector('h1').textContent.startsWith('Feature')")
        self.wait("return document.querySelector('canvas.grid')")
        self.assertTrue(self.run_script("return [...document.querySelectorAll('a')].some((way) => way.getAttribute('href') === '#/operands')"))

    def test_the_list_of_features_tells_operands(self):
        self.open(served.address(), "features?sort=maximum")
        self.wait("return [...document.querySelectorAll('.operand-label')].length > 0 && ![...document.querySelectorAll('.operand-label')].some((place) => place.textContent === '…')")
        names = self.run_script("return [...document.querySelectorAll('tbody tr')].map((row) => [row.querySelector('a').textContent, row.querySelector('.operand-label').textContent])")
        told = served.ask("operand-labels?features=" + urllib.parse.quote(" ".join(name for name, _ in names)))["features"]
        self.assertEqual([label for _, label in names], [row.get("label") or "–" for row in told])

    def test_a_corpus_that_is_no_grid_says_so(self):
        self.assertEqual(served.ask("operand-tags"), {"rowTag": "a", "columnTag": "b"})


class Differences(PageTest):
    def test_links_that_only_one_graph_has_are_marked_as_well_as_coloured(self):
        prompt = served.prompt_named("the capital of the state containing")
        other = served.prompt_named("is a city in the state of")
        self.open(served.address(), f"compare?a=prompt:{prompt}&b=prompt:{other}")
        self.wait("return document.querySelectorAll('.compared .node').length > 10")
        self.assertEqual(self.run_script("return document.querySelectorAll('.compared .node.side-a:not(:has(.side-mark)), .compared .node.side-b:not(:has(.side-mark))').length"), 0)
        self.assertGreater(self.run_script("return document.querySelectorAll('.compared .side-mark').length"), 0)
        for text in ("link only here", "twice as strong here", "link in both"):
            self.assertIn(text, self.text(".drawing-legend"))
        colours = self.run_script("""return [...document.querySelectorAll('.compared')].map((figure) => {
            const canvas = [...figure.querySelectorAll('.stage canvas')].find((one) => !one.hidden);
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let drawn = 0;
            for (let place = 3; place < data.length; place += 4) if (data[place] > 0) drawn += 1;
            return drawn;
        })""")
        self.assertTrue(all(count > 500 for count in colours), colours)
