"""Tables written to files: Parquet by pyarrow, CSV and JSON Lines by this package alone.

    export_tables("my.atlas", "tables", format="parquet", partitions=4)

writes ``tables/edges/part-0000-of-0004.parquet`` and so on, and at last ``tables/manifest.json``, which says what the
tables are about and how many rows they have; a folder without it is not whole. With ``name="run7"`` each table's files
lie in a folder ``atlas=run7``, which engines read as a column: so many atlases are exported into one folder and read as
one table. ``TABLES.md`` describes the columns.
"""

from __future__ import annotations

import json
import math
import os
import re
import tempfile
from pathlib import Path
from typing import IO, Any, Callable, Dict, Iterable, List, Optional, Sequence, Union

import numpy as np

from . import schemas
from .atlas import Atlas
from .batches import BATCH_ROWS
from .errors import AtlasError
from .stored import Range
from .table import Categories, Column, Schema, Table, Values, _package, arrow_schema

FORMATS = ("parquet", "csv", "jsonl")
MANIFEST = "manifest.json"
#: Partitions of a table at most.
MOST_PARTITIONS = 4096


def export_tables(
    atlas: Union[Atlas, str, os.PathLike[str]],
    folder: Union[str, os.PathLike[str]],
    format: str = "parquet",
    partitions: int = 1,
    tables: Optional[Sequence[str]] = None,
    name: Optional[str] = None,
    batch_rows: int = BATCH_ROWS,
    progress: Optional[Callable[[str], None]] = None,
) -> Dict[str, int]:
    """Writes tables of an atlas into a folder and tells the rows of each.

    The same atlas, package versions and arguments give the same bytes. Tables of prompts are split into ``partitions``
    equal ranges of content hashes, the others are one file. Each file is written under a temporary name and renamed when
    it is whole; files that an earlier export of the same tables left are removed.

    :param format: ``parquet`` (needs the extra ``arrow``), ``csv`` or ``jsonl``
    :param tables: names of :data:`schemas.EXPORTED`; all of them unless given
    :param name: what the atlas is called, as the value of the folder ``atlas=``
    :param batch_rows: rows that are held in memory together, which are a row group in Parquet
    """
    if format not in FORMATS:
        raise AtlasError(f"format: expected {', '.join(FORMATS)}, found {format!r}")
    if not 1 <= partitions <= MOST_PARTITIONS:
        raise AtlasError(f"partitions: expected 1 to {MOST_PARTITIONS}, found {partitions}")
    if batch_rows < 1:
        raise AtlasError(f"rows in a batch: expected at least 1, found {batch_rows}")
    chosen = list(schemas.EXPORTED) if tables is None else list(dict.fromkeys(tables))
    for table in chosen:
        if table not in schemas.EXPORTED:
            raise AtlasError(f"no table {table!r}; there are {', '.join(schemas.EXPORTED)}")
    if name is not None and not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", name):
        raise AtlasError(f"name: expected letters, digits, dots, dashes and underscores, found {name!r}")
    if format == "parquet":
        _package("pyarrow.parquet", "arrow")
    if isinstance(atlas, Atlas):
        with atlas.snapshot():
            return _export(atlas, Path(folder), format, partitions, chosen, name, batch_rows, progress)
    with Atlas(atlas) as opened, opened.snapshot():
        return _export(opened, Path(folder), format, partitions, chosen, name, batch_rows, progress)


def _export(
    atlas: Atlas,
    folder: Path,
    format: str,
    partitions: int,
    tables: List[str],
    name: Optional[str],
    batch_rows: int,
    progress: Optional[Callable[[str], None]],
) -> Dict[str, int]:
    manifest = folder / (MANIFEST if name is None else f"manifest-{name}.json")
    rows: Dict[str, int] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _require_own(folder)
        # Without it the folder does not count as whole, so it goes first and comes last.
        if manifest.exists():
            manifest.unlink()
        for table in tables:
            own = folder / table if name is None else folder / table / f"atlas={name}"
            own.mkdir(parents=True, exist_ok=True)
            parts = _ranges(partitions) if table in schemas.BY_PROMPT else [Range()]
            written = []
            rows[table] = 0
            for place, within in enumerate(parts):
                file = own / f"part-{place:04d}-of-{len(parts):04d}.{format}"
                rows[table] += _write(file, format, schemas.EXPORTED[table], atlas.stream(table, batch_rows, within))
                written.append(file.name)
            for old in list(own.iterdir()):
                if old.name not in written and (_PART.fullmatch(old.name) or _PARTIAL.fullmatch(old.name)):
                    old.unlink()
            if progress is not None:
                progress(f"{table}: {rows[table]} rows")
        facts = {
            "schema_version": schemas.VERSION,
            "format": format,
            "partitions": partitions,
            "replacement_model": atlas.identity._asdict(),
            "rows": rows,
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        _whole(manifest, lambda opened: opened.write(text.encode()))
    except OSError as error:
        raise AtlasError(f"{folder}: the tables cannot be written: {error}; what is there is not whole") from None
    return rows


_PART = re.compile(r"part-\d{4}-of-\d{4}\.(parquet|csv|jsonl)")
#: What an export that was killed leaves.
_PARTIAL = re.compile(r"\.part-.*\.partial")


def _require_own(folder: Path) -> None:
    """Throws unless a folder is empty or holds tables."""
    names = {entry.name for entry in folder.iterdir() if not entry.name.startswith(".")}
    foreign = {name for name in names - set(schemas.EXPORTED) if not re.fullmatch(r"manifest(-.*)?\.json", name)}
    if foreign:
        raise AtlasError(f"{folder}: expected an empty folder or tables, found {sorted(foreign)[0]!r}")


def _ranges(partitions: int) -> List[Range]:
    bounds = [(place << 32) // partitions for place in range(partitions + 1)]
    edges: List[Optional[bytes]] = [bound.to_bytes(4, "big") for bound in bounds[:-1]]
    edges[0] = b""
    edges.append(None)
    return [Range(start or b"", stop) for start, stop in zip(edges, edges[1:])]


def _whole(file: Path, write: Callable[[IO[bytes]], Any]) -> None:
    """Writes a file under a temporary name and renames it, or leaves nothing."""
    descriptor, temporary = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".partial", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            write(opened)
            opened.flush()
            os.fsync(opened.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, file)
    except BaseException:
        try:
            os.unlink(temporary)
        except OSError:
            pass
        raise


def _write(file: Path, format: str, schema: Schema, batches: Iterable[Table]) -> int:
    count = 0

    def counted() -> Iterable[Table]:
        nonlocal count
        for batch in batches:
            count += len(batch)
            yield batch

    writer = {"parquet": _write_parquet, "csv": _write_csv, "jsonl": _write_json_lines}[format]
    _whole(file, lambda opened: writer(opened, schema, counted()))
    return count


def _write_parquet(opened: IO[bytes], schema: Schema, batches: Iterable[Table]) -> None:
    arrow, parquet = _package("pyarrow", "arrow"), _package("pyarrow.parquet", "arrow")
    with parquet.ParquetWriter(opened, arrow_schema(arrow, schema), compression="zstd") as writer:
        for batch in batches:
            writer.write_table(batch.to_arrow(), row_group_size=len(batch))


def _write_csv(opened: IO[bytes], schema: Schema, batches: Iterable[Table]) -> None:
    opened.write((",".join(schema.names) + "\r\n").encode())
    for batch in batches:
        columns = [_texts(column, batch.columns[column.name], "", _quoted) for column in schema.columns]
        opened.write("".join([",".join(row) + "\r\n" for row in zip(*columns)]).encode())


def _write_json_lines(opened: IO[bytes], schema: Schema, batches: Iterable[Table]) -> None:
    row = "{" + ", ".join(f'"{name}": %s' for name in schema.names) + "}\n"
    for batch in batches:
        columns = [_texts(column, batch.columns[column.name], "null", _json) for column in schema.columns]
        opened.write("".join([row % values for values in zip(*columns)]).encode())


def _quoted(text: str) -> str:
    # An empty text is quoted, nothing at all is not: readers that look can tell them apart.
    if text == "" or any(letter in text for letter in ',"\r\n') or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _texts(column: Column, values: Values, nothing: str, encode: Callable[[str], str]) -> List[str]:
    """A column as it stands in a file of texts."""
    if isinstance(values, Categories):
        known = [encode(value) for value in values.values] + [nothing]
        return [known[code] for code in values.codes.tolist()]
    if column.type == "text":
        return [nothing if value is None else encode(value) for value in values.tolist()]
    data = np.asarray(np.ma.getdata(values))
    if column.type == "bool":
        texts = ["true" if value else "false" for value in data.tolist()]
    elif column.type == "float32":
        # The shortest digits that give the same Float32 back.
        unique, places = np.unique(data, return_inverse=True)
        known = [str(value) for value in unique]
        texts = [known[place] for place in places.reshape(-1).tolist()]
    elif column.type == "float64":
        texts = [repr(value) for value in data.tolist()]
    else:
        texts = [str(value) for value in data.tolist()]
    if column.type in ("float32", "float64") and not np.isfinite(data).all():
        texts = [text if math.isfinite(value) else nothing for text, value in zip(texts, data.tolist())]
    if column.nullable:
        mask = np.ma.getmaskarray(values).tolist()
        texts = [nothing if masked else text for text, masked in zip(texts, mask)]
    return texts


def documentation() -> str:
    """The tables' description, as ``TABLES.md`` holds it."""
    lines = [
        "# Tables",
        "",
        "Made from `feature_atlas.schemas` by `python -m feature_atlas tables --describe`.",
        "",
        f"Version {schemas.VERSION} of the schemas, which `manifest.json` tells. Names, types, meanings and orders stay "
        "as they are within a version; columns may be added at the end.",
        "",
        "- A prompt is named by `prompt`, the SHA-256 of its text: ids inside an atlas differ from file to file. Rows go "
        "by it in ascending order, so that many atlases' tables can be merged.",
        "- A feature is named by `layer` and `feature_index`, the same in all atlases of one replacement model; "
        "`manifest.json` holds its fingerprints. Never mix tables of different fingerprints.",
        "- `node`, `source` and `target` of nodes, influence and edges are places in one prompt's graph. A *node key* "
        "names a node without its position: feature `layer << 24 | feature_index`, error `1 << 40 | layer << 24`, token "
        "`2 << 40 | token`, logit `3 << 40 | token`.",
        "- *category* is a text that repeats: a dictionary in Parquet, a plain text elsewhere. Columns marked *may be "
        'missing* are null in Parquet and JSON Lines and empty in CSV, where an empty text is `""`. Numbers that are '
        "not finite are missing in CSV and JSON Lines.",
        "- CSV follows RFC 4180: UTF-8, a header, commas, CRLF. JSON Lines have one object a row, in the columns' order.",
    ]
    for schema in schemas.EXPORTED.values():
        split = " Split into partitions." if schema.name in schemas.BY_PROMPT else ""
        lines += ["", f"## {schema.name}", "", f"{schema.meaning} Ordered by {schema.order}.{split}", ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        for column in schema.columns:
            missing = "; may be missing" if column.nullable else ""
            lines.append(f"| `{column.name}` | {column.type}{missing} | {column.meaning.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"
