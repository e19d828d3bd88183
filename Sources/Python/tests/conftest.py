"""A small atlas that the program indexes from the demo's data, and that every test reads."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from feature_atlas import Atlas, Client

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "Sources/DemoData/Demo"
MODEL, TRANSCODERS = DEMO / "model", DEMO / "transcoders"
PROGRAM = os.environ.get("FEATURE_ATLAS_PROGRAM") or str(ROOT / ".build/debug/atlas")
#: How many prompts of each family, and those that others are compared with by the tests.
FAMILIES = {"addition": 4, "two-step": 3, "city-state": 2, "story": 1}


def corpus():
    """A few prompts of some families, with a text that is hostile to every format."""
    left = dict(FAMILIES)
    records = []
    for line in (DEMO / "corpus.jsonl").read_text().splitlines():
        record = json.loads(line)
        family = record["tags"]["family"]
        if left.get(family, 0) > 0:
            left[family] -= 1
            records.append(record)
    hostile = '=cmd|" /C calc"!A1, "quoted",\r\nline <script>alert(1)</script> \u2028 é e\u0301'
    records.append({"id": "hostile,1", "text": hostile, "tags": {"family": "hostile", "note": 'a,"b"\n'}})
    return records


def run(*arguments):
    """Runs the program and fails with what it says."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def atlas_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("atlas")
    (folder / "corpus.jsonl").write_text("".join(json.dumps(record) + "\n" for record in corpus()))
    file = folder / "small.atlas"
    run(
        "index", folder / "corpus.jsonl", "--model", MODEL, "--transcoders", TRANSCODERS, "--atlas", file, "--quiet",
        "--heads", "--measure", "3", "--node-threshold", "0.7", "--edge-threshold", "0.9",
    )  # fmt: skip
    run("label", "set", "2/157", "a name", "--atlas", file)
    return file


@pytest.fixture(scope="session")
def spare_file(atlas_file):
    """A copy that may be read by hand: closing a file drops all locks that its process holds on it, SQLite's too."""
    file = atlas_file.with_name("spare.atlas")
    subprocess.run(["cp", atlas_file, file], check=True)
    return file


@pytest.fixture(scope="session")
def atlas(atlas_file):
    with Atlas(atlas_file, program=PROGRAM, model=MODEL, transcoders=TRANSCODERS) as opened:
        yield opened


@contextlib.contextmanager
def served(file):
    """The address of a server of an atlas, with the model."""
    process = subprocess.Popen(
        [PROGRAM, "serve", str(file), "--port", "0", "--model", str(MODEL), "--transcoders", str(TRANSCODERS)],
        stdout=subprocess.PIPE,
    )
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def server(atlas_file):
    with served(atlas_file) as address:
        yield address


@pytest.fixture(scope="session")
def client(server):
    return Client(server)


@pytest.fixture(scope="session")
def edge(atlas):
    """A feature that another one drives, and that one: the edge of most prompts."""
    table = atlas.aggregated_edges()
    rows = [
        (row[table.schema.names.index("support")], row)
        for row in table.rows()
        if row[1] == "feature" and row[table.schema.names.index("target_kind")] == "feature"
    ]
    row = max(rows, key=lambda pair: pair[0])[1]
    place = table.schema.names.index("target_layer")
    return f"{row[2]}/{row[3]}", f"{row[place]}/{row[place + 1]}"
