"""Indexing a corpus on Spark's executors, one task a shard.

A task works in a folder of its own and ends with one renaming, so that a task that is killed, retried or started twice
leaves one whole shard or none. What is whole is not made again: the same call goes on after an interruption.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Union

from ..atlas import Atlas
from ..errors import AtlasError
from ..program import find_program, run_program
from . import shard_schemas
from .failures import reason
from .shard_tables import write_shard_tables
from .shards import ATLAS, ATTEMPT, FOLDER, JOB, MANIFEST, digest, done, read_shards, shard_name

Place = Union[str, "os.PathLike[str]"]
#: Shards at most, as the program has it.
MOST_SHARDS = 1_000_000


class Job(NamedTuple):
    """What every task is told."""

    identifier: str
    program: Optional[str]
    #: The command but for shard and atlas.
    arguments: List[str]
    out: str
    scratch: Optional[str]
    shards: int
    keep_derived: bool


def index(
    spark: Any,
    corpus: Place,
    model: Place,
    transcoders: Optional[Place],
    out: Place,
    shards: int,
    *,
    neurons: bool = False,
    options: Sequence[str] = (),
    program: Optional[Place] = None,
    scratch: Optional[Place] = None,
    keep_derived: bool = False,
    progress: Optional[Callable[[str], None]] = None,
) -> Dict[str, Any]:
    """Indexes a corpus into ``shards`` parts below ``out``, on the executors of a session.

    Corpus, model, transcoders and ``out`` are paths that mean the same on every machine, as of a network file system;
    executors need this package with its extra ``spark``, and the program. Each task reads the whole corpus to find its
    shard's texts; shards of a thousand prompts and more make that cheap beside the model.

    :param transcoders: the transcoders' folder; ``None`` with ``neurons=True``
    :param options: options of ``atlas index``, as ``["--max-features", "500"]``
    :param program: the program on the executors; see :func:`feature_atlas.program.find_program`
    :param scratch: a folder of each machine's own where shards are made; its temporary folder unless given
    :param keep_derived: whether shards keep what is derived of them, as :func:`assemble` needs it
    :returns: how many prompts and graphs there are, and what each shard took
    """
    if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= MOST_SHARDS:
        raise AtlasError(f"shards: expected 1 to {MOST_SHARDS}, found {shards!r}")
    if (transcoders is None) != neurons:
        raise AtlasError("expected either transcoders or neurons=True")
    arguments = ["index", os.fspath(corpus), "--model", os.fspath(model)]
    arguments += ["--neurons"] if transcoders is None else ["--transcoders", os.fspath(transcoders)]
    arguments += ["--quiet", *options]
    taken = {"--shard", "--atlas", "--facts-only"} & {option.partition("=")[0] for option in options}
    if taken:
        raise AtlasError(f"options: {sorted(taken)[0]} is set by the job itself")
    folder = Path(out)
    job = Job(
        uuid.uuid4().hex, None if program is None else os.fspath(program), arguments, os.fspath(out),
        None if scratch is None else os.fspath(scratch), shards, keep_derived,
    )  # fmt: skip
    _record(folder, job)
    whole = set(done(folder, shards))
    left = [number for number in range(1, shards + 1) if number not in whole]
    if progress is not None:
        progress(f"{len(whole)} of {shards} shards are there, {len(left)} to do")
    try:
        if left:
            tasks = spark.sparkContext.parallelize(left, len(left))
            tasks.map(lambda number: make_shard(number, job)).collect()
    except AtlasError:
        raise
    except Exception as error:
        raise AtlasError(reason(error)) from None
    finally:
        # Attempts that were killed; those of other jobs may still run.
        for stray in (folder / FOLDER).glob(f"{ATTEMPT}{job.identifier}-*"):
            shutil.rmtree(stray, ignore_errors=True)
    found = read_shards(folder)
    return {
        **found.totals,
        "shards": [{key: shard.facts[key] for key in ("shard", "prompt_count", "graph_count", "seconds")} for shard in found.shards],
    }  # fmt: skip


def assemble(out: Place, atlas: Place, *, program: Optional[Place] = None) -> None:
    """Makes one atlas that answers for all shards below ``out``, on this machine: ``atlas assemble``.

    What the shards have derived is added up; they keep their graphs and stay where they are, so that ``out`` is read from
    then on. They need what ``index(keep_derived=True)`` leaves in them.

    :param atlas: the atlas that is made, which must not exist
    """
    shards = [shard.atlas for shard in read_shards(Path(out)).shards]
    run_program(find_program(program), ["assemble", os.fspath(atlas), *shards, "--quiet"])


def _record(folder: Path, job: Job) -> None:
    """Notes what was asked for; an earlier job into the same folder must have asked for the same."""
    asked = {"shards": job.shards, "arguments": job.arguments, "keep_derived": job.keep_derived}
    file = folder / JOB
    try:
        (folder / FOLDER).mkdir(parents=True, exist_ok=True)
        if file.exists():
            # Earlier versions kept facts only.
            before = {"keep_derived": False, **json.loads(file.read_text())}
            for part in asked:
                if before.get(part) != asked[part]:
                    raise AtlasError(
                        f"{folder}: holds shards of another job: {part}: expected {before.get(part)}, found {asked[part]}; "
                        "name another folder"
                    )
            return
        part_file = folder / f".{JOB}.{job.identifier}"
        part_file.write_text(json.dumps(asked, indent=2) + "\n")
        os.replace(part_file, file)
    except (OSError, ValueError) as error:
        raise AtlasError(f"{folder}: cannot be written: {error}") from None


def make_shard(number: int, job: Job) -> int:
    """Makes one shard, on an executor.

    :returns: its number
    """
    where = f"shard {number}/{job.shards}"
    final = Path(job.out) / FOLDER / shard_name(number, job.shards)
    if (final / MANIFEST).exists():
        return number
    attempt = final.parent / f"{ATTEMPT}{job.identifier}-{number}-{uuid.uuid4().hex}"
    try:
        with tempfile.TemporaryDirectory(prefix="feature-atlas-shard-", dir=job.scratch) as scratch:
            made = Path(scratch) / "shard"
            _fill(made, number, job)
            shutil.copytree(made, attempt)
        for file in [*attempt.rglob("*"), attempt]:
            _synchronise(file)
        try:
            os.rename(attempt, final)
        except OSError as error:
            # Another attempt was first, and its shard is as good.
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY) or not (final / MANIFEST).exists():
                raise
    except AtlasError as error:
        raise AtlasError(f"{where}: {error}") from None
    except OSError as error:
        raise AtlasError(f"{where}: {error}") from None
    finally:
        shutil.rmtree(attempt, ignore_errors=True)
    return number


def _fill(folder: Path, number: int, job: Job) -> None:
    (folder / "tables").mkdir(parents=True)
    facts, derived = folder / ATLAS, folder.parent / "derived.atlas"
    started = time.monotonic()
    shard = ["--shard", f"{number}/{job.shards}", "--facts-only"]
    _run(job, [*job.arguments, *shard, "--atlas", str(facts)])
    indexed = time.monotonic()
    shutil.copyfile(facts, derived)
    _run(job, ["derive", str(derived), "--quiet"])
    derived_at = time.monotonic()
    with Atlas(derived) as atlas:
        rows = write_shard_tables(atlas, folder / "tables", number)
        counts = atlas._database.first(
            "SELECT d.prompt_count, d.graph_count, d.counted_tokens, e.effect_count, e.measured_count "
            "FROM derivation d, effect_derivation e"
        )
        settings = sorted({row[0] for row in atlas._database.rows("SELECT options FROM runs")})
        schema = [row[0] for row in atlas._database.rows("SELECT identifier FROM grdb_migrations ORDER BY 1")][-1]
        model = atlas.identity._asdict()
    assert counts is not None
    sizes = {"derived": derived.stat().st_size, "facts": facts.stat().st_size}
    if job.keep_derived:
        os.replace(derived, facts)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "version": shard_schemas.VERSION,
        "shard": number,
        "shards": job.shards,
        "replacement_model": model,
        "settings": [json.loads(text) for text in settings],
        "schema": schema,
        **dict(zip(("prompt_count", "graph_count", "counted_tokens", "effect_count", "measured_count"), counts)),
        "rows": rows,
        "atlas_bytes": sizes,
        "seconds": {
            "indexing": round(indexed - started, 3),
            "deriving": round(derived_at - indexed, 3),
            "tables": round(time.monotonic() - derived_at, 3),
        },
        "files": {str(path.relative_to(folder)): [path.stat().st_size, digest(path)] for path in files},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")


def _run(job: Job, arguments: List[str]) -> None:
    run_program(find_program(job.program), arguments, before=_end_with_parent)


def _end_with_parent() -> None:
    """The program ends when the executor's process does: what it makes nobody would take."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def _synchronise(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
