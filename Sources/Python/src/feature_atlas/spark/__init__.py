"""Corpora beyond one machine, on Apache Spark: indexing in shards, and questions over all of them.

    from feature_atlas import spark as atlases

    atlases.index(session, "corpus.jsonl", "model", "transcoders", "out", shards=32)
    with atlases.ShardedAtlas(session, "out") as atlas:
        atlas.drivers(" Austin")
    atlases.tables(session, "out")["edge_sums"].count()

Needs the extra ``spark``: ``pip install feature-atlas[spark]``, and Java 17.
"""

from .indexing import assemble, index
from .sharded_atlas import ShardedAtlas
from .views import sum_tables, tables

__all__ = ["ShardedAtlas", "assemble", "index", "sum_tables", "tables"]
