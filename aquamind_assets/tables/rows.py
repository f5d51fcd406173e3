"""Rows of one table: made by recorders, loaded by warehouses.

Belongs here: a block of rows as columns. Does not belong here: the encoding for a database (``warehouse``).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.tables.values import TEXT_KINDS, Coded, RowsError, Scaled, Stored, stored
from aquamind_assets.timeline import narrowed

__all__ = ["Coded", "Rows", "RowsError", "Scaled", "Stored", "by_table", "rows"]


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one table, column by column, in stored units. Create them with :func:`rows`.

    Attributes:
        spec: the table's description.
        size: number of rows.
        columns: every column of the table, in its order.
    """

    spec: TableSpec
    size: int
    columns: Mapping[str, Stored]

    def __len__(self) -> int:
        return self.size

    @property
    def table(self) -> str:
        """The table's name."""
        return self.spec.name

    @property
    def ids(self) -> np.ndarray:
        """The row ids, int64, shape (size,)."""
        return np.broadcast_to(self.columns[self.spec.id_column].values, (self.size,))

    def take(self, chosen: slice | np.ndarray) -> "Rows":
        """Return some of the rows: a slice (no copy), a boolean mask or positions."""
        size = len(np.broadcast_to(0, (self.size,))[chosen])
        return Rows(self.spec, size, {name: column.take(chosen) for name, column in self.columns.items()})

    def slices(self, size: int) -> Iterator["Rows"]:
        """Yield the rows in order, at most ``size`` at a time, without copying."""
        if self.size <= size:
            yield self
            return
        for start in range(0, self.size, size):
            yield self.take(slice(start, min(start + size, self.size)))


def rows(spec: TableSpec, size: int, /, **columns: Any) -> Rows:
    """Return ``size`` rows for the table that ``spec`` describes.

    A column's value is a numpy array of shape (size,), a single value for all rows, or None (all NULL). A
    ``numpy.ma.MaskedArray`` is NULL where it is masked. By kind of column:

    - numeric: floats are rounded half-even to the stored decimals; integers are whole units; :class:`Scaled` holds
      stored units;
    - varchar, text: ``str``, arrays of them, or :class:`Coded`; jsonb: the same with JSON text;
    - date: day numbers since 1970-01-01 or ``datetime64``; timestamptz: microseconds since 1970 UTC or ``datetime64``;
      time: microseconds since midnight;
    - boolean: flags or 0 and 1; integers: integers; uuid: the ids that they are made of (``uuids``).

    Columns that are not given get the application's default (blank text is ``''``), or NULL if the column allows it.

    Ids are given as ``timeline.row_ids`` makes them, also to columns that hold ids of four bytes: they are stored as
    ``timeline.narrowed`` gives them.

    Raises:
        RowsError: an unknown column, a missing column, or a value that does not fit; the message names
            ``table.column``, the value and the allowed values.
    """
    table = spec.name
    if unknown := columns.keys() - spec.by_name.keys():
        raise RowsError(f"{table} has no column {', '.join(sorted(unknown))}; allowed: {', '.join(spec.column_names)}")
    if not size:
        for name in spec.by_name.keys() - columns.keys():
            _default(table, spec.by_name[name])
        return Rows(spec, 0, {name: _empty(column) for name, column in spec.by_name.items()})
    return Rows(
        spec,
        size,
        {
            name: _stored(table, column, columns[name] if name in columns else _default(table, column), size)
            for name, column in spec.by_name.items()
        },
    )


@cache
def _empty(column: ColumnSpec) -> Stored:
    return Stored(column, np.zeros(0, dtype=np.int64), None, () if column.kind in TEXT_KINDS else None)


def _stored(table: str, column: ColumnSpec, value: Any, size: int) -> Stored:
    if column.holds_narrow_ids and value is not None:
        value = narrowed(value)
    return stored(table, column, value, size)


def _default(table: str, column: ColumnSpec) -> Any:
    if column.required or column.identity:
        raise RowsError(f"{table}.{column.name} is missing and has no default")
    return column.default


def by_table(blocks: Iterable[Rows]) -> dict[str, list[Rows]]:
    """Return the blocks of each table, in order."""
    found: dict[str, list[Rows]] = {}
    for block in blocks:
        found.setdefault(block.table, []).append(block)
    return found
