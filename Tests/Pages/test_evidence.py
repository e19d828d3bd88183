"""The panel beside a drawing: pointing previews, clicking holds, and everything known of a node is there."""

import re

from selenium.webdriver.common.action_chains import ActionChains

import served
from browser import Keys, PageTest
from test_views import edge


class Evidence(PageTest):
    def setUp(self):
        super().setUp()
        self.prompt = served.prompt_named("the capital of the state containing")
        self.clicks = 0

    def graph(self, base=None):
        self.open(base or served.address(), f"graph/{self.prompt}")
        self.wait("return document.querySelectorAll('.node').length > 10")

    def feature_nodes(self):
        return self.steady(".node.feature .glyph")

    def point(self, node):
        ActionChains(self.driver).move_to_element(node).perform()

    def click(self, node):
        self.clicks += 1
        ActionChains(self.driver).move_to_element(node).click().perform()

    def press_button(self, text, within=".evidence"):
        self.clicks += 1
        self.wait("""const control = [...document.querySelectorAll(`${arguments[0]} button`)].find((one) => one.textContent === arguments[1] && !one.disabled);
            control?.scrollIntoView({ block: 'center' }); control?.click(); return Boolean(control)""", within, text)

    def title(self):
        return self.text(".evidence .node-title")

    def filled(self):
        self.wait("return document.querySelector('.evidence .histogram') && document.querySelector('.evidence .examples')")

    def test_pointing_previews_and_a_click_holds(self):
        self.graph()
        self.assertIn("No node chosen", self.title())
        first, second = self.feature_nodes()[:2]
        self.point(first)
        self.wait("return document.querySelector('.evidence .node-title').textContent.startsWith('Feature')")
        previewed = self.title()
        self.assertIn("A preview", self.text(".evidence"))
        self.filled()
        self.click(first)
        self.assertEqual(self.title(), previewed)
        self.wait("return !document.querySelector('.evidence').textContent.includes('A preview')")
        self.point(second)
        self.wait("return document.querySelector('.evidence .node-title').textContent !== arguments[0]", previewed)
        self.point(self.driver.find_element("css selector", "h1"))
        self.wait("return document.querySelector('.evidence .node-title').textContent === arguments[0]", previewed)

    def test_the_keyboard_previews_and_holds_too(self):
        self.graph()
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(Keys.ARROW_DOWN)
        self.wait("return document.querySelector('.evidence').textContent.includes('A preview')")
        self.press(Keys.ENTER)
        self.wait("return [...document.querySelectorAll('.evidence button')].some((control) => control.textContent === 'Close')")
        self.press(Keys.ESCAPE)
        self.wait("return document.querySelector('.evidence .node-title').textContent === 'No node chosen'")

    def test_a_held_feature_shows_what_is_known_of_it(self):
        node = max((node for node in served.ask(f"prompts/{self.prompt}/graph")["nodes"] if node["kind"] == "feature"), key=lambda node: node["activation"])
        report = served.ask(f"features/{node['feature']['layer']}/{node['feature']['index']}")
        self.open(served.address(), f"graph/{self.prompt}?selected={node['id']}")
        self.filled()
        panel = self.text(".evidence")
        self.assertIn("Density", panel)
        self.assertRegex(self.text(".evidence .mark-text"), r"here: \d")
        for side in ("promoted", "suppressed"):
            shown = self.run_script("return [...document.querySelectorAll('.evidence .effects')].map((list) => list.querySelectorAll('li').length)")
            self.assertEqual(len(report[side][:5]), shown[0 if side == "promoted" else 1])
        self.assertEqual(self.run_script("return document.querySelectorAll('.evidence .example').length"), min(5, len(report["topExamples"])))
        self.assertGreater(self.run_script("return document.querySelectorAll('.evidence .token[style*=\"--heat\"]').length"), 0)
        self.audit("a held feature")
        self.media(dark=True)
        self.audit("a held feature in dark")

    def test_the_switch_lists_and_draws_inputs_outputs_either_or_both(self):
        self.graph()
        node = next(node for node in served.ask(f"prompts/{self.prompt}/graph")["nodes"] if node["kind"] == "feature")
        self.open(served.address(), f"graph/{self.prompt}?selected={node['id']}")
        self.wait("return document.querySelector('.evidence .links')")

        def lists():
            return self.run_script("return [...document.querySelectorAll('.evidence .links h3')].map((title) => title.textContent.replace(/ .*/, ''))")

        self.assertEqual(lists(), ["Inputs", "Outputs"])
        tinted = self.run_script("return document.querySelectorAll('.node.excited, .node.inhibited').length")
        self.press_button("Inputs")
        self.assertEqual(lists(), ["Inputs"])
        fewer = self.run_script("return document.querySelectorAll('.node.excited, .node.inhibited').length")
        self.assertLess(fewer, tinted)
        self.press_button("Outputs")
        self.assertEqual(lists(), ["Outputs"])
        self.assertEqual(self.run_script("return document.querySelectorAll('.node.excited, .node.inhibited').length"), tinted - fewer)
        self.press_button("Either")
        weights = self.run_script("return [...document.querySelectorAll('.evidence .links .numeric')].map((one) => Math.abs(Number(one.textContent.replace('\u2212', '-'))))")
        self.assertEqual(weights, sorted(weights, reverse=True))
        self.assertIn("ends=either", self.hash)
        self.press_button("Both")
        self.assertEqual(lists(), ["Inputs", "Outputs"])

    def test_a_label_given_in_the_panel_is_the_features_everywhere_and_undone_by_key(self):
        feature = next(node for node in served.ask(f"prompts/{self.prompt}/graph")["nodes"] if node["kind"] == "feature")
        path = f"features/{feature['feature']['layer']}/{feature['feature']['index']}/label"
        before = served.ask(path)["label"]
        self.open(served.address(), f"graph/{self.prompt}?selected={feature['id']}")
        self.filled()
        self.wait("document.querySelector('.evidence .edit-label')?.click(); return document.getElementById('label')")
        self.run_script("document.getElementById('label').select()")
        self.press("given in the panel", Keys.ENTER)
        self.wait("return document.querySelector('.evidence .made-label')?.textContent === 'given in the panel'")
        self.assertEqual(served.ask(path)["label"], "given in the panel")
        self.wait("return [...document.querySelectorAll('.node')].some((node) => node.getAttribute('aria-label').includes('given in the panel'))")
        self.run_script("document.activeElement.blur()")
        self.press("z", holding=[Keys.CONTROL])
        self.wait("return ![...document.querySelectorAll('.node')].some((node) => node.getAttribute('aria-label').includes('given in the panel'))")
        self.assertEqual(served.ask(path)["label"], before)

    def test_which_features_drive_a_token_and_why_one_fires_takes_three_clicks_on_one_page(self):
        self.graph()
        # Who drives it: the logit's inputs are listed when it is chosen.
        self.click(self.steady(".node.logit .glyph")[0])
        self.wait("return document.querySelector('.evidence .node-title').textContent.startsWith('Logit')")
        drivers = self.run_script("return [...document.querySelectorAll('.evidence .links li .link-name bdi:first-child')].map((name) => name.textContent)")
        self.assertTrue(any(re.fullmatch(r"\d+/\d+", name) for name in drivers), drivers)
        # Why one fires: its inputs, and the prompts and tokens that it fires on.
        self.clicks += 1
        self.run_script("[...document.querySelectorAll('.evidence .links button.link-name')].find((name) => /^\\d+\\/\\d+/.test(name.textContent)).click()")
        self.filled()
        self.assertTrue(self.title().startswith("Feature"))
        self.assertGreater(self.run_script("return document.querySelectorAll('.evidence .links li').length"), 1)
        # And that it matters: without it.
        self.press_button("Silence")
        self.wait("return document.querySelector('.evidence .trial-outcome table')")
        self.assertIn("Silenced here", self.text(".evidence"))
        self.assertTrue(self.hash.startswith(f"#/graph/{self.prompt}"))
        self.assertEqual(self.clicks, 3)

    def test_a_weight_opens_its_link_and_the_links_page(self):
        self.graph()
        node = next(node for node in served.ask(f"prompts/{self.prompt}/graph")["nodes"] if node["kind"] == "feature" and node["layer"] > 0)
        self.open(served.address(), f"graph/{self.prompt}?selected={node['id']}")
        self.wait("return document.querySelector('.evidence .links [aria-expanded]')")
        self.run_script("document.querySelector('.evidence .links [aria-expanded]').click()")
        self.wait("return document.querySelector('.of-edge .facts-list')")
        for name in ("Prompts", "Mean weight", "Sign flips"):
            self.assertIn(name, self.text(".of-edge"))
        self.audit("an open link")
        self.run_script("[...document.querySelectorAll('.of-edge a')].at(-1).click()")
        self.wait("return document.querySelector('h1').textContent.startsWith('Link')")
        self.assertIn(f"prompt={self.prompt}", self.hash)

    def test_a_links_page_has_its_numbers_from_graphs_and_weights(self):
        source, target = edge()
        report = served.ask(f"edges/{source}/{target}?examples=48")
        self.open(served.address(), f"edge/{source}/{target}")
        text = self.text()
        for name in ("Mean weight", "Sign flips", "Virtual weight", "ERA", "TWERA", "Prompts where it is strongest"):
            self.assertIn(name, text)
        self.assertEqual(self.run_script("return document.querySelectorAll('.strip-dot').length"), len(report["examples"]))
        self.audit("a link")

    def test_a_drawn_link_opens_when_it_is_clicked(self):
        self.open(served.address(), f"graph/{self.prompt}?nodes=0.5")
        self.wait("return document.querySelectorAll('.node').length > 3")
        # The middle of a link that no node is near.
        place = self.wait("""
            const bounds = document.querySelector('.stage svg').getBoundingClientRect();
            const nodes = [...document.querySelectorAll('.node')].map((node) => node.querySelector('.glyph').getBoundingClientRect()).map((box) => [box.x + box.width / 2, box.y + box.height / 2]);
            const logit = document.querySelector('.node.logit .glyph').getBoundingClientRect();
            const [x, y] = [logit.x + logit.width / 2, logit.y + logit.height / 2];
            for (const [otherX, otherY] of nodes) for (const share of [0.3, 0.4, 0.5, 0.6, 0.7]) {
                const [middleX, middleY] = [x + share * (otherX - x), y + share * (otherY - y)];
                if (Math.hypot(otherX - x, otherY - y) > 100 && nodes.every(([a, b]) => Math.hypot(a - middleX, b - middleY) > 36)
                    && middleY > 0 && middleY < innerHeight && middleX > bounds.left) return [middleX, middleY];
            }
            return null""")
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mousePressed", "x": place[0], "y": place[1], "button": "left", "clickCount": 1})
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseReleased", "x": place[0], "y": place[1], "button": "left", "clickCount": 1})
        self.wait("return document.querySelector('.evidence .node-title').textContent.startsWith('Link of')")
        self.press_button("Close")
        self.assertIn("No node chosen", self.title())

    def test_a_sum_between_pinned_boxes_opens_into_the_links_that_it_adds_up(self):
        report = served.ask(f"prompts/{self.prompt}/graph")
        logit = next(node for node in report["nodes"] if node["kind"] == "logit")
        inputs = sorted((edge for edge in report["edges"] if report["nodes"][edge["target"]]["id"] == logit["id"] and report["nodes"][edge["source"]]["kind"] == "feature"),
                        key=lambda edge: -abs(edge["weight"]))[:3]
        members = [report["nodes"][edge["source"]]["id"] for edge in inputs]
        pins = ",".join([logit["id"], *members])
        self.open(served.address(), f"graph/{self.prompt}?nodes=0.95&edges=0.99&pins={pins}&groups=Says%3A{'%2C'.join(members)}")
        summary = self.wait("return document.querySelector('.box-links summary')?.textContent")
        self.assertRegex(summary, r"^Says → .*the sum of 3 links$")
        total = sum(edge["weight"] for edge in inputs)
        self.assertAlmostEqual(float(re.search(r"[+−]\d[\d.]*", summary)[0].replace("−", "-")), total, delta=0.01 * abs(total))
        # A click on the drawn link opens the list, and each weight there its evidence.
        line = self.steady(".sub-reach")[0]
        self.run_script("arguments[0].scrollIntoView({ block: 'center' })", line)
        ActionChains(self.driver).move_to_element(line).click().perform()
        self.wait("return document.querySelectorAll('.box-links details[open] li').length === 3")
        self.assertEqual(self.run_script("return document.activeElement.tagName"), "SUMMARY")
        self.press(Keys.TAB, Keys.ENTER)
        self.wait("return document.querySelector('.box-links .of-edge .facts-list')")
        self.assertIn("Sign flips", self.text(".box-links .of-edge"))

    def test_a_circuits_node_tells_means_and_no_position(self):
        self.open(served.address(), "circuit?where=family%3Dtwo-step")
        self.wait("return document.querySelectorAll('.node.feature').length > 3")
        self.click(self.feature_nodes()[0])
        self.filled()
        panel = self.text(".evidence")
        self.assertNotIn("at position", panel)
        self.assertNotIn("\u2205", panel)
        self.assertIn("Mean activation", panel)
        self.assertIn("mean here", self.text(".evidence .mark-text"))
        self.press_button("\u00d7 2")
        self.wait("return document.querySelector('.evidence .trial-outcome table')")
        self.assertIn("Doubled", self.text(".evidence"))

    def test_a_comparison_has_the_same_panel_for_both_drawings(self):
        other = served.prompt_named("is a city in the state of")
        self.open(served.address(), f"compare?a=prompt:{self.prompt}&b=prompt:{other}")
        self.wait("return document.querySelectorAll('.compared .node.feature').length > 5")
        for side in (1, 2):
            node = self.steady(f".compared:nth-child({side}) .node.feature .glyph")[0]
            self.run_script("arguments[0].scrollIntoView({ block: 'center' })", node)
            self.click(node)
            self.filled()
            self.assertEqual(self.run_script("return document.querySelectorAll('.node.selected').length"), 1)
        self.press_button("Silence")
        self.wait("return document.querySelector('.evidence .trial-outcome table')")
        self.audit("a comparison with its panel")

    def test_a_run_has_the_panel_with_silencing(self):
        self.open(served.address(), "run?text=Fact%3A%20the%20capital%20of%20the%20state%20containing%20Dallas%20is")
        self.wait("return document.querySelectorAll('.result .node.feature').length > 5")
        node = self.feature_nodes()[0]
        self.run_script("arguments[0].scrollIntoView({ block: 'center' })", node)
        self.click(node)
        self.filled()
        self.press_button("Silence")
        self.wait("return document.querySelector('.evidence .trial-outcome table')")

    def test_without_a_model_nothing_is_silenced_and_in_an_export_the_panel_works(self):
        for base in (served.plain_address(), served.exported()):
            with self.subTest(base=base):
                self.graph(base)
                self.click(self.feature_nodes()[0])
                self.filled()
                names = self.run_script("return [...document.querySelectorAll('.evidence button')].map((control) => control.textContent)")
                self.assertNotIn("Silence", names)
                self.assertIn("Inputs", names)
                self.audit("a panel without a model")

    def test_a_grids_feature_shows_its_operand_grid(self):
        prompt = served.prompt_named("calc: 2+3=")
        nodes = [node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature"]
        last = max(node["position"] for node in nodes)
        node = next(node for node in nodes if node["position"] == last)
        self.open(served.address(), f"graph/{prompt}?selected={node['id']}")
        self.wait("return document.querySelector('.evidence canvas.grid')")

    def test_at_390_pixels_the_panel_is_a_sheet_at_the_foot(self):
        self.resize(390, 844)
        self.graph()
        node = self.feature_nodes()[-1]
        self.run_script("arguments[0].scrollIntoView({ block: 'center', inline: 'center' })", node)
        self.click(node)
        self.filled()
        bounds = self.run_script("const box = document.querySelector('.evidence').getBoundingClientRect(); return [box.top, box.bottom, innerHeight]")
        self.assertLess(bounds[0], bounds[2])
        self.assertLessEqual(bounds[1], bounds[2] + 1)
