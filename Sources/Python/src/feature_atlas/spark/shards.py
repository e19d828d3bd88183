"""The folder that shards lie in, and whether they belong together.

OUT/job.json                          how many shards there are, and what was asked for
OUT/shards/00003-of-00032/            one shard: it appears whole, by one renaming
    shard.json                        what it holds: model, settings, counts, the files with sizes and digests
    facts.atlas                       its facts as an atlas, and what is derived of them where that was kept;
                                      ``atlas merge`` and ``atlas assemble`` make one atlas of all
    tables/NAME.parquet               what questions over many shards are made from
OUT/summed/                           the same added up, where that was asked for
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Union

from ..errors import AtlasError
from . import shard_schemas

FOLDER = "shards"
MANIFEST = "shard.json"
JOB = "job.json"
ATLAS = "facts.atlas"
#: Folders of attempts that did not come to their end begin so.
ATTEMPT = ".attempt-"
_NAME = re.compile(r"(\d{5,7})-of-(\d{5,7})")
_COUNTS = ("prompt_count", "graph_count", "counted_tokens", "effect_count", "measured_count")


def shard_name(shard: int, count: int) -> str:
    """What a shard's folder is called."""
    return f"{shard:05d}-of-{count:05d}"


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with open(path, "rb") as opened:
        for part in iter(lambda: opened.read(1 << 20), b""):
            found.update(part)
    return found.hexdigest()


class Shard(NamedTuple):
    """One shard that is whole."""

    number: int
    folder: Path
    facts: Dict[str, Any]

    def table(self, name: str) -> str:
        """The file of one of its tables."""
        return str(self.folder / "tables" / f"{name}.parquet")

    @property
    def atlas(self) -> str:
        """The atlas of its facts."""
        return str(self.folder / ATLAS)


class Shards(NamedTuple):
    """All shards of a corpus, which belong together."""

    folder: Path
    shards: List[Shard]
    #: Prompts, graphs and tokens of all of them.
    totals: Dict[str, int]

    def tables(self, name: str) -> List[str]:
        """The files of one table."""
        return [shard.table(name) for shard in self.shards]

    @property
    def digest(self) -> str:
        """Of what the shards hold: the same digest, the same sums."""
        return hashlib.sha256(json.dumps([shard.facts["files"] for shard in self.shards]).encode()).hexdigest()


def read_shard(folder: Path, verify: bool = False) -> Shard:
    """One shard, with its files looked at.

    :param verify: whether every byte is read and compared with its digest
    """
    try:
        facts = json.loads((folder / MANIFEST).read_text())
    except FileNotFoundError:
        raise AtlasError(f"{folder}: expected a shard with {MANIFEST}, found none; index it again") from None
    except (OSError, ValueError) as error:
        raise AtlasError(
            f"{folder / MANIFEST}: damaged: {error}; remove the folder and index the shard again"
        ) from None
    if not isinstance(facts, dict) or facts.get("version") != shard_schemas.VERSION:
        found = facts.get("version") if isinstance(facts, dict) else facts
        raise AtlasError(
            f"{folder}: expected tables of version {shard_schemas.VERSION}, found {found!r}; index it again"
        )
    try:
        for name, (size, checksum) in facts["files"].items():
            file = folder / name
            if not file.is_file():
                raise AtlasError(f"{file}: missing; remove {folder} and index the shard again")
            if file.stat().st_size != size or verify and digest(file) != checksum:
                found = f"{file.stat().st_size} bytes" if file.stat().st_size != size else "other bytes"
                raise AtlasError(
                    f"{file}: damaged: expected {size} bytes with digest {checksum[:12]}…, found {found}; remove "
                    f"{folder} and index the shard again"
                )
        return Shard(int(facts["shard"]), folder, facts)
    except (KeyError, TypeError, ValueError) as error:
        raise AtlasError(
            f"{folder / MANIFEST}: damaged: {error!r}; remove the folder and index the shard again"
        ) from None


def done(out: Path, count: int) -> List[int]:
    """The shards of ``count`` that are whole."""
    return [number for number in range(1, count + 1) if (out / FOLDER / shard_name(number, count) / MANIFEST).exists()]


def read_shards(out: Union[str, Path], verify: bool = False) -> Shards:
    """All shards below ``out``; throws unless each is there once, whole, and about one model and one setting."""
    out = Path(out)
    try:
        folders = sorted(entry for entry in (out / FOLDER).iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise AtlasError(f"{out}: expected a folder of shards, found {error}") from None
    if not folders:
        raise AtlasError(f"{out}: expected shards, found none; index a corpus first")
    shards: Dict[int, Shard] = {}
    first = None
    for folder in folders:
        shard = read_shard(folder, verify)
        first = first or shard
        for part in ("shards", "replacement_model", "settings", "schema"):
            mine, other = shard.facts[part], first.facts[part]
            if mine != other:
                raise AtlasError(
                    f"{folder}: {part}: expected {_told(other)} as in {first.folder.name}, found {_told(mine)}"
                )
        if shard.number in shards:
            raise AtlasError(
                f"{folder}: shard {shard.number} is there twice, also as {shards[shard.number].folder.name}"
            )
        shards[shard.number] = shard
    assert first is not None
    count = first.facts["shards"]
    missing = [number for number in range(1, count + 1) if number not in shards]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise AtlasError(f"{out}: shard {missing[0]} of {count}{more}: not there; the same indexing goes on")
    found = [shards[number] for number in range(1, count + 1)]
    return Shards(out, found, {name: sum(shard.facts[name] for shard in found) for name in _COUNTS})


def _told(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True) if not isinstance(value, str) else value
    return text if len(text) <= 200 else text[:200] + "…"
