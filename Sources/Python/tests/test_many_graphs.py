"""A few graphs imported and asked; ``many_graphs.py`` does it with two hundred."""

from conftest import PROGRAM, corpus
from many_graphs import bring_over, compare

from feature_atlas import Atlas


def test_imported_graphs_answer_as_the_atlas_that_they_come_from(atlas, tmp_path):
    names = [record["text"] for record in corpus()]
    (tmp_path / "graphs").mkdir()
    bring_over(atlas, names, tmp_path / "graphs", tmp_path / "imported.atlas")
    with Atlas(tmp_path / "imported.atlas", program=PROGRAM) as imported:
        both = compare(atlas, imported, names)
    assert [row[0] for row in both.rows] == [
        "graphs", "info", "drivers", "upstream", "downstream", "circuit", "diff", "motifs", "similar", "stable",
    ]  # fmt: skip
