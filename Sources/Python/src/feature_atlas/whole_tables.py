"""The tables of everything, each at once."""

from __future__ import annotations

from typing import Iterator

from . import schemas
from .batched_tables import BatchedTables
from .table import Schema, Table, joined


class WholeTables(BatchedTables):
    """Views that are whole tables."""

    def prompts(self) -> Table:
        """The distinct texts, what the model said, and how well its graph explains it."""
        return self._whole(self.iter_prompts(), schemas.PROMPTS)

    def tokens(self) -> Table:
        """Each prompt's tokens."""
        return self._whole(self.iter_tokens(), schemas.TOKENS)

    def tags(self) -> Table:
        """What the corpora say about prompts."""
        return self._whole(self.iter_tags(), schemas.TAGS)

    def features(self) -> Table:
        """Every feature that ever fired."""
        return self._whole(self.iter_features(), schemas.FEATURES)

    def examples(self) -> Table:
        """Where features fire most, and samples from five intervals."""
        return self._whole(self.iter_examples(), schemas.EXAMPLES)

    def labels(self) -> Table:
        """What features are called, by people and by rule."""
        return self._whole(self.iter_labels(), schemas.LABELS)

    def aggregated_edges(self) -> Table:
        """Edges over all prompts, positions taken together."""
        return self._whole(self.iter_aggregated_edges(), schemas.AGGREGATED_EDGES)

    def logit_drivers(self) -> Table:
        """What drives each explained token's logit."""
        return self._whole(self.iter_logit_drivers(), schemas.LOGIT_DRIVERS)

    def _whole(self, batches: Iterator[Table], schema: Schema) -> Table:
        return joined(schema, list(batches))
