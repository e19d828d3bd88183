"""What is worked out of a shard beside the program, against what the program derived."""

import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from feature_atlas import Atlas, AtlasError, blocks
from feature_atlas.spark import cover, feature_rows, labels, shard_schemas
from feature_atlas.spark.question_atlas import histogram_block
from feature_atlas.spark.shard_tables import write_shard_tables

parquet = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def shard(atlas_file, tmp_path_factory):
    """The tables of one shard, by name."""
    folder = tmp_path_factory.mktemp("shard")
    with Atlas(atlas_file) as atlas:
        counts = write_shard_tables(atlas, folder, 1)
    tables = {name: parquet.read_table(folder / f"{name}.parquet").to_pylist() for name in shard_schemas.TABLES}
    assert counts == {name: len(rows) for name, rows in tables.items()}
    return tables


@pytest.fixture(scope="module")
def stored(atlas_file):
    with sqlite3.connect(atlas_file) as connection:
        yield connection


@pytest.mark.parametrize("counts", [[], [0] * 50, [1, 0, 7], [(1 << 32) - 1, 1 << 31, (1 << 31) - 1], list(range(200))])
def test_a_histogram_comes_back_from_its_block(counts):
    assert blocks.histogram(histogram_block(counts)).tolist() == counts


def test_the_tables_of_a_shard_are_described():
    assert Path(shard_schemas.__file__).with_name("SHARD_TABLES.md").read_text() == shard_schemas.documentation()


def test_facts_alone_make_no_tables(shard, atlas_file, tmp_path):
    copy = tmp_path / "facts.atlas"
    with sqlite3.connect(atlas_file) as source, sqlite3.connect(copy) as target:
        source.backup(target)
        target.execute("DELETE FROM derivation")
    with Atlas(copy) as atlas, pytest.raises(AtlasError, match="statistics are not derived; atlas derive"):
        write_shard_tables(atlas, tmp_path / "tables", 1)


def test_every_prompt_that_the_program_counts_as_covered_is_told(shard, stored):
    for by_effect, table in ((False, "logit_drivers"), (True, "logit_driver_effects")):
        found = Counter((row["token"], row["node"]) for row in shard["cover_parts"] if row["by_effect"] == by_effect)
        sql = f"SELECT token, node, covered_prompts FROM {table} WHERE covered_prompts > 0"
        assert found == {row[:2]: row[2] for row in stored.execute(sql)} and found


def test_covering_sets_are_chosen_as_the_program_chooses(shard, stored):
    known = {row["token"]: row["known_prompts"] == row["prompt_count"] for row in shard["token_sums"]}
    answers = {row[0] for row in stored.execute("SELECT DISTINCT token FROM logit_driver_effects")}
    expected = defaultdict(list)
    for token, *choice in stored.execute(
        "SELECT token, node, newly_covered, covered FROM logit_cover ORDER BY token, rank"
    ):
        expected[token].append(tuple(choice))
    assert len(expected) >= 5
    for token, choices in expected.items():
        by_effect = known[token] and token in answers
        groups, influence = defaultdict(list), defaultdict(float)
        for row in shard["cover_parts"]:
            if row["token"] == token and row["by_effect"] == by_effect:
                groups[row["ordinal"]].append(row["node"])
                influence[row["node"]] += row["value"]
        if not by_effect:
            influence = {row["node"]: row["influence_sum"] for row in shard["driver_sums"] if row["token"] == token}
        together = Counter(tuple(sorted(nodes)) for nodes in groups.values())
        assert cover.choose(list(together.items()), influence) == choices, token


def test_features_are_named_as_the_program_names_them(shard, stored):
    vocabulary = dict(stored.execute("SELECT token, text FROM vocabulary"))
    prompts = {row["ordinal"]: row for row in shard["prompt_facts"]}
    containing = {row["token"]: row["containing_prompts"] for row in shard["token_sums"]}
    promoted = defaultdict(list)
    for row in shard["token_effects"]:
        if row["kind"] == "output" and 1 <= row["rank"] <= labels.PROMOTED_TOKENS and row["value"] > 0:
            promoted[row["layer"], row["feature_index"]].append(row["token"])
    examples = defaultdict(list)
    for row in sorted(shard["feature_tops"], key=lambda row: (-abs(row["activation"]), row["ordinal"])):
        prompt = prompts[row["ordinal"]]
        example = labels.Example.at(prompt["tokens"], row["position"], prompt["predicted_token"], row["activation"])
        examples[row["layer"], row["feature_index"]].append(example)
    expected = {row[:2]: row[2] for row in stored.execute("SELECT layer, feature_index, label FROM automatic_labels")}
    found = {
        feature: labels.label(own, promoted[feature], vocabulary.get, lambda token: containing[token] / len(prompts))
        for feature, own in examples.items()
    }
    assert found == expected and len(found) > 100


def test_samples_are_those_with_the_smallest_seeded_hashes(shard, stored):
    prefixes = {row["ordinal"]: row["hash_prefix"] for row in shard["prompt_facts"]}
    places = dict(stored.execute("SELECT id, row_number() OVER (ORDER BY content_hash) - 1 FROM prompts"))
    samples, extremes = defaultdict(list), defaultdict(dict)
    sql = "SELECT layer, feature_index, band, prompt_id FROM feature_examples WHERE band > 0 ORDER BY 1, 2, band, rank"
    for layer, index, band, prompt in stored.execute(sql):
        samples[layer, index, band].append(places[prompt])
    for row in shard["firings"]:
        own = extremes[row["layer"], row["feature_index"]]
        own[row["ordinal"]] = max(own.get(row["ordinal"], 0.0), row["activation"])
    for (layer, index, band), expected in samples.items():
        own = extremes[layer, index]
        largest = max(own.values())
        inside = [place for place, value in own.items() if max(1, min(5, int(np.ceil(value / largest * 5)))) == band]
        hashes = feature_rows.seeded(layer << 24 | index, np.array([prefixes[place] for place in inside]))
        assert [place for _, place in sorted(zip(hashes.tolist(), inside))][:5] == expected
    assert len(samples) > 100
