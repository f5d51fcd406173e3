"""Frames whose rows grow and change while a year is simulated.

Belongs here: the container of rows. Does not belong here: what the rows mean.
"""

from typing import Any, Generic, TypeVar

import numpy as np

from aquamind_assets.ledger.frames import Frame

F = TypeVar("F", bound=Frame)

_SMALLEST = 64


class Table(Generic[F]):
    """The rows of a frame, to be added to and changed in place; ``frame()`` hands out a frozen copy."""

    def __init__(self, rows: F) -> None:
        self._kind = type(rows)
        self._columns = {name: values.copy() for name, values in rows.columns().items()}
        self._size = len(rows)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, name: str) -> np.ndarray:
        """A column: a view, valid until the next ``add``."""
        return self._columns[name][: self._size]

    def row(self, position: int) -> dict[str, Any]:
        """The values of one row, by column."""
        return {name: column[position] for name, column in self._columns.items()}

    def add(self, **values: Any) -> int:
        """Adds one row of scalars and returns its position.

        Raises:
            KeyError: a column of the frame is missing.
        """
        if self._size == self._columns[next(iter(self._columns))].size:
            self._grow()
        for name, column in self._columns.items():
            column[self._size] = values[name]
        self._size += 1
        return self._size - 1

    def keep(self, rows: np.ndarray) -> None:
        """Drops the rows that are not in the boolean mask."""
        self._columns = {name: self[name][rows] for name in self._columns}
        self._size = int(np.count_nonzero(rows))

    def frame(self, rows: np.ndarray | None = None) -> F:
        """The rows (of a boolean mask or positions), copied."""
        return self._kind(**{name: self[name].copy() if rows is None else self[name][rows] for name in self._columns})

    def _grow(self) -> None:
        room = max(_SMALLEST, self._size)
        self._columns = {
            name: np.concatenate([column, np.zeros(room, dtype=column.dtype)]) for name, column in self._columns.items()
        }
