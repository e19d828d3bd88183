"""The manifest says what the sources do: imports and declared dependencies agree, and products link no more than they promise."""

import re
import unittest

import architecture

PACKAGE = architecture.manifest()
TARGETS = {target["name"]: target for target in PACKAGE["targets"]}
PRODUCTS = {product["name"]: product["targets"] for product in PACKAGE["products"]}
IMPORT = re.compile(r"(?m)^(?:@\w+ |private |package |public |internal )*import (\w+)$")
#: Targets that are built or started by others and imported by none: the program, and what writes texts into sources.
STARTED = {"atlas", "EmbedText", "EmbedTextPlugin"}


def imported(target):
    folder = "Tests" if target["type"] == "test" else "Sources"
    files = (architecture.ROOT / folder / target["name"]).rglob("*.swift")
    return {name for file in files for name in IMPORT.findall(file.read_text())}


def reached(names):
    """All targets and packages' products that targets stand on, however far down."""
    found, open_names = set(), list(names)
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            if name in TARGETS:
                targets, products = architecture.dependencies(TARGETS[name])
                open_names += [*targets, *products]
    return found


class Manifest(unittest.TestCase):
    def test_a_target_declares_what_it_imports_and_nothing_else(self):
        known = set(TARGETS) | {name for target in TARGETS.values() for name in architecture.dependencies(target)[1]}
        for name, target in TARGETS.items():
            if target["type"] in {"system", "plugin"} or name == "CKernels":
                continue
            targets, products = architecture.dependencies(target)
            self.assertEqual({*targets, *products} - STARTED, imported(target) & known - {name, *STARTED}, name)

    def test_reading_links_neither_a_model_nor_pages_nor_a_server(self):
        linked = reached(PRODUCTS["FeatureAtlasReading"])
        self.assertIn("AtlasQuery", linked)
        for name in ["LanguageModels", "Transcoders", "Attribution", "Tokenizers", "AtlasInterface", "Hummingbird", "NIOCore"]:
            self.assertNotIn(name, linked)

    def test_attribution_links_neither_a_database_nor_pages_nor_a_server(self):
        linked = reached(PRODUCTS["FeatureAtlasAttribution"])
        self.assertIn("Attribution", linked)
        for name in ["GRDB", "AtlasStore", "AtlasQuery", "AtlasInterface", "Hummingbird", "NIOCore"]:
            self.assertNotIn(name, linked)

    def test_graph_files_are_written_without_pages(self):
        linked = reached(PRODUCTS["FeatureAtlasExport"])
        for name in ["AtlasInterface", "LanguageModels", "Hummingbird", "NIOCore"]:
            self.assertNotIn(name, linked)

    def test_every_library_target_is_in_the_product_of_everything(self):
        data = {"DemoData", "CKernels"}
        libraries = {name for name, target in TARGETS.items() if target["type"] == "regular"} - data
        self.assertEqual(libraries - set(PRODUCTS["FeatureAtlas"]), {"Compression"})


if __name__ == "__main__":
    unittest.main()
