"""Questions that have their place: pairs, what is in common and motifs in Compare, stability, expansion, whether a circuit holds."""

import served
from browser import PageTest

GROUPS = "compare?a=family%3Dtwo-step&b=family%3Dcity-state"


class Questions(PageTest):
    def press_button(self, text, within="main"):
        self.wait("""const control = [...document.querySelectorAll(`${arguments[0]} button`)].find((one) => one.textContent === arguments[1] && !one.disabled);
            control?.click(); return Boolean(control)""", within, text)

    def follow_tab(self, title):
        self.run_script("[...document.querySelectorAll('.tabs a')].find((tab) => tab.textContent === arguments[0]).click()", title)
        self.wait("return document.querySelector('.tabs a[aria-current]')?.textContent === arguments[0]", title)
        self.settle()

    def test_the_tabs_of_a_comparison_keep_its_groups(self):
        self.open(served.address(), GROUPS)
        for title in ("Pairs", "In common", "Motifs", "Difference"):
            self.follow_tab(title)
            self.assertIn("a=family%3Dtwo-step&b=family%3Dcity-state", self.hash)

    def test_pairs_are_made_by_a_tag_and_lead_to_two_prompts(self):
        self.open(served.address(), GROUPS + "&ask=pairs")
        self.assertIn("Choose the tag", self.text())
        self.run_script("const tag = document.getElementById('pair-tag'); tag.value = 'state'; tag.dispatchEvent(new Event('change'))")
        self.wait("return document.querySelector('[aria-label=\"Features that tell pairs apart\"] tbody') || /No feature tells|pair/.test(document.querySelector('main').textContent)")
        self.wait("return !document.querySelector('progress')")
        report = served.ask("contrast?a=family%3Dtwo-step&b=family%3Dcity-state&by=state&limit=50")
        self.assertIn(f"{report['pairCount']} pair", self.text())
        self.audit("pairs")

    def test_what_a_group_has_in_common_is_as_the_library_says(self):
        self.open(served.address(), GROUPS + "&ask=common")
        self.wait("return document.querySelector('[aria-label=\"In common\"] tbody')")
        report = served.ask("invariant?where=family%3Dtwo-step&share=0.9&limit=50")
        self.assertIn(f"{report['invariantCount']} feature", self.text())
        self.assertEqual(self.run_script("return document.querySelectorAll('[aria-label=\"In common\"] tbody tr').length"), len(report["features"]))
        self.audit("in common")

    def test_motifs_are_looked_for_when_asked_and_their_links_lead_to_evidence(self):
        self.open(served.address(), GROUPS + "&ask=motifs")
        self.run_script("document.getElementById('motif-rewirings').value = 50; document.getElementById('motif-graphs').value = 6")
        self.press_button("Look for motifs")
        self.wait("return document.querySelector('[aria-label=\"Motifs\"] tbody')")
        self.assertRegex(self.run_script("return document.querySelector('[aria-label=\"Motifs\"] .evidence-link').getAttribute('href')"), r"^#/edge/\d+%2F\d+/\d+%2F\d+\?where=")
        self.audit("motifs")

    def test_a_long_question_can_be_cancelled(self):
        self.open(served.address(), "compare?ask=motifs")
        self.run_script("document.getElementById('motif-rewirings').value = 30000")
        self.press_button("Look for motifs")
        self.press_button("Cancel")
        self.wait("return document.querySelector('main').textContent.includes('Cancelled.')")

    def test_stability_draws_nodes_solid_or_faint_and_says_how_often_each_is_kept(self):
        prompt = served.prompt_named("the capital of the state containing")
        report = served.ask(f"prompts/{prompt}/stability")
        for view in (f"graph/{prompt}", "circuit?where=family%3Dtwo-step"):
            with self.subTest(view=view):
                self.open(served.address(), view)
                self.wait("return document.querySelectorAll('.node').length > 3")
                self.run_script("document.getElementById('stability').click()")
                self.wait("return document.querySelectorAll('.node.steady, .node.wavering, .node.unsteady').length > 3")
                self.assertIn("stability=yes", self.hash)
                self.assertRegex(self.text(".stability"), r"not kept by every one of \d+ settings")
        kept = {(row["node"]["kind"], str(row["node"].get("feature")), row["position"]): row["kept"] for row in report["nodes"]}
        node = next(node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")
        share = kept[("feature", str(node["feature"]), node["position"])]
        self.open(served.address(), f"graph/{prompt}?stability=yes&selected={node['id']}")
        self.wait("return document.querySelector('.evidence').textContent.includes('kept by')")
        self.assertIn(f"kept by {float(f'{100 * share:.3g}'):g}", self.text(".evidence"))
        self.audit("stability")

    def test_a_circuits_node_expands_and_folds(self):
        self.open(served.address(), "circuit?where=family%3Dtwo-step&size=5")
        self.wait("return document.querySelectorAll('.node.feature').length > 2")
        circuit = served.ask("circuits?where=family%3Dtwo-step&size=5")
        before = self.run_script("return document.querySelectorAll('.node').length")
        node = next(row["node"]["feature"] for place, row in enumerate(circuit["nodes"]) if row["node"]["kind"] == "feature" and row["node"]["feature"]["layer"] > 1)
        self.open(served.address(), f"circuit?where=family%3Dtwo-step&size=5&selected={node['layer']}_{node['index']}")
        self.press_button("Expand", ".evidence")
        self.wait("return location.hash.includes('expand=') && document.querySelectorAll('.node').length > arguments[0]", before)
        self.settle()
        self.audit("an expanded circuit")
        self.press_button("Fold", ".evidence")
        self.wait("return !location.hash.includes('expand=') && document.querySelectorAll('.node').length === arguments[0]", before)

    def test_a_circuit_is_held_against_interventions_with_a_plot_and_its_table(self):
        self.open(served.address(), "circuit?where=family%3Dtwo-step&size=20")
        self.run_script("document.getElementById('validation-trials').value = 20")
        self.press_button("Silence its features")
        self.wait("return document.querySelector('.job-outcome .plot-point')")
        points = self.run_script("return document.querySelectorAll('.plot-point').length")
        self.assertGreater(points, 0)
        self.assertEqual(self.run_script("return document.querySelectorAll('[aria-label=\"Interventions\"] tbody tr').length"), points)
        self.assertIn("Correlation", self.text(".job-outcome"))
        self.audit("a held circuit")
        self.run_script("const choice = document.getElementById('plot-predictor'); choice.value = 'activation'; choice.dispatchEvent(new Event('change'))")
        self.wait("return document.querySelector('.scatter').getAttribute('aria-label').includes('activation')")

    def test_features_are_exchanged_between_values_of_a_tag(self):
        self.open(served.address(), "circuit?where=family%3Dtwo-step&size=20")
        self.wait("return document.getElementById('exchange-tag')")
        self.run_script("document.getElementById('exchange-tag').value = 'state'; document.getElementById('exchange-trials').value = 10")
        self.press_button("Exchange")
        self.wait("return /What became of the answers|No exchange was possible/.test(document.querySelector('main').textContent)")
        self.audit("an exchange")

    def test_what_cannot_be_held_says_why(self):
        layer, index = served.strongest_feature()
        self.open(served.address(), f"circuit?feature={layer}/{index}")
        self.assertIn("there is an answer that silencing can change", self.text())
        self.open(served.plain_address(), "circuit?where=family%3Dtwo-step")
        self.assertIn("serve the atlas with its model", self.text())
