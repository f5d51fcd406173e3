"""The days on which lice are counted: any working day, moved by work and by waves, and each cage in its turn."""

from functools import lru_cache

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.farm.health.counting import count_days
from aquamind_assets.farm.sites import infrastructure
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.farm.simulated import history

YEARS = range(2016, 2020)


@lru_cache
def farm() -> tuple[Scenario, Infrastructure]:
    scenario = load_scenario("bakkafrost")
    return scenario, infrastructure.build(scenario)


def days_of(year: int, wave: float = 0.0) -> np.ndarray:
    """Days of counts, bool (days, areas), with waves of this height everywhere."""
    scenario, places = farm()
    waves = np.full((len(timeline.year_days(year)), len(places.sites)), wave)
    return count_days(scenario, places, Calendar(scenario, year), waves, year)


def weekdays(year: int, counted: np.ndarray) -> np.ndarray:
    """Counts by area and day of the week, Monday first, (areas, 7)."""
    weekday = (timeline.year_days(year).days + timeline.EPOCH.weekday()) % 7
    return np.stack([counted[weekday == day].sum(axis=0) for day in range(7)], axis=1)


def test_no_day_of_the_week_has_most_counts_and_each_area_has_usual_ones() -> None:
    by_year = np.array([weekdays(year, days_of(year)) for year in YEARS])
    share = by_year.sum(axis=(0, 1)) / by_year.sum()
    assert (share[:5] > 0.12).all()
    assert (share[:5] < 0.28).all()
    assert not share[5:].any()
    most = by_year.max(axis=2) / by_year.sum(axis=2)
    assert 0.4 < most.mean() < 0.75, "a habit that other work moves"
    assert (by_year.argmax(axis=2).std(axis=0) > 0).mean() > 0.5, "another usual day in another year"


def test_lice_are_counted_once_a_week_on_working_days_over_the_turn_of_the_year_too() -> None:
    scenario, places = farm()
    joined = np.concatenate([days_of(year) for year in YEARS])
    days = np.concatenate([timeline.year_days(year).days for year in YEARS])
    week = (days + 3) // 7
    inner = (week > week[0]) & (week < week[-1])
    per_week = np.array([joined[week == one].sum(axis=0) for one in np.unique(week[inner])])
    assert (per_week == 1).all()
    for year in YEARS:
        kept, day = Calendar(scenario, year), timeline.year_days(year).days
        for area in range(len(places.areas)):
            geography = np.full(len(day), int(places.areas.geography[area]))
            assert kept.works(geography, day)[days_of(year)[:, area]].all()


def test_rough_water_moves_the_count_to_a_calm_day_of_the_week() -> None:
    scenario, places = farm()
    year, limit = 2017, scenario.farm.geographies[0].work.collection_wave_m
    days = timeline.year_days(year).days
    waves = np.full((len(days), len(places.sites)), limit + 1)
    thursday = (days + 3) % 7 == 3
    waves[thursday] = limit / 2
    counted = count_days(scenario, places, Calendar(scenario, year), waves, year)
    # The first week and the last are cut by the turn of the year, and a few Thursdays are holidays.
    assert counted[thursday].sum() > 0.9 * counted.sum()
    assert (days_of(year, limit + 1).sum(axis=0) == days_of(year).sum(axis=0)).all(), "a count is moved, not left out"


def test_a_cage_is_counted_about_every_interval_and_before_a_campaign() -> None:
    past = history("demo", 4)
    interval = past.scenario.health.lice.count_interval_days
    counts = [ledger.lice_counts for ledger in past.ledgers]
    between = np.concatenate(
        [
            np.diff(np.sort(one.day[one.assignment_id == stay]))
            for one in counts
            for stay in np.unique(one.assignment_id)
        ]
    )
    assert between.min() >= interval / 2 - 4, "the cages that have their turn in the other week"
    assert (np.abs(between - interval) <= 4).mean() > 0.65
    assert np.median(between) == interval
    assert len(np.unique(between[between < interval + 5])) > 4
