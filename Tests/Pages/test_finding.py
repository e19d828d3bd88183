"""One search, lists that sort, filter and keep their place, and how numbers are written."""

import json

import served
from browser import Keys, PageTest


def rows_of(column):
    return f"return [...document.querySelectorAll('tbody tr')].map((row) => row.cells[{column}].textContent.trim())"


class Search(PageTest):
    def test_the_key_goes_to_the_search_from_every_kind_of_view(self):
        layer, index = served.strongest_feature()
        for view in ("atlas", "prompts", "features", "logits", "circuit", "compare", "run", "labels", f"feature/{layer}/{index}", "graph/1"):
            with self.subTest(view=view):
                self.open(served.address(), view)
                self.press("/")
                self.assertEqual(self.run_script("return document.activeElement.id"), "search")

    def test_a_token_is_found_with_the_features_that_promote_it(self):
        self.open(served.address(), "atlas")
        groups = self.type_search("Austin")
        self.assertTrue(any("␣Austin" in text for text in groups["Tokens"]), groups)
        self.assertTrue(any("␣Austin" in text for text in groups["Features that promote it"]), groups)
        answer = served.ask("search?text=Austin&kind=promoters&limit=5")["promoters"]
        self.assertEqual([text.split()[0] for text in groups["Features that promote it"]], [f"{match['feature']['layer']}/{match['feature']['index']}" for match in answer])
        self.press(Keys.ENTER)
        self.wait("return location.hash.startsWith('#/logit/')")
        self.settle()
        self.assertIn("Austin", self.text("h1"))

    def test_a_prompt_is_found_by_the_name_its_corpus_gave_it(self):
        self.open(served.address(), "features")
        groups = self.type_search("grid-2-3")
        self.assertEqual(len(groups["Prompts by name"]), 1)
        self.press(Keys.ARROW_DOWN)
        self.assertEqual(self.run_script("return document.getElementById(document.activeElement.getAttribute('aria-activedescendant')).getAttribute('aria-selected')"), "true")
        self.press(Keys.ENTER)
        self.wait("return location.hash.startsWith('#/graph/')")
        self.settle()
        self.assertIn("2+3=", self.text())

    def test_labels_supernodes_and_texts_are_found_and_a_feature_by_its_name(self):
        layer, index = served.strongest_feature()
        served.send("PUT", f"features/{layer}/{index}/label", {"label": "zymurgy of Texas"})
        served.send("PUT", "supernodes/zymurgists", {"features": [f"{layer}/{index}"]})
        self.open(served.address(), "atlas")
        groups = self.type_search("zymurg")
        self.assertIn("zymurgy of Texas", groups["Features by label"][0])
        self.assertEqual(groups["Supernodes"], ["zymurgists"])
        self.press(Keys.ESCAPE, Keys.ESCAPE)
        self.press("capital of the state")
        self.wait("return /Prompts/.test(document.getElementById('search-found').textContent)")
        self.press(Keys.ESCAPE, Keys.ESCAPE)
        self.press(f"{layer}/{index}")
        self.wait("return /^Features/.test(document.getElementById('search-found').textContent)")
        self.press(Keys.ENTER)
        self.wait(f"return location.hash === '#/feature/{layer}/{index}'")

    def test_in_a_graph_what_a_feature_promotes_is_found_and_chosen(self):
        prompt = served.prompt_named("the capital of the state containing")
        answer = served.ask(f"prompts/{prompt}")["predicted"]["text"].strip()
        promoted = served.ask(f"search?text={answer}&kind=promoters&prompt={prompt}&limit=1000")["promoters"]
        self.assertGreater(len(promoted), 0)
        names = {f"{match['feature']['layer']}/{match['feature']['index']}" for match in promoted}
        self.open(served.address(), f"graph/{prompt}")
        groups = self.type_search(answer)
        here = groups["In this graph"]
        self.assertTrue(any("promotes" in text and text.split()[0] in names for text in here), here)
        found = self.run_script("return [...document.querySelectorAll('.node.feature:not(.faded)')].map((node) => node.getAttribute('aria-label').split(/[ ,]/)[1])")
        self.assertTrue(names & set(found))
        self.assertRegex(self.text(".finder [role=status]"), r"\d+ of \d+")
        place = next(ordinal for ordinal, text in enumerate(here) if "promotes" in text)
        self.press(*[Keys.ARROW_DOWN] * (place + 1), Keys.ENTER)
        self.wait("return document.querySelector('.node.selected')")
        self.assertIn(here[place].split()[0], self.text(".detail"))

    def test_the_same_box_chooses_prompts_to_compare(self):
        self.open(served.address(), "compare")
        for side, words in (("a", "grid-0-1"), ("b", "grid-1-2")):
            self.run_script("document.getElementById(arguments[0]).focus()", f"prompt-{side}")
            self.press(words)
            self.wait("return document.querySelector(`#prompt-${arguments[0]}-found [role=option]`)", side)
            self.press(Keys.ENTER)
            self.wait("return location.hash.includes(`${arguments[0]}=prompt`)", side)
            self.settle()
        self.assertIn("0+1=", self.text())
        self.assertIn("1+2=", self.text())

    def test_an_export_searches_its_own_lists(self):
        self.open(served.exported(), "atlas")
        groups = self.type_search("Austin")
        self.assertIn("Tokens", groups)
        self.assertIn("Prompts", self.type_again("capital"))

    def type_again(self, words):
        self.press(Keys.ESCAPE, Keys.ESCAPE)
        self.press(Keys.TAB)
        return self.type_search(words)


class Lists(PageTest):
    def test_the_dead_features_are_listed(self):
        whole = served.ask("atlas")["information"]
        dead = whole["layerCount"] * whole["featuresPerLayer"] - whole["firedFeatureCount"]
        self.open(served.address(), "features")
        self.run_script("const choice = document.getElementById('firing'); choice.value = 'no'; choice.dispatchEvent(new Event('change'))")
        self.wait("return location.hash.includes('firing=no')")
        self.settle()
        self.assertIn(f"of {dead:,} features", self.text(".pager"))
        shown = self.run_script(rows_of(0))
        self.assertEqual(len(shown), 50)
        for name in shown[:5]:
            self.assertEqual(served.ask(f"features?search={name}")["total"], 0)

    def test_dense_and_unlabelled_features_are_filtered(self):
        self.open(served.address(), "features?minimumDensity=0.1&labelled=no")
        whole = served.ask("features?limit=1000&sort=density")["items"]
        labelled = {str(item["feature"]) for item in whole if item["label"] is not None and not item["labelIsAutomatic"]}
        dense = [item for item in whole if item["activeTokens"] >= 0.1 * item["countedTokens"] and str(item["feature"]) not in labelled]
        self.assertIn(f"of {len(dense):,} feature", self.text(".pager"))
        # Other tests may have left names.
        self.open(served.address(), "features?labelled=yes")
        self.assertIn(f"of {len(labelled):,} feature" if labelled else "No feature matches", self.text())

    def test_features_are_listed_by_what_they_do_over_operands(self):
        self.open(served.address(), "features")
        kind = served.ask("operands?rows=a&columns=b")["features"][0]["shape"]["kind"]
        self.run_script("const choice = document.getElementById('class'); choice.value = arguments[0]; choice.dispatchEvent(new Event('change'))", kind)
        self.wait("return location.hash.includes('class=')")
        self.settle()
        count = served.ask(f"operands?rows=a&columns=b&class={kind}&limit=200")["counts"][kind]
        self.assertIn(f"{count:,} feature", self.text())

    def test_lists_of_the_server_sort_by_their_headings(self):
        self.open(served.address(), "features")
        for heading, key, sort in (("Density", "activeTokens", "density"), ("Maximum", "maximum", "maximum"), ("Active prompts", "activePrompts", "prompts")):
            for click, (direction, name) in enumerate((("descending", sort), ("ascending", f"-{sort}"))):
                self.click("th button", heading if click == 0 else f"{heading} ↓")
                self.settle()
                self.assertEqual(self.run_script("return document.querySelector(`th[aria-sort=${arguments[0]}]`)?.textContent.startsWith(arguments[1])", direction, heading), True)
                items = served.ask(f"features?sort={name}&limit=50")["items"]
                values = [item[key] for item in items]
                self.assertEqual(values, sorted(values, reverse=direction == "descending"))
                self.assertEqual(self.run_script(rows_of(0)), [f"{item['feature']['layer']}/{item['feature']['index']}" for item in items])
        for view, heading, sort in (("prompts", "Probability", "probability"), ("prompts", "Nodes", "nodes"), ("prompts", "Model says", "predicted"), ("logits", "Mean probability", "probability"), ("logits", "Token", "text")):
            with self.subTest(view=view, heading=heading):
                self.open(served.address(), view)
                self.click("th button", heading)
                self.settle()
                self.assertIn(f"sort={sort}", self.hash)
                self.assertEqual(self.run_script("return document.querySelectorAll('th[aria-sort=ascending], th[aria-sort=descending]').length"), 1)

    def test_other_tables_sort_where_they_stand(self):
        self.open(served.address(), "heads")
        column = "return [...document.querySelectorAll('.tabular tbody tr')].map((row) => row.cells[2].textContent)"
        before = self.run_script(column)
        exact = {f"{head['layer']}.{head['head']}": head["previous"] for head in served.ask("heads")["heads"]}
        names = "return [...document.querySelectorAll('.tabular tbody tr')].map((row) => row.cells[0].textContent)"
        self.click(".tabular th button", "Position before")
        self.assertEqual(self.run_script("return document.querySelector('.tabular th[aria-sort=descending]').textContent.startsWith('Position before')"), True)
        values = [exact[name] for name in self.run_script(names)]
        self.assertEqual(values, sorted(values, reverse=True))
        self.click(".tabular th button", "Position before ↓")
        values = [exact[name] for name in self.run_script(names)]
        self.assertEqual(values, sorted(values))
        self.click(".tabular th button", "Position before ↑")
        self.assertEqual(self.run_script(column), before)

    def test_every_sortable_table_sorts_without_losing_a_row(self):
        layer, index = served.strongest_feature()
        for view in (f"feature/{layer}/{index}", "atlas", f"graph/{served.prompt_named('the capital of the state containing')}?view=table"):
            self.open(served.address(), view)
            lost = self.run_script("""
                const lost = [];
                for (const table of document.querySelectorAll('.tabular')) {
                    const rows = table.querySelector('tbody').rows.length;
                    for (const control of table.querySelectorAll('th[aria-sort] button')) {
                        control.click();
                        if (table.querySelector('tbody').rows.length !== rows) lost.push(control.textContent);
                        if (control.closest('th').getAttribute('aria-sort') === 'none') lost.push(`${control.textContent} does not sort`);
                        control.click(); control.click();
                        if (control.closest('th').getAttribute('aria-sort') !== 'none') lost.push(`${control.textContent} stays sorted`);
                    }
                }
                return lost;""")
            self.assertEqual(lost, [])

    def test_back_leads_to_the_same_place_of_the_same_part(self):
        self.open(served.address(), "features?sort=density")
        self.click(".pager button", "Next")
        self.wait("return location.hash.includes('after=50~')")
        self.settle()
        address = self.hash
        self.run_script("scrollTo(0, 900)")
        self.wait("return scrollY === 900")
        followed = self.run_script("const link = [...document.querySelectorAll('tbody a')].find((link) => link.getBoundingClientRect().top > 200); link.focus({ preventScroll: true }); return link.getAttribute('href')")
        self.press(Keys.ENTER)
        self.wait("return location.hash.startsWith('#/feature/')")
        self.settle()
        self.assertEqual(self.run_script("return scrollY"), 0)
        self.driver.back()
        self.wait("return location.hash === arguments[0]", address)
        self.settle()
        self.wait("return Math.abs(scrollY - 900) < 2")
        self.assertEqual(self.run_script("return document.activeElement.getAttribute('href')"), followed)

    def test_prompts_where_a_feature_fires_are_sorted_at_their_headings(self):
        def positions_of(item, sort):
            feature = item["feature"]
            return [prompt["position"] for prompt in served.ask(f"features/{feature['layer']}/{feature['index']}/prompts?sort={sort}")["items"]]
        # One that fires at several places, in prompts that one part of the list shows.
        item = next(item for item in served.ask("features?limit=500")["items"] if 3 <= item["activePrompts"] <= 40 and len(set(positions_of(item, "position"))) > 2)
        self.open(served.address(), f"prompts?feature={item['feature']['layer']}/{item['feature']['index']}")
        shown = "return [...document.querySelectorAll('tbody tr')].map((row) => Number(row.cells[2].textContent))"
        self.click("th button", "At position")
        self.wait("return location.hash.includes('sort=position')")
        self.settle()
        self.assertEqual(self.run_script(shown), positions_of(item, "position"))
        self.assertEqual(self.run_script(shown), sorted(positions_of(item, "strength")))
        self.click("th button", "At position ↑")
        self.wait("return location.hash.includes('sort=-position')")
        self.settle()
        self.assertEqual(self.run_script(shown), positions_of(item, "-position"))

    def test_a_list_goes_on_behind_the_last_item_whatever_comes_in_before(self):
        first = served.ask("prompts?limit=5&sort=probability")
        again = served.ask(f"prompts?limit=5&sort=probability&after={first['next']}")
        whole = served.ask("prompts?limit=10&sort=probability")
        self.assertEqual(first["items"] + again["items"], whole["items"])
        self.assertRegex(first["next"], r"^5~\d+$")


class Words(PageTest):
    def test_a_table_has_one_note_for_its_few_samples(self):
        self.open(served.address(), "features")
        self.assertEqual(self.run_script("return document.querySelectorAll('table .badge.warning').length"), 0)
        daggers = self.run_script("return document.querySelectorAll('table .dagger').length")
        self.assertGreater(daggers, 1)
        self.assertEqual(self.run_script("return [...document.querySelectorAll('.few-note')].map((note) => note.textContent)"),
                         [f"† Few samples: {daggers} rows of 50 rest on fewer than 10."])

    def test_small_shares_and_changes_are_written_in_words_people_use(self):
        self.open(served.address(), "atlas")
        written = self.driver.execute_async_script("""
            const done = arguments[0];
            import('./numbers.js').then(({ percentage, points, measure }) => done([
                [7.8e-7, 0.00009, 0.0001, 0.5, 1, 0, null].map(percentage), [0.12345, -0.02, 0.00001, -0.00001, 0, null].map(points), measure(1234.5)]));""")
        self.assertEqual(written[0], ["< 0.01 %", "< 0.01 %", "0.0100 %", "50.0 %", "100 %", "0 %", "–"])
        self.assertEqual(written[1], ["+12.3 pp", "−2.00 pp", "+< 0.01 pp", "−< 0.01 pp", "0 pp", "–"])
        for view in ("prompts", "logits", "features", f"prompt/{served.prompt_named('the capital of the state containing')}"):
            self.open(served.address(), view)
            self.assertNotRegex(self.text(), r"e-\d+ %")

    def test_too_long_a_prompt_names_the_models_own_limit(self):
        context = json.loads((served.DEMO / "model/config.json").read_text())["max_position_embeddings"]
        self.expected_errors = ("422",)
        self.open(served.address(), "run")
        self.run_script("document.getElementById('prompt-text').value = 'word '.repeat(1500)")
        self.click("form button", "Run")
        told = "return [...document.querySelectorAll('.failure[role=alert]')].map((one) => one.textContent).join('')"
        self.wait(f"{told} !== ''")
        self.assertRegex(self.run_script(told), rf"\b{context}\b.*the model's context")

    def test_progress_tells_unit_rate_and_time_left(self):
        self.open(served.address(), "run")
        told = self.driver.execute_async_script("""
            const done = arguments[0];
            import('./jobs.js').then(({ progressText }) => done(progressText({ state: 'running', done: 12, total: 340, unit: 'nodes', rate: 25.25, secondsLeft: 13 })));""")
        self.assertEqual(told, "12 of 340 nodes, 25.3 nodes a second, 13 s left")
        ticket = served.send("POST", "runs", {"text": "calc: 1+2="})
        self.assertEqual(served.ask(f"jobs/{ticket['job']}")["unit"], "nodes")


class Contrast(PageTest):
    def test_links_that_carry_meaning_stand_out_three_to_one(self):
        for dark in (False, True):
            self.media(dark=dark)
            self.open(served.address(), "graph/1")
            ratios = self.driver.execute_async_script("""
                const done = arguments[0];
                const linear = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
                const light = (colour) => colour.reduce((sum, value, place) => sum + linear(value / 255) * [0.2126, 0.7152, 0.0722][place], 0);
                const of = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number);
                Promise.all([import('./graphCanvas.js'), import('./theme.js')]).then(([{ lookOfLink }, { pageColour }]) => done(['--positive', '--negative', '--side-a', '--side-b'].map((name) => {
                    const ground = of(pageColour('--panel'));
                    const { opacity } = lookOfLink({ share: 0.1, weight: 1 }, false);
                    const drawn = of(pageColour(name)).map((value, place) => opacity * value + (1 - opacity) * ground[place]);
                    const [high, low] = [light(drawn), light(ground)].sort((a, b) => b - a);
                    return (high + 0.05) / (low + 0.05);
                })));""")
            self.assertEqual(len(ratios), 4)
            self.assertGreaterEqual(min(ratios), 3, ratios)


class Narrow(PageTest):
    width, height = 390, 800

    def test_the_menu_folds(self):
        self.open(served.address(), "atlas")
        self.assertFalse(self.run_script("return document.getElementById('menu').checkVisibility()"))
        self.assertLess(self.run_script("return document.querySelector('.bar').getBoundingClientRect().height"), 130)
        self.run_script("document.getElementById('menu-fold').focus()")
        self.press(Keys.ENTER)
        self.assertTrue(self.run_script("return document.getElementById('menu').checkVisibility()"))
        self.assertEqual(self.run_script("return document.getElementById('menu-fold').getAttribute('aria-expanded')"), "true")
        self.press(Keys.ESCAPE)
        self.assertFalse(self.run_script("return document.getElementById('menu').checkVisibility()"))
        self.click("#menu-fold")
        self.click("#menu a", "Features")
        self.settle()
        self.assertIn("Features", self.text("h1"))
        self.assertFalse(self.run_script("return document.getElementById('menu').checkVisibility()"))

    def test_no_view_is_wider_than_the_window(self):
        from test_views import views
        for name, view in views().items():
            with self.subTest(view=name):
                self.open(served.address(), view)
                wide = self.run_script("return document.documentElement.scrollWidth - innerWidth")
                self.assertLessEqual(wide, 1, name)


class TableTwin(PageTest):
    width, height = 1024, 768

    def test_the_table_twin_is_readable(self):
        prompt = served.prompt_named("the capital of the state containing")
        self.open(served.address(), f"graph/{prompt}?view=table")
        label = self.run_script("""const cell = [...document.querySelectorAll('.bench td.label-cell')].find((cell) => cell.textContent.length > 20); return [cell.getBoundingClientRect().width, cell.getBoundingClientRect().height]""")
        self.assertGreater(label[0], 160)
        self.assertLess(label[1], 110)
