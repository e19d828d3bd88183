"""An ``.atlas`` file that is opened for reading."""

from __future__ import annotations

from typing import Any, ContextManager, Iterator, List, Tuple, TypeVar

from .batches import require_rows
from .database import Database
from .errors import AtlasError
from .program import Place
from .prompt_tables import activation_table, influence_table
from .stored import Identity, PromptName, Range, StoredGraph, StoredPrompts
from .table import Schema, Table

_Opened = TypeVar("_Opened", bound="OpenedAtlas")


class OpenedAtlas:
    """The file and what it is about; the views read through it."""

    def __init__(self, path: Place) -> None:
        self._database = Database(path)
        self.path = self._database.path
        row = self._database.first(
            "SELECT model_name, model_fingerprint, transcoder_name, transcoder_fingerprint, transcoder_kind, "
            "layer_count, features_per_layer, model_width, vocabulary_size FROM atlas"
        )
        if row is None:
            self.close()
            raise AtlasError(f"{self.path}: expected a replacement model in the table atlas, found none")
        #: The replacement model that the atlas is about.
        self.identity = Identity(*row)
        self._stored = StoredPrompts(self._database, self.identity)

    def __enter__(self: _Opened) -> _Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self._database.close()

    def snapshot(self) -> ContextManager[None]:
        """``with atlas.snapshot():`` reads the atlas as it stands now, whatever others write meanwhile."""
        return self._database.snapshot()

    def prompt_id(self, prompt: PromptName) -> int:
        """The id in this file of a prompt that is named by id, hash, external id or text."""
        row = self._database.first("SELECT id FROM prompts WHERE content_hash = ?", (self._stored.digest(prompt),))
        assert row is not None
        return int(row[0])

    def _query(self, schema: Schema, sql: str, values: Tuple[Any, ...], batch_rows: int) -> Iterator[Table]:
        require_rows(batch_rows)
        rows: List[Tuple[Any, ...]] = []
        for row in self._database.rows(sql, values):
            rows.append(row)
            if len(rows) == batch_rows:
                yield Table.of_rows(schema, rows)
                rows = []
        if rows:
            yield Table.of_rows(schema, rows)

    def _activation_tables(self, within: Range) -> Iterator[Table]:
        for hashes, held in self._stored.activations(within):
            yield activation_table(hashes, held)

    def _influence_table(self, stored: StoredGraph) -> Table:
        return influence_table(stored, self._stored.influence(stored))
