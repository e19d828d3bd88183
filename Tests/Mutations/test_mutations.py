"""What the script takes for a place, and what it writes there. `python3 -m unittest discover -s Tests/Mutations`"""

import unittest

import choice
import switching
from sites import sites


def made(source):
    return [(site.rule, site.before, site.after) for site in sites("Sources/A/A.swift", source)]


def rules(source):
    return [rule for rule, _, _ in made(source)]


class Places(unittest.TestCase):
    def test_an_operator_between_spaces_is_a_place_and_a_generic_is_none(self):
        self.assertEqual(made("let a = b < c\n"), [("comparison", "<", "<=")])
        self.assertEqual(made("let a: Array<Int> = b as Set<Int>\n"), [])

    def test_comments_strings_and_checks_of_our_own_mistakes_are_left_alone(self):
        self.assertEqual(made('// a - b\nlet a = "b - c"  // 1\n/* d + e */\nlet f = #"g - \\(h)"#\n'), [])
        self.assertEqual(made("precondition(\n    a < b,\n    c > d)\n"), [])

    def test_a_sum_of_texts_is_left_alone(self):
        self.assertEqual(made('let a = b + "c"\n'), [])

    def test_numbers_bounds_conditions_and_sizes_are_places(self):
        self.assertEqual(made("let a = 0.5\n"), [("constant", "0.5", "0.5 × 1.25")])
        self.assertEqual(rules("let a = b..<c\n"), ["bound"])
        self.assertEqual(made("if a.isEmpty { b() }\n"), [("condition", "a.isEmpty", "the opposite")])
        self.assertEqual(rules("let a = b.magnitude\n"), ["magnitude"])
        self.assertEqual(rules("let a = min(b, c)\n"), ["extreme"])
        self.assertEqual(rules("let a = b.0 + c.min(d)\n"), ["dropped term", "sign"])

    def test_a_call_that_stands_alone_can_be_omitted(self):
        self.assertEqual(made("func f() {\n    a?.scale(b, by: c)\n}\n"),
                         [("omitted statement", "a?.scale(b, by: c)", "nothing")])

    def test_text_is_looked_at_where_it_is_sql(self):
        source = 'let a = "SELECT b FROM c WHERE d <= ? AND e IS NULL ORDER BY f DESC"\n'
        self.assertEqual(made(source), [("sql comparison", "<=", "<"), ("sql condition", " AND e IS NULL", ""),
                                        ("sql order", " DESC", "")])
        self.assertEqual(made('let a = "a <= b"\n'), [])
        self.assertEqual(made('let a = "SELECT \\(b(" <= ")) FROM c"\n'), [])

    def test_a_place_keeps_its_id_when_other_lines_come_and_go(self):
        line = "    let a = b - c\n"
        self.assertEqual([site.id for site in sites("A", line)], [site.id for site in sites("A", "\n\n" + line)])
        self.assertEqual(len({site.id for site in sites("A", line + line)}), 4)


class Written(unittest.TestCase):
    def written(self, source, rule):
        site = next(site for site in sites("Sources/A/A.swift", source) if site.rule == rule)
        return switching.switched(source, [(7, site)])

    def test_an_operator_becomes_one_of_its_own(self):
        text = self.written("let a = b - c\n", "sign")
        symbol = switching.SYMBOLS[7]
        self.assertTrue(text.startswith(f"let a = b {symbol} c\ninfix operator {symbol}: AdditionPrecedence\n"))
        self.assertIn("isMutated(7) ? a + b : a - b", text)
        self.assertEqual(switching.symbols_in(f"operator '{symbol}'"), {7})

    def test_sql_is_interpolated(self):
        text = self.written('let a = "SELECT b FROM c WHERE d < 1"\n', "sql comparison")
        self.assertEqual(text, 'let a = "SELECT b FROM c WHERE d \\(isMutated(7) ? "<=" : "<") 1"\n\n')

    def test_an_omitted_statement_gets_a_condition(self):
        text = self.written("func f() {\n    a.scale(b)\n}\n", "omitted statement")
        self.assertIn("    if !isMutated(7) { a.scale(b) }\n", text)


class Chosen(unittest.TestCase):
    def test_the_choice_is_stable_has_a_mutant_a_line_and_what_is_named(self):
        import mutations
        first = choice.chosen(mutations.ROOT)
        self.assertEqual(first, choice.chosen(mutations.ROOT))
        ids = [site.id for _, site in first]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertLess(len(ids), len(switching.SYMBOLS))
        places = {(site.path, site.rule, site.before, site.after, site.context) for _, site in first}
        self.assertTrue(places >= set(choice.named()))

    def test_beyond_a_scale_are_new_ones_and_those_named(self):
        import mutations
        first = {site.id for _, site in choice.chosen(mutations.ROOT)}
        beyond = {site.id for _, site in choice.chosen(mutations.ROOT, scale=1.5, beyond=1)}
        self.assertEqual(len(beyond & first), len(choice.named()))
        self.assertGreater(len(beyond), len(first) / 3)


class Tried(unittest.TestCase):
    def test_own_suites_go_first_then_those_about_little_else_and_short_ones(self):
        from trials import goes
        site = next(site for site in sites("Sources/AtlasStore/A.swift", "let a = b - c\n"))
        reach = {name: {"seconds": seconds, "reached": ["x"] * count} for name, seconds, count in [
            ("CircuitsTests.A", 1, 0), ("AtlasTests.Long", 50, 10), ("AtlasTests.All", 2, 90), ("AtlasTests.Own", 2, 0)]}
        self.assertEqual(goes(site, reach), [
            ["AtlasTests.Own", "AtlasTests.All"], ["AtlasTests.Long"], ["CircuitsTests.A"]])
        self.assertEqual(goes(site, {}), [])


if __name__ == "__main__":
    unittest.main()
