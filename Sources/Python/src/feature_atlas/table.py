"""Tables of numpy columns: what every view and export is made of."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
import numpy.typing as npt

from .errors import AtlasError

#: numpy's types by the name that schemas give them.
NUMBERS: Dict[str, Any] = {
    "int64": np.int64,
    "int32": np.int32,
    "float64": np.float64,
    "float32": np.float32,
    "bool": np.bool_,
}


@dataclass(frozen=True)
class Column:
    """A column's name, type and meaning.

    Types: ``int32``, ``int64``, ``float32``, ``float64``, ``bool``, ``text``, and ``category`` for texts that repeat.
    """

    name: str
    type: str
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Schema:
    """A table's name, meaning, columns and the columns that its rows are ordered by."""

    name: str
    meaning: str
    columns: Tuple[Column, ...]
    order: str

    @property
    def names(self) -> List[str]:
        """The columns' names in order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Categories:
    """Texts that repeat: ``codes`` are places in ``values``, or -1 where there is none."""

    codes: npt.NDArray[np.int32]
    values: List[str]

    def __len__(self) -> int:
        return len(self.codes)

    def tolist(self) -> List[Optional[str]]:
        """The texts in full."""
        values: List[Optional[str]] = [*self.values, None]
        return [values[code] for code in self.codes.tolist()]


Values = Union[npt.NDArray[Any], Categories]


class Table:
    """Columns of equal length under a schema.

    ``table["weight"]`` is a numpy array: of numbers, masked where the schema says *nullable*; of texts as objects;
    texts that repeat are :class:`Categories`. ``to_pandas()`` and ``to_arrow()`` need those packages.
    """

    def __init__(self, schema: Schema, columns: Mapping[str, Values]) -> None:
        if list(columns) != schema.names:
            raise AssertionError(f"{schema.name}: columns {list(columns)}")
        self.schema = schema
        self.columns: Dict[str, Values] = dict(columns)

    @classmethod
    def of_rows(cls, schema: Schema, rows: Sequence[Sequence[Any]]) -> Table:
        """A table of rows in the schema's order, ``None`` where there is nothing."""
        columns: Dict[str, Values] = {}
        for place, column in enumerate(schema.columns):
            columns[column.name] = values_of(column, [row[place] for row in rows])
        return cls(schema, columns)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> Any:
        try:
            return self.columns[name]
        except KeyError:
            raise AtlasError(f"{self.schema.name}: no column {name!r}; there are {', '.join(self.columns)}") from None

    def rows(self) -> Iterator[Tuple[Any, ...]]:
        """Rows of Python values, ``None`` where there is nothing."""
        return zip(*[values.tolist() for values in self.columns.values()])

    def part(self, start: int, stop: int) -> Table:
        """Some of the rows."""
        columns: Dict[str, Values] = {}
        for name, values in self.columns.items():
            columns[name] = (
                Categories(values.codes[start:stop], values.values)
                if isinstance(values, Categories)
                else values[start:stop]
            )
        return Table(self.schema, columns)

    def to_pandas(self) -> Any:
        """A ``pandas.DataFrame``; integers that may be missing are ``Int32`` or ``Int64``."""
        pandas = _package("pandas", "pandas")
        frame = {}
        for column in self.schema.columns:
            values = self.columns[column.name]
            if isinstance(values, Categories):
                frame[column.name] = pandas.Categorical.from_codes(values.codes, values.values)
            elif column.nullable and column.type in ("int32", "int64", "bool"):
                mask = np.ma.getmaskarray(values)
                array = np.asarray(np.ma.getdata(values))
                kind = pandas.arrays.BooleanArray if column.type == "bool" else pandas.arrays.IntegerArray
                frame[column.name] = kind(array.copy(), mask.copy())
            elif column.nullable and column.type in ("float32", "float64"):
                frame[column.name] = np.ma.filled(values, np.nan)
            else:
                frame[column.name] = values
        return pandas.DataFrame(frame)

    def to_arrow(self) -> Any:
        """A ``pyarrow.Table``; texts that repeat are dictionaries."""
        arrow = _package("pyarrow", "arrow")
        return arrow.table(
            [arrow_array(arrow, column, self.columns[column.name]) for column in self.schema.columns],
            schema=arrow_schema(arrow, self.schema),
        )

    def __repr__(self) -> str:
        return f"<Table {self.schema.name}: {len(self)} rows, {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{'' if value is None else html.escape(str(value))}</td>" for value in row) + "</tr>"
            for row in self.part(0, 20).rows()
        )
        note = f"<p>{len(self)} rows of {html.escape(self.schema.name)}</p>"
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def values_of(column: Column, values: Sequence[Any]) -> Values:
    """A column of Python values, ``None`` where there is nothing."""
    if column.type == "text":
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    if column.type == "category":
        places: Dict[str, int] = {}
        codes = np.fromiter(
            (-1 if value is None else places.setdefault(value, len(places)) for value in values),
            dtype=np.int32,
            count=len(values),
        )
        return Categories(codes, list(places))
    kind = NUMBERS[column.type]
    if not column.nullable:
        return np.array(values, dtype=kind)
    mask = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
    data = np.array([0 if value is None else value for value in values], dtype=kind)
    masked: npt.NDArray[Any] = np.ma.MaskedArray(data, mask=mask)
    return masked


def nullable(values: npt.NDArray[Any], is_there: npt.NDArray[np.bool_], kind: str) -> npt.NDArray[Any]:
    """Numbers of a nullable column, of which some are there."""
    data = np.where(is_there, values, 0).astype(NUMBERS[kind])
    masked: npt.NDArray[Any] = np.ma.MaskedArray(data, mask=~is_there)
    return masked


def joined(schema: Schema, tables: Sequence[Table]) -> Table:
    """Tables of one schema, one after the other."""
    columns: Dict[str, Values] = {}
    for column in schema.columns:
        parts = [table.columns[column.name] for table in tables]
        if column.type == "category":
            places: Dict[str, int] = {}
            codes = [np.zeros(0, dtype=np.int32)]
            for part in parts:
                assert isinstance(part, Categories)
                known = [places.setdefault(value, len(places)) for value in part.values]
                codes.append(np.array([*known, -1], dtype=np.int32)[part.codes])
            columns[column.name] = Categories(np.concatenate(codes), list(places))
        elif not parts:
            columns[column.name] = values_of(column, [])
        elif column.nullable and column.type != "text":
            columns[column.name] = np.ma.concatenate(parts)  # type: ignore[no-untyped-call]
        else:
            columns[column.name] = np.concatenate(parts)  # type: ignore[arg-type]
    return Table(schema, columns)


def arrow_schema(arrow: Any, schema: Schema) -> Any:
    """The schema as Arrow's."""
    kinds = {
        "int32": arrow.int32(),
        "int64": arrow.int64(),
        "float32": arrow.float32(),
        "float64": arrow.float64(),
        "bool": arrow.bool_(),
        "text": arrow.string(),
        "category": arrow.dictionary(arrow.int32(), arrow.string()),
    }
    return arrow.schema(
        [arrow.field(column.name, kinds[column.type], nullable=column.nullable) for column in schema.columns]
    )


def arrow_array(arrow: Any, column: Column, values: Values) -> Any:
    """A column as Arrow's."""
    if isinstance(values, Categories):
        codes = arrow.array(values.codes, mask=values.codes < 0)
        return arrow.DictionaryArray.from_arrays(codes, arrow.array(values.values, arrow.string()))
    if column.type == "text":
        return arrow.array(values.tolist(), arrow.string())
    if column.nullable:
        return arrow.array(np.asarray(np.ma.getdata(values)), mask=np.ma.getmaskarray(values))
    return arrow.array(values)


def _package(name: str, extra: str) -> Any:
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError:
        raise AtlasError(f"this needs the package {name}: pip install 'feature-atlas[{extra}]'") from None
