"""The types that the check of the pages takes for answers are those that the program describes."""

import sys
import unittest

from served import ROOT, ask

sys.path.insert(0, str(ROOT / "Tests/Pages/types"))
import make_answers  # noqa: E402


class Types(unittest.TestCase):
    def test_the_types_of_answers_are_written_of_the_program_s_description(self):
        self.assertEqual(make_answers.FILE.read_text(), make_answers.module(ask("openapi.json")))
