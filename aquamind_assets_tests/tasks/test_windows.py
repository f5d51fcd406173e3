"""Windows over series, against sums made one by one."""

import numpy as np
import pytest

from aquamind_assets.tasks.windows import Series

SERIES = np.array([7, 7, 7, 7, 3, 9, 9])
VALUES = np.array([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0])


def of_series(row: int, rows: list[int]) -> list[float]:
    return [VALUES[one] for one in rows if 0 <= one < SERIES.size and SERIES[one] == SERIES[row]]


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_windows_stay_within_their_series(size: int) -> None:
    series = Series(SERIES)
    for row in range(SERIES.size):
        last = of_series(row, [row - back for back in range(size)])
        following = of_series(row, [row + ahead for ahead in range(1, size + 1)])
        assert series.sum_of_last(VALUES, size)[row] == sum(last)
        assert series.mean_of_last(VALUES, size)[row] == pytest.approx(sum(last) / len(last))
        assert series.before(VALUES, size)[row] == pytest.approx(
            *(of_series(row, [row - size]) or [np.nan]), nan_ok=True
        )
        assert series.after(VALUES, size)[row] == pytest.approx(
            *(of_series(row, [row + size]) or [np.nan]), nan_ok=True
        )
        total = sum(following) if len(following) == size else np.nan
        assert series.sum_of_next(VALUES, size)[row] == pytest.approx(total, nan_ok=True)


def test_the_age_counts_rows() -> None:
    assert Series(SERIES).age.tolist() == [0, 1, 2, 3, 0, 0, 1]
