"""Answers over shards against those of one run."""

import sqlite3

import pytest
from comparison import by_hash, differences
from conftest import PROGRAM

from feature_atlas import Atlas, AtlasError
from feature_atlas import spark as cluster

QUESTIONS = [
    ("drivers", [" Austin"], {}), ("drivers", [" Texas"], {"limit": 5}), ("upstream", ["5/283"], {}),
    ("downstream", ["0/228"], {}), ("upstream", [(1, 105)], {"limit": 50}), ("edge", ["5/283", "logit: Austin"], {}),
    ("edge", ["0/228", "5/283"], {"examples": 20}), ("edge", ["token: capital", "5/283"], {}),
    ("edge", ["error:1", "5/283"], {}), ("feature", ["5/283"], {}), ("feature", ["0/228"], {}), ("feature", ["5/1"], {}),
    ("circuit", [], {"token": " Austin"}), ("circuit", [], {"feature": "5/283"}),
    ("circuit", [], {"token": " Austin", "rank_by": "effect", "size": 20}),
    ("circuit", [], {"token": " Austin", "prompts": 3}), ("circuit", [], {"feature": "5/283", "size": 10}),
    # What goes wrong goes wrong alike.
    ("drivers", [" nosuch"], {}), ("drivers", [" is"], {}), ("feature", ["99/1"], {}), ("upstream", ["5/99999"], {}),
    ("edge", ["5/283", "0/228"], {}), ("circuit", [], {"token": " is"}),
]  # fmt: skip


def asked(atlas, method, arguments, options, hashes=None):
    """An answer, or the line of an error without the file's name."""
    try:
        return by_hash(getattr(atlas, method)(*arguments, **options), hashes)
    except AtlasError as error:
        return str(error)


@pytest.mark.parametrize("shards", [2, 8, 32])
def test_answers_over_shards_are_those_of_one_run(session, corpus, tmp_path, shards):
    found = corpus.index(session, tmp_path, shards)
    empty = [shard for shard in found["shards"] if shard["prompt_count"] == 0]
    assert found["prompt_count"] == len(corpus.hashes) and bool(empty) == (shards == 32)
    with Atlas(corpus.atlas, program=PROGRAM) as one, cluster.ShardedAtlas(session, tmp_path, program=PROGRAM) as many:
        for question in QUESTIONS:
            expected = asked(one, *question, hashes=corpus.hashes)
            assert list(differences(expected, asked(many, *question))) == [], question
    if shards != 8:
        return
    rows = cluster.sum_tables(session, tmp_path)
    assert cluster.sum_tables(session, tmp_path) == rows
    assert cluster.tables(session, tmp_path)["edge_sums"].count() == rows["edge_sums"]
    with Atlas(corpus.atlas, program=PROGRAM) as one, cluster.ShardedAtlas(session, tmp_path, program=PROGRAM) as many:
        for question in QUESTIONS[::3]:
            expected = asked(one, *question, hashes=corpus.hashes)
            assert list(differences(expected, asked(many, *question))) == [], question


def test_the_assembled_shards_answer_like_the_cluster_and_one_run(session, corpus, tmp_path):
    out, assembled = tmp_path / "out", tmp_path / "assembled.atlas"
    corpus.index(session, out, 8, keep_derived=True)
    cluster.assemble(out, assembled, program=PROGRAM)
    with sqlite3.connect(assembled) as connection:
        rows = connection.execute("SELECT id, content_hash FROM prompts")
        hashes = {prompt: content.hex() for prompt, content in rows}
    assert sorted(hashes.values()) == sorted(corpus.hashes.values())
    with Atlas(corpus.atlas, program=PROGRAM) as one, Atlas(assembled, program=PROGRAM) as joined:
        with cluster.ShardedAtlas(session, out, program=PROGRAM) as many:
            for question in QUESTIONS:
                expected = asked(one, *question, hashes=corpus.hashes)
                assert list(differences(expected, asked(joined, *question, hashes=hashes))) == [], question
                assert list(differences(expected, asked(many, *question))) == [], question


def test_shards_of_facts_alone_are_not_assembled(session, corpus, tmp_path):
    out, assembled = tmp_path / "out", tmp_path / "assembled.atlas"
    corpus.index(session, out, 2)
    with pytest.raises(AtlasError, match="derive") as refused:
        cluster.assemble(out, assembled, program=PROGRAM)
    assert "\n" not in str(refused.value) and not assembled.exists()
    with pytest.raises(AtlasError, match="keep_derived: expected False, found True"):
        corpus.index(session, out, 2, keep_derived=True)


def test_what_is_not_asked_over_shards_is_refused_in_one_line(session, corpus, tmp_path):
    corpus.index(session, tmp_path, 2)
    with cluster.ShardedAtlas(session, tmp_path, program=PROGRAM) as many:
        with pytest.raises(AtlasError, match="motifs: not answered over shards"):
            many.motifs()
        with pytest.raises(AtlasError, match="where: not understood over shards"):
            many.upstream("5/283", where="family=two-step")
        # A prompt of an example is found in the shard's own atlas.
        example = many.edge("5/283", "logit: Austin")["examples"][0]
        with Atlas(many.shards.shards[example["shard"] - 1].atlas) as shard:
            assert shard.graph(example["promptID"]).prompt == example["prompt"]


def test_the_description_of_the_tables_is_current():
    from pathlib import Path

    from feature_atlas.spark import shard_schemas

    assert Path(shard_schemas.__file__).with_name("SHARD_TABLES.md").read_text() == shard_schemas.documentation()
