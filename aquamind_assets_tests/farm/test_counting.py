"""The days on which lice are counted: any working day, moved by work and by waves, and each cage in its turn."""

from functools import lru_cache

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.farm.health.counting import COLD, count_days, missed_today
from aquamind_assets.farm.sites import infrastructure
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.farm import nine_cages
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


def week_of(day: np.ndarray) -> np.ndarray:
    """Number of the week, from Monday on."""
    return (day.astype(np.int64) + timeline.EPOCH.weekday()) // 7


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


def test_a_farm_counts_all_its_cages_every_week_and_misses_a_fifth_of_the_weeks() -> None:
    past = history("demo", 4)
    area = past.infrastructure.containers.area
    stood, counted = set(), {}
    for ledger in past.ledgers:
        days, counts = ledger.container_days, ledger.lice_counts
        cages = days.take((area[days.container] >= 0) & (days.opening >= 20) & (days.harvested == 0))
        stood |= set(zip(area[cages.container].tolist(), week_of(cages.day).tolist(), strict=True))
        for place, week, cage in zip(
            area[counts.container].tolist(), week_of(counts.day).tolist(), counts.container.tolist(), strict=True
        ):
            counted.setdefault((place, week), []).append(cage)
    missed = 1 - len(counted) / len(stood)
    assert 0.15 < missed < 0.3
    assert np.mean([len(set(cages)) == len(cages) for cages in counted.values()]) > 0.95, "once a week"


def test_every_second_week_by_halves_stays_a_choice() -> None:
    past = history("demo", 4, ("health.lice.count_interval_days=14", "health.lice.missed_counts=0"))
    counts = [ledger.lice_counts for ledger in past.ledgers]
    between = np.concatenate(
        [
            np.diff(np.sort(one.day[one.assignment_id == stay]))
            for one in counts
            for stay in np.unique(one.assignment_id)
        ]
    )
    assert between.min() >= 14 / 2 - 4, "the cages that have their turn in the other week"
    assert (np.abs(between - 14) <= 4).mean() > 0.65
    assert np.median(between) == 14
    assert len(np.unique(between[between < 14 + 5])) > 4


def kept_from_counting(*changes: str) -> tuple[Farm, list[np.ndarray]]:
    """A farm whose counts are missed for a reason only, on a calm day of warm water."""
    farm, areas = nine_cages.stocked("health.lice.missed_counts=1e-9", *changes)
    farm.water.waves[:], farm.water.temperature[:] = 0.5, 9.0
    farm.containers.fast_until[:] = -1
    return farm, areas


def test_rough_water_keeps_people_from_counting_at_that_farm() -> None:
    farm, _ = kept_from_counting()
    assert not missed_today(farm).any()
    farm.water.waves[farm.today.day - farm.days.first, 0] = 5.0
    assert missed_today(farm).tolist() == [True] + [False] * (len(farm.infrastructure.areas) - 1)


def test_in_cold_water_lice_are_counted_every_other_week() -> None:
    farm, _ = kept_from_counting()
    farm.water.temperature[:, :2] = COLD - 0.5
    missed = []
    for _ in range(4):
        missed.append(missed_today(farm)[:3].tolist())
        farm.begin(farm.today.day + 7)
    assert missed[0] == missed[2] != missed[1] == missed[3]
    assert all(sum(week[area] for week in missed) == 2 for area in (0, 1))
    assert not any(week[2] for week in missed)


def test_a_farm_whose_fish_starve_is_not_counted() -> None:
    farm, (cages, _) = kept_from_counting()
    farm.containers.fast_until[cages[:4]] = farm.today.day
    assert not missed_today(farm)[0], "four of nine cages"
    farm.containers.fast_until[cages[:5]] = farm.today.day
    assert missed_today(farm)[:2].tolist() == [True, False]


def test_some_weeks_are_missed_for_want_of_people_and_none_where_the_scenario_says_so() -> None:
    farm, _ = kept_from_counting("health.lice.missed_counts=0.3")
    weeks = []
    for _ in range(10):
        weeks.append(missed_today(farm))
        farm.begin(farm.today.day + 7)
    assert 0.1 < np.mean(weeks) < 0.5
    never, _ = kept_from_counting("health.lice.missed_counts=0")
    never.water.waves[:] = 5.0
    assert not missed_today(never).any()
