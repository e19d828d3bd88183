"""Features with negative activations: both sides are shown, and what is counted is told."""

import served
from browser import PageTest


class SignedFeatures(PageTest):
    def feature(self, base=None):
        layer, index, minimum = served.signed_neuron()
        self.open(base or served.neuron_address(), f"feature/{layer}/{index}")
        return minimum

    def test_a_neuron_has_a_histogram_and_examples_of_both_sides(self):
        for base in (served.neuron_address(), served.exported_neurons()):
            with self.subTest(base=base):
                self.check_both_sides(self.feature(base))

    def check_both_sides(self, minimum):
        bars = self.run_script("""
            const places = (selector) => [...document.querySelectorAll(selector)].filter((bar) => Number(bar.getAttribute("height")) > 0)
                .map((bar) => Number(bar.getAttribute("x")));
            return [places(".histogram rect.below"), places(".histogram rect:not(.below, .base, .mark)")]""")
        self.assertTrue(bars[0] and bars[1], bars)
        self.assertLess(max(bars[0]), min(bars[1]))
        titles = self.run_script("return [...document.querySelectorAll('h2')].map((title) => title.textContent)")
        for title in ("Strongest prompts", "Most negative prompts", "Prompts by strength below zero"):
            self.assertIn(title, titles)
        first = self.run_script("""
            const section = [...document.querySelectorAll("section")].find((part) => part.querySelector("h2").textContent === "Most negative prompts");
            return [section.querySelector(".example strong").textContent, section.querySelector(".example .strongest").className]""")
        self.assertAlmostEqual(float(first[0].replace("\u2212", "-")), minimum, delta=abs(minimum) * 0.01)
        self.assertIn("cold", first[1])
        self.assertIn("; negative ", self.text(".label-editor"))

    def test_a_neuron_says_that_only_stored_activations_are_counted(self):
        self.feature()
        self.assertIn("stored only", self.text(".statistics"))
        self.assertIn("stored activations only", self.text())
        self.open(served.neuron_address(), "features?sort=minimum")
        self.assertIn("stored activations only", self.text())
        minima = self.run_script("return [...document.querySelectorAll('tbody tr')].map((row) => row.lastElementChild.textContent)")
        values = [float(text.replace("\u2212", "-")) for text in minima if text != "\u2013"]
        self.assertTrue(values and values == sorted(values) and values[0] < 0, minima)

    def test_an_operand_grid_of_two_signs_tells_both(self):
        self.feature()
        self.wait("return document.querySelector('canvas.grid')")
        self.assertIn("at least \u2212", self.run_script("return document.querySelector('canvas.grid').getAttribute('aria-label')"))
        self.assertIn("cold ones with a stroke negative", self.text(".operands"))

    def test_the_views_of_neurons_are_accessible(self):
        layer, index, _ = served.signed_neuron()
        for dark in (False, True):
            self.media(dark=dark)
            for view in ("atlas", "features", f"feature/{layer}/{index}", f"feature/{layer}/{index}?prompt=1", "logits", "graph/1"):
                with self.subTest(view=view, dark=dark):
                    self.open(served.neuron_address(), view)
                    self.assertNotIn("Nothing to show", self.text("h1"), self.text())
                    self.audit(view)
