"""Exported tables: the same rows in each format, the same bytes twice, whole or not at all."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

import feature_atlas
from feature_atlas import AtlasError, schemas, tables
from feature_atlas.__main__ import main
from feature_atlas.table import Table
from feature_atlas.tables import export_tables

HERE = Path(feature_atlas.__file__).parent


def files(folder):
    return {file.relative_to(folder): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def parts(folder, table, ending):
    return sorted((folder / table).glob(f"part-*.{ending}"))


def csv_rows(folder, schema):
    """Rows as Python values; what is missing was written without quotes."""
    rows = []
    for file in parts(folder, schema.name, "csv"):
        text = file.read_bytes().decode()
        found = list(csv.reader(io.StringIO(text, newline="")))
        assert found[0] == schema.names
        rows += found[1:]
    convert = {"int32": int, "int64": int, "float32": float, "float64": float, "bool": lambda text: text == "true"}
    for row in rows:
        yield tuple(
            None
            if text == "" and column.nullable
            else convert.get(column.type, str)(text)
            for text, column in zip(row, schema.columns)
        )  # fmt: skip


@pytest.fixture(scope="module")
def exported(atlas, tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    rows = {
        format: export_tables(atlas, folder / format, format=format, partitions=3, batch_rows=5_000)
        for format in tables.FORMATS
    }
    assert rows["csv"] == rows["jsonl"] == rows["parquet"]
    return folder


def expected(atlas, name):
    rows = [row for table in atlas.stream(name) for row in table.rows()]
    return rows


@pytest.mark.parametrize("name", list(schemas.EXPORTED))
def test_every_format_holds_the_rows_of_the_view(atlas, exported, name):
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = schemas.EXPORTED[name]
    rows = expected(atlas, name)
    assert rows
    columns = [
        row for file in parts(exported / "parquet", name, "parquet") for row in parquet.read_table(file).to_pylist()
    ]
    assert [tuple(row.values()) for row in columns] == rows
    lines = [
        json.loads(line)
        for file in parts(exported / "jsonl", name, "jsonl")
        for line in file.read_bytes().decode().split("\n")[:-1]
    ]
    assert all(list(line) == schema.names for line in lines)
    narrow = {place for place, column in enumerate(schema.columns) if column.type == "float32"}
    for found in ([tuple(line.values()) for line in lines], list(csv_rows(exported / "csv", schema))):
        assert len(found) == len(rows)
        for place in range(len(schema.columns)):
            one, other = [row[place] for row in found], [row[place] for row in rows]
            if place in narrow:
                one, other = (np.array(values, dtype=np.float32).tolist() for values in (one, other))
            assert one == other


def test_prompts_are_split_into_the_parts_asked_for(exported):
    for name in schemas.EXPORTED:
        wanted = 3 if name in schemas.BY_PROMPT else 1
        assert len(parts(exported / "csv", name, "csv")) == wanted


def test_the_same_atlas_gives_the_same_bytes(atlas, exported, tmp_path):
    for format in tables.FORMATS:
        export_tables(atlas, tmp_path / format, format=format, partitions=3, batch_rows=5_000)
        assert files(tmp_path / format) == files(exported / format)


def test_texts_hold_however_many_rows_are_held_together(atlas, tmp_path):
    for rows in (1, 97, 100_000):
        export_tables(atlas, tmp_path / str(rows), "csv", tables=["prompts", "nodes", "tags"], batch_rows=rows)
    assert files(tmp_path / "1") == files(tmp_path / "97") == files(tmp_path / "100000")


def test_a_second_export_replaces_the_first(atlas, tmp_path):
    export_tables(atlas, tmp_path, "csv", partitions=4, tables=["tags"])
    export_tables(atlas, tmp_path, "jsonl", partitions=2, tables=["tags"])
    assert sorted(file.name for file in (tmp_path / "tags").iterdir()) == [
        "part-0000-of-0002.jsonl", "part-0001-of-0002.jsonl",
    ]  # fmt: skip


def test_named_atlases_lie_beside_each_other(atlas, tmp_path):
    export_tables(atlas, tmp_path, "csv", tables=["tags"], name="one")
    export_tables(atlas, tmp_path, "csv", tables=["tags"], name="two")
    found = {str(path) for path in files(tmp_path)}
    assert found == {
        "manifest-one.json", "manifest-two.json", "tags/atlas=one/part-0000-of-0001.csv",
        "tags/atlas=two/part-0000-of-0001.csv",
    }  # fmt: skip


def test_an_export_that_fails_leaves_no_manifest_and_no_half_file(atlas, tmp_path, monkeypatch):
    export_tables(atlas, tmp_path, "csv", tables=["tags", "nodes"])
    before = (tmp_path / "nodes/part-0000-of-0001.csv").read_bytes()

    def failing(self, *arguments):
        yield next(iter_nodes(self, 10))
        raise OSError(28, "No space left on device")

    iter_nodes = type(atlas).iter_nodes
    monkeypatch.setattr(type(atlas), "iter_nodes", failing)
    with pytest.raises(AtlasError, match="No space left on device"):
        export_tables(atlas, tmp_path, "csv", tables=["tags", "nodes"])
    assert not (tmp_path / "manifest.json").exists()
    assert (tmp_path / "nodes/part-0000-of-0001.csv").read_bytes() == before
    assert not list(tmp_path.rglob("*.partial"))


def test_a_folder_of_something_else_is_left_alone(atlas, tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(AtlasError, match="thesis.txt"):
        export_tables(atlas, tmp_path, "csv")
    assert list(tmp_path.iterdir()) == [tmp_path / "thesis.txt"]


@pytest.mark.parametrize(
    "wrong",
    [{"format": "xml"}, {"partitions": 0}, {"tables": ["cats"]}, {"name": "../up"}, {"batch_rows": 0}],
    ids=str,
)
def test_wrong_arguments_are_refused_before_anything_is_written(atlas, tmp_path, wrong):
    with pytest.raises(AtlasError):
        export_tables(atlas, tmp_path / "out", **{"format": "csv", **wrong})
    assert not (tmp_path / "out").exists()


def test_the_command_writes_and_says_what_is_wrong(atlas_file, tmp_path, capsys):
    assert main(["tables", str(atlas_file), str(tmp_path / "t"), "--format", "csv", "--table", "tags", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["tags"] > 10
    assert main(["tables", str(tmp_path / "none.atlas"), str(tmp_path / "u"), "--format", "csv"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Error: ") and error.count("\n") == 1
    assert main(["tables", "--format", "csv"]) == 64


def test_the_documentation_is_that_of_the_schemas():
    assert (HERE / "TABLES.md").read_text() == tables.documentation()


def test_numbers_that_are_not_finite_are_missing(tmp_path):
    schema = schemas.Schema("odd", "", (schemas.Column("value", "float32", ""),), "")
    table = Table.of_rows(schema, [(float("nan"),), (float("inf"),), (1.5,)])
    for ending, wanted in (
        ("csv", "value\r\n\r\n\r\n1.5\r\n"),
        ("jsonl", '{"value": null}\n{"value": null}\n{"value": 1.5}\n'),
    ):
        file = tmp_path / f"odd.{ending}"
        tables._write(file, ending, schema, [table])
        assert file.read_bytes().decode() == wanted
