"""The atlas of heads: a grid that leads to every head, what each carries, and why it looks."""

import served
from browser import Keys, PageTest


class Heads(PageTest):
    def test_a_head_is_found_in_the_grid_and_says_why_it_looks(self):
        self.open(served.address(), "heads")
        report = served.ask("heads")
        self.assertEqual(self.run_script("return document.querySelectorAll('table.heads td a').length"), len(report["heads"]))
        strongest = max(report["heads"], key=lambda head: head["share"])
        name = f"{strongest['layer']}.{strongest['head']}"
        deepest = self.run_script("""
            const cells = [...document.querySelectorAll("table.heads td")];
            cells.sort((a, b) => b.style.getPropertyValue("--depth") - a.style.getPropertyValue("--depth"));
            return cells[0].querySelector("a").getAttribute("href")""")
        self.assertEqual(deepest, f"#/head/{strongest['layer']}/{strongest['head']}")
        self.run_script("document.querySelector(`table.heads a[href='${arguments[0]}']`).click()", deepest)
        self.wait("return document.querySelector('h1')?.textContent === arguments[0]", f"Head {name}")
        self.settle()
        self.run_script("[...document.querySelectorAll('button')].find((one) => one.textContent === 'Find out why it looks').click()")
        self.wait("return document.querySelector('[aria-label=\"Pairs of sources\"]') !== null")
        self.assertIn("Adds to the score", self.text())
        self.audit("why a head looks")

    def test_the_grid_is_coloured_by_what_is_chosen(self):
        self.open(served.address(), "heads")
        self.run_script("""
            const choice = document.getElementById("statistic");
            choice.value = "entropy";
            choice.dispatchEvent(new Event("change"))""")
        self.wait("return document.querySelector('main h2')?.textContent === 'Entropy'")
        self.assertEqual(self.hash, "#/heads?by=entropy")
        self.assertIn("nats", self.text())


    def test_a_head_page_pictures_its_strongest_prompts_and_a_strong_cell_explains_itself(self):
        self.open(served.address(), "head/1/3")
        examples = served.ask("heads/1/3?limit=20")["examples"][:3]
        self.wait("return document.querySelectorAll('.pictures table.pattern').length === arguments[0]", len(examples))
        example, pattern = examples[0], served.ask(f"prompts/{examples[0]['prompt']}/patterns/1/3")
        framed = self.run_script("""
            const cell = document.querySelector(".pictures table.pattern td.marked button");
            return [Number(cell.dataset.query), Number(cell.dataset.key), cell.textContent]""")
        self.assertEqual(framed[:2], [example["target"]["position"], example["source"]["position"]])
        row = pattern["queries"][framed[0]]
        self.assertEqual(int(framed[2]), round(100 * row["weights"][row["keys"].index(framed[1])]))
        self.run_script("document.querySelector('.pictures td.marked button').click()")
        self.explained(example["prompt"], "1.3", *framed[:2])
        self.audit("pictures of a head")

    def explained(self, prompt, head, query, key):
        """Waits until reasons are shown, and compares them with the answer: signs in their lists, the strongest first."""
        self.wait("return document.querySelectorAll('.reasons h4').length === 2")
        report = served.ask(f"prompts/{prompt}/attention?qk={head}@{query},{key}&against=mean&pairs=16")
        shown = self.run_script("""
            return [...document.querySelectorAll(".reasons .effects")].map((list) => [...list.querySelectorAll("li .numeric")].map((value) => value.textContent))""")
        for texts, sign in zip(shown, (1, -1)):
            pairs = [pair["contribution"] for pair in report["pairs"] if pair["contribution"] * sign > 0]
            self.assertEqual(len(texts), len(pairs))
            for text, value in zip(texts, pairs):
                self.assertAlmostEqual(float(text.replace("\u2212", "-").replace("+", "")), value, delta=0.006 * abs(value))

    def test_a_feature_tells_the_heads_that_carry_it(self):
        feature = served.ask("heads/1/3?limit=20")["carried"][0]["feature"]
        layer, index = feature["layer"], feature["index"]
        self.open(served.address(), f"feature/{layer}/{index}")
        self.run_script("[...document.querySelectorAll('button')].find((one) => one.textContent === 'Find its heads').click()")
        self.wait("return document.querySelector('[aria-label=\"Heads that carry it\"] tbody') !== null")
        heads = served.ask(f"features/{layer}/{index}/heads")["heads"][:8]
        links = self.run_script("return [...document.querySelectorAll('[aria-label=\"Heads that carry it\"] tbody a')].map((one) => one.getAttribute('href'))")
        self.assertEqual(links, [f"#/head/{head['layer']}/{head['head']}" for head in heads])
        self.audit("heads of a feature")


#: The number of pixels of the links in focus.
INKED = """
    const canvas = document.querySelector(".stage canvas.near-links");
    if (canvas.hidden) return 0;
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let place = 3; place < pixels.length; place += 4) if (pixels[place] > 10) count += 1;
    return count"""


class HeadsOfAGraph(PageTest):
    def setUp(self):
        super().setUp()
        self.prompt = served.prompt_named("the capital of the state containing")
        self.heads = served.ask(f"prompts/{self.prompt}/graph/heads?nodes=0.8&edges=0.98&limit=300")
        self.open(served.address(), f"graph/{self.prompt}")
        self.wait("return document.querySelectorAll('.node').length > 10")

    def name(self, place):
        return f"{self.heads['heads'][place]['layer']}.{self.heads['heads'][place]['head']}"

    def test_the_strip_lists_heads_by_their_share(self):
        names = self.run_script("return [...document.querySelectorAll('.head-strip [data-head]')].map((one) => one.dataset.head)")
        self.assertEqual(names, [self.name(place) for place in range(10)])
        self.run_script("document.querySelector('.head-strip .more').click()")
        names = self.run_script("return [...document.querySelectorAll('.head-strip [data-head]')].map((one) => one.dataset.head)")
        self.assertEqual(names, [self.name(place) for place in range(len(self.heads["heads"]))])

    def test_focus_tints_what_a_head_carries_enter_holds_it_and_escape_lets_go(self):
        self.assertEqual(self.run_script(INKED), 0)
        self.run_script("document.querySelector('.head-strip .term').focus()")
        self.press(Keys.TAB)
        self.wait(INKED)
        carried = [edge for edge in self.heads["edges"] if 0 in edge["heads"]]
        ends = {self.heads["nodes"][edge[side]] for edge in carried for side in ("source", "target")}
        unfaded = self.run_script("return document.querySelectorAll('.node:not(.faded)').length")
        self.assertEqual(unfaded, len(ends))
        self.press(Keys.ENTER)
        self.wait("return location.hash.includes('head=')")
        self.assertIn(f"head={self.name(0)}", self.hash)
        self.press(Keys.TAB, Keys.TAB)
        self.run_script("document.activeElement.blur()")
        self.assertEqual(self.run_script("return document.querySelectorAll('.node:not(.faded)').length"), len(ends))
        self.run_script("document.querySelector('.head-strip [aria-pressed=true]').focus()")
        self.press(Keys.ESCAPE)
        self.wait("return !location.hash.includes('head=') && document.querySelectorAll('.node.faded').length === 0")
        self.wait(INKED.replace("return 0", "return true").replace("return count", "return count === 0"))

    def test_escape_in_the_drawing_lets_the_node_go_first_and_then_the_head(self):
        self.run_script("document.querySelector('.head-strip [data-head]').click()")
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(Keys.ARROW_DOWN, Keys.ENTER)
        self.assertIn("selected=", self.hash)
        self.press(Keys.ESCAPE)
        self.assertNotIn("selected=", self.hash)
        self.assertIn("head=", self.hash)
        self.press(Keys.ESCAPE)
        self.assertNotIn("head=", self.hash)

    def test_a_held_head_is_in_the_address_and_shows_its_pattern_with_reasons(self):
        self.open(served.address(), f"graph/{self.prompt}?head={self.name(0)}")
        self.wait("return document.querySelector('.held-head table.pattern') !== null")
        report = served.ask(f"prompts/{self.prompt}/patterns/{self.name(0).replace('.', '/')}")
        cells = self.run_script("return [...document.querySelectorAll('.held-head tbody tr')].map((row) => [...row.querySelectorAll('td:not(.after)')].map((cell) => Number(cell.style.getPropertyValue('--depth'))))")
        for query, row in enumerate(report["queries"]):
            expected = [0] * (query + 1)
            for key, weight in zip(row["keys"], row["weights"]):
                expected[key] = weight
            for found, value in zip(cells[query], expected, strict=True):
                self.assertAlmostEqual(found, value, delta=6e-4)
        self.run_script("document.querySelector('.held-head .pattern button[tabindex=\"0\"]').focus()")
        before = self.run_script("return [document.activeElement.dataset.query, document.activeElement.dataset.key]")
        self.press(Keys.ARROW_LEFT)
        query, key = self.run_script("return [document.activeElement.dataset.query, document.activeElement.dataset.key].map(Number)")
        self.assertNotEqual([str(query), str(key)], before)
        self.assertEqual(self.run_script("return document.querySelectorAll('.held-head .pattern button[tabindex=\"0\"]').length"), 1)
        self.run_script("[...document.querySelectorAll('.held-head .pattern button')].at(-1).focus()")
        query, key = self.run_script("return [document.activeElement.dataset.query, document.activeElement.dataset.key].map(Number)")
        self.press(Keys.ENTER)
        Heads.explained(self, self.prompt, self.name(0), query, key)
        self.audit("a held head")
        self.media(dark=True)
        self.audit("a held head in dark")
        for width in (1024, 600):
            self.resize(width, 800)
            self.assertLessEqual(self.run_script("return document.documentElement.scrollWidth - innerWidth"), 1, width)

    def test_a_chosen_link_tells_its_heads(self):
        graph = served.ask(f"prompts/{self.prompt}/graph?nodes=0.8&edges=0.98&limit=300")
        heads = dict(zip(((edge["source"], edge["target"]) for edge in self.heads["edges"]), self.heads["edges"]))
        target = next(place for place, node in enumerate(graph["nodes"]) if node["kind"] == "logit")
        inputs = sorted((edge for edge in graph["edges"] if edge["target"] == target), key=lambda edge: -abs(edge["weight"]))[:10]
        self.open(served.address(), f"graph/{self.prompt}?selected={graph['nodes'][target]['id']}")
        self.assertEqual(self.run_script("return document.querySelectorAll('.detail .links [aria-expanded]').length"), len(inputs))
        for place, edge in enumerate(inputs):
            own = heads[(edge["source"], edge["target"])]
            stays = graph["nodes"][edge["source"]]["position"] == graph["nodes"][target]["position"]
            told = [loading for loading in own["loadings"] if not stays or abs(loading) >= 0.02 * abs(edge["weight"])]
            self.run_script("document.querySelectorAll('.detail .links [aria-expanded]')[arguments[0]].focus()", place)
            self.press(Keys.ENTER)
            rows = self.run_script("""
                return [...document.querySelectorAll(".detail .of-link")[arguments[0]].querySelectorAll("li")].map((row) =>
                    [row.querySelector("a").getAttribute("href"), ...[...row.querySelectorAll(".numeric")].map((value) => value.textContent.replace("\u2212", "-"))])""", place)
            self.assertEqual(len(rows), len(told))
            for (address, part, loading), head, value in zip(rows, own["heads"], told):
                self.assertEqual(address, f"#/head/{self.name(head).replace('.', '/')}")
                self.assertEqual(part, f"{round(100 * value / edge['weight'])} %" if round(100 * value / edge["weight"]) else part)
                self.assertAlmostEqual(float(loading.replace("+", "").replace(",", "")), value, delta=0.006 * abs(value))
            if not told:
                self.assertIn("stays at its position", self.run_script("return document.querySelectorAll('.detail .of-link')[arguments[0]].textContent", place))
        self.audit("heads of links")

    def test_all_stored_links_tell_their_heads_too(self):
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(Keys.ENTER)
        before = self.run_script("return document.querySelectorAll('.detail [aria-expanded]').length")
        self.run_script("[...document.querySelectorAll('.detail button')].find((control) => control.textContent.startsWith('All stored')).click()")
        self.wait("return document.querySelectorAll('.detail [aria-expanded]').length > arguments[0]", before)

    def test_without_the_model_a_head_says_how_its_pattern_is_seen(self):
        self.open(served.plain_address(), f"graph/{self.prompt}?head={self.name(0)}")
        self.assertIn("What it carries here", self.text(".held-head"))
        self.assertIn("Serve the atlas with its model", self.text(".held-head"))
        self.open(served.plain_address(), "head/1/3")
        self.assertIn("Serve the atlas with its model to see where the head looks", self.text())

    def test_an_export_has_heads_of_graphs_the_grid_and_every_head(self):
        self.open(served.exported(), f"graph/{self.prompt}?head={self.name(0)}")
        self.assertIn("What it carries here", self.text(".held-head"))
        self.audit("an exported graph with a head")
        self.open(served.exported(), "heads")
        count = self.run_script("return document.querySelectorAll('table.heads td a').length")
        self.assertEqual(count, len(served.ask("heads")["heads"]))
        self.audit("exported heads")
        for head in served.ask("heads")["heads"]:
            self.open(served.exported(), f"head/{head['layer']}/{head['head']}")
            self.assertIn("What it carries", self.text())
        self.audit("an exported head")


class MissingHeads(PageTest):
    def test_an_atlas_without_heads_says_how_it_gets_them(self):
        layer, index, _ = served.signed_neuron()
        for base in (served.neuron_address(), served.exported_neurons()):
            for view in ("heads", "graph/1", f"feature/{layer}/{index}"):
                with self.subTest(view=view, base=base):
                    self.open(base, view)
                    self.assertIn("atlas index --heads adds", self.text())
        self.open(served.neuron_address(), "graph/1?head=1.3")
        self.assertEqual(self.run_script("return document.querySelectorAll('.held-head, .head-strip [data-head], .detail [aria-expanded]').length"), 0)
