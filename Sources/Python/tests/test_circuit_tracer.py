"""Graphs to and from circuit-tracer; what needs torch and circuit-tracer runs where they are installed."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import MODEL, TRANSCODERS, run

from feature_atlas import AtlasError, from_circuit_tracer, safetensors_file, to_circuit_tracer

PROMPT = "calc: 12+13="


@pytest.fixture(scope="module")
def raw(tmp_path_factory):
    file = tmp_path_factory.mktemp("raw") / "graph.safetensors"
    run(
        "attribute",
        PROMPT,
        "--model",
        MODEL,
        "--transcoders",
        TRANSCODERS,
        "--output",
        file,
        "--max-feature-nodes",
        "60",
    )
    return file


def live(raw, **changes):
    """A graph with the fields of a ``circuit_tracer.Graph``, of a raw graph file."""
    arguments = to_circuit_tracer(raw, as_dict=True)
    arguments["cfg"] = SimpleNamespace(**{**arguments["cfg"], "model_name": "demo"})
    arguments["logit_targets"] = [
        SimpleNamespace(token_str=text, vocab_idx=token) for text, token in arguments["logit_targets"]
    ]
    arguments["input_string"] = "<|bos|>" + PROMPT
    return SimpleNamespace(**{**arguments, **changes})


def test_a_raw_graph_goes_there_and_comes_back(raw, tmp_path):
    file = tmp_path / "again.safetensors"
    from_circuit_tracer(
        live(raw, scan=["a", "b"]), file, tokenizer=lambda token: f"<{token}>", tags={"family": "addition"}
    )
    first, _ = safetensors_file.read(raw)
    second, metadata = safetensors_file.read(file)
    assert set(second) < set(first)
    for name, array in second.items():
        assert array.dtype == first[name].dtype and np.array_equal(array, first[name])
    assert metadata["format"] == "feature-atlas raw graph" and metadata["format_version"] == "1"
    assert metadata["prompt"] == PROMPT
    assert json.loads(metadata["token_texts"]) == [f"<{token}>" for token in first["input_ids"].tolist()]
    assert json.loads(metadata["targets"]) == [f"#{token}" for token in first["logit_tokens"].tolist()]
    assert (metadata["model_name"], metadata["transcoder_name"]) == ("demo", "a,b")
    assert json.loads(metadata["tags"]) == {"family": "addition"}


def test_a_stored_graph_has_its_edges_in_circuit_tracers_order(atlas):
    graph = atlas.graph("two-step-0000")
    arguments = graph.to_circuit_tracer(as_dict=True)
    adjacency = arguments["adjacency_matrix"]
    features, positions = len(arguments["selected_features"]), len(graph.tokens)
    layers = atlas.identity.layer_count
    assert len(adjacency) == features + layers * positions + positions + len(graph.targets)
    assert np.count_nonzero(adjacency) == np.count_nonzero(graph.edges["weight"])
    kinds = graph.nodes["kind"].tolist()
    for source, target, weight in list(zip(graph.edges["source"], graph.edges["target"], graph.edges["weight"]))[::50]:
        places = []
        for node in (source, target):
            position = int(graph.nodes["position"][node])
            if kinds[node] == "feature":
                wanted = [int(graph.nodes["layer"][node]), position, int(graph.nodes["feature_index"][node])]
                places.append(arguments["active_features"].tolist().index(wanted))
            elif kinds[node] == "error":
                places.append(features + int(graph.nodes["layer"][node]) * positions + position)
            elif kinds[node] == "token":
                places.append(features + layers * positions + position)
            else:
                tokens = [token for _, token in arguments["logit_targets"]]
                places.append(len(adjacency) - len(tokens) + tokens.index(int(graph.nodes["token"][node])))
        assert adjacency[places[1], places[0]] == weight


@pytest.mark.parametrize(
    "changes",
    [
        {"selected_features": np.array([0, 0])},
        {"selected_features": np.array([10**6])},
        {"adjacency_matrix": np.zeros((3, 3))},
        {"adjacency_matrix": None},
        {"logit_probabilities": np.array([np.nan])},
        {"vocab_size": 3},
        {"cfg": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_no_graph_is_refused_and_nothing_is_written(raw, tmp_path, changes):
    file = tmp_path / "no.safetensors"
    with pytest.raises(AtlasError) as caught:
        from_circuit_tracer(live(raw, **changes), file)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cut", [0, 5, 9, 200, -4])
def test_a_file_cut_short_is_one_error(raw, tmp_path, cut):
    file = tmp_path / "cut.safetensors"
    file.write_bytes(raw.read_bytes()[:cut])
    with pytest.raises(AtlasError) as caught:
        to_circuit_tracer(file, as_dict=True)
    assert "\n" not in str(caught.value)


def test_circuit_tracer_computes_the_scores_of_the_program(raw, tmp_path):
    graphs = pytest.importorskip("circuit_tracer.graph")
    graph = to_circuit_tracer(raw)
    graph.to_pt(tmp_path / "graph.pt")
    from_circuit_tracer(tmp_path / "graph.pt", tmp_path / "again.safetensors")
    first, second = safetensors_file.read(raw)[0], safetensors_file.read(tmp_path / "again.safetensors")[0]
    assert np.array_equal(first["adjacency"], second["adjacency"])
    text = run("attribute", PROMPT, "--model", MODEL, "--transcoders", TRANSCODERS, "--max-feature-nodes", "60")
    told = [
        float(line.split()[2]) for line in text.splitlines() if line.startswith(("replacement s", "completeness s"))
    ]
    assert np.allclose(graphs.compute_graph_scores(graph), told, atol=6e-4)
