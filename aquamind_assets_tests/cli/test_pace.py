"""How far a history is and how long it will take, by a clock that the test moves."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.cli.pace import Pace

ASSETS = ("batches", "readings", "report")


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def run_year(pace: Pace, clock: Clock, year: int, seconds: float, checks: float) -> None:
    """Each step writes for some seconds, and its checks take some more."""
    for asset in ASSETS:
        pace.started(asset, year, 1)
        clock.now += seconds
        pace.chunk_written(10)
        pace.completed(asset, year)
        clock.now += checks


@given(
    st.integers(1, 5),
    st.floats(0.1, 100, allow_nan=False),
    st.floats(0, 100, allow_nan=False),
)
def test_the_time_left_is_that_of_the_years_before(done: int, seconds: float, checks: float) -> None:
    """Checks and reports count, though they come after the rows."""
    clock = Clock()
    years = range(2015, 2025)
    pace = Pace(ASSETS, years, clock)
    for year in years[:done]:
        run_year(pace, clock, year, seconds, checks)
    left = pace.remaining()
    assert left is not None
    assert left == pytest.approx((len(years) - done) * (pace.elapsed - checks) / done)
    assert pace.share() == pytest.approx(done / len(years))


def test_nothing_is_promised_before_the_first_year_is_over() -> None:
    clock = Clock()
    pace = Pace(ASSETS, [2015, 2016], clock)
    pace.started("batches", 2015, 4)
    clock.now += 8
    pace.chunk_written(10)
    assert pace.remaining() is None
    assert pace.rows_per_second == pytest.approx(10 / 8)
