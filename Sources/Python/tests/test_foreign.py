"""Programs of others on what is exported: JSON Schema, networkx, pandas, DuckDB."""

import copy
import json
import os
import sqlite3

import numpy as np
import pytest
from conftest import corpus, run

from feature_atlas import schemas
from feature_atlas.tables import export_tables

PROMPTS = [record["id"] for record in corpus()]

_TEXT, _NUMBER, _WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def _object(needed, **optional):
    """An object with fields that must be there and fields that may."""
    return {"type": "object", "properties": {**needed, **optional}, "required": list(needed)}


#: What Neuronpedia requires of an uploaded graph, in our words: its fields, their types, and which may not be left out.
#: FEATURE_ATLAS_GRAPH_SCHEMA names a file with Neuronpedia's own schema, which is asked too.
REQUIRED = _object(
    {
        "metadata": _object(
            {"slug": _TEXT, "scan": _TEXT, "prompt_tokens": {"type": "array", "items": _TEXT}, "prompt": _TEXT},
            node_threshold=_NUMBER,
            feature_details=_object({}, feature_json_base_url=_TEXT, neuronpedia_source_set=_TEXT),
            info=_object({}, source_urls={"type": "array"}, create_time_ms=_NUMBER),
            pruning_settings=_object({}, node_threshold=_NUMBER, edge_threshold=_NUMBER),
        ),
        "qParams": _object(
            {},
            pinnedIds={"type": "array", "items": _TEXT},
            supernodes={"type": "array", "items": {"type": "array", "items": _TEXT, "minItems": 2}},
            linkType=_TEXT,
            clickedId=_TEXT,
            sg_pos=_TEXT,
        ),
        "nodes": {
            "type": "array",
            "items": _object(
                {
                    "node_id": _TEXT,
                    "feature": {"type": ["integer", "null"]},
                    "layer": {"type": ["string", "integer"]},
                    "ctx_idx": _WHOLE,
                    "feature_type": _TEXT,
                    "jsNodeId": _TEXT,
                    "clerp": _TEXT,
                },
                influence={"type": ["number", "null"]},
                activation={"type": ["number", "null"]},
            ),
        },
        "links": {"type": "array", "items": _object({"source": _TEXT, "target": _TEXT, "weight": _NUMBER})},
    }
)


@pytest.fixture(scope="module")
def graphs(atlas_file, spare_file, tmp_path_factory):
    """Every prompt's graph and a circuit, of a copy with a supernode, as JSON and as GraphML."""
    folder = tmp_path_factory.mktemp("graphs")
    report = json.loads(run("query", "prompt", PROMPTS[0], "--atlas", atlas_file, "--json"))
    strongest = [f"{found['feature']['layer']}/{found['feature']['index']}" for found in report["features"][:2]]
    run("supernode", "set", 'a "group"', *strongest, "--atlas", spare_file)
    for prompt in PROMPTS:
        for format in ("json", "graphml"):
            run("export", "graph", "--prompt", prompt, "--atlas", spare_file, "--output", folder, "--format", format)
    run(
        "query", "circuit", "--token", report["answer"], "--size", "10", "--atlas", spare_file,
        "--output", folder / "circuit.json",
    )  # fmt: skip
    return folder


def documents(folder):
    files = sorted(file for file in folder.glob("*.json") if file.name != "graph-metadata.json")
    return {file.stem: json.loads(file.read_text()) for file in files}


def test_every_graph_is_one_that_neuronpedia_takes(graphs):
    jsonschema = pytest.importorskip("jsonschema")
    checks = [REQUIRED]
    if os.environ.get("FEATURE_ATLAS_GRAPH_SCHEMA"):
        with open(os.environ["FEATURE_ATLAS_GRAPH_SCHEMA"]) as file:
            checks.append(json.load(file))
    found = documents(graphs)
    assert len(found) == len(PROMPTS) + 1
    assert any(document["qParams"]["supernodes"] for document in found.values())
    for schema in checks:
        validator = jsonschema.Draft7Validator(schema)
        for slug, document in found.items():
            assert [f"{slug}: {error.message}" for error in validator.iter_errors(document)] == []
        # It does refuse what is none.
        broken = copy.deepcopy(found["circuit"])
        broken["links"][0]["weight"] = None
        assert not validator.is_valid(broken)


def test_networkx_reads_the_nodes_edges_and_weights_of_each_graph(graphs):
    networkx = pytest.importorskip("networkx")
    for slug, document in documents(graphs).items():
        if slug == "circuit":
            continue
        graph = networkx.read_graphml(graphs / f"{slug}.graphml")
        assert graph.is_directed() and not graph.is_multigraph()
        assert graph.graph["prompt"].split() == document["metadata"]["prompt"].replace("\u2028", "\u2028").split()
        nodes = {node["node_id"]: node for node in document["nodes"]}
        assert set(graph) == set(nodes)
        for name, fields in graph.nodes(data=True):
            node = nodes[name]
            assert (fields["type"], fields["position"]) == (node["feature_type"], node["ctx_idx"])
            for field in ("influence", "activation"):
                assert fields.get(field) == node[field]
            if node["feature_type"] == "cross layer transcoder":
                assert name.split("_")[:2] == [str(fields["layer"]), str(fields["index"])]
                assert fields["label"] == node["clerp"]
        weights = {(link["source"], link["target"]): link["weight"] for link in document["links"]}
        assert {(source, target): weight for source, target, weight in graph.edges.data("weight")} == weights
        assert networkx.is_directed_acyclic_graph(graph)


@pytest.fixture(scope="module")
def tables(atlas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("foreign")
    for format in ("parquet", "csv", "jsonl"):
        export_tables(atlas, folder / format, format=format, partitions=2)
    return folder


def figures(frame):
    """A table's rows and the sum of each of its columns of numbers, and the lengths of its texts."""
    result = {"rows": len(frame)}
    for name in frame.columns:
        column = frame[name].dropna()
        if len(column) and isinstance(column.iloc[0], str):
            result[name] = float(sum(map(len, column)))
        else:
            result[name] = float(np.asarray(column, dtype=np.float64).sum())
    return result


def same(one, other):
    assert one.keys() == other.keys()
    for name in one:
        assert one[name] == pytest.approx(other[name], rel=1e-5, abs=1e-5), name


@pytest.mark.parametrize("name", list(schemas.EXPORTED))
def test_pandas_and_duckdb_read_the_same_figures_from_every_format(atlas, tables, name):
    pandas = pytest.importorskip("pandas")
    duckdb = pytest.importorskip("duckdb")
    wanted = figures(pandas.concat([table.to_pandas() for table in atlas.stream(name)]))
    assert wanted["rows"] > 0
    place = {format: sorted((tables / format / name).glob("part-*")) for format in ("parquet", "csv", "jsonl")}
    # Before version 3 columns that are called like dates become dates unless this is said.
    as_written = {"convert_dates": False} if int(pandas.__version__.split(".")[0]) < 3 else {}
    read = {
        "parquet": pandas.read_parquet,
        "csv": lambda file: pandas.read_csv(file, keep_default_na=False, na_values={
            column.name: [""] for column in schemas.EXPORTED[name].columns if column.nullable}),
        "jsonl": lambda file: pandas.read_json(file, lines=True, dtype=False, **as_written),
    }  # fmt: skip
    for format, reader in read.items():
        # A partition of few prompts may have no rows of a table.
        frames = [frame for frame in map(reader, place[format]) if len(frame)]
        same(figures(pandas.concat(frames)), wanted)
    connection = duckdb.connect()
    for format, function in (("parquet", "read_parquet"), ("csv", "read_csv"), ("jsonl", "read_json")):
        options = ", header = true, all_varchar = false, sample_size = -1" if format == "csv" else ""
        options = ", format = 'newline_delimited', sample_size = -1" if format == "jsonl" else options
        pattern = f"{tables / format / name}/part-*"
        (rows,) = connection.execute(f"SELECT count(*) FROM {function}('{pattern}'{options})").fetchone()
        assert rows == wanted["rows"], format
        numbers = [
            column.name
            for column in schemas.EXPORTED[name].columns
            if column.type in ("int32", "int64", "float32", "float64")
        ]
        for column in numbers:
            sql = f"SELECT coalesce(sum(CAST({column} AS DOUBLE)), 0) FROM {function}('{pattern}'{options})"
            (total,) = connection.execute(sql).fetchone()
            assert total == pytest.approx(wanted[column], rel=1e-5, abs=1e-5), f"{format} {column}"


def test_duckdb_joins_tables_as_the_atlas_does(atlas, tables):
    duckdb = pytest.importorskip("duckdb")
    found = duckdb.sql(
        f"SELECT p.prompt, count(*), sum(abs(e.weight)) FROM read_parquet('{tables}/parquet/edges/*') e JOIN "
        f"read_parquet('{tables}/parquet/prompts/*') p USING (prompt) WHERE p.is_right GROUP BY ALL ORDER BY 1"
    ).fetchall()
    prompts = atlas.prompts()
    wanted = []
    names = prompts.schema.names
    for row in prompts.rows():
        if row[names.index("is_right")]:
            weight = atlas.graph(row[0]).edges["weight"]
            wanted.append((row[0], len(weight), float(np.abs(weight.astype(np.float64)).sum())))
    assert [row[:2] for row in found] == [row[:2] for row in wanted] and len(wanted) > 3
    assert [row[2] for row in found] == pytest.approx([row[2] for row in wanted])


def test_the_views_of_the_file_give_pandas_the_figures_of_the_tables(atlas, spare_file):
    pandas = pytest.importorskip("pandas")
    with sqlite3.connect(f"file:{spare_file}?mode=ro", uri=True) as connection:
        views = {
            name: pandas.read_sql(f"SELECT * FROM {name}", connection)
            for name in ("prompt_overview", "features", "edges", "drivers")
        }
    connection.close()
    prompts, overview = atlas.prompts().to_pandas(), views["prompt_overview"]
    for name in ("token_count", "activation_count", "node_count", "edge_count", "replacement_score"):
        assert overview[name].sum() == pytest.approx(prompts[name].sum()), name
    assert sorted(overview["text"]) == sorted(prompts["text"])
    features = atlas.features().to_pandas()
    for name in ("active_tokens", "active_prompts", "maximum"):
        assert views["features"][name].sum() == pytest.approx(features[name].sum()), name
    assert len(views["edges"]) == len(atlas.aggregated_edges().to_pandas())
    assert views["edges"]["support"].sum() == atlas.aggregated_edges().to_pandas()["support"].sum()
    assert len(views["drivers"]) == len(atlas.logit_drivers().to_pandas())
