"""What a person sees of an export in circuit-tracer's viewer."""

import base64
import json
import os
import pathlib

import viewer
from browser import PageTest

_kept = {}


class ViewerTest(PageTest):
    width, height = 1500, 1100
    # Of the web's libraries those that nobody needs.
    expected_errors = ("hotserver", "favicon", "net::ERR")

    @classmethod
    def setUpClass(cls):
        if not _kept:
            _kept["site"] = viewer.exported()
            _kept["base"] = viewer.serve(_kept["site"])

    def show(self, slug):
        """Opens a graph and waits until it is drawn; its file."""
        address = viewer.addresses.get(slug, f"?slug={slug}")
        self.driver.get(f"{_kept['base']}/index.html{address}")
        self.wait("return document.querySelectorAll('.link-graph svg .node').length > 5")
        picture = os.environ.get("VIEWER_PICTURES")
        if picture:
            self.run_script("return new Promise(done => setTimeout(done, 1500))")
            self.picture(slug)
        return json.loads((_kept["site"] / f"{slug}.json").read_text())

    def picture(self, name):
        folder = os.environ.get("VIEWER_PICTURES")
        if folder:
            data = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})["data"]
            pathlib.Path(folder, f"{name}.png").write_bytes(base64.b64decode(data))

    def mouse(self, node_id, *events):
        """Moves the mouse to a node that is drawn, and does more there."""
        left, top = self.run_script("""
            const place = [...document.querySelectorAll('.link-graph svg .node')].find(
                node => node.__data__.nodeId === arguments[0]).getBoundingClientRect();
            return [place.x + place.width / 2, place.y + place.height / 2]""", node_id)
        for event in ("mouseMoved", *events):
            self.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {
                "type": event, "x": left, "y": top, "button": "none" if event == "mouseMoved" else "left", "clickCount": 1})

    def click(self, node_id):
        self.mouse(node_id, "mousePressed", "mouseReleased")

    def drawn(self):
        """The ids of the nodes that are drawn."""
        return self.run_script("return [...document.querySelectorAll('.link-graph svg .node')].map(n => n.__data__.nodeId)")

    def test_the_list_offers_graph_circuit_and_attribution(self):
        self.show(viewer.PROMPT)
        offered = self.run_script("return [...document.querySelectorAll('.graph-prompt-select option')].map(o => o.value)")
        self.assertEqual(offered, [viewer.PROMPT, "circuit", "attributed"])

    def test_every_node_of_each_file_is_drawn_but_those_past_its_threshold(self):
        for slug in (viewer.PROMPT, "circuit", "attributed"):
            graph = self.show(slug)
            threshold = graph["metadata"]["node_threshold"]
            expected = [node["node_id"] for node in graph["nodes"]
                        if node["feature_type"] in ("embedding", "logit") or (node["influence"] or 0) <= threshold]
            self.assertEqual(sorted(self.drawn()), sorted(expected), slug)

    def test_nothing_is_called_NaN_or_undefined(self):
        for slug in (viewer.PROMPT, "circuit", "attributed"):
            self.show(slug)
            for word in ("NaN", "undefined", "null"):
                self.assertNotIn(word, self.text("body > .cg"), f"{slug}: {word}")
                self.assertEqual(self.run_script("""return [...document.querySelectorAll('.cg [transform], .cg [d]')].filter(
                    e => (e.getAttribute('transform') + e.getAttribute('d')).includes(arguments[0] )).length""", word)
                    if word == "NaN" else 0, 0, f"{slug}: {word} in a place")

    def test_labels_are_in_lists_and_tooltips(self):
        graph = self.show(viewer.PROMPT)
        features = {node["node_id"]: node["clerp"] for node in graph["nodes"]
                    if node["feature_type"] == "cross layer transcoder"}
        self.assertTrue(features and all(features.values()))
        logit = next(node["node_id"] for node in graph["nodes"] if node["is_target_logit"])
        self.click(logit)
        self.wait("return document.querySelectorAll('.node-connections .feature-row').length > 3")
        rows = self.run_script("""return [...document.querySelectorAll('.node-connections .feature-row')].map(
            row => [row.__data__.nodeId, row.textContent])""")
        named = [(node, text) for node, text in rows if node in features]
        self.assertTrue(named)
        for node, text in named:
            self.assertIn(features[node], text)
        drawn = next(node for node in self.drawn() if node in features)
        self.mouse(drawn)
        self.wait("return document.querySelector('.tooltip:not(.tooltip-hidden)')?.textContent === arguments[0]",
                  features[drawn])

    def test_supernodes_that_the_atlas_keeps_are_drawn(self):
        graph = self.show(viewer.PROMPT)
        groups = graph["qParams"]["supernodes"]
        self.assertEqual([group[0] for group in groups], [viewer.SUPERNODE])
        shown = self.run_script("""return [...document.querySelectorAll('.subgraph .supernode-container')]
            .filter(e => e.__data__.node.isSuperNode)
            .map(e => [e.textContent, e.querySelectorAll('.member-circle').length])""")
        self.assertEqual(len(shown), 1)
        self.assertIn(viewer.SUPERNODE, shown[0][0])
        self.assertEqual(shown[0][1], len(groups[0]) - 1)

    def test_a_clicked_feature_shows_its_panel(self):
        for slug in (viewer.PROMPT, "circuit", "attributed"):
            graph = self.show(slug)
            drawn = set(self.drawn())
            features = [node for node in graph["nodes"]
                        if node["feature_type"] == "cross layer transcoder" and node["node_id"] in drawn]
            # Of members of a supernode its name stands before the label.
            for node in features[:: max(1, len(features) // 4)]:
                file = _kept["site"] / "feat" / f"{node['feature']}.json"
                panel = json.loads(file.read_text())
                self.click(node["node_id"])
                self.wait("""return document.querySelector('.feature-detail .pp-clerp')?.textContent.endsWith(arguments[0])
                    && [...document.querySelectorAll('.feature-examples .token')].length > 0
                    && document.querySelector('.feature-examples .quantile-title')
                    && /Freq/.test(document.querySelector('.feature-detail .feature-title').textContent)""", node["clerp"])
                wanted = "".join(panel["examples_quantiles"][0]["examples"][0]["tokens"])
                self.wait("return document.querySelector('.example-quantile + .ctx-container, .feature-example-list "
                          ".ctx-container')?.textContent === arguments[0]", wanted)
                title = self.text(".feature-detail .feature-title")
                layer, index = node["node_id"].split("_")[:2]
                self.assertRegex(title, rf"{layer}/{index}")
                self.assertRegex(title, rf"Act: {node['activation']:.2f} \d+pct, Freq: ")
                self.assertNotIn("NaN", self.text(".feature-detail"))
                titles = self.run_script("return [...document.querySelectorAll('.quantile-title')].map(e => e.textContent.trim())")
                self.assertEqual(titles, [group["quantile_name"] for group in panel["examples_quantiles"]])
                colours = self.run_script("""return [...document.querySelectorAll('.feature-example-list .train_token_ind')]
                    .map(e => e.style.background)""")
                self.assertTrue(colours and all(colour and "NaN" not in colour for colour in colours))
                tops = self.run_script("return [...document.querySelectorAll('.feature-example-logits .token')].length")
                self.assertEqual(tops, len(panel["top_logits"]) + len(panel["bottom_logits"]))
            self.picture(f"{slug}-feature")
        self.assertEqual(self.run_script("return getComputedStyle(document.querySelector('.feature-examples-container')).opacity"), "1")
