"""Which of the possible mutants are made: a seeded choice of each area's share, and those that are named."""

import functools
import hashlib
import json
import os
from dataclasses import dataclass

from sites import sites

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 19

# Where nothing that is computed is written: text for people, threads, clocks, caches, the defaults of a configuration.
LEFT_OUT = (
    "Error.swift", "Parallel.swift", "Cancellation.swift", "ElapsedTime.swift", "Report.swift", "Options.swift",
    "MatrixKernels.swift", "FingerprintCache.swift", "ThreadTime.swift", "Architecture.swift")


@dataclass(frozen=True)
class Area:
    name: str
    folders: tuple
    share: int  # how many mutants
    rules: str = "code"  # or "sql"


AREAS = [
    Area("attribution", ("Sources/Attribution",), 32),
    Area("graphs and circuits", ("Sources/Circuits",), 28),
    Area("language models", ("Sources/LanguageModels",), 30),
    Area("transcoders", ("Sources/Transcoders",), 22),
    Area("tensors", ("Sources/Tensors",), 10),
    Area("statistics", ("Sources/AtlasQuery/Groups", "Sources/AtlasExperiments/Validation", "Sources/AtlasQuery/Structure"), 30),
    Area("questions", ("Sources/AtlasQuery", "Sources/AtlasExperiments"), 30),
    Area("derived tables", ("Sources/AtlasStore/Derivation",), 20),
    Area("blocks", ("Sources/AtlasStore/Blocks",), 14),
    Area("weight files", ("Sources/Safetensors",), 10),
    Area("tokenizers", ("Sources/Tokenizers",), 16),
    Area("SQL", ("Sources/AtlasQuery", "Sources/AtlasExperiments", "Sources/AtlasStore"), 30, "sql"),
]
MOST_IN_A_FILE = 4


def swift_files(root, folder):
    for place, folders, names in os.walk(os.path.join(root, folder)):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".swift") and not name.endswith(LEFT_OUT):
                yield os.path.relpath(os.path.join(place, name), root)


def named():
    """Mutants that are always among the chosen: (file, rule, what stands there, what instead, the line)."""
    with open(os.path.join(HERE, "named.json"), encoding="utf-8") as file:
        return [tuple(entry[key] for key in ("file", "rule", "before", "after", "line")) for entry in json.load(file)]


# Slow to find, and asked for more than once.
known_sites = functools.cache(sites)


def chosen(root, seed=SEED, scale=1.0, beyond=0):
    """The mutants by area, [(area's name, site)], by file and line; those of a smaller scale are left out with `beyond`."""
    if beyond:
        known = {site.id for _, site in chosen(root, seed, beyond)} - {site.id for _, site in chosen(root, seed, 0)}
        return [pair for pair in chosen(root, seed, scale) if pair[1].id not in known]
    wanted = named()
    result = []
    taken = set()

    def take(area, site):
        taken.add((site.path, site.line))
        result.append((area.name, site))

    def of(path):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            return known_sites(path, file.read())

    missing = set(wanted)
    pools = {area: [site for folder in area.folders for path in swift_files(root, folder) for site in of(path)
                    if site.rule.startswith("sql") == (area.rules == "sql")] for area in AREAS}
    for area, pool in pools.items():
        for site in pool:
            key = (site.path, site.rule, site.before, site.after, site.context)
            if key in missing:
                missing.discard(key)
                take(area, site)
    if missing:
        raise SystemExit(f"named.json: {sorted(missing)[0]} is no place of the sources any more")
    for area, pool in pools.items():
        rank = sorted(pool, key=lambda site: hashlib.sha256(f"{seed} {site.id}".encode()).digest())
        files, rules, count = {}, {}, 0
        share = round(area.share * scale)
        # No rule has more than a quarter of an area, of SQL a third: numbers and comparisons stand everywhere.
        for site in rank:
            if count == share:
                break
            if (site.path, site.line) in taken or files.get(site.path, 0) == MOST_IN_A_FILE:
                continue
            if rules.get(site.rule, 0) >= max(2, share // (3 if area.rules == "sql" else 4)):
                continue
            files[site.path] = files.get(site.path, 0) + 1
            rules[site.rule] = rules.get(site.rule, 0) + 1
            count += 1
            take(area, site)
    return sorted(result, key=lambda pair: (pair[1].path, pair[1].line, pair[1].start))
