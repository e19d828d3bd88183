"""The graph by keyboard and pointer: walking, choosing, pinning, grouping, undoing, pruning, searching, its table."""

import re
import urllib.parse

from selenium.webdriver.common.action_chains import ActionChains

import served
from browser import Keys, PageTest

DISPATCH = """const range = document.getElementById('threshold-nodes'); range.value = arguments[0];
    range.dispatchEvent(new Event('input')); range.dispatchEvent(new Event('change'));"""


class Graph(PageTest):
    def setUp(self):
        super().setUp()
        self.prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{self.prompt}")
        self.wait("return document.querySelectorAll('.node').length > 10")

    def parameters(self):
        return {key: values[0] for key, values in urllib.parse.parse_qs(self.hash.partition("?")[2]).items()}

    def focus_graph(self):
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")

    def focused(self):
        return self.run_script("return document.activeElement.getAttribute('aria-label') ?? ''")

    def nodes(self):
        return self.run_script("return document.querySelectorAll('.node').length")

    def test_one_node_is_a_tab_stop_and_arrows_walk(self):
        self.assertEqual(self.run_script("return document.querySelectorAll('.node[tabindex=\"0\"]').length"), 1)
        self.focus_graph()
        self.assertIn("logit", self.focused())
        for _ in range(12):
            self.press(Keys.ARROW_DOWN)
        self.assertIn("token", self.focused())
        self.press(Keys.HOME)
        first = self.focused()
        self.press(Keys.ARROW_RIGHT)
        self.assertNotEqual(self.focused(), first)
        self.press(Keys.ARROW_LEFT)
        self.assertEqual(self.focused(), first)
        self.press(Keys.END)
        self.assertNotEqual(self.focused(), first)

    def test_enter_chooses_and_escape_lets_go(self):
        self.focus_graph()
        self.press(Keys.ARROW_DOWN, Keys.ENTER)
        self.assertIn("selected", self.parameters())
        self.assertIn("Inputs", self.text(".detail"))
        self.assertGreater(self.run_script("return document.querySelectorAll('.node.excited, .node.inhibited').length"), 0)
        self.press(Keys.ESCAPE)
        self.assertNotIn("selected", self.parameters())

    def test_a_pin_is_undone_and_done_again_by_keys(self):
        self.focus_graph()
        self.press(Keys.ARROW_DOWN, "p")
        self.wait("return location.hash.includes('pins=')")
        self.press("z", holding=[Keys.CONTROL])
        self.wait("return !location.hash.includes('pins=')")
        self.press("z", holding=[Keys.CONTROL, Keys.SHIFT])
        self.wait("return location.hash.includes('pins=')")

    def test_pinned_nodes_are_grouped_named_and_shared_by_address(self):
        self.focus_graph()
        self.press(Keys.ARROW_DOWN, "p", Keys.ARROW_DOWN, "p")
        self.wait("return document.querySelectorAll('.pins input').length === 2")
        self.run_script("document.querySelectorAll('.pins input').forEach((box) => box.click())")
        self.run_script("document.getElementById('group-name').focus()")
        self.press("A <b>name", Keys.ENTER)
        self.wait("return location.hash.includes('groups=')")
        self.assertIn("A <b>name", self.text(".subgraph"))
        address = self.driver.current_url
        self.driver.get("about:blank")
        self.driver.get(address)
        self.settle()
        self.assertIn("A <b>name", self.text(".subgraph"))
        self.run_script("const name = document.querySelector('.groups input'); name.value = 'Renamed'; name.dispatchEvent(new Event('change'))")
        self.wait("return location.hash.includes('Renamed')")
        self.run_script("document.activeElement.blur()")
        self.press("z", holding=[Keys.CONTROL])
        self.wait("return !location.hash.includes('Renamed')")

    def test_pruning_follows_the_slider_at_once_and_is_undone(self):
        before = self.nodes()
        self.run_script(DISPATCH, "0.5")
        fewer = self.wait(f"const count = document.querySelectorAll('.node').length; return count < {before} && count")
        self.assertEqual(self.parameters()["nodes"], "0.5")
        self.run_script(DISPATCH, "0.9")
        self.wait(f"return document.querySelectorAll('.node').length > {before}")
        self.press("z", holding=[Keys.CONTROL])
        self.wait(f"return document.querySelectorAll('.node').length === {fewer}")

    def test_the_search_finds_nodes_by_layer_and_enter_chooses_the_first(self):
        self.press("/")
        self.press("layer 0")
        self.wait("return document.querySelectorAll('.node.faded').length > 0")
        self.assertRegex(self.text(".finder [role=status]"), r"\d+ of \d+")
        self.press(Keys.ENTER)
        self.wait("return location.hash.includes('selected=0_')")

    def test_hover_tells_the_nearest_node_and_a_click_chooses_it(self):
        node = self.steady(".node.feature .glyph")[0]
        ActionChains(self.driver).move_to_element_with_offset(node, 7, 5).perform()
        self.wait("return document.querySelector('.told').textContent.startsWith('feature')")
        ActionChains(self.driver).move_to_element(node).click().perform()
        self.assertIn("selected", self.parameters())
        ActionChains(self.driver).move_to_element(node).key_down(Keys.SHIFT).click().key_up(Keys.SHIFT).perform()
        self.wait("return location.hash.includes('pins=')")

    def test_the_table_is_a_twin(self):
        count = self.nodes()
        self.run_script("document.querySelector('[data-view=table]').click()")
        self.wait("return document.querySelector('.workbench tbody')")
        self.assertEqual(self.run_script("return document.querySelectorAll('.workbench tbody tr').length"), count)
        self.run_script("document.querySelector('.workbench tbody .link-name').click()")
        self.assertIn("Outputs", self.text(".detail"))

    def test_one_click_leads_to_the_feature_to_other_prompts_and_to_the_circuit(self):
        self.run_script("document.querySelector('.workbench [data-view=table]').click()")
        self.run_script("[...document.querySelectorAll('.workbench tbody .link-name')].find((name) => /^\\d+\\/\\d+$/.test(name.textContent)).click()")
        ways = self.run_script("return [...document.querySelectorAll('.ways a')].map((way) => way.getAttribute('href'))")
        self.assertEqual([re.match(r"#/(\w+)", way)[1] for way in ways], ["feature", "prompts", "circuit"])
        self.run_script("document.querySelector('.ways a').click()")
        self.wait("return document.querySelector('h1').textContent.startsWith('Feature')")
        self.settle()
        self.assertIn(f"In prompt {self.prompt}", self.text())
        self.driver.back()
        self.wait("return document.querySelector('h1').textContent.startsWith('Graph')")

    def test_all_stored_inputs_are_there_when_asked_for(self):
        self.focus_graph()
        self.press(Keys.ENTER)
        self.run_script("[...document.querySelectorAll('.detail button')].find((control) => control.textContent.startsWith('All stored')).click()")
        self.wait("return /of \\d+ stored/.test(document.querySelector('.detail').textContent)")

    def test_reduced_motion_is_respected(self):
        self.media(dark=False, reduced_motion=True)
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.node')).transitionProperty"), "none")
