"""Deaths are recorded on the day on which the dead fish are collected, and none is lost."""

import numpy as np

from aquamind_assets.farm.collection import LONGEST_WAIT, MOST_DAYS
from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.batch.collection import collected_deaths, deaths_by_cause
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets_tests.farm.simulated import history

YEARS = 3


def _with_outages(times_a_year: int) -> tuple[str, ...]:
    places = ("Faroe Islands", "Scotland")
    return tuple(f"farm.geographies.{place}.work.collection_outages={times_a_year}" for place in places)


def _longest_wait(fish: ContainerDays) -> int:
    """Most days that dead fish wait in one stay."""
    order = np.lexsort([fish.day, fish.assignment_id])
    waits = np.zeros(len(fish), dtype=int)
    for position in range(1, order.size):
        row, before = order[position], order[position - 1]
        same = fish.assignment_id[row] == fish.assignment_id[before] and not fish.collected[before]
        waits[row] = waits[before] + 1 if same else 0
    return int(waits.max())


def test_what_died_is_collected_to_the_fish_in_every_year() -> None:
    late = 0
    for ledger in history("demo", YEARS).ledgers:
        fish, dead = collected_deaths(ledger.container_days, year_days(ledger.year))
        late += int((deaths_by_cause(fish).sum(axis=1)[~fish.collected] > 0).sum())
        assert not dead[~fish.collected].any()
        stays, place = np.unique(fish.assignment_id, return_inverse=True)
        for cause in range(dead.shape[1]):
            died = np.bincount(place, weights=deaths_by_cause(fish)[:, cause], minlength=stays.size)
            np.testing.assert_array_equal(np.bincount(place, weights=dead[:, cause], minlength=stays.size), died)
    assert late


def test_without_a_calendar_dead_fish_are_recorded_on_the_day_on_which_they_die() -> None:
    past = history("tiny", 1, ("farm.geographies.Faroe Islands.work={}",))
    fish, dead = past.container_days, deaths_by_cause(past.container_days)
    assert fish.collected.all()
    np.testing.assert_array_equal(collected_deaths(fish, year_days(past.ledgers[0].year))[1], dead)


def test_the_collection_does_not_depend_on_how_days_are_cut() -> None:
    ledger = history("demo", YEARS).ledgers[-1]
    whole = collected_deaths(ledger.container_days, year_days(ledger.year))[1]
    parts = [collected_deaths(ledger.container_days, chunk.days)[1] for chunk in chunks_of(ledger.year)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


def test_dead_fish_wait_for_weeks_at_most_and_never_over_a_departure_or_the_turn_of_a_year() -> None:
    ledgers = history("demo", YEARS, _with_outages(4)).ledgers
    assert MOST_DAYS < max(_longest_wait(one.container_days) for one in ledgers) <= LONGEST_WAIT
    for ledger in ledgers:
        fish = ledger.container_days
        assert fish.collected[(fish.closing == 0) | (fish.harvested > 0) | (fish.moved_out > 0)].all()
        assert fish.collected[fish.day == year_days(ledger.year).end - 1].all()


def test_what_waits_on_the_last_day_of_a_ledger_is_on_its_assignment() -> None:
    past = history("demo", YEARS)
    first = past.ledgers[YEARS - 1]
    fish = first.container_days
    waiting = ~fish.collected & (deaths_by_cause(fish).sum(axis=1) > 0)
    through = int(fish.day[waiting].max())
    climate = site_days(past.scenario, past.infrastructure, first.year)
    opening = past.states[YEARS - 2]
    short, _ = simulate_year(past.scenario, past.infrastructure, climate, opening, first.year, through)
    days = short.container_days
    dead = collected_deaths(days, DayRange(year_days(first.year).first, through + 1))[1].sum(axis=1)
    died = deaths_by_cause(days).sum(axis=1)
    for stay, left in zip(short.assignments.assignment_id, short.assignments.uncollected, strict=True):
        mine = days.assignment_id == stay
        assert died[mine].sum() - dead[mine].sum() == left
    assert short.assignments.uncollected.any()


def test_without_outages_dead_fish_wait_for_a_few_days_at_most() -> None:
    ledgers = history("demo", YEARS, _with_outages(0)).ledgers
    assert max(_longest_wait(one.container_days) for one in ledgers) == MOST_DAYS


def test_some_weeks_of_a_cage_have_no_record() -> None:
    past = history("demo", YEARS, _with_outages(4))
    fish = past.ledgers[-1].container_days
    at_sea = past.infrastructure.containers.area[fish.container] >= 0
    week = fish.assignment_id[at_sea] * 1000 + (fish.day[at_sea] - fish.day.min()) // 7
    _, place, days = np.unique(week, return_inverse=True, return_counts=True)
    recorded = np.bincount(place, weights=fish.collected[at_sea])[days == 7]
    # Four outages a year, of which each covers 1.14 whole weeks.
    assert 0.04 < np.mean(recorded == 0) < 0.14
