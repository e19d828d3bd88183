"""Figures in the pages are those of results.json, and no table of figures stands beside it."""

import re
import unittest

import demo_figures
import figures

RESULTS = figures.read(figures.RESULTS)
LAYOUTS = figures.read(figures.TABLES)
TABLE = re.compile(r"(?m)^(<!-- figures: [^\n]+ -->\n)?(\|[^\n]*\|\n)\|(?:---\|)+\n((?:\|[^\n]*\n)+)")
#: Tables of figures that nothing measured, by their headings: what is settled, and what is multiplied.
NOT_MEASURED = {
    "| | 16 tokens | 128 tokens | from |": "arithmetic",
    "| | `smollm2` | `gemma3` |": "sizes of published files",
}


class Figures(unittest.TestCase):
    def test_every_page_shows_what_was_measured(self):
        for path in figures.pages():
            page, text = str(path.relative_to(figures.ROOT)), path.read_text()
            new, problems = figures.written(page, text, RESULTS, LAYOUTS)
            self.assertEqual(problems, [])
            self.assertEqual(new, text, f"{page}: make figures writes it anew")

    def test_a_table_of_figures_is_written_from_the_results(self):
        count = 0
        for path in figures.pages():
            for mark, heading, rows in TABLE.findall(path.read_text()):
                cells = [cell.strip() for row in rows.splitlines() for cell in re.split(r"(?<!\\)\|", row)[2:-1]]
                told = [cell for cell in cells if re.match(r"[*+−-]*\.?\d", cell)]
                if not mark and len(told) * 2 >= len(cells):
                    self.assertIn(heading.strip(), NOT_MEASURED, f"{path.name}: a table of figures that results.json does not have")
                count += bool(mark)
        self.assertGreater(count, 25)

    def test_every_measurement_is_shown_and_every_table_stands_somewhere(self):
        sources = [source for table in LAYOUTS["tables"].values() for source in table["from"]] + [told["from"] for told in LAYOUTS["sentences"]]
        self.assertEqual({name for source in sources for name in (source if isinstance(source, list) else [source])}, set(RESULTS))
        marks = [name for path in figures.pages() for _, name, _ in figures.MARKED.findall(path.read_text())]
        self.assertEqual(sorted(marks), sorted(LAYOUTS["tables"]))

    def test_every_measurement_says_where_it_comes_from(self):
        for name, result in RESULTS.items():
            self.assertEqual(list(result), [*figures.ORIGIN, "rows"], name)
            self.assertRegex(result["date"], r"^\d{4}-\d\d-\d\d$", name)
            self.assertRegex(result["commit"], r"^[0-9a-f]{7,}$", f"{name}: measured beside changes that are in no commit")
            self.assertTrue(result["command"] and result["machine"] and result["rows"], name)
        self.assertEqual(figures.RESULTS.read_text(), figures.kept(RESULTS), "make figures lays it out")

    def test_what_measures_the_demo_knows_every_figure_of_the_demo(self):
        self.assertEqual({name for name in RESULTS if name.startswith("demo, ")}, set(demo_figures.MEASURED))


class Writing(unittest.TestCase):
    RESULTS = {"a": {"rows": [{"name": "x", "seconds": 1.25, "share": 0.5}, {"name": "y", "seconds": None, "share": 0.25}]}, "b": {"rows": [{"theirs": 5}, {"theirs": 1}]}}

    def test_a_table_has_a_line_a_row_quotients_and_empty_cells(self):
        layout = {"from": [["a", "b"]], "columns": [{"heading": "", "cell": "{name}"}, {"heading": "time", "cell": "{seconds:.2f} s"}, {"heading": "ratio", "cell": "{theirs/share:.0f}"}]}
        self.assertEqual(figures.table(layout, self.RESULTS), "| | time | ratio |\n|---|---|---|\n| x | 1.25 s | 10 |\n| y | | 4 |\n")

    def test_a_transposed_table_has_a_column_a_row(self):
        layout = {"from": ["a"], "transposed": True, "columns": [{"heading": "", "cell": "{name}"}, {"heading": "share", "cell": "{share:.0%}"}]}
        self.assertEqual(figures.table(layout, self.RESULTS), "| | x | y |\n|---|---|---|\n| share | 50 % | 25 % |\n")

    def test_of_a_sentence_only_figures_are_written_wherever_its_lines_break(self):
        layouts = {"tables": {}, "sentences": [{"page": "p", "from": "a", "text": "takes {seconds:.2f} s, {share:.0%} of it"}]}
        self.assertEqual(figures.written("p", "It takes 9.9\ns, 12 %\nof it.", self.RESULTS, layouts), ("It takes 1.25\ns, 50 %\nof it.", []))
        same = "takes 1.25 s, 50\n% of it"
        self.assertEqual(figures.written("p", same, self.RESULTS, layouts), (same, []))

    def test_a_sentence_that_is_gone_and_a_table_that_nobody_knows_are_told(self):
        layouts = {"tables": {}, "sentences": [{"page": "p", "from": "a", "text": "takes {seconds:.2f} s"}]}
        _, problems = figures.written("p", "<!-- figures: c -->\n| a |\n|---|\n", self.RESULTS, layouts)
        self.assertEqual(problems, ["p: c: expected a table of tables.json", "p: expected once, found 0 times: takes {seconds:.2f} s"])

    def test_values_are_told_as_pages_tell_them(self):
        for value, form, told in [(0.981, "p.3f", ".981"), (-0.5, "p+.2f", "-.50"), (3.6e-6, ".1e", "3.6e-6"), (0.996, ".1%", "99.6 %"), (8679, ",", "8,679"), (None, "", ""), ("a %", "", "a %")]:
            self.assertEqual(figures.shown(value, form), told)


if __name__ == "__main__":
    unittest.main()
