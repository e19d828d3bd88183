"""The page that asks in SQL: rows, limits, cancelling, the schema beside it, and statements that are kept."""

import time
import urllib.parse

import served
from browser import Keys, PageTest

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


def sql(query, **parameters):
    return "sql?" + urllib.parse.urlencode({"query": query, **parameters})


class SQL(PageTest):
    def write(self, query):
        self.run_script("document.getElementById('sql-text').value = ''; document.getElementById('sql-text').focus()")
        self.press(query)

    def test_a_statement_is_written_and_run_by_key_and_is_in_the_address(self):
        self.open(served.address(), "sql")
        self.write("SELECT id, text FROM prompts ORDER BY id LIMIT 3")
        self.press(Keys.ENTER, holding=[Keys.CONTROL])
        self.wait("return document.querySelectorAll('.result tbody tr').length === 3")
        self.assertIn("query=SELECT", self.hash)
        self.assertIn("3 rows in", self.text())
        address = self.driver.current_url
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait("return document.querySelectorAll('.result tbody tr').length === 3")
        self.audit("rows of SQL")

    def test_a_row_that_names_a_feature_leads_to_it(self):
        self.open(served.address(), sql("SELECT layer, feature_index FROM features ORDER BY maximum DESC LIMIT 1"))
        self.wait("return document.querySelector('.result tbody a')")
        self.assertRegex(self.run_script("return document.querySelector('.result tbody a').getAttribute('href')"), r"^#/feature/\d+/\d+$")

    def test_more_rows_than_asked_for_are_told(self):
        self.open(served.address(), sql("SELECT a.token FROM vocabulary a, vocabulary b", limit=50))
        self.wait("return document.querySelectorAll('.result tbody tr').length === 50")
        self.assertIn("there are more", self.text())

    def test_the_schema_stands_beside_and_puts_names_into_the_statement(self):
        self.open(served.address(), "sql")
        self.wait("return document.querySelector('[data-relation=features]')")
        self.run_script("document.getElementById('schema-filter').focus()")
        self.press("density")
        self.wait("return document.querySelector('[data-relation=features]').open && document.querySelector('[data-relation=vocabulary]').hidden")
        self.run_script("[...document.querySelectorAll('[data-relation=features] button')].find((name) => name.textContent === 'density').click()")
        self.assertEqual(self.run_script("return document.getElementById('sql-text').value"), "density")
        self.audit("the schema")

    def test_a_statement_is_kept_under_a_name_and_forgotten(self):
        self.open(served.address(), "sql")
        self.write("SELECT 42 AS answer")
        self.run_script("document.getElementById('query-name').focus()")
        self.press("The <answer>", Keys.ENTER)
        self.wait("return document.querySelector('.saved-queries').textContent.includes('The <answer>')")
        self.open(served.address(), "sql")
        self.run_script("[...document.querySelectorAll('.saved-queries button')].find((entry) => entry.textContent === 'The <answer>').click()")
        self.wait("return document.querySelector('.result tbody')?.textContent.includes('42')")
        self.run_script("document.querySelector('.saved-queries button[aria-label^=Forget]').click()")
        self.assertNotIn("The <answer>", self.text(".saved-queries"))

    def test_given_statements_run(self):
        self.open(served.address(), "sql")
        names = self.run_script("return [...document.querySelectorAll('.saved-queries .link-name')].map((entry) => entry.textContent)")
        self.assertGreater(len(names), 2)
        for name in names:
            with self.subTest(statement=name):
                self.run_script("document.querySelector('.result').replaceChildren(); [...document.querySelectorAll('.saved-queries .link-name')].find((entry) => entry.textContent === arguments[0]).click()", name)
                self.wait("return document.querySelector('.result').textContent !== '' || document.querySelector('.failure').textContent !== ''")
                self.assertRegex(self.text(".result"), r"\d+ rows? in")

    def test_an_export_says_that_it_answers_no_sql(self):
        self.open(served.exported(), "sql")
        self.assertIn("An export answers no SQL", self.text())
        self.audit("SQL in an export")


class RefusedSQL(PageTest):
    expected_errors = ("422", "503")

    def failure(self):
        return self.wait("return document.querySelector('.failure').textContent")

    def test_what_writes_or_is_no_statement_is_refused_in_one_line(self):
        for query in ("DELETE FROM prompts", "PRAGMA hard_heap_limit = 1", "ATTACH '/tmp/never' AS other", "SELECT 1; DROP TABLE prompts",
                      "SELECT load_extension('/tmp/never')", "SELECT nonsense"):
            with self.subTest(query=query):
                self.open(served.address(), sql(query))
                self.assertIn("expected one SQL statement that reads", self.failure())
        self.assertGreater(served.ask("prompts")["total"], 0)

    def test_a_statement_without_end_stops_at_its_time(self):
        self.open(served.address(), sql(ENDLESS, seconds=2))
        self.assertIn("the SQL statement was stopped: it took 2", self.failure())

    def test_a_running_statement_is_cancelled_and_the_server_goes_on(self):
        self.open(served.address(), sql(ENDLESS, seconds=600))
        self.wait("return document.querySelector('progress')")
        self.run_script("[...document.querySelectorAll('button')].find((control) => control.textContent === 'Cancel').click()")
        self.assertEqual(self.failure(), "Cancelled.")
        begun = time.monotonic()
        self.assertEqual(served.ask(sql("SELECT 1"))["rows"], [[1]])
        self.assertLess(time.monotonic() - begun, 10)
