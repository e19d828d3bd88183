"""What leaves the page: tables, drawings and links, each opened again by a reader."""

import csv
import io
import json
import struct
import xml.etree.ElementTree

import served
from browser import Keys, PageTest
from test_views import views

SVG = "{http://www.w3.org/2000/svg}"


def records(content):
    """The records of a CSV file, the titles first."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def picture_size(content):
    """The width and height that a PNG's header tells, or None for another file."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        return None
    return struct.unpack(">II", content[16:24])


class Tables(PageTest):
    def captions(self):
        """The tables of the view, with everything that is folded opened."""
        self.run_script("for (const fold of document.querySelectorAll('details')) fold.open = true")
        return self.run_script("return [...document.querySelectorAll('.table-foot .take')].map((take) => take.closest('.tabular').querySelector('caption').textContent)")

    def taken(self, kind, caption):
        return self.saved(lambda: self.click(".table-foot button", f"{kind} of the table {caption}"))

    def test_every_table_of_every_view_leaves_as_csv_and_json(self):
        seen = set()
        for name, view in views().items():
            self.open(served.address(), view)
            for caption in self.captions():
                if (name.split()[0], caption) in seen:
                    continue
                seen.add((name.split()[0], caption))
                with self.subTest(view=name, table=caption):
                    rows = self.run_script("""return [...document.querySelectorAll('.tabular')].find((table) => table.querySelector('caption').textContent === arguments[0]).querySelector('tbody').rows.length""", caption)
                    file, content = self.taken("CSV", caption)
                    table = records(content)
                    self.assertTrue(file.endswith(".csv"))
                    self.assertGreaterEqual(len(table) - 1, rows)
                    self.assertEqual({len(record) for record in table}, {len(table[0])})
                    self.assertTrue(all(table[0]), "a column without a title")
                    _, content = self.taken("JSON", caption)
                    self.assertEqual(len(json.loads(content)), len(table) - 1)
        self.assertGreater(len(seen), 20)

    def test_csv_has_the_numbers_of_the_answer_and_not_their_roundings(self):
        self.open(served.address(), "features?sort=density")
        _, content = self.taken("CSV", "Features")
        title, *rows = records(content)
        whole = served.ask("features?sort=density&limit=1000&firing=yes")
        self.assertEqual(len(rows), whole["total"], "the file has all of the list and not the part shown")
        for row, item in zip(rows, whole["items"]):
            self.assertEqual(row[0], f"{item['feature']['layer']}/{item['feature']['index']}")
            self.assertEqual(float(row[title.index("Density")]), item["activeTokens"] / item["countedTokens"])
            self.assertEqual(float(row[title.index("Maximum")]), item["maximum"])

    def test_texts_of_prompts_come_back_byte_for_byte(self):
        self.open(served.address(), "prompts")
        _, content = self.taken("CSV", "Prompts")
        title, *rows = records(content)
        texts = {item["text"] for item in served.ask("prompts?limit=1000")["items"]}
        self.assertEqual({row[title.index("Prompt")] for row in rows}, texts)
        self.assertTrue(any("<script>" in text for text in texts) and any("\u202e" in text for text in texts))

    def test_an_export_gives_its_tables_too(self):
        self.open(served.exported(), "logits")
        _, content = self.taken("CSV", "Explained tokens")
        self.assertEqual(len(records(content)) - 1, served.ask("logits?limit=1000")["total"])


class Drawings(PageTest):
    width, height = 1440, 1000

    def taken(self, kind, title):
        return self.saved(lambda: self.click(".take-picture button", f"{kind} of {title}"))

    def check(self, title, least):
        """Both files of a drawing; gives the SVG's elements."""
        file, content = self.taken("SVG", title)
        self.assertTrue(file.endswith(".svg"))
        root = xml.etree.ElementTree.fromstring(content)
        self.assertEqual(root.tag, f"{SVG}svg")
        elements = list(root.iter())
        self.assertGreaterEqual(len(elements), least, title)
        for node in elements:
            self.assertFalse({"class", "style"} & set(node.attrib), "the look hangs on the page's styles")
            self.assertNotIn("var(", " ".join(node.attrib.values()))
        wide, high = float(root.get("width")), float(root.get("height"))
        self.assertEqual(root.get("viewBox"), f"0 0 {root.get('width')} {root.get('height')}")
        file, content = self.taken("PNG", title)
        self.assertTrue(file.endswith(".png"))
        self.assertEqual(picture_size(content), (round(2 * wide), round(2 * high)))
        return elements

    def titles(self):
        return [name[len("SVG of "):] for name in self.run_script(
            "return [...document.querySelectorAll('.take-picture button:first-child')].filter((node) => node.checkVisibility()).map((node) => node.getAttribute('aria-label'))")]

    def test_every_drawing_of_every_view_leaves_as_svg_and_png(self):
        seen = set()
        for name, view in views().items():
            self.open(served.address(), view)
            if name == "head":
                self.wait("return document.querySelector('table.pattern')")
            for title in self.titles():
                with self.subTest(view=name, drawing=title):
                    self.check(title, 10)
                seen.add(title.split(" of ")[0].split(" 1")[0])
        self.assertGreaterEqual(len(seen), 5, seen)

    def test_a_graph_leaves_with_all_its_nodes_and_links(self):
        prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{prompt}")
        shown = self.run_script("return document.querySelectorAll('.node').length")
        elements = self.check(f"Graph of prompt {prompt}", shown + 20)
        glyphs = [node for node in elements if node.tag == f"{SVG}g" and (node.get("transform") or "").startswith("translate(") and node.find(f"{SVG}title") is not None]
        self.assertEqual(len(glyphs), shown)
        graph = served.ask(f"prompts/{prompt}/graph?nodes=0.8&edges=0.98&limit=300")
        drawn = {place for place, node in enumerate(graph["nodes"]) if node["kind"] == "logit" or node.get("cumulativeInfluence", 0) <= 0.8 + 1e-6}
        dashed = [node for node in elements if node.tag == f"{SVG}line" and node.get("stroke-dasharray")]
        self.assertEqual(len(dashed), sum(1 for edge in graph["edges"] if edge["weight"] < 0 and {edge["source"], edge["target"]} <= drawn), "sign is told by dash")
        texts = " ".join(text for node in elements if node.tag == f"{SVG}text" for text in node.itertext())
        for word in ("layer 0", "logits", "tokens"):
            self.assertIn(word, texts)

    def test_a_histogram_leaves_with_its_axis(self):
        layer, index = served.strongest_feature()
        self.open(served.address(), f"feature/{layer}/{index}")
        elements = self.check(f"Activations of feature {layer}/{index}", 10)
        report = served.ask(f"features/{layer}/{index}")
        bars = [node for node in elements if node.tag == f"{SVG}rect"]
        self.assertGreaterEqual(len(bars), len(report["histogram"]))
        words = [text for node in elements if node.tag == f"{SVG}text" for text in node.itertext()]
        self.assertIn(f"{report['maximum']:.3g}", words)

    def test_an_operand_grid_leaves_as_cells(self):
        grid = next(item for item in served.ask("operands?rows=a&columns=b")["features"])
        layer, index = grid["feature"]["layer"], grid["feature"]["index"]
        self.open(served.address(), f"feature/{layer}/{index}")
        self.wait("return document.querySelector('canvas.grid')")
        report = served.ask(f"features/{layer}/{index}/operands?rows=a&columns=b")
        values = [value for row in report["values"] for value in row if value] if "values" in report else [cell["value"] for cell in report["cells"] if cell["value"]]
        elements = self.check("Activation by a and b", len(values))
        self.assertEqual(sum(1 for node in elements if node.get("fill-opacity")), len(values))

    def test_a_pinned_subgraph_leaves(self):
        prompt = served.prompt_named("the capital of the state containing")
        nodes = [node["id"] for node in served.ask(f"prompts/{prompt}/graph?nodes=0.8&edges=0.98")["nodes"] if node["kind"] == "feature"][:3]
        self.open(served.address(), f"graph/{prompt}?pins={','.join(nodes)}")
        self.check("Pinned subgraph", 6)


class Links(PageTest):
    width, height = 1280, 900

    def copied(self):
        self.driver.execute_cdp_cmd("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
        self.click("button", "Copy link")
        self.wait("return document.querySelector('.copied').textContent === 'Copied'")
        return self.driver.execute_async_script("const done = arguments[0]; navigator.clipboard.readText().then(done, (error) => done(String(error)))")

    def afresh(self, address):
        """Opens an address in a window of its own and comes back with what a script tells of it."""
        self.driver.switch_to.new_window("window")
        self.resize(self.width, self.height)
        self.driver.get(address)
        self.settle()

    def back(self):
        self.driver.close()
        self.driver.switch_to.window(self.driver.window_handles[0])

    def test_the_copied_link_of_a_graph_shows_the_same_in_a_fresh_window(self):
        prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{prompt}")
        self.press(Keys.TAB)
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(Keys.ARROW_DOWN, Keys.ENTER, "p")
        self.type_search("Texas")
        self.press(Keys.ESCAPE)
        state = "return [document.querySelectorAll('.node').length, document.querySelector('.node.selected')?.dataset.index, document.querySelectorAll('.node.pinned').length, document.querySelectorAll('.node.faded').length, document.querySelector('#search').value]"
        seen = self.run_script(state)
        self.assertEqual(seen[2], 1)
        self.assertEqual(seen[4], "Texas")
        address = self.copied()
        self.assertIn("find=Texas", address)
        self.afresh(address)
        try:
            self.wait("return document.querySelector('.node.selected')")
            self.assertEqual(self.run_script(state), seen)
        finally:
            self.back()

    def test_the_copied_link_of_a_list_shows_the_same_part_in_the_same_order(self):
        self.open(served.address(), "features")
        self.click("th button", "Density")
        self.settle()
        self.click(".pager button", "Next")
        self.settle()
        rows = "return [...document.querySelectorAll('tbody th')].map((cell) => cell.textContent)"
        seen = self.run_script(rows)
        address = self.copied()
        self.afresh(address)
        try:
            self.assertEqual(self.run_script(rows), seen)
        finally:
            self.back()

    def test_the_copied_link_of_a_comparison_shows_the_same_pair(self):
        first = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"compare?a=prompt:{first}")
        self.run_script("document.getElementById('prompt-b').focus()")
        self.press("Birmingham")
        self.wait("return document.querySelector('#prompt-b-found [role=option]')")
        self.press(Keys.ARROW_DOWN, Keys.ENTER)
        self.wait("return location.hash.includes('b=prompt')")
        self.settle()
        titles = "return [[...document.querySelectorAll('.compared figcaption')].map((title) => title.textContent), document.querySelector('.node.selected')?.getAttribute('aria-label')]"
        self.run_script("document.querySelector('.compared .node.feature').focus()")
        self.press(Keys.ENTER)
        self.wait("return document.querySelector('.node.selected')")
        seen = self.run_script(titles)
        address = self.copied()
        self.afresh(address)
        try:
            self.wait("return document.querySelector('.node.selected')")
            self.assertEqual(self.run_script(titles), seen)
        finally:
            self.back()


    def test_the_copied_link_of_a_sorted_table_shows_it_sorted(self):
        self.open(served.address(), "heads")
        self.click(".tabular th button", "Entropy")
        names = "return [...document.querySelectorAll('.tabular tbody tr')].map((row) => row.cells[0].textContent)"
        seen = self.run_script(names)
        self.afresh(self.copied())
        try:
            self.assertEqual(self.run_script(names), seen)
            self.assertEqual(self.run_script("return document.querySelector('th[aria-sort=descending] button').textContent"), "Entropy ↓")
        finally:
            self.back()


class Labels(PageTest):
    def test_labels_go_out_and_in(self):
        layer, index = served.strongest_feature()
        label = "says \"Austin\", é\u202e"
        served.send("PUT", f"features/{layer}/{index}/label", {"label": label, "note": "two\nlines"})
        self.open(served.address(), "labels")
        self.assertIn("says \"Austin\"", self.text())
        file, content = self.saved(lambda: self.click("button", "Save as CSV"))
        self.assertEqual(file, "labels.csv")
        self.assertEqual(records(content), [["layer", "index", "label", "note"], [str(layer), str(index), label, "two\nlines"]])
        file, lines = self.saved(lambda: self.click("button", "Save for Neuronpedia (JSON Lines)"))
        self.assertEqual([json.loads(line)["description"] for line in lines.decode().split("\n") if line], [label])
        served.send("DELETE", f"features/{layer}/{index}/label", None)
        # What was taken out is taken over again, with one more.
        with served.temporary_file("labels.csv", content + b"0,1,a second one,\r\n") as path:
            self.driver.find_element("id", "label-file").send_keys(path)
            self.click("button", "Take over")
            self.wait("return /added/.test(document.querySelector('form [role=status]').textContent)")
        self.assertIn("2 labels added", self.text())
        self.assertEqual({item["label"] for item in served.ask("labels")["items"]}, {label, "a second one"})
        self.wait("return document.querySelectorAll('tbody tr').length === 2")

    def test_a_wrong_file_changes_nothing_and_says_why(self):
        self.open(served.address(), "labels")
        with served.temporary_file("labels.csv", b"layer,index,label\r\n0,1,good\r\n0,x,bad\r\n") as path:
            self.expected_errors = ("422",)
            self.driver.find_element("id", "label-file").send_keys(path)
            self.click("button", "Take over")
            self.wait("return document.querySelector('form [role=alert]').textContent !== ''")
        self.assertIn("labels.csv line 3", self.text("form [role=alert]"))
        self.assertEqual(served.ask("labels")["total"], 0)

    def test_who_may_not_write_is_told(self):
        self.open(served.plain_address(), "labels")
        self.assertIn("served for reading only", self.text())
        self.open(served.exported(), "labels")
        self.assertIn("needs a server", self.text())


class Paper(PageTest):
    width, height = 1280, 900

    def printed(self):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        self.wait("return matchMedia('print').matches")

    def tearDown(self):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        super().tearDown()

    def test_a_printed_graph_has_its_logits_and_fits_the_paper(self):
        prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{prompt}")
        answer = served.ask(f"prompts/{prompt}")["predicted"]["text"].strip()
        self.resize(700, 900)
        self.printed()
        picture = self.wait("""const picture = document.querySelector('.paper-picture');
            return picture && { text: picture.textContent, right: picture.getBoundingClientRect().right, nodes: picture.querySelectorAll('g[transform] > circle').length }""")
        self.assertIn(answer, picture["text"])
        self.assertLessEqual(picture["right"], 701)
        self.assertGreater(picture["nodes"], 5)
        self.assertFalse(self.run_script("return document.querySelector('.drawing').checkVisibility()"))
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        self.wait("return !document.querySelector('.paper-picture') && document.querySelector('.drawing').checkVisibility()")

    def test_printed_examples_keep_their_heat_and_the_page_is_light(self):
        layer, index = served.strongest_feature()
        self.media(dark=True)
        self.open(served.address(), f"feature/{layer}/{index}")
        self.printed()
        heat, ground, bar = self.run_script("""
            const token = document.querySelector('.strongest');
            return [[getComputedStyle(token).backgroundColor, getComputedStyle(token).printColorAdjust], getComputedStyle(document.body).backgroundColor, document.querySelector('.bar').checkVisibility()]""")
        self.assertRegex(heat[0], r"color\(srgb 0\.925\d* 0\.592\d* 0\.121\d*")  # #ec971f, the light one
        self.assertEqual(heat[1], "exact")
        self.assertEqual(ground, "rgb(255, 255, 255)")
        self.assertFalse(bar)
