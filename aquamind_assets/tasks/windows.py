"""Sums and values of earlier and later rows of the same series.

Belongs here: windows over rows sorted by (series, day), one row a day. Does not belong here: what is summed.
"""

import numpy as np


class Series:
    """Rows of many series, one after another, each a day after the row before it."""

    def __init__(self, series: np.ndarray) -> None:
        """``series``: number of each row's series, shape (rows,); equal numbers stand together."""
        self._row = np.arange(series.size)
        begins = np.flatnonzero(np.diff(series, prepend=series[:1] - 1))
        ends = np.append(begins[1:], series.size)
        lengths = ends - begins
        self._first, self._end = np.repeat(begins, lengths), np.repeat(ends, lengths)

    @property
    def age(self) -> np.ndarray:
        """Rows of the series before each row, int64 (rows,)."""
        return self._row - self._first

    def sum_of_last(self, values: np.ndarray, rows: int) -> np.ndarray:
        """Sum over each row and those before it, at most ``rows`` of them, float64 (rows,)."""
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        return total[self._row + 1] - total[np.maximum(self._row - rows + 1, self._first)]

    def mean_of_last(self, values: np.ndarray, rows: int) -> np.ndarray:
        """Mean over the same rows, float64 (rows,)."""
        return self.sum_of_last(values, rows) / np.minimum(self.age + 1, rows)

    def before(self, values: np.ndarray, rows: int) -> np.ndarray:
        """The value ``rows`` rows earlier, NaN before the series begins, float64 (rows,)."""
        return self._at(values, self._row - rows)

    def after(self, values: np.ndarray, rows: int) -> np.ndarray:
        """The value ``rows`` rows later, NaN after the series ends, float64 (rows,)."""
        return self._at(values, self._row + rows)

    def sum_of_next(self, values: np.ndarray, rows: int) -> np.ndarray:
        """Sum over the next ``rows`` rows, NaN where the series has fewer, float64 (rows,)."""
        total = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        end = np.minimum(self._row + rows + 1, self._end)
        return np.where(self._row + rows < self._end, total[end] - total[self._row + 1], np.nan)

    def _at(self, values: np.ndarray, row: np.ndarray) -> np.ndarray:
        there = (row >= self._first) & (row < self._end)
        return np.where(there, np.asarray(values, dtype=np.float64)[np.where(there, row, 0)], np.nan)
