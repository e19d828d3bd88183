"""The exported folder, opened from disk."""

import served
from browser import PageTest


class Export(PageTest):
    def test_the_folder_opens_from_disk_and_its_views_have_answers(self):
        layer, index = served.strongest_feature()
        prompt = served.prompt_named("the capital of the state containing")
        token = served.ask("logits")["items"][0]["token"]
        for view in ("atlas", "prompts", "prompts?where=family%3Dtwo-step", f"graph/{prompt}", f"prompt/{prompt}", "features", "features?sort=density",
                     f"feature/{layer}/{index}", f"feature/{layer}/{index}?prompt={prompt}", "logits", f"logit/{token}", "circuit", "compare", "run"):
            with self.subTest(view=view):
                self.open(served.exported(), view)
                self.assertNotIn("Nothing to show", self.text("h1"), self.text())
                self.audit(view)

    def test_an_export_is_read_only_and_says_so(self):
        layer, index = served.strongest_feature()
        self.open(served.exported(), f"feature/{layer}/{index}")
        self.assertEqual(self.run_script("return document.querySelectorAll('.edit-label').length"), 0)
        self.open(served.exported(), "run")
        self.assertIn("cannot run prompts", self.text())

    def test_a_graph_is_pruned_from_disk(self):
        self.open(served.exported(), f"graph/{served.prompt_named('the capital of the state containing')}")
        before = self.run_script("return document.querySelectorAll('.node').length")
        self.run_script("const range = document.getElementById('threshold-nodes'); range.value = 0.4; range.dispatchEvent(new Event('input'))")
        self.wait(f"return document.querySelectorAll('.node').length < {before}")


class NotExported(PageTest):
    expected_errors = ("ERR_FILE_NOT_FOUND",)

    def test_what_was_not_exported_says_so(self):
        self.open(served.exported(), "feature/5/510000")
        self.assertIn("was not exported", self.text())
