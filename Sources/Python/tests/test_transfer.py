"""Files out of an atlas and back into one: graphs, names, features for Neuronpedia, and files that are wrong."""

import gzip
import json
import random

import pytest
from conftest import MODEL, PROGRAM, TRANSCODERS, corpus, run

from feature_atlas import Atlas, AtlasError, import_graphs, import_labels, import_raw

PROMPTS = [record["id"] for record in corpus()]
TEXTS = [record["text"] for record in corpus()]


@pytest.fixture(scope="module")
def graphs(atlas, tmp_path_factory):
    """Every prompt's graph, whole."""
    folder = tmp_path_factory.mktemp("transfer")
    files = [atlas.export_graph(prompt, folder, node_threshold=1, edge_threshold=1) for prompt in PROMPTS]
    assert all(file.parent == folder for file in files) and len({file.name for file in files}) == len(PROMPTS)
    return folder


@pytest.fixture(scope="module")
def imported(graphs, tmp_path_factory):
    file = tmp_path_factory.mktemp("imported") / "imported.atlas"
    summary = import_graphs(graphs, file, cross_layer=True, program=PROGRAM)
    assert summary["addedGraphs"] == summary["files"] == len(PROMPTS) and summary["refused"] == []
    with Atlas(file, program=PROGRAM) as opened:
        yield opened


def edges(graph):
    """A graph's edges by what they link."""
    kinds = graph.nodes
    columns = [kinds[name] for name in ("kind", "layer", "position", "feature_index", "token")]
    names = [tuple(map(str, row)) for row in zip(*(column.tolist() for column in columns))]
    return {
        (names[source], names[target]): weight
        for source, target, weight in zip(
            graph.edges["source"].tolist(), graph.edges["target"].tolist(), graph.edges["weight"].tolist()
        )
    }


def test_what_comes_back_has_the_same_edges_and_direct_effects(atlas, imported):
    for prompt in TEXTS:
        here, there = atlas.graph(prompt), imported.graph(prompt)
        assert here.tokens == there.tokens and edges(here) == edges(there)
    source, target, support = map(atlas.aggregated_edges().schema.names.index, ("source", "target", "support"))
    here, there = (
        {(row[source], row[target]): row[support : support + 4] for row in opened.aggregated_edges().rows()}
        for opened in (atlas, imported)
    )
    assert here == there and here


def test_names_that_people_gave_come_back_and_automatic_ones_are_made_anew(graphs, imported):
    shown = {
        node["node_id"].rsplit("_", 1)[0]: node["clerp"]
        for file in graphs.glob("*.json")
        for node in json.loads(file.read_text()).get("nodes", [])
        if node["feature_type"] == "cross layer transcoder" and not node.get("label_is_automatic")
    }
    named = imported.labels().to_pandas()
    people = named[~named["is_automatic"]]
    found = {f"{row['layer']}_{row['feature_index']}": row["label"] for _, row in people.iterrows()}
    assert found == shown and len(named) > len(people)


def test_names_go_out_and_in(atlas, imported, tmp_path):
    for name in ("names.csv", "names.jsonl"):
        atlas.export_labels(tmp_path / name)
        assert "a name" in (tmp_path / name).read_text()
        import_labels(tmp_path / name, imported.path, program=PROGRAM)
    with pytest.raises(AtlasError):
        import_labels(tmp_path / "none.csv", imported.path, program=PROGRAM)


def test_raw_graphs_of_circuit_tracer_come_in(tmp_path):
    raw = tmp_path / "raw.safetensors"
    run("attribute", "calc: 12+13=", "--model", MODEL, "--transcoders", TRANSCODERS, "--output", raw)
    summary = import_raw([raw], tmp_path / "raw.atlas", program=PROGRAM)
    assert summary["addedGraphs"] == 1
    again = import_raw(raw, tmp_path / "raw.atlas", program=PROGRAM)
    assert again["knownGraphs"] == 1 and again["addedPrompts"] == 0


def lines(file):
    return [json.loads(line) for line in gzip.decompress(file.read_bytes()).decode().split("\n")[:-1]]


def test_the_bundle_for_neuronpedia_is_read_back(atlas, tmp_path):
    features = atlas.features().to_pandas()
    named = (features["layer"] == 2) & (features["feature_index"] == 157)
    features = features[named | (features.index % 25 == 0)]
    chosen = list(zip(features["layer"].tolist(), features["feature_index"].tolist()))
    for name in ("one", "two"):
        atlas.export_bundle(
            tmp_path / name, chosen, model_id="demo", source_set="clt", creator="Someone", creator_id="user1"
        )
    for layer, expected in features.groupby("layer"):
        folder = tmp_path / "one" / "demo" / f"{layer}-clt"
        described = {
            name: json.loads((folder / f"{name}.jsonl").read_text())
            for name in ("release", "model", "sourceset", "source")
        }
        assert described["model"]["id"] == described["source"]["modelId"] == described["sourceset"]["modelId"] == "demo"
        assert described["source"]["setName"] == described["sourceset"]["name"] == "clt"
        assert described["sourceset"]["releaseName"] == described["release"]["name"]
        assert {row["creatorId"] for row in described.values()} == {"user1"}
        rows = [row for file in sorted((folder / "features").iterdir()) for row in lines(file)]
        # The import takes the columns of the first line for all.
        assert len({tuple(row) for row in rows}) == 1
        assert [int(row["index"]) for row in rows] == expected["feature_index"].tolist()
        assert [row["maxActApprox"] for row in rows] == pytest.approx(expected["maximum"].tolist())
        assert [row["frac_nonzero"] for row in rows] == pytest.approx(expected["density"].tolist())
        for row in rows[:: max(1, len(rows) // 2)]:
            histogram = atlas.histogram(int(layer), int(row["index"]))
            assert row["freq_hist_data_bar_heights"] == histogram.tolist()
            values = row["freq_hist_data_bar_values"]
            assert values[0] == pytest.approx(row["maxActApprox"] / 100) and len(values) == 50
            report = atlas.feature((int(layer), int(row["index"])))
            assert row["pos_str"] == [token["text"] for token in report["promoted"]]
            assert row["neg_values"] == pytest.approx([token["value"] for token in report["suppressed"]])
        activations = [row for file in sorted((folder / "activations").iterdir()) for row in lines(file)]
        assert len({tuple(row) for row in activations}) == 1
        assert len({row["id"] for row in activations}) == len(activations)
        assert {row["index"] for row in activations} == {row["index"] for row in rows}
        for row in activations:
            assert len(row["tokens"]) == len(row["values"]) and row["layer"] == f"{layer}-clt"
            assert row["values"][row["maxValueTokenIndex"]] == row["maxValue"] == max(row["values"])
            assert row["minValue"] == min(row["values"])
            strongest = row["values"][row["qualifyingTokenIndex"]]
            assert row["binMin"] == -1 or row["binMin"] < strongest <= row["binMax"] * (1 + 1e-6)
        tops = {}
        for row in activations:
            if row["binMin"] == -1:
                tops.setdefault(row["index"], []).append(row["maxValue"])
        for row in rows:
            assert max(tops[row["index"]]) == pytest.approx(row["maxActApprox"])
    explained = lines(tmp_path / "one" / "demo" / "2-clt" / "explanations" / "batch-0.jsonl.gz")
    assert [(row["layer"], row["index"], row["description"]) for row in explained] == [("2-clt", "157", "a name")]
    for file in (tmp_path / "one").rglob("*.gz"):
        assert file.read_bytes() == (tmp_path / "two" / file.relative_to(tmp_path / "one")).read_bytes()
    with pytest.raises(AtlasError, match="--model-id"):
        atlas.export_bundle(tmp_path / "three", chosen[:1], model_id="../up")
    assert not (tmp_path / "three").exists()


def test_features_for_the_viewer_are_written_through_the_program(atlas, tmp_path):
    row = atlas.features().to_pandas().iloc[0]
    atlas.export_features(tmp_path, [(int(row["layer"]), int(row["feature_index"]))])
    assert len(list(tmp_path.glob("*.json"))) == 1


def damaged(text, chance):
    """A graph file with something wrong at a random place, or the same file."""
    kind = chance.randrange(6)
    place = chance.randrange(len(text))
    if kind == 0:
        return text[:place]
    if kind == 1:
        return text[:place] + chance.choice('{}[],:"0-e\\') + text[place + 1 :]
    graph = json.loads(text)
    node = chance.choice(graph["nodes"])
    link = chance.choice(graph["links"])
    hostile = chance.choice(
        [None, -1, 1e308, 2**63, "", "x" * 3000, "\u202e\u0000", [], {}, True, "0_0_0", "9999999999_1_1", "B_0_0"]
    )
    if kind == 2:
        node[chance.choice(list(node))] = hostile
    elif kind == 3:
        link[chance.choice(list(link))] = hostile
    elif kind == 4:
        graph["metadata"][chance.choice([*graph["metadata"], "info", "feature_details"])] = hostile
    else:
        part = chance.choice(["nodes", "links"])
        graph[part].insert(0, chance.choice(graph[part]) if chance.random() < 0.5 else hostile)
    return json.dumps(graph)


def test_whatever_is_wrong_with_a_file_is_one_line_and_leaves_nothing(graphs, tmp_path):
    chance = random.Random(7)
    sources = sorted(file for file in graphs.glob("*.json") if file.name != "graph-metadata.json")
    small = sorted(sources, key=lambda file: file.stat().st_size)[:4]
    folder = tmp_path / "wrong"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number:03}.json").write_text(damaged(chance.choice(small).read_text(), chance))
    summary = import_graphs(folder, tmp_path / "found.atlas", cross_layer=True, program=PROGRAM)
    taken = summary["addedGraphs"] + summary["knownGraphs"]
    assert summary["files"] == 60 and len(summary["refused"]) == 60 - taken
    assert len(summary["refused"]) > 30 and taken > 0
    for refusal in summary["refused"]:
        assert "\n" not in refusal["reason"] and len(refusal["reason"]) < 600, refusal
        assert refusal["file"].split("/")[-1] in refusal["reason"]
    run("verify", tmp_path / "found.atlas")
    with Atlas(tmp_path / "found.atlas", program=PROGRAM) as found:
        assert len(found.prompts().to_pandas()) == summary["addedPrompts"]
        assert found.prompts().to_pandas()["node_count"].min() > 0


def test_files_that_all_are_wrong_leave_no_atlas(tmp_path):
    (tmp_path / "a.json").write_text("{}")
    summary = import_graphs([tmp_path / "a.json", tmp_path / "none.json"], tmp_path / "no.atlas", program=PROGRAM)
    assert len(summary["refused"]) == 2 and not (tmp_path / "no.atlas").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(AtlasError):
        import_graphs(tmp_path / "empty", tmp_path / "no.atlas", program=PROGRAM)
    with pytest.raises(AtlasError):
        import_graphs([], tmp_path / "no.atlas", program=PROGRAM)
    with pytest.raises(TypeError, match="modle"):
        Atlas(tmp_path / "no.atlas", modle="x")
