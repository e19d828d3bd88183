"""``python -m feature_atlas``: tables written to files."""

from __future__ import annotations

import argparse
import json
import sys
from typing import List, Optional

from . import schemas
from .errors import AtlasError
from .tables import FORMATS, documentation, export_tables


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs a command; 0: done, 1: failed, 64: wrong usage."""
    parser = argparse.ArgumentParser(prog="feature_atlas", description="Tables and graphs of a Feature Atlas.")
    commands = parser.add_subparsers(dest="command", required=True)
    tables = commands.add_parser(
        "tables",
        help="write an atlas's tables as Parquet, CSV or JSON Lines",
        description="Writes an atlas's tables into a folder. TABLES.md of this package, which --describe prints, says "
        "what they hold.",
    )
    tables.add_argument("atlas", nargs="?", help="the atlas")
    tables.add_argument("folder", nargs="?", help="where the tables go")
    tables.add_argument("--format", choices=FORMATS, default="parquet")
    tables.add_argument("--partitions", type=int, default=1, help="files that prompts' tables are split into")
    tables.add_argument("--table", action="append", metavar="NAME", help=f"only this: {', '.join(schemas.EXPORTED)}")
    tables.add_argument("--name", help="what the atlas is called: files go into folders atlas=NAME")
    tables.add_argument("--json", action="store_true", help="print the rows of each table as JSON")
    tables.add_argument("--quiet", action="store_true", help="show no progress")
    tables.add_argument("--describe", action="store_true", help="print what the tables hold, and write nothing")
    raw = commands.add_parser("raw", help="write circuit-tracer's saved graphs as raw graph files for atlas import raw")
    raw.add_argument("graphs", nargs="+", metavar="graph.pt")
    raw.add_argument("--output", required=True, metavar="FOLDER", help="where the .safetensors files go")
    raw.add_argument("--tokenizer", help="a tokenizer's name or folder, for the texts of tokens")
    raw.add_argument("--transcoder", help="the transcoder set's name; the graph's scan unless given")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "raw":
            return _raw(chosen)
        if chosen.describe:
            print(documentation(), end="")
            return 0
        if chosen.atlas is None or chosen.folder is None:
            tables.print_usage(sys.stderr)
            print("Error: expected an atlas and a folder", file=sys.stderr)
            return 64
        rows = export_tables(
            chosen.atlas,
            chosen.folder,
            format=chosen.format,
            partitions=chosen.partitions,
            tables=chosen.table,
            name=chosen.name,
            progress=None if chosen.quiet else lambda line: print(line, file=sys.stderr),
        )
        if chosen.json:
            print(json.dumps(rows))
        return 0
    except AtlasError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Error: interrupted; the tables are not whole", file=sys.stderr)
        return 130


def _raw(chosen: argparse.Namespace) -> int:
    from pathlib import Path

    from .circuit_tracer_graphs import from_circuit_tracer

    folder = Path(chosen.output)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AtlasError(f"{folder}: cannot be made: {error}") from None
    names = [Path(graph).stem for graph in chosen.graphs]
    for name in names:
        if names.count(name) > 1:
            raise AtlasError(f"{name}.pt: expected graphs of different names, found two of this one")
    for graph, name in zip(chosen.graphs, names):
        file = folder / f"{name}.safetensors"
        from_circuit_tracer(graph, file, tokenizer=chosen.tokenizer, transcoder_name=chosen.transcoder)
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
