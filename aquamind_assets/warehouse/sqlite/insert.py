"""Rows as INSERT statements for SQLite: hundreds of rows in each, what is the same in all rows written into the
statement.

Measured with the readings and their index (microseconds a row): executemany 3.6; many rows in a statement 5.1, and 2.2
with ``OR FAIL``: without it SQLite keeps what a statement has changed, page by page, to undo that statement alone,
which a loader that undoes the whole transaction has no use for.

Readings come sensor by sensor, while the table is in the order of ids (by time, all sensors of an instant together) and
its index by container. So rows are sorted a tile at a time, a tile being all that some eighty sensors measured in
thirty days: short runs for the table, and few pages of the index at once. Sorted in larger pieces every row needs
another page of the index, and once those are more than the cache holds a row costs twice as much in the third chunk of
a table as in the first; unsorted every row needs another page of the table.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.sqlite.values import constant, python_values

ROWS_A_STATEMENT = 250
"""The rate is flat from 50 to 1,000."""

PARAMETERS = 8_000
"""But no more values than this in a statement."""

TILE_ROWS = 20_000
"""Rows sorted, and turned into Python objects, at a time."""

Insertion = tuple[str, list[Any]]
"""A statement and its parameters."""


def insertions(block: Rows) -> Iterator[Insertion]:
    """Statements that insert the rows, tile by tile, in each in the order of their ids."""
    key = block.spec.id_column
    varying = [name for name, column in block.columns.items() if name == key or not column.constant]
    one = "(" + ", ".join("?" if name in varying else constant(column) for name, column in block.columns.items()) + ")"
    head = f"INSERT OR FAIL INTO {quoted(block.table)} ({', '.join(map(quoted, block.columns))}) VALUES "
    width = len(varying)
    twins = _twins(block, varying)
    many = max(1, min(ROWS_A_STATEMENT, PARAMETERS // width))
    full = head + ", ".join([one] * many)
    for tile in block.slices(TILE_ROWS // many * many):
        part = _in_order(tile)
        flat: list[Any] = [None] * (part.size * width)
        made: dict[str, list[Any]] = {}
        for place, (name, twin) in enumerate(zip(varying, twins, strict=True)):
            if twin not in made:
                column = part.columns[name]
                made[twin] = python_values(replace(column, values=part.ids) if name == key else column)
            flat[place::width] = made[twin]
        whole = part.size // many * many * width
        for start in range(0, whole, many * width):
            yield full, flat[start : start + many * width]
        if rest := part.size % many:
            yield head + ", ".join([one] * rest), flat[whole:]


def _twins(block: Rows, names: list[str]) -> list[str]:
    """For each column the first one that holds the same array of the same kind: a row is often changed last when it is
    made."""
    first: dict[tuple[Any, ...], str] = {}
    columns = [block.columns[name] for name in names]
    return [
        first.setdefault((id(one.values), id(one.null), id(one.labels), one.spec.kind, one.spec.scale), name)
        for name, one in zip(names, columns, strict=True)
    ]


def _in_order(tile: Rows) -> Rows:
    """The rows in the order of their ids."""
    ids = tile.ids
    return tile.take(np.argsort(ids, kind="stable")) if (ids[1:] < ids[:-1]).any() else tile
