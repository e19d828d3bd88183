"""The atlas of heads: a grid that leads to every head, what each carries, and why it looks."""

import served
from browser import PageTest


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


class MissingHeads(PageTest):
    expected_errors = ("409",)

    def test_an_atlas_without_heads_says_how_it_gets_them(self):
        self.open(served.neuron_address(), "heads")
        self.assertIn("atlas index --heads adds them", self.text())
