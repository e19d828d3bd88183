"""Labels edited in place, texts run through the model, and interventions."""

import served
from browser import Keys, PageTest


class Labels(PageTest):
    def test_a_label_is_edited_in_place_and_undone(self):
        layer, index = served.strongest_feature()
        served.send("PUT", f"features/{layer}/{index}/label", {"label": "before", "note": ""})
        self.open(served.address(), f"feature/{layer}/{index}")
        self.run_script("document.querySelector('.edit-label').click()")
        self.run_script("document.getElementById('label').select()")
        self.press("states of the union", Keys.TAB, "fires at their last token", Keys.TAB, Keys.ENTER)
        self.wait("return document.querySelector('.label-editor').textContent.includes('states of the union')")
        self.assertEqual(served.ask(f"features/{layer}/{index}/label")["note"], "fires at their last token")
        self.run_script("document.activeElement.blur()")
        self.press("z", holding=[Keys.CONTROL])
        self.wait("return document.querySelector('.made-label').textContent === 'before'")
        self.assertEqual(served.ask(f"features/{layer}/{index}/label")["label"], "before")

    def test_a_read_only_atlas_offers_no_editing(self):
        layer, index = served.strongest_feature()
        self.open(served.plain_address(), f"feature/{layer}/{index}")
        self.assertEqual(self.run_script("return document.querySelectorAll('.edit-label').length"), 0)


class Supernodes(PageTest):
    def test_a_group_is_saved_in_the_atlas_and_offered_elsewhere(self):
        if not served.has_route("/supernodes/{name}"):
            self.skipTest("this server keeps no supernodes")
        prompt = served.prompt_named("the capital of the state containing")
        feature = next(node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")
        self.open(served.address(), f"graph/{prompt}?pins={feature['id']}&groups=Kept%20here%3A{feature['id']}")
        self.run_script("[...document.querySelectorAll('.groups button')].find((control) => control.textContent.startsWith('Save')).click()")
        self.wait("return document.querySelector('.groups .badge')")
        self.open(served.address(), f"graph/{prompt}")
        self.wait("return document.querySelector('.offer')?.textContent.includes('Kept here')")
        self.run_script("document.querySelector('.offer').click()")
        self.wait("return location.hash.includes('groups=')")


    def test_a_supernode_is_deleted_from_the_graph_and_from_the_atlas_and_comes_back(self):
        prompt = served.prompt_named("the capital of the state containing")
        feature = next(node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")
        name = f"{feature['feature']['layer']}/{feature['feature']['index']}"
        served.send("PUT", "supernodes/To%20delete", {"features": [name], "note": "kept note"})
        self.open(served.address(), f"graph/{prompt}?pins={feature['id']}&groups=Mine%3A{feature['id']}")
        self.wait("return document.querySelector('.groups button')")
        self.run_script("document.querySelector('[aria-label=\"Delete Mine\"]').click()")
        self.wait("return !location.hash.includes('groups=') && !location.hash.includes('pins=')")
        self.run_script("document.querySelector('.kept-supernodes').open = true; document.querySelector('[aria-label=\"Delete To delete from the atlas\"]').click()")
        self.wait("return !document.querySelector('[aria-label=\"Delete To delete from the atlas\"]')")
        self.assertNotIn("To delete", [item["name"] for item in served.ask("supernodes")["items"]])
        # Both come back, after a reload too.
        self.driver.refresh()
        self.settle()
        self.wait("return !document.querySelector('.toolbar [aria-label^=Undo]').disabled")
        self.run_script("document.querySelector('.toolbar [aria-label^=Undo]').click()")
        self.wait("return document.querySelector('[aria-label=\"Delete To delete from the atlas\"]')")
        self.assertEqual(served.ask("supernodes/To%20delete")["note"], "kept note")
        self.press("z", holding=[Keys.CONTROL])
        self.wait("return location.hash.includes('groups=Mine') || location.hash.includes('groups=')")
        self.driver.refresh()
        self.settle()
        self.press("z", holding=[Keys.CONTROL, Keys.SHIFT])
        self.wait("return !location.hash.includes('groups=')")

    def test_the_history_of_another_address_is_forgotten(self):
        prompt = served.prompt_named("the capital of the state containing")
        feature = next(node for node in served.ask(f"prompts/{prompt}/graph")["nodes"] if node["kind"] == "feature")
        self.open(served.address(), f"graph/{prompt}")
        self.wait("return document.querySelectorAll('.node').length > 10")
        self.run_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
        self.press(Keys.ARROW_DOWN, "p")
        self.wait("return location.hash.includes('pins=')")
        self.open(served.address(), f"graph/{prompt}?pins={feature['id']},E_0_0")
        self.wait("return document.querySelector('.toolbar [aria-label=Undo]')")
        self.assertTrue(self.run_script("return document.querySelector('.toolbar [aria-label=Undo]').disabled"))


class Runs(PageTest):
    def test_a_typed_prompt_is_run_and_intervened_on(self):
        self.open(served.address(), "run")
        self.run_script("document.getElementById('prompt-text').focus()")
        self.press("Fact: the capital of the state containing Dallas is")
        self.press(Keys.ENTER, holding=[Keys.CONTROL])
        self.wait("return document.querySelectorAll('.result .node').length > 10")
        self.assertIn("Austin", self.text(".next-tokens"))
        self.run_script("[...document.querySelectorAll('.result button')].find((control) => control.textContent === 'Run with these settings').click()")
        self.wait("return document.querySelector('.outcome table')")
        self.assertIn("Austin", self.text(".outcome"))
        self.audit("run with an intervention")

    def test_without_a_model_the_page_says_how_to_start_with_one(self):
        self.open(served.plain_address(), "run")
        self.assertIn("atlas serve FILE --model DIR --transcoders DIR", self.text())
