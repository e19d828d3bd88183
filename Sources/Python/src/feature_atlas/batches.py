"""Tables cut into batches of a size."""

from __future__ import annotations

from typing import Iterator, List

import numpy as np

from .errors import AtlasError
from .table import Categories, Schema, Table, joined

#: Rows of a batch unless told otherwise.
BATCH_ROWS = 131_072


def require_rows(batch_rows: int) -> None:
    """Refuses batches without rows."""
    if batch_rows < 1:
        raise AtlasError(f"expected batches of at least 1 row, found {batch_rows}")


def batches(schema: Schema, tables: Iterator[Table], batch_rows: int) -> Iterator[Table]:
    """The same rows in tables of ``batch_rows``, the last of what is left."""
    require_rows(batch_rows)
    held: List[Table] = []
    count = 0
    for table in tables:
        held.append(table)
        count += len(table)
        if count < batch_rows:
            continue
        whole = joined(schema, held) if len(held) > 1 else table
        start = 0
        while count - start >= batch_rows:
            yield compact(whole.part(start, start + batch_rows))
            start += batch_rows
        held = [whole.part(start, count)] if start < count else []
        count -= start
    if count:
        yield compact(joined(schema, held))


def compact(table: Table) -> Table:
    """The table with the texts of its categories that occur in it, in the order in which they do."""
    columns = dict(table.columns)
    for name, values in table.columns.items():
        if isinstance(values, Categories):
            used, first = np.unique(values.codes, return_index=True)
            order = used[np.argsort(first)]
            order = order[order >= 0]
            if len(order) == len(values.values) and (order == np.arange(len(order))).all():
                continue
            place = np.full(len(values.values) + 1, -1, dtype=np.int32)
            place[order] = np.arange(len(order), dtype=np.int32)
            columns[name] = Categories(place[values.codes], [values.values[code] for code in order.tolist()])
    return Table(table.schema, columns)
