"""The fish a plant can expect, and the even supply that follows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aquamind_assets.farm.batches.planning import Standing
from aquamind_assets.farm.moves.harvest_supply import EMPTYING_DAYS, Supply
from aquamind_assets.farm.working import Farm
from aquamind_assets_tests.farm import nine_cages
from aquamind_assets_tests.farm.nine_cages import FAROES

YEAR = 365
PLAN = f"{FAROES}.harvest={{tonnes_per_day: 400, sites: 2, early: 0.8, late: 1.1}}"


def supply(*lots: tuple[float, int, int, int]) -> Supply:
    """Lots of tonnes with their earliest, ripe and latest day."""
    return Supply(*np.array(lots, dtype=np.float64).reshape(-1, 4).T)


LOTS = st.lists(
    st.tuples(st.floats(1, 1000), st.integers(0, 400), st.integers(0, 200), st.integers(0, 200)).map(
        lambda lot: (lot[0], lot[1], lot[1] + lot[2], lot[1] + lot[2] + lot[3])
    ),
    max_size=12,
)


@given(lots=LOTS, days=st.integers(1, YEAR))
def test_the_plant_never_runs_dry_on_a_day_ahead_for_which_another_rate_would_do(
    lots: list[tuple[float, int, int, int]], days: int
) -> None:
    """At the rate of today the fish last until more come, or the rate is that of fish that would be overdue."""
    fish = supply(*lots)
    rate = fish.even_rate(days)
    assert rate >= 0
    day = np.arange(1, days + 1)
    there = (fish.tonnes * (fish.earliest < day[:, None])).sum(axis=1)
    late = (fish.tonnes * (fish.latest - EMPTYING_DAYS / 2 < day[:, None])).sum(axis=1)
    dry = np.flatnonzero(rate * day > there * (1 + 1e-9))
    urgent = late / np.maximum(day, EMPTYING_DAYS)
    assert not dry.size or urgent[: dry[0]].max(initial=0.0) >= rate * (1 - 1e-9)


@given(lots=LOTS, days=st.integers(1, YEAR), factor=st.floats(0.1, 10))
def test_twice_the_fish_give_twice_the_tonnes(
    lots: list[tuple[float, int, int, int]], days: int, factor: float
) -> None:
    more = [(tonnes * factor, *when) for tonnes, *when in lots]
    assert supply(*more).even_rate(days) == pytest.approx(factor * supply(*lots).even_rate(days))


def test_without_fish_nothing_is_taken() -> None:
    assert supply().even_rate(YEAR) == 0.0
    assert supply((500.0, 100, 200, 300)).even_rate(YEAR) == 0.0


def test_what_is_ripe_within_the_days_is_spread_over_them() -> None:
    assert supply((730.0, 0, 0, 500), (365.0, 0, 300, 600), (999.0, 0, 450, 600)).even_rate(YEAR) == pytest.approx(3.0)


def test_fish_are_kept_for_a_time_in_which_few_come() -> None:
    """A thousand tonnes are there now, and the next ones come in half a year."""
    assert supply((1000.0, 0, 0, 300), (4000.0, 200, 250, 500)).even_rate(YEAR) == pytest.approx(5.0)


def test_overdue_fish_are_taken_within_the_days_that_an_area_takes() -> None:
    assert supply((600.0, 0, 0, 0)).even_rate(YEAR) == pytest.approx(600 / EMPTYING_DAYS)


def test_a_year_is_harvested_evenly_though_most_fish_are_ripe_in_autumn() -> None:
    """Day by day for four years, from weekly lots: the months of the last three differ little, those in which fish are
    ripe much."""
    ripe = np.arange(0, 5 * YEAR, 7)
    size = 50.0 * (1 + 0.8 * np.cos(2 * np.pi * (ripe - 270) / YEAR))
    left, taken, room = size.copy(), np.zeros(4 * YEAR), 0.0
    for day in range(taken.size):
        there = (left > 0) & (ripe < day + YEAR + 60)
        fish = Supply(
            left[there],
            *(np.maximum(ripe[there] + shift - day, 0).astype(np.float64) for shift in (-60, 0, 120)),
        )
        room += fish.even_rate(YEAR)
        for lot in np.flatnonzero((left > 0) & (ripe - 60 <= day)):
            amount = min(left[lot], room)
            left[lot], room, taken[day] = left[lot] - amount, room - amount, taken[day] + amount
        room = min(room, 50.0)
    months = taken[YEAR:].reshape(3, YEAR)[:, :360].reshape(36, 30).sum(axis=1)
    assert size.std() / size.mean() > 0.5
    assert months.std() / months.mean() < 0.2
    assert months.min() > 0.06 * 12 * months.mean()
    late = ripe[(left > 0)] + 120 + EMPTYING_DAYS
    assert (late >= taken.size).all()


def forecast(farm: Farm, weight: float, adult_day: int) -> tuple[int, int, int]:
    one = farm.forecaster.harvest(Standing(0, 9, weight, 1e5, 5000.0, adult_day, 100.0), 0.8, 1.1, farm.today.day)
    return one.earliest, one.ripe, one.latest


def test_the_window_of_a_batch_is_in_order_and_within_the_days_of_grow_out() -> None:
    farm, _ = nine_cages.stocked(PLAN)
    window = farm.scenario.farm.batches.growout_days
    before = (0, 0, 0)
    for weight in (6000.0, 4500.0, 3000.0, 1000.0):
        adult_day = farm.today.day - 300
        found = forecast(farm, weight, adult_day)
        assert list(found) == sorted(found)
        assert all(adult_day + window.low <= day <= adult_day + window.high for day in found)
        assert all(now >= earlier for now, earlier in zip(found, before, strict=True)), "lighter fish are later"
        before = found
    small = forecast(farm, 200.0, -1)
    assert list(small) == sorted(small)
    assert small[0] >= farm.today.day + window.low


def test_fish_grow_faster_in_summer_and_the_forecast_knows() -> None:
    farm, _ = nine_cages.stocked(PLAN)
    sums = farm.forecaster.sea[0]
    year = np.diff(sums)[:YEAR]
    plain = farm.scenario.farm.geographies[0].climate
    summer, winter = year[150:300].mean(), np.r_[year[:60], year[330:]].mean()
    assert summer / winter > (plain.mean_temperature + 1) / (plain.mean_temperature - 1)


def test_expected_fish_are_those_at_sea_without_the_ordered_ones() -> None:
    farm, areas = nine_cages.stocked(PLAN)
    spec = farm.scenario.farm.geographies[0].harvest
    assert spec is not None
    both = Supply.expected(farm, 0, spec)
    farm.containers.harvest_day[areas[0]] = farm.today.day + 3
    one = Supply.expected(farm, 0, spec)
    assert one.tonnes.sum() == pytest.approx(both.tonnes.sum() / 2)
    assert Supply.expected(farm, 1, spec).tonnes.size == 0
