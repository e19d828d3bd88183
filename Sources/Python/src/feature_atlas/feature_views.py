"""What is stored of one feature."""

from __future__ import annotations

from typing import Any, List

import numpy as np

from . import blocks, schemas
from .bits import Integers
from .errors import AtlasError
from .opened import OpenedAtlas
from .table import Categories, Table


class FeatureViews(OpenedAtlas):
    """Views of one feature."""

    def feature_activations(self, layer: int, feature_index: int) -> Table:
        """Every place where one feature fires, by prompt and position."""
        key = self._feature_key(layer, feature_index)
        prompts: List[Integers] = []
        positions: List[Integers] = []
        values: List[Any] = []
        for block, entries in self._database.rows(
            "SELECT block, entries FROM feature_postings WHERE last_feature >= ? AND first_feature <= ? "
            "ORDER BY +block",
            (key, key),
        ):
            found = self._database.unpack("feature_postings.entries", block, blocks.postings, entries)
            own = slice(*np.searchsorted(found.feature, [key, key + 1]))
            prompts.append(found.prompt_id[own])
            positions.append(found.position[own])
            values.append(found.activation[own])
        if not prompts:
            return Table.of_rows(schemas.POSTINGS, [])
        ids, places = np.unique(np.concatenate(prompts), return_inverse=True)
        hashes = {}
        for start in range(0, len(ids), 500):
            some = [int(value) for value in ids[start : start + 500]]
            marks = ",".join("?" * len(some))
            sql = f"SELECT id, lower(hex(content_hash)) FROM prompts WHERE id IN ({marks})"
            hashes.update(dict(self._database.rows(sql, tuple(some))))
        if len(hashes) != len(ids):
            raise AtlasError(f"{self.path}: feature_postings: an entry's prompt is not stored; run atlas derive")
        names = [hashes[int(value)] for value in ids]
        by_name = np.argsort(np.array(names))
        rank = np.empty(len(names), dtype=np.int32)
        rank[by_name] = np.arange(len(names), dtype=np.int32)
        codes = rank[places.reshape(-1)]
        position = np.concatenate(positions)
        order = np.lexsort((position, codes))
        return Table(
            schemas.POSTINGS,
            {
                "prompt": Categories(codes[order], [names[place] for place in by_name]),
                "position": position[order].astype(np.int32),
                "activation": np.concatenate(values)[order],
            },
        )

    def histogram(self, layer: int, feature_index: int) -> Integers:
        """How many of a feature's positive activations lie in each of 50 equal bins over (0, maximum]."""
        self._feature_key(layer, feature_index)
        row = self._database.first(
            "SELECT histogram FROM feature_statistics WHERE layer = ? AND feature_index = ?", (layer, feature_index)
        )
        if row is None:
            return np.zeros(50, dtype=np.int64)
        return self._database.unpack("feature_statistics.histogram", feature_index, blocks.histogram, row[0])

    def _feature_key(self, layer: int, feature_index: int) -> int:
        layers, indices = self.identity.layer_count, self.identity.features_per_layer
        if not (0 <= layer < layers and 0 <= feature_index < indices):
            raise AtlasError(
                f"there is no feature {layer}/{feature_index}: layers are 0 to {layers - 1}, indices 0 to {indices - 1}"
            )
        return layer << 24 | feature_index
