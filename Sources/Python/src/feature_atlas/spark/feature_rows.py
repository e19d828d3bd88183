"""What is derived of one feature over all shards, from every place where it fires."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

import numpy as np

#: Bins of histograms, intervals of the range of activations, samples from each.
BINS, INTERVALS, SAMPLES, STRONGEST = 50, 5, 5, 20
_SEED = 0x4641_544C


class Side(NamedTuple):
    """One side of a feature's activations."""

    histogram: List[int]
    #: (band, rank, shard, ordinal, position, activation); band 0: the strongest, k: samples of interval k.
    examples: List[Tuple[int, int, int, int, int, float]]
    #: Prompts by interval, from 1; intervals without any are left out.
    bands: Dict[int, int]


def side_of(spark: Any, frames: Dict[str, Any], layer: int, index: int, sign: int, size: float) -> Side:
    """One side of a feature.

    :param sign: 1: the positive side, with zeros; -1: the negative
    :param size: the largest size of an activation on that side
    """
    where = f"layer = {layer} AND feature_index = {index} AND " + ("activation < 0" if sign < 0 else "activation >= 0")
    # Bin k holds (k/BINS, (k+1)/BINS] of the largest, reckoned as the program does.
    place = "CAST(ceil(abs(CAST(activation AS DOUBLE)) / {size!r} * {count}) AS INT)"
    bins = f"greatest(1, least({BINS}, {place.format(size=size, count=BINS)}))"
    counts = [0] * BINS
    if size > 0:
        sql = f"SELECT {bins} AS bin, count(*) FROM {{firings}} WHERE {where} AND activation <> 0 GROUP BY 1"
        for bin, count in spark.sql(sql, firings=frames["firings"]).collect():
            counts[bin - 1] = count
    band = f"greatest(1, least({INTERVALS}, {place.format(size=size, count=INTERVALS)}))" if size > 0 else "1"
    extremes = spark.sql(
        f"""
        SELECT e.shard, e.ordinal, e.position, CAST(e.activation AS DOUBLE) AS activation,
            CASE WHEN e.activation = 0 THEN 0 ELSE {band} END AS band, p.hash_prefix
        FROM (SELECT *, row_number() OVER (PARTITION BY shard, ordinal ORDER BY abs(activation) DESC, position) AS place
              FROM {{firings}} WHERE {where}) e
        JOIN {{prompt_facts}} p ON p.shard = e.shard AND p.ordinal = e.ordinal
        WHERE e.place = 1""",
        firings=frames["firings"],
        prompt_facts=frames["prompt_facts"],
    ).cache()
    try:
        bands = {
            row[0]: row[1]
            for row in spark.sql("SELECT band, count(*) FROM {e} WHERE band > 0 GROUP BY band", e=extremes).collect()
        }
        strongest = spark.sql(
            f"SELECT shard, ordinal, position, activation FROM {{e}} "
            f"ORDER BY abs(activation) DESC, shard, ordinal LIMIT {STRONGEST}",
            e=extremes,
        ).collect()
        key = layer << 24 | index

        def smallest(batches: Iterator[Any]) -> Iterator[Any]:
            return _smallest(batches, key)

        schema = "shard int, ordinal int, position int, activation double, band int, hash_prefix long"
        samples = extremes.where("band > 0").mapInArrow(smallest, schema).collect()
    finally:
        extremes.unpersist()
    examples = [(0, rank, *row) for rank, row in enumerate(strongest, 1)]
    for wanted in sorted(bands):
        own = [row for row in samples if row["band"] == wanted]
        hashes = seeded(key, np.array([row["hash_prefix"] for row in own], dtype=np.int64)).tolist()
        chosen = sorted(zip(hashes, own), key=lambda entry: (entry[0], entry[1]["shard"], entry[1]["ordinal"]))[
            :SAMPLES
        ]
        examples += [
            (wanted, rank, row["shard"], row["ordinal"], row["position"], row["activation"])
            for rank, (_, row) in enumerate(chosen, 1)
        ]
    return Side(counts, examples, bands)


def seeded(key: int, prefixes: Any) -> Any:
    """SplitMix64's finaliser over seed, feature and content, by which samples are chosen."""
    with np.errstate(over="ignore"):
        start = (_SEED + key * 0x9E37_79B9_7F4A_7C15) & (1 << 64) - 1
        mixed = prefixes.view(np.uint64) ^ np.uint64(start)
        mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58_476D_1CE4_E5B9)
        mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D0_49BB_1331_11EB)
        return mixed ^ mixed >> np.uint64(31)


def _smallest(batches: Iterator[Any], key: int) -> Iterator[Any]:
    """Of each batch and interval those with the smallest hashes: what the whole sample can need of it."""
    for batch in batches:
        prefixes = np.asarray(batch.column("hash_prefix"), dtype=np.int64)
        bands = np.asarray(batch.column("band"))
        order = np.lexsort(
            (np.asarray(batch.column("ordinal")), np.asarray(batch.column("shard")), seeded(key, prefixes))
        )
        kept: List[int] = []
        for band in np.unique(bands).tolist():
            kept += order[bands[order] == band][:SAMPLES].tolist()
        import pyarrow

        yield batch.take(pyarrow.array(kept, type=pyarrow.int64()))
