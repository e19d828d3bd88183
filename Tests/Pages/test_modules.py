"""Rules that the pages' files keep, so that they can be bundled and stay safe."""

import collections
import re
import unittest

from served import PAGES

MODULES = sorted(PAGES.glob("*.js"))


class Modules(unittest.TestCase):
    def test_imports_and_exports_are_those_that_the_exporter_knows(self):
        for module in MODULES:
            for line in module.read_text().splitlines():
                if re.match(r"\s*import\b", line):
                    self.assertRegex(line, r'^import \{[^}]+\} from "\./[\w.]+\.js";$', module.name)
                if re.match(r"\s*export\b", line):
                    self.assertRegex(line, r"^export (async )?(function|const|class) \w+", module.name)
                self.assertNotRegex(line, r"\bimport\(", module.name)

    def test_what_is_imported_is_exported(self):
        exports = {module.name: set(re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", module.read_text(), re.M)) for module in MODULES}
        for module in MODULES:
            text = module.read_text()
            for names, source in re.findall(r'^import \{([^}]+)\} from "\./([\w.]+)";$', text, re.M):
                for name in (name.strip() for name in names.split(",")):
                    self.assertIn(name, exports[source], f"{module.name} imports {name} from {source}")
                    used = len(re.findall(rf"\b{name}\b", text))
                    self.assertGreater(used, 1, f"{module.name} imports {name} and does not use it")

    def test_no_two_modules_declare_the_same_name(self):
        owners = collections.defaultdict(set)
        for module in MODULES:
            for name in re.findall(r"^(?:export )?(?:async )?(?:function\*?|const|let|class) (\w+)", module.read_text(), re.M):
                owners[name].add(module.name)
        self.assertEqual({name: sorted(files) for name, files in owners.items() if len(files) > 1}, {})

    def test_text_is_never_markup(self):
        for module in MODULES:
            self.assertNotRegex(module.read_text(), r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", module.name)

    def test_nothing_comes_from_a_network(self):
        for file in PAGES.iterdir():
            text = file.read_text().replace("http://www.w3.org/2000/svg", "")
            self.assertNotRegex(text, r"https?://|//[\w.-]+\.\w+/|@import", file.name)

    def test_there_is_no_inline_script_or_style(self):
        page = (PAGES / "index.html").read_text()
        self.assertNotRegex(page, r"<script(?![^>]*\bsrc=)|\bon\w+=|<style|\bstyle=")

    def test_files_are_short_and_small_together(self):
        for file in PAGES.iterdir():
            self.assertLessEqual(len(file.read_text().splitlines()), 300, file.name)
            if file.suffix in (".js", ".css"):
                for number, line in enumerate(file.read_text().splitlines(), 1):
                    self.assertLessEqual(len(line), 130, f"{file.name}:{number}")
        self.assertLess(sum(file.stat().st_size for file in PAGES.iterdir()), 700_000)
