"""Which readings of a block exist, and columns of their rows.

Belongs here: from arrays over (sensors, slots) to one value for each existing reading. Does not belong here: why a
reading does not exist (``readings``).
"""

from functools import cached_property

import numpy as np


class Existing:
    """The existing readings of a block, numbered by (sensor, slot).

    Attributes:
        size: number of them.
    """

    def __init__(self, shape: tuple[int, int], kept: np.ndarray | None) -> None:
        """``shape`` is (sensors, slots); ``kept``, bool of this shape, marks the readings that exist, None for all."""
        self._shape = shape
        self._kept = None if kept is None else np.flatnonzero(kept)
        self._counts = np.full(shape[0], shape[1]) if kept is None else np.count_nonzero(kept, axis=1)
        self.size = int(self._counts.sum())

    @cached_property
    def _slot(self) -> np.ndarray:
        assert self._kept is not None
        return self._kept - np.repeat(np.arange(self._shape[0]) * self._shape[1], self._counts)

    def choose(self, values: np.ndarray) -> np.ndarray:
        """Return one value for each existing reading, from an array that broadcasts to (sensors, slots)."""
        # By position: a mask is walked again for every column.
        if values.shape[1] == 1 < self._shape[1]:
            return np.repeat(values[:, 0], self._counts)
        if self._kept is None:
            return np.broadcast_to(values, self._shape).reshape(-1)
        if values.shape[0] == 1 < self._shape[0]:
            return values[0].take(self._slot)
        return np.broadcast_to(values, self._shape).reshape(-1).take(self._kept)

    def places(self, sensor: np.ndarray, slot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of readings among the existing ones, and which of ``sensor`` and ``slot``, sorted, they
        are; those outside the block and those that do not exist are left out."""
        inside = np.flatnonzero((slot >= 0) & (slot < self._shape[1]))
        flat = sensor[inside] * self._shape[1] + slot[inside]
        if self._kept is None:
            return flat, inside
        number = np.minimum(np.searchsorted(self._kept, flat), max(self._kept.size - 1, 0))
        there = self._kept[number] == flat if self._kept.size else np.zeros(0, dtype=bool)
        return number[there], inside[there]
