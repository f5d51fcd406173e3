"""Working days, plant days and public holidays, and that the farm keeps to them."""

from datetime import date
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets import timeline
from aquamind_assets.farm.calendar import Calendar, holidays
from aquamind_assets.ledger.codes import HarvestReason, Movement, TreatmentReason
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.work import WorkSpec
from aquamind_assets_tests.farm.simulated import history

YEAR = 2019


@lru_cache
def calendar() -> Calendar:
    return Calendar(load_scenario("demo"), YEAR)


def day(text: str) -> int:
    return timeline.day_number(date.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("12-25", "2019-12-25"),
        ("easter-2", "2019-04-19"),
        ("easter+39", "2019-05-30"),
        ("Mon 1 05", "2019-05-06"),
        ("Mon last 08", "2019-08-26"),
    ],
)
def test_a_holiday_has_its_day(text: str, when: str) -> None:
    assert holidays(WorkSpec(public_holidays=[text]), YEAR) == [date.fromisoformat(when)]


def test_the_29th_of_february_is_a_holiday_in_leap_years() -> None:
    spec = WorkSpec(public_holidays=["02-29"])
    assert holidays(spec, 2019) == []
    assert holidays(spec, 2020) == [date(2020, 2, 29)]


@pytest.mark.parametrize("text", ["13-01", "02-30", "easter", "Mon 5 05", "Xmas"])
def test_what_is_no_day_of_the_year_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no day of the year; allowed"):
        WorkSpec(public_holidays=[text])


def test_neither_country_works_on_christmas_day_and_each_has_holidays_of_its_own() -> None:
    both = np.array([0, 1])
    assert not calendar().works(both, day("2019-12-25")).any()
    assert calendar().works(both, day("2019-07-29")).tolist() == [False, True]
    assert calendar().works(both, day("2019-05-06")).tolist() == [True, False]


def test_without_holidays_and_with_seven_days_of_work_every_day_is_alike() -> None:
    free = Calendar(load_scenario("demo", ["farm.geographies.Scotland.work={}"]), YEAR)
    days = np.arange(day("2019-01-01"), day("2020-01-01"))
    assert all(free.works(1, int(one)) for one in days)
    assert free.plant_share[1] == 1.0


@settings(deadline=None)
@given(
    number=st.integers(0, 10**9),
    interval=st.sampled_from([7, 14, 21, 10, 3]),
    geography=st.integers(0, 1),
)
def test_everyone_has_a_turn_in_each_interval_on_a_working_day(number: int, interval: int, geography: int) -> None:
    kept, first, end = calendar(), day("2019-01-01"), day("2020-01-01")
    days = np.arange(first, end)
    places = np.full(days.size, geography)
    since = kept.since_turn(places, np.full(days.size, number), interval, days)
    due = since >= 0
    assert all(kept.works(geography, int(one)) for one in days[due])
    turns = (days - since)[due]
    assert (np.diff(turns) % interval == 0).all()
    # Of turns within one gap between working days all but the last are left out; a gap is at most six days.
    assert np.diff(turns).max() <= max(interval, 6 + interval)


def test_the_working_day_after_a_number_of_days_is_found() -> None:
    kept = calendar()
    assert kept.working_day(0, day("2019-12-21")) == day("2019-12-23")
    assert kept.working_day(0, day("2019-12-23"), 1) == day("2019-12-27")
    places, days = np.array([0, 1]), np.array([day("2019-12-21")] * 2)
    assert kept.working_days(places, days, 1).tolist() == [kept.working_day(row, int(days[0]), 1) for row in (0, 1)]


def test_nothing_is_harvested_moved_treated_counted_or_delivered_on_a_day_without_work() -> None:
    past = history("demo", 4)
    layout = past.infrastructure.containers.geography.astype(int)
    harvests = 0
    for ledger in past.ledgers:
        kept = Calendar(past.scenario, ledger.year)
        moves = ledger.movements
        of_harvest = moves.kind == Movement.HARVEST
        harvests += int(of_harvest.sum())
        assert set(moves.reason[of_harvest].tolist()) <= {int(reason) for reason in HarvestReason}
        for where, when in zip(layout[moves.from_container[of_harvest]], moves.day[of_harvest], strict=True):
            assert kept.plant_takes(int(where), int(when))
        begun = ledger.treatments.take(ledger.treatments.day >= timeline.year_days(ledger.year).first)
        given = begun.take(begun.reason != TreatmentReason.VACCINATION)
        silos = past.infrastructure.feed_containers
        places = past.infrastructure.sites.geography[silos.site].astype(int)
        came = ledger.deliveries.take(ledger.deliveries.delivery_day < timeline.year_days(ledger.year).end)
        for where, days in (
            (layout[moves.to_container[~of_harvest]], moves.day[~of_harvest]),
            (layout[given.container], given.day),
            (layout[ledger.lice_counts.container], ledger.lice_counts.day),
            (places[came.feed_container], came.delivery_day),
        ):
            assert all(kept.works(int(one), int(when)) for one, when in zip(where, days, strict=True))
    assert harvests
