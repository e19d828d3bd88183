"""Opening the file of an atlas for reading, and saying in one line what is wrong with it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Tuple, TypeVar, Union
from urllib.parse import quote

from .errors import AtlasError, BlockFault

#: 'FATL': tells a Feature Atlas from any other SQLite file.
APPLICATION_ID = 0x4641544C
#: The migrations that this package knows, in order; a test compares them with the program's.
MIGRATIONS = (
    "0001_create_atlas",
    "0002_add_custom_targets",
    "0003_create_supernodes",
    "0004_add_neuron_basis",
    "0005_add_negative_tails",
    "0006_add_node_effects",
    "0007_add_driver_effects",
    "0008_add_digests",
    "0009_add_edge_heads",
    "0010_add_up_statistics",
    "0011_create_shards",
    "0012_create_saved_runs",
)

Result = TypeVar("Result")


class Database:
    """A connection that only reads.

    A file in a folder that can be written is opened beside programs that write it. Where the folder cannot be written,
    SQLite is told that nobody writes the file, provided that no log lies beside it.
    """

    def __init__(self, path: Union[str, os.PathLike[str]]) -> None:
        self.path = os.fspath(path)
        self._connection = self._opened()
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets go of the file."""
        self._connection.close()

    def rows(self, sql: str, values: Tuple[Any, ...] = ()) -> Iterator[Tuple[Any, ...]]:
        """The rows of a question, as they are read."""
        try:
            cursor = self._connection.execute(sql, values)
            while True:
                rows = cursor.fetchmany(256)
                if not rows:
                    return
                yield from rows
        except (sqlite3.Error, OverflowError) as error:
            raise self._failure(error) from None

    def all(self, sql: str, values: Tuple[Any, ...] = ()) -> List[Tuple[Any, ...]]:
        """All rows of a question."""
        return list(self.rows(sql, values))

    def first(self, sql: str, values: Tuple[Any, ...] = ()) -> Optional[Tuple[Any, ...]]:
        """The first row of a question, if there is one."""
        rows = self.rows(sql, values)
        row = next(rows, None)
        rows.close()  # type: ignore[attr-defined]
        return row

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything that is read inside is of one moment."""
        try:
            self._connection.execute("BEGIN")
            self._connection.execute("SELECT count(*) FROM atlas").fetchall()
        except sqlite3.Error as error:
            raise self._failure(error) from None
        try:
            yield
        finally:
            self._connection.rollback()

    def unpack(self, table: str, row: int, function: Callable[..., Result], *arguments: Any) -> Result:
        """What a packed column holds; a damaged one is an error that names its row."""
        try:
            return function(*arguments)
        except (BlockFault, ValueError, IndexError, TypeError, OverflowError, MemoryError) as error:
            raise self.damaged(table, row, str(error)) from None

    def damaged(self, table: str, row: int, why: str) -> AtlasError:
        """The error for a row whose packed columns make no sense."""
        if self.first("SELECT EXISTS (SELECT 1 FROM shards)") == (1,):
            return AtlasError(
                f"{self.path}: {table}, row {row}: lies in a shard that this atlas was assembled from; open the shard, or "
                "ask the atlas's questions"
            )
        return AtlasError(f"{self.path}: {table}, row {row}: damaged block: {why}; atlas repair sets it aside")

    def _opened(self) -> sqlite3.Connection:
        file = Path(self.path)
        wanted = "an atlas (SQLite file with application id FATL)"
        try:
            if not file.exists():
                raise AtlasError(f"{self.path}: expected an atlas, found no file; index a corpus to create one")
            if file.is_dir():
                raise AtlasError(f"{self.path}: expected {wanted}, found a folder")
            if not file.is_file():
                raise AtlasError(f"{self.path}: expected {wanted}, found a device or pipe")
            size = file.stat().st_size
        except (OSError, ValueError) as error:
            raise AtlasError(f"{self.path}: cannot be read: {error}") from None
        if not size:
            raise AtlasError(f"{self.path}: expected {wanted}, found an empty file")
        # The file is opened by SQLite alone: closing it here would drop the locks of this process's other connections.
        address = "file:" + quote(os.path.abspath(self.path))
        try:
            connection = sqlite3.connect(address + "?mode=ro", uri=True)
            try:
                connection.execute("SELECT count(*) FROM sqlite_schema" if _HAS_SCHEMA else "PRAGMA schema_version")
                return connection
            except sqlite3.OperationalError as error:
                connection.close()
                if "unable to open" not in str(error) and "readonly" not in str(error):
                    raise
            for suffix in ("-wal", "-journal"):
                log = Path(self.path + suffix)
                if log.exists() and log.stat().st_size:
                    raise AtlasError(
                        f"{self.path}: the log {log} holds what is not in the file yet, and SQLite cannot use it in a "
                        "folder that cannot be written; copy both files to a folder that can be"
                    )
            connection = sqlite3.connect(address + "?mode=ro&immutable=1", uri=True)
            connection.execute("PRAGMA schema_version")
            return connection
        except (sqlite3.Error, OSError) as error:
            if "not a database" in str(error):
                raise AtlasError(f"{self.path}: expected {wanted}, found no SQLite file") from None
            raise self._failure(error) from None

    def _check(self) -> None:
        found = self.first("PRAGMA application_id")
        if found != (APPLICATION_ID,):
            number = found[0] if found else 0
            raise AtlasError(
                f"{self.path}: expected an atlas (SQLite file with application id FATL), found a SQLite file with "
                f"application id {number}"
            )
        applied = {row[0] for row in self.rows("SELECT identifier FROM grdb_migrations")}
        unknown = sorted(str(name) for name in applied - set(MIGRATIONS))
        if unknown:
            raise AtlasError(
                f"{self.path}: its schema is {unknown[-1]}, this package knows schemas up to {MIGRATIONS[-1]}; "
                "use a newer package"
            )
        if len(applied) < len(MIGRATIONS):
            raise AtlasError(f"{self.path}: its schema is older than {MIGRATIONS[-1]}; atlas derive upgrades it")

    def _failure(self, error: Exception) -> AtlasError:
        return AtlasError(f"{self.path}: reading failed: {error}")


_HAS_SCHEMA = sqlite3.sqlite_version_info >= (3, 33)
