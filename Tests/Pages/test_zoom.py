"""A graph of any size: it opens at its answer, zooms by wheel, fingers and keys, fits, has an overview, and every node is reached."""

import served
from browser import Keys, PageTest

VISIBLE = """const frame = document.querySelector('.drawing').getBoundingClientRect();
    const isIn = (node) => { const { left, right, top, bottom } = node.getBoundingClientRect(); return left >= frame.left - 1 && right <= frame.right + 1 && top >= frame.top - 1 && bottom <= frame.bottom + 1; };"""


class Zoom(PageTest):
    def setUp(self):
        super().setUp()
        self.prompt = served.ask("prompts?where=family%3Dlong")["items"][0]["id"]
        self.open(served.address(), f"graph/{self.prompt}")
        self.wait("return document.querySelectorAll('.node').length > 100")
        self.wait("return document.querySelector('.node').hasAttribute('transform')")

    def scale(self):
        return int(self.text(".view-bar output").split()[0])

    def shown(self):
        return int(self.text(".workbench + p").split()[0].replace(",", ""))

    def is_visible(self, selector):
        return self.run_script(VISIBLE + "return isIn(document.querySelector(arguments[0]))", selector)

    def middle(self):
        return self.run_script("const { left, top, width, height } = document.querySelector('.drawing').getBoundingClientRect(); return [left + width / 2, top + 160]")

    def wheel(self, delta, control=False, horizontal=0):
        x, y = self.middle()
        self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseWheel", "x": x, "y": y, "deltaX": horizontal, "deltaY": delta, "modifiers": 2 if control else 0})

    def test_a_long_graph_opens_at_its_answer(self):
        wide = self.run_script("const frame = document.querySelector('.drawing'); return frame.scrollWidth / frame.clientWidth")
        self.assertGreater(wide, 2)
        self.assertTrue(self.is_visible(".node.logit"))
        answers = self.run_script("return [...document.querySelectorAll('.node.logit')].map((node) => node.getAttribute('aria-label'))")
        self.assertTrue(any("Austin" in answer for answer in answers), answers)

    def test_the_address_names_a_node_and_the_graph_opens_there(self):
        token = self.run_script("return [...document.querySelectorAll('.node.token')].at(3).getAttribute('aria-label')")
        node = next(node for node in served.ask(f"prompts/{self.prompt}/graph?limit=300")["nodes"] if node["kind"] == "token" and f"position {node['position']}," in token + ",")
        self.open(served.address(), f"graph/{self.prompt}?selected={node['id']}")
        self.wait("return document.querySelector('.node.selected')")
        self.wait(VISIBLE + "return isIn(document.querySelector('.node.selected .glyph'))")

    def test_the_wheel_zooms_with_control_and_scrolls_the_page_without(self):
        self.wheel(120)
        self.wait("return scrollY > 0")
        self.assertEqual(self.scale(), 100)
        self.run_script("scrollTo(0, 0)")
        self.wheel(-200, control=True)
        self.wait("return parseInt(document.querySelector('.view-bar output').textContent) > 100")
        before = self.scale()
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus({ preventScroll: true })")
        self.wheel(200)
        self.wait(f"return parseInt(document.querySelector('.view-bar output').textContent) < {before}")

    def test_the_wheel_keeps_what_is_under_the_pointer(self):
        x, y = self.middle()
        probe = "const place = (node) => node.getBoundingClientRect(); const at = [...document.querySelectorAll('.node .glyph')].map((node) => [node, Math.hypot(place(node).x - arguments[0], place(node).y - arguments[1])]).sort((a, b) => a[1] - b[1])[0]; window.probed ??= at[0]; return [place(window.probed).x + place(window.probed).width / 2, place(window.probed).y + place(window.probed).height / 2]"
        before = self.run_script(probe, x, y)
        self.wheel(-100, control=True)
        self.wait("return parseInt(document.querySelector('.view-bar output').textContent) > 100")
        after = self.run_script(probe, x, y)
        scale = self.scale() / 100
        self.assertAlmostEqual(after[0] - x, (before[0] - x) * scale, delta=4)
        self.run_script("window.probed = null")

    def test_two_fingers_zoom(self):
        x, y = self.middle()
        touch = lambda kind, *points: self.driver.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]})
        touch("touchStart", (x - 40, y), (x + 40, y))
        for spread in (50, 60, 70, 80):
            touch("touchMove", (x - spread, y), (x + spread, y))
        touch("touchEnd")
        self.wait("return parseInt(document.querySelector('.view-bar output').textContent) > 150")

    def test_keys_zoom_fit_and_go_back_to_the_answer(self):
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press("+")
        self.wait("return document.querySelector('.view-bar output').textContent === '125 %'")
        self.press("-", "-")
        self.wait("return document.querySelector('.view-bar output').textContent === '80 %'")
        self.press("f")
        self.wait("const frame = document.querySelector('.drawing'); return frame.scrollWidth <= frame.clientWidth + 2")
        self.assertIn("zoom=", self.hash)
        self.press("0")
        self.wait("return document.querySelector('.view-bar output').textContent === '100 %'")
        self.assertNotIn("zoom=", self.hash)
        self.run_script("document.querySelector('.drawing').scrollLeft = 0")
        self.press("a")
        self.wait(VISIBLE + "return isIn(document.querySelector('.node.logit'))")

    def test_what_fits_shows_every_node_and_the_address_keeps_the_scale(self):
        self.run_script("[...document.querySelectorAll('.view-bar button')].find((control) => control.textContent === 'Fit').click()")
        self.wait("const frame = document.querySelector('.drawing'); return frame.scrollWidth <= frame.clientWidth + 2")
        self.wait("return document.querySelector('.overview').hidden")
        outside = self.run_script(VISIBLE + "return [...document.querySelectorAll('.node .glyph')].filter((node) => !isIn(node)).length")
        self.assertEqual(outside, 0)
        scale = self.text(".view-bar output")
        self.driver.refresh()
        self.settle()
        self.wait("return document.querySelector('.view-bar output').textContent === arguments[0]", scale)

    def test_the_overview_shows_where_one_is_and_a_press_moves_there(self):
        self.assertFalse(self.run_script("return document.querySelector('.overview').hidden"))
        seen = "return document.querySelector('.overview .seen').getBoundingClientRect().x - document.querySelector('.overview').getBoundingClientRect().x"
        before = self.run_script(seen)
        self.assertGreater(before, 60)
        x, y = self.run_script("const { x, y, height } = document.querySelector('.overview').getBoundingClientRect(); return [x + 12, y + height / 2]")
        for kind in ("mousePressed", "mouseReleased"):
            self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1})
        self.wait("return document.querySelector('.drawing').scrollLeft < 50")
        self.wait(seen.replace("return ", "return (") + ") < 10")

    def test_a_drag_moves_and_chooses_nothing(self):
        x, y = self.middle()
        before = self.run_script("return document.querySelector('.drawing').scrollLeft")
        mouse = lambda kind, dx, **more: self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x + dx, "y": y, "button": "left", "buttons": 1, "clickCount": 1, **more})
        mouse("mousePressed", 0)
        for step in (20, 60, 120):
            mouse("mouseMoved", step)
        mouse("mouseReleased", 120)
        self.assertAlmostEqual(self.run_script("return document.querySelector('.drawing').scrollLeft"), before - 120, delta=2)
        self.assertNotIn("selected=", self.hash)

    def test_walking_reaches_the_first_token_and_takes_the_view_along(self):
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        for _ in range(9):
            self.press(Keys.ARROW_DOWN)
        self.press(Keys.HOME)
        self.assertIn("position 0", self.run_script("return document.activeElement.getAttribute('aria-label')"))
        self.wait(VISIBLE + "return isIn(document.activeElement.querySelector('.glyph'))")

    def test_names_of_rows_and_columns_stay_in_view(self):
        for scale in ("f", "0", "+++"):
            self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
            self.press(*scale)
            self.wait("return document.querySelector('.row-name[visibility=visible]')")
            shown = self.run_script(VISIBLE + "return [...document.querySelectorAll('.row-name[visibility=visible]')].filter(isIn).length")
            self.assertGreater(shown, 2, scale)
            places = self.run_script("return [...document.querySelectorAll('.column-name[visibility=visible]')].map((name) => Number(/translate\\(([-\\d.]+)/.exec(name.getAttribute('transform'))[1]))")
            self.assertGreater(len(places), 5, scale)
            self.assertGreaterEqual(min(b - a for a, b in zip(places, places[1:])), 13, scale)

    def test_every_left_out_node_can_be_asked_for(self):
        self.open(served.address(), f"graph/{self.prompt}?nodes=0.95")
        self.wait("return document.querySelector('.show-rest')")
        before = self.shown()
        self.assertEqual(before, 300)
        self.run_script("document.querySelector('.show-rest').click()")
        self.wait("return !document.querySelector('.workbench + p').textContent.includes('300 nodes shown')")
        self.assertIn("0 nodes", self.text(".workbench + p").partition("Left out")[2] or "0 nodes")
        self.assertIn("limit=", self.hash)
        # Those that are worked with are elements, the others pixels; the keys reach every one.
        self.assertLess(self.run_script("return document.querySelectorAll('.node').length"), self.shown())
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(*[Keys.ARROW_DOWN] * 9, Keys.END)
        seen = set()
        for _ in range(40):
            self.press(Keys.ARROW_LEFT)
            seen.add(self.run_script("return document.activeElement.dataset.index"))
        self.assertGreater(len(seen), 30)

    def test_the_graph_is_accessible_at_every_scale(self):
        for dark in (False, True):
            self.media(dark=dark)
            for key in ("f", "0", "+++"):
                self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
                self.press(*key)
                self.audit(f"long graph, key {key}, {'dark' if dark else 'light'}")
