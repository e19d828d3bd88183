"""What the documentation names is there: symbols, files, targets, tables, make's targets, pages; no docc is run."""

import re
import unittest
from pathlib import Path

import architecture

ROOT = architecture.ROOT
CATALOGUES = sorted((ROOT / "Sources").glob("*/*.docc"))
ARTICLES = sorted(article for catalogue in CATALOGUES for article in catalogue.glob("*.md"))
README = ROOT / "README.md"
PACKAGE = architecture.manifest()
TARGETS = {target["name"]: target for target in PACKAGE["targets"]}
#: The five recipes, each with a list of the files that it touches.
RECIPES = ["AddArchitecture", "AddTranscoderFormat", "AddQuestion", "AddPage", "AddExport"]
#: Texts in backticks that begin like a path.
PATH = re.compile(r"(?<!`)`((?:(?:Sources|Tests|Schema|Migrations|\.pictures)(?:/[\w/.~-]*)?|CHANGELOG\.md|Makefile|Package\.swift))`(?!`)")
DECLARED = r"\b(?:struct|class|enum|actor|protocol|func|var|let|typealias|case|init)"


def prose(article):
    """An article without its blocks of code."""
    return re.sub(r"(?ms)^```.*?^```", "", article.read_text())


def sources(module):
    return "\n".join(file.read_text() for file in sorted((ROOT / "Sources" / module).rglob("*.swift")))


class Catalogues(unittest.TestCase):
    def test_every_library_target_and_the_program_have_an_article(self):
        expected = {name for name, target in TARGETS.items() if target["type"] == "regular" and name != "CKernels"} | {"atlas"}
        self.assertEqual({catalogue.stem for catalogue in CATALOGUES}, expected)
        for catalogue in CATALOGUES:
            self.assertEqual(catalogue.parent.name, catalogue.stem)
            self.assertTrue((catalogue / f"{catalogue.stem}.md").read_text().startswith(f"# ``{catalogue.stem}``\n"), catalogue)

    def test_every_linked_symbol_is_public_in_its_module(self):
        count = 0
        for article in ARTICLES:
            module = article.parent.stem
            text = sources(module)
            for link in re.findall(r"(?<!`)``([^`\n]+)``(?!`)", prose(article)):
                if link == module:
                    continue
                for name in (re.split(r"[(:]", part)[0] for part in link.split("/")):
                    self.assertRegex(text, rf"(?m)^\s*(?:@\w+ )*public [^\n=]*{DECLARED} `?{name}\b", f"{article.name}: ``{link}``")
                count += 1
        self.assertGreater(count, 150)

    def test_every_named_file_is_there(self):
        count = 0
        for article in [*ARTICLES, README]:
            for path in PATH.findall(prose(article)):
                self.assertTrue((ROOT / path).exists(), f"{article.name}: {path}")
                count += 1
        self.assertGreater(count, 200)

    def test_every_linked_page_and_picture_is_there(self):
        for article in [*ARTICLES, README]:
            for name in re.findall(r"<doc:(\w+)>", article.read_text()):
                self.assertTrue((article.parent / f"{name}.md").exists(), f"{article.name}: {name}")
            for picture, place in re.findall(r"(!?)\[[^\]]*\]\(([^)#]+)\)", prose(article)):
                if "://" not in place:
                    found = article.parent / place
                    self.assertTrue(found.exists() or picture and found.with_suffix(".svg").exists(), f"{article.name}: {place}")

    def test_every_page_of_the_package_is_reached_from_its_front_page_and_from_the_readme(self):
        folder = ROOT / "Sources/atlas/atlas.docc"
        pages = {page.stem for page in folder.glob("*.md")}
        self.assertEqual(set(re.findall(r"- <doc:(\w+)>", (folder / "atlas.md").read_text())), pages - {"atlas"})
        self.assertEqual({Path(place).stem for place in re.findall(r"\((Sources/atlas/atlas\.docc/\w+\.md)\)", README.read_text())}, pages)

    def test_a_module_stands_on_what_its_article_says(self):
        for catalogue in CATALOGUES:
            if catalogue.stem != "atlas":
                text = (catalogue / f"{catalogue.stem}.md").read_text()
                said = re.search(r"(?s)\*\*Stands on\*\* (.*?)\n\n", text)
                self.assertIsNotNone(said, catalogue.stem)
                below = [name for name in architecture.dependencies(TARGETS[catalogue.stem])[0] if name in TARGETS]
                self.assertEqual(set(re.findall(r"`(\w+)`", said[1])), set(below), catalogue.stem)

    def test_types_stand_in_the_files_beside_which_they_are_named(self):
        """`IndexCommand` (`Sources/….swift`): a file of the sentence declares the type."""
        count = 0
        for name in ["WayOfAPrompt", *RECIPES]:
            text = prose(ROOT / f"Sources/atlas/atlas.docc/{name}.md")
            for part in re.split(r"\n\n|\n(?=[|\d-])", text):
                files = [ROOT / path for path in PATH.findall(part) if path.endswith(".swift")]
                for kind in re.findall(r"`([A-Z][A-Za-z]+)`", part):
                    if files and kind not in TARGETS and kind not in {"Codable", "Data"}:
                        everywhere = list((ROOT / "Sources").rglob(f"{kind}.swift"))
                        self.assertTrue(
                            everywhere or any(re.search(rf"{DECLARED} {kind}\b", path.read_text()) for path in files),
                            f"{name}: {kind} is declared by none of {[path.name for path in files]}")
                        count += 1
        self.assertGreater(count, 30)

    def test_tables_that_the_way_of_a_prompt_names_are_in_the_schema(self):
        schema = "\n".join((ROOT / f"Schema/{name}.sql").read_text() for name in ("facts", "derived", "views"))
        tables = set(re.findall(r"CREATE (?:TABLE|VIEW) (\w+)", schema))
        named = set(re.findall(r"`([a-z]+(?:_[a-z]+)*)`", prose(ROOT / "Sources/atlas/atlas.docc/WayOfAPrompt.md"))) - {"index"}
        self.assertLessEqual(named, tables)
        self.assertGreater(len(named), 15)

    def test_every_recipe_lists_the_files_that_it_touches(self):
        for name in RECIPES:
            text = (ROOT / f"Sources/atlas/atlas.docc/{name}.md").read_text()
            self.assertRegex(text, r"(?m)^\| file \|", name)
            self.assertGreaterEqual(len(re.findall(r"(?m)^\| `[\w/.<>-]+`", text)), 3, name)

    def test_make_has_every_target_that_is_named(self):
        rules = set(re.findall(r"(?m)^([\w-]+):", (ROOT / "Makefile").read_text()))
        for article in [*ARTICLES, README]:
            for name in re.findall(r"(?:`|^)make\s+([a-z][\w-]*)", article.read_text(), re.M):
                self.assertIn(name, rules, article.name)

    def test_the_picture_of_the_targets_is_what_the_manifest_says(self):
        for name, text in architecture.pictures().items():
            self.assertEqual((ROOT / "Sources/atlas/atlas.docc" / name).read_text(), text, f"{name}: make architecture draws it anew")

    def test_the_readme_is_what_a_newcomer_needs(self):
        self.assertLess(len(README.read_text().splitlines()), 150)
