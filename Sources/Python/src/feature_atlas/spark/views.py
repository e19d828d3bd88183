"""The tables of all shards as Spark's, and sums over them."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any, Dict, Union

from ..errors import AtlasError
from . import shard_schemas
from .failures import reason
from .shards import Shards, read_shards

SUMMED = "summed"
#: Of each feature and side, as many of the prompts where it fires most as the derivation keeps.
TOPS = 20


def tables(spark: Any, out: Union[str, Path], *, verify: bool = False, prefix: str = "") -> Dict[str, Any]:
    """The tables of all shards below ``out`` as DataFrames, which are temporary views too; see ``SHARD_TABLES.md``.

        tables(spark, "out")
        spark.sql("SELECT layer, feature_index, sum(active_prompts) FROM feature_sums GROUP BY 1, 2")

    Rows of tables that add up are told a shard, or, after :func:`sum_tables`, once: sum them either way.

    :param verify: whether every file is read and compared with its digest
    :param prefix: what names of views begin with
    """
    frames = frames_of(spark, read_shards(out, verify))
    for name, frame in frames.items():
        frame.createOrReplaceTempView(prefix + name)
    return frames


def frames_of(spark: Any, shards: Shards) -> Dict[str, Any]:
    """Each table over all shards: summed where sums of these very shards are there."""
    summed = shards.folder / SUMMED
    is_summed = _summed_digest(summed) == shards.digest
    frames = {}
    for name, table in shard_schemas.TABLES.items():
        files = [str(summed / name)] if (table.keys or table.order) and is_summed else shards.tables(name)
        frames[name] = spark.read.parquet(*files)
    return frames


def combined(name: str, source: str) -> str:
    """SQL that adds up the rows of a table by its keys."""
    table = shard_schemas.TABLES[name]
    if name == "feature_tops":
        columns = ", ".join(column.name for column in table.columns)
        return f"""
            SELECT {columns} FROM (
                SELECT *, row_number() OVER (
                    PARTITION BY side, layer, feature_index ORDER BY abs(activation) DESC, shard, ordinal) AS place
                FROM {source})
            WHERE place <= {TOPS}"""
    terms = []
    for column in table.columns:
        how = "min" if name == "token_effects" else shard_schemas.COMBINED.get(column.name, "sum")
        terms.append(column.name if column.name in table.keys else f"{how}({column.name}) AS {column.name}")
    return f"SELECT {', '.join(terms)} FROM {source} GROUP BY {', '.join(table.keys)}"


def sum_tables(spark: Any, out: Union[str, Path]) -> Dict[str, int]:
    """Adds up over shards once what questions add up each time, gathers what they look for, and writes it sorted below
    ``out/summed``.

    It appears by one renaming; sums of shards that are no longer these are not used.

    :returns: the rows of each table
    """
    shards = read_shards(out)
    summed = shards.folder / SUMMED
    if _summed_digest(summed) == shards.digest:
        return dict(json.loads((summed / "summed.json").read_text())["rows"])
    part = shards.folder / f".{SUMMED}-{uuid.uuid4().hex}"
    rows: Dict[str, int] = {}
    try:
        for name, table in shard_schemas.TABLES.items():
            if not table.keys and not table.order:
                continue
            frame = spark.read.parquet(*shards.tables(name))
            if table.keys:
                frame = spark.sql(combined(name, "{source}"), source=frame)
            frame.sort(*(table.keys or table.order)).write.parquet(str(part / name), compression="zstd")
            rows[name] = spark.read.parquet(str(part / name)).count()
        (part / "summed.json").write_text(json.dumps({"digest": shards.digest, "rows": rows}, indent=1) + "\n")
        if summed.exists():
            os.rename(summed, part / "before")
        os.rename(part, summed)
        shutil.rmtree(summed / "before", ignore_errors=True)
    except AtlasError:
        raise
    except Exception as error:
        shutil.rmtree(part, ignore_errors=True)
        raise AtlasError(f"{summed}: sums were not written: {reason(error)}") from None
    return rows


def _summed_digest(folder: Path) -> Any:
    try:
        return json.loads((folder / "summed.json").read_text()).get("digest")
    except (OSError, ValueError, AttributeError):
        return None
