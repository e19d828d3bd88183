"""The steering bench: settings, continuations side by side, doses, targets A minus B; its state in the address and in the atlas."""

import urllib.parse

import served
from browser import Keys, PageTest

TEXT = "Fact: the capital of the state containing Dallas is"


def click(test, text, place="main"):
    test.run_script("[...document.querySelectorAll(arguments[0] + ' button')].find((control) => control.textContent === arguments[1]).click()", place, text)


class Bench(PageTest):
    def parameters(self):
        return {key: values[0] for key, values in urllib.parse.parse_qs(self.hash.partition("?")[2]).items()}

    def type_and_run(self, text=TEXT):
        self.open(served.address(), "run")
        self.run_script("document.getElementById('prompt-text').focus()")
        self.press(text)
        self.press(Keys.ENTER, holding=[Keys.CONTROL])
        self.wait("return document.querySelectorAll('.result .node').length > 10")

    def test_a_text_is_continued_plain_and_steered_with_a_dose_curve(self):
        self.type_and_run()
        self.run_script("document.querySelector('.settings input[type=number]').select()")
        self.press("3", Keys.TAB)
        self.run_script("document.getElementById('bench-count').select()")
        self.press("4", Keys.TAB)
        click(self, "Continue, plain and steered")
        self.wait("return document.querySelectorAll('.continuation').length === 2 && document.querySelector('.dose-curve')")
        self.assertIn("Austin", self.text(".continuation"))
        self.assertEqual(self.run_script("return [...document.querySelectorAll('.continuation')].map((row) => row.querySelectorAll('.token').length)"), [4, 4])
        self.assertEqual(self.run_script("return document.querySelectorAll('.doses tbody tr').length"), 5)
        curves, names = self.run_script("return [document.querySelectorAll('polyline.curve').length, document.querySelectorAll('.curve-name').length]")
        self.assertEqual(curves, names)
        self.assertGreater(curves, 2)
        dashes = self.run_script("return [...document.querySelectorAll('polyline.curve')].map((curve) => curve.getAttribute('stroke-dasharray') ?? '')")
        self.assertEqual(len(set(dashes)), len(dashes), "curves are told apart without colours")
        for dark in (False, True):
            self.media(dark=dark)
            self.audit(f"steering bench, {'dark' if dark else 'light'}")
        self.assertEqual(self.parameters()["count"], "4")
        self.assertRegex(self.parameters()["set"], r"^\d+/\d+(,\d+/\d+)*@0-=x3$")

    def test_a_temperature_draws_the_same_with_the_same_seed(self):
        seen = []
        for seed in (7, 7, 8):
            self.open(served.address(), f"run?text={urllib.parse.quote('calc: 1+2=')}&set=5/283@0-=x2&count=8&temperature=4&seed={seed}&doses=1")
            self.wait("return document.querySelectorAll('.continuation').length === 2")
            seen.append(self.run_script("return [...document.querySelectorAll('.continuation .text')].map((row) => row.textContent)"))
            self.assertIn(f"seed {seed}", self.text(".continuations"))
        self.assertEqual(seen[0], seen[1])
        self.assertNotEqual(seen[0], seen[2])

    def test_an_address_holds_the_whole_state(self):
        state = {"text": TEXT, "set": "5/283,0/228@3-=x0;1/37@0-=2.5", "mode": "attention-frozen", "count": "2", "seed": "5", "temperature": "0.5", "doses": "0, 2", "pins": "E_1_1", "zoom": "1.25"}
        self.open(served.address(), "run?" + urllib.parse.urlencode(state, quote_via=urllib.parse.quote))
        self.wait("return document.querySelector('.outcome table') && document.querySelectorAll('.doses tbody tr').length === 2")
        kept = self.parameters()
        for name, value in state.items():
            if name != "pins":
                self.assertEqual(kept.get(name), value, name)
        self.assertEqual(self.run_script("return document.querySelectorAll('.settings li').length"), 2)

    def test_a_target_minus_another_is_explained_from_run_and_from_a_stored_graph(self):
        prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{prompt}")
        self.wait("return document.querySelectorAll('.node').length > 10")
        self.run_script("document.querySelector('.explain-instead input').focus()")
        self.press("␣Austin", Keys.TAB, "␣is", Keys.ENTER)
        self.wait("return location.hash.startsWith('#/run') && document.querySelectorAll('.result .node').length > 10")
        self.assertEqual((self.parameters()["target"], self.parameters()["minus"]), (" Austin", " is"))
        self.assertIn('Explained: " Austin" - " is"', self.text(".summary .answers"))
        click(self, "Continue, plain and steered")
        self.wait("return document.querySelector('.doses table')")
        heads = self.run_script("return [...document.querySelectorAll('.doses thead th')].map((head) => head.textContent)")
        self.assertEqual(heads[1:3], ["␣Austin", "␣is"])
        self.assertTrue(heads[-1].startswith("␣Austin − ␣is"), heads)

    def test_a_wrong_target_is_answered_with_the_nearest(self):
        self.expected_errors = ("404", "422")
        self.open(served.address(), "run")
        self.run_script("document.getElementById('prompt-text').value = 'calc: 1+2='; document.querySelector('.target-fields input').value = 'Austin!'")
        click(self, "Run")
        self.wait("return [...document.querySelectorAll('.failure')].some((place) => place.textContent.includes('no token is'))")

    def test_a_run_is_kept_in_the_atlas_opened_again_and_deleted(self):
        self.open(served.address(), f"run?text={urllib.parse.quote(TEXT)}&set=5/283@0-=x0&count=2")
        self.wait("return document.querySelectorAll('.continuation').length === 2")
        self.run_script("document.querySelector('.kept-runs').open = true; document.getElementById('run-name').focus()")
        self.press("silenced <b>", Keys.ENTER)
        self.wait("return [...document.querySelectorAll('.saved-runs a')].some((way) => way.textContent === 'silenced <b>')")
        kept = served.ask("saved-runs")["items"][0]
        self.assertEqual((kept["text"], kept["state"]["set"], kept["state"]["count"]), (TEXT, "5/283@0-=x0", "2"))
        self.open(served.address(), "run")
        self.wait("return document.querySelector('.saved-runs a')")
        self.run_script("document.querySelector('.saved-runs a').click()")
        self.wait("return document.querySelectorAll('.continuation').length === 2 && document.querySelectorAll('.result .node').length > 10")
        self.run_script("document.querySelector('.kept-runs').open = true; document.querySelector('.saved-runs li button').click()")
        self.wait("return document.querySelector('.saved-runs').textContent.includes('keeps no runs')")
        self.assertEqual(served.ask("saved-runs")["total"], 0)

    def test_the_bench_fits_narrow_windows(self):
        for width in (1024, 390):
            with self.subTest(width=width):
                self.resize(width, 800)
                self.open(served.address(), f"run?text={urllib.parse.quote(TEXT)}&set=5/283@0-=x0&count=3")
                self.wait("return document.querySelector('.dose-curve')")
                wide = self.run_script("return document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 1)
