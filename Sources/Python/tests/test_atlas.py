"""What is read is what was stored, told by what the program derived from it."""

import hashlib
import json
import shutil
import sqlite3

import numpy as np
import pytest
from conftest import FAMILIES, PROGRAM, ROOT, corpus, run

from feature_atlas import Atlas, AtlasError, Categories, Range, schemas
from feature_atlas.database import MIGRATIONS

#: Sums in another order, of numbers rounded alike.
ROUNDING = 1e-5


def node_keys(edges, end):
    kinds = np.array(edges[f"{end}_kind"].tolist())
    layer = np.ma.filled(edges[f"{end}_layer"], 0).astype(np.int64)
    index = np.ma.filled(edges[f"{end}_index"], 0)
    keys = (layer << 24) | np.where(kinds == "feature", index, 0)
    keys += np.where(kinds == "error", 1 << 40, 0)
    keys += np.where(kinds == "token", (2 << 40) + index, 0)
    return keys + np.where(kinds == "logit", (3 << 40) + index, 0)


def test_the_migrations_are_those_of_the_program():
    assert [file.stem for file in sorted((ROOT / "Migrations").glob("*.sql"))] == list(MIGRATIONS)


def test_prompts_are_those_of_the_corpus(atlas):
    texts = {record["text"] for record in corpus()}
    prompts = atlas.prompts()
    assert set(prompts["text"].tolist()) == texts
    hashes = prompts["prompt"].tolist()
    assert hashes == sorted(hashlib.sha256(text.encode()).hexdigest() for text in texts)
    assert [json.loads(ids)[0] for ids in prompts["external_ids"].tolist()].count("hostile,1") == 1


def test_tags_are_those_of_the_corpus(atlas):
    expected = sorted(
        (hashlib.sha256(record["text"].encode()).hexdigest(), name, value)
        for record in corpus()
        for name, value in record["tags"].items()
    )
    assert list(atlas.tags().rows()) == expected


def test_activations_are_the_derived_statistics(atlas):
    tables = list(atlas.iter_activations())
    layer = np.concatenate([table["layer"] for table in tables])
    index = np.concatenate([table["feature_index"] for table in tables])
    value = np.concatenate([table["activation"] for table in tables])
    features = atlas.features()
    assert len(features) > 100
    for place in range(0, len(features), 37):
        own = (layer == features["layer"][place]) & (index == features["feature_index"][place])
        # A beginning-of-sequence token counts for nothing.
        assert own.sum() >= features["active_tokens"][place]
        assert value[own].max() >= features["maximum"][place]


def test_postings_are_the_activations(atlas):
    features = atlas.features()
    place = int(np.argmax(features["active_prompts"]))
    layer, index = int(features["layer"][place]), int(features["feature_index"][place])
    fires = atlas.feature_activations(layer, index)
    assert len(fires) == features["active_tokens"][place]
    assert fires["prompt"].tolist() == sorted(fires["prompt"].tolist())
    assert float(fires["activation"].max()) == features["maximum"][place]
    assert atlas.histogram(layer, index).sum() == (fires["activation"] > 0).sum()
    prompt = fires["prompt"].tolist()[0]
    own = atlas.activations(prompt)
    there = (own["layer"] == layer) & (own["feature_index"] == index)
    of_prompt = np.array(fires["prompt"].tolist()) == prompt
    wanted = dict(zip(fires["position"][of_prompt].tolist(), fires["activation"][of_prompt].tolist()))
    found = dict(zip(own["position"][there].tolist(), own["activation"][there].tolist()))
    assert wanted.items() <= found.items()


def test_edges_add_up_to_the_aggregated_edges(atlas):
    sums, counts = {}, {}
    for edges in atlas.iter_edges(1_000):
        for source, target, weight in zip(
            node_keys(edges, "source").tolist(), node_keys(edges, "target").tolist(), edges["weight"].tolist()
        ):
            sums[source, target] = sums.get((source, target), 0.0) + weight
            counts[source, target] = counts.get((source, target), 0) + 1
    aggregated = atlas.aggregated_edges()
    assert len(aggregated) == len(sums) > 1_000
    keys = list(zip(aggregated["source"].tolist(), aggregated["target"].tolist()))
    assert [counts[key] for key in keys] == aggregated["occurrences"].tolist()
    means = aggregated["mean"] * aggregated["support"]
    assert np.allclose([sums[key] for key in keys], means, rtol=ROUNDING, atol=ROUNDING)


def test_aggregated_edges_are_spelled_out_as_the_view_does(atlas):
    names = schemas.AGGREGATED_EDGES.names
    rows = atlas._database.all(f"SELECT {', '.join(names)} FROM edges ORDER BY target, source")
    booleans = [place for place, column in enumerate(schemas.AGGREGATED_EDGES.columns) if column.type == "bool"]
    for stored, found in zip(rows, atlas.aggregated_edges().rows()):
        expected = [bool(value) if place in booleans else value for place, value in enumerate(stored)]
        assert list(found) == expected


def test_nodes_hold_their_edges(atlas):
    prompt = atlas.prompts()["prompt"].tolist()[0]
    graph = atlas.graph(prompt)
    incoming = np.zeros(len(graph.nodes))
    np.add.at(incoming, graph.edges["target"], np.abs(graph.edges["weight"]))
    assert (incoming <= graph.nodes["input_sum"] * (1 + 1e-3) + 1e-6).all()
    weighted = np.array([target.probability for target in graph.targets]) @ graph.influence
    assert np.allclose(weighted, graph.nodes["influence"], rtol=2e-3, atol=1e-6)
    assert len(graph.token_texts) == len(graph.tokens)
    assert "<script>" not in graph._repr_html_()


def test_batches_are_the_whole_in_pieces(atlas):
    whole = [table.rows() for table in atlas.iter_edges()]
    pieces = list(atlas.iter_edges(777))
    assert {len(table) for table in pieces[:-1]} == {777}
    assert [row for rows in whole for row in rows] == [row for table in pieces for row in table.rows()]


def test_ranges_of_hashes_are_disjoint_and_complete(atlas):
    halves = [Range(b"", b"\x80"), Range(b"\x80", None)]
    split = [row for half in halves for table in atlas.iter_nodes(within=half) for row in table.rows()]
    assert split == [row for table in atlas.iter_nodes() for row in table.rows()]


def test_a_prompt_is_named_in_four_ways(atlas):
    prompts = atlas.prompts()
    digest, text = prompts["prompt"].tolist()[3], prompts["text"].tolist()[3]
    external = json.loads(prompts["external_ids"].tolist()[3])[0]
    names = [digest, text, external, atlas.prompt_id(digest)]
    assert {atlas.prompt_id(name) for name in names} == {names[3]}
    for wrong in ("nobody", 0, -1, 10**30, "", None, 1.5, True):
        with pytest.raises(AtlasError):
            atlas.prompt_id(wrong)


def test_effects_and_heads_belong_to_the_graph(atlas):
    graph = atlas.graph("two-step-0000")
    effects = atlas.effects("two-step-0000")
    assert len(effects) == len(graph.nodes)
    assert np.ma.count(effects["measured_gap"]) == 3
    heads = atlas.edge_heads("two-step-0000")
    assert len(heads) > 0 and heads["edge"].max() < len(graph.edges)
    assert (graph.edges["source"][heads["edge"]] == heads["source"]).all()
    patterns = atlas.head_patterns("two-step-0000")
    assert len(patterns) % atlas.identity.layer_count == 0
    assert float(patterns["previous"].max()) <= 1.01


def test_pandas_and_arrow_hold_the_same_rows(atlas):
    pandas = pytest.importorskip("pandas")
    for table in (atlas.prompts(), atlas.nodes("two-step-0000"), atlas.labels(), atlas.logit_drivers()):
        frame, arrow = table.to_pandas(), table.to_arrow()
        rows = list(table.rows())
        assert [tuple(row.values()) for row in arrow.to_pylist()] == rows
        assert len(frame) == len(rows) and list(frame.columns) == table.schema.names
        for name in table.schema.names:
            found = [None if pandas.isna(value) else value for value in frame[name].tolist()]
            values = table[name]
            assert found == (values.tolist() if not isinstance(values, Categories) else values.tolist())


def test_labels_are_those_of_people_and_rules(atlas):
    rows = list(atlas.labels().rows())
    assert (2, 157, False, "a name") in [row[:4] for row in rows]
    assert any(row[2] for row in rows)


def damaged(file, tmp_path, sql, values=()):
    copy = tmp_path / "damaged.atlas"
    shutil.copy(file, copy)
    connection = sqlite3.connect(copy)
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(sql, values)
    connection.commit()
    connection.close()
    return copy


def one_line(path, use=lambda atlas: None):
    with pytest.raises(AtlasError) as caught:
        with Atlas(path, program=PROGRAM) as opened:
            use(opened)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_files_that_are_no_atlases_are_refused(tmp_path, spare_file):
    missing, empty, text, folder = (tmp_path / name for name in ("missing", "empty", "text", "folder"))
    empty.touch()
    text.write_text("hello" * 100)
    folder.mkdir()
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (a)")
    assert "found no file" in one_line(missing)
    assert "found an empty file" in one_line(empty)
    assert "found no SQLite file" in one_line(text)
    assert "found a folder" in one_line(folder)
    assert "application id 0" in one_line(other)
    cut = tmp_path / "cut.atlas"
    cut.write_bytes(spare_file.read_bytes()[:5_000])
    one_line(cut, lambda atlas: atlas.prompts())


def test_a_newer_and_an_older_schema_are_refused(tmp_path, spare_file):
    newer = damaged(spare_file, tmp_path, "INSERT INTO grdb_migrations VALUES ('9999_add_something')")
    assert "9999_add_something" in one_line(newer)
    older = damaged(spare_file, tmp_path, "DELETE FROM grdb_migrations WHERE identifier = ?", (MIGRATIONS[-1],))
    assert "older than" in one_line(older)


@pytest.mark.parametrize("column", ["nodes", "edges", "target_influence"])
def test_a_damaged_block_names_its_row(tmp_path, spare_file, column):
    file = damaged(
        spare_file, tmp_path, f"UPDATE graphs SET {column} = substr({column}, 1, length({column}) - 3) WHERE id = 2"
    )
    message = one_line(file, lambda atlas: [list(atlas.iter_edges()), list(atlas.iter_influence())])
    assert f"graphs.{column}, row 2: damaged block" in message


def test_nodes_of_another_prompt_are_refused(tmp_path, spare_file):
    file = damaged(
        spare_file, tmp_path,
        "UPDATE prompts SET tokens = (SELECT tokens FROM prompts ORDER BY token_count LIMIT 1), "
        "token_count = (SELECT min(token_count) FROM prompts)",
    )  # fmt: skip
    assert "expected positions below" in one_line(file, lambda atlas: list(atlas.iter_nodes()))


def test_reading_leaves_the_file_as_it_was(spare_file):
    before = spare_file.read_bytes()
    with Atlas(spare_file) as opened:
        opened.prompts()
        list(opened.iter_edges())
        with pytest.raises(AtlasError):
            opened._database.all("DELETE FROM labels")
    assert spare_file.read_bytes() == before


def test_a_second_atlas_in_the_process_leaves_the_locks_of_the_first(spare_file):
    with Atlas(spare_file) as first:
        first.prompts()
        with Atlas(spare_file) as second:
            second.prompts()
        run("label", "set", "1/1", "another", "--atlas", spare_file)
        # The program would refuse the next, had it taken the log away from under the first.
        run("label", "set", "1/2", "a third", "--atlas", spare_file)
        assert (1, 2, False, "a third") in [row[:4] for row in first.labels().rows()]


def test_families_are_all_there(atlas):
    values = [row[2] for row in atlas.tags().rows() if row[1] == "family"]
    assert {family: values.count(family) for family in FAMILIES} == FAMILIES
