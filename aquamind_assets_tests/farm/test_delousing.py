"""Delousing campaigns: a farm is deloused as a whole, by one method, over the days of a boat."""

import numpy as np
import pytest

from aquamind_assets.farm.health import delousing, medicine
from aquamind_assets.farm.processes.lice import ADULT_FEMALE
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import TreatmentReason
from aquamind_assets_tests.farm import nine_cages
from aquamind_assets_tests.farm.nine_cages import FAROES

CHANGES = (
    f"{FAROES}.delousing_boats=1",
    "health.lice.delousing.farm_mean=1.0",
    "health.lice.delousing.alone=3",
    "health.lice.delousing.cages_per_day=3",
)
"""One boat, which delouses three cages a day."""


def stocked(*changes: str) -> tuple[Farm, list[np.ndarray]]:
    return nine_cages.stocked(*CHANGES, *changes)


def counted(farm: Farm, cages: np.ndarray, females: list[float]) -> None:
    """Lice are counted in the cages today, and the farm decides."""
    farm.health.containers.last_count[cages] = females
    delousing.plan_campaigns(farm, cages)


def planned(farm: Farm, cages: np.ndarray) -> dict[int, list[int]]:
    """Places in ``cages`` of those that are to be deloused, by days from today."""
    day = farm.health.containers.treatment_day[cages]
    assert (farm.health.containers.treatment_reason[cages[day >= 0]] == TreatmentReason.LICE).all()
    return {int(one - farm.today.day): np.flatnonzero(day == one).tolist() for one in np.unique(day[day >= 0])}


def test_a_farm_above_the_threshold_is_deloused_by_one_method_over_days_in_a_row_the_worst_cages_first() -> None:
    farm, (cages, _) = stocked()
    counted(farm, cages, [0.9, 0.4, 1.2, 0.8, 1.0, 0.3, 1.1, 0.7, 0.6])
    days = planned(farm, cages)
    assert [set(places) for places in days.values()] == [{2, 6, 4}, {0, 3, 7}, {8}]
    method = farm.health.containers.treatment_method[cages[[0, 2, 3, 4, 6, 7, 8]]]
    assert len(set(method.tolist())) == 1
    fasting = int(farm.health.treatment.fasting_days[method[0]])
    first = farm.today.day + min(days)
    assert min(days) > fasting
    assert list(days) == [farm.calendar.working_day(0, first, number) - farm.today.day for number in range(3)]


def test_a_farm_below_it_is_left_alone_but_for_a_cage_with_very_many_lice() -> None:
    farm, (cages, _) = stocked()
    counted(farm, cages, [0.0, 0.0, 0.6, 0.0, 0.0, 1.6, 0.0, 0.0, 0.0])
    assert list(planned(farm, cages).values()) == [[5]]


@pytest.mark.parametrize(("before", "campaign"), [(0.3, True), (0.9, False), (-1.0, False)])
def test_the_trend_decides_near_the_threshold(before: float, campaign: bool) -> None:
    farm, (cages, _) = stocked()
    farm.health.containers.count_before[cages] = before
    counted(farm, cages, [0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1, 0.0])
    assert bool(planned(farm, cages)) == campaign


def test_one_boat_is_at_one_farm_at_a_time_and_the_worst_farm_has_it_first() -> None:
    females = [[0.7] * 9, [2.0] * 9]
    farm, areas = stocked()
    for cages, count in zip(areas, females, strict=True):
        farm.health.containers.last_count[cages] = count
    delousing.plan_campaigns(farm, np.concatenate(areas))
    waiting, first = (planned(farm, cages) for cages in areas)
    assert not set(first) & set(waiting)
    assert max(first) < min(waiting) <= delousing.MOST_WAIT + 1 + 3
    farm, areas = stocked(f"{FAROES}.delousing_boats=2")
    for cages, count in zip(areas, females, strict=True):
        farm.health.containers.last_count[cages] = count
    delousing.plan_campaigns(farm, np.concatenate(areas))
    assert all(min(planned(farm, cages)) <= 7 for cages in areas), "no farm waits for a second boat"


def test_a_farm_for_which_no_boat_comes_soon_decides_anew_after_its_next_count() -> None:
    farm, (cages, others) = stocked()
    day = farm.today.day + 1 + 2 * np.arange(others.size)
    medicine.plan(farm, others, np.zeros(9, dtype=np.int64), day, TreatmentReason.LICE, np.full(9, -1), np.full(9, 1.0))
    counted(farm, cages, [1.0] * 9)
    assert planned(farm, cages) == {}


def test_a_campaign_of_a_few_days_waits_for_a_week_that_it_ends_in() -> None:
    farm, (cages, _) = stocked()
    thursday = farm.today.day + 3
    farm.begin(thursday)
    counted(farm, cages, [1.0] * 9)
    days = sorted(planned(farm, cages))
    assert days == [days[0], days[0] + 1, days[0] + 2]
    assert days[0] >= 4, "not on Friday and over the weekend"


def test_before_a_campaign_the_other_cages_are_counted_too_and_may_call_it_off() -> None:
    for lice, campaign in ((0.0, False), (3.0, True)):
        farm, (cages, _) = stocked()
        farm.health.lice[cages[4:], ADULT_FEMALE] = lice
        farm.health.containers.last_count[cages[:4]] = [1.0, 1.0, 1.0, 0.9]
        delousing.plan_campaigns(farm, cages[:4])
        rows = farm.book.frames()["lice_counts"]
        assert sorted(rows.container.tolist()) == sorted(cages[4:].tolist())
        assert (rows.day == farm.today.day).all()
        assert (farm.health.containers.last_count[cages[4:]] >= 0).all()
        treated = {place for places in planned(farm, cages).values() for place in places}
        assert treated >= set(range(4)) if campaign else not treated


def test_cages_deloused_less_than_the_interval_ago_wait() -> None:
    farm, (cages, _) = stocked()
    farm.health.containers.last_delousing[cages[:4]] = farm.today.day - 3
    counted(farm, cages, [1.0] * 9)
    assert {place for places in planned(farm, cages).values() for place in places} == {4, 5, 6, 7, 8}


def test_every_cage_above_the_threshold_for_itself_stays_a_choice() -> None:
    farm, (cages, _) = stocked(
        "health.lice.delousing.farm_mean=0",
        "health.lice.delousing.cages_per_day=100",
        f"{FAROES}.delousing_boats=500",
    )
    counted(farm, cages, [0.0, 0.0, 0.6, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0])
    assert list(planned(farm, cages).values()) == [[2]]


def test_a_count_from_before_a_treatment_decides_nothing_after_it() -> None:
    farm, (cages, _) = stocked()
    counted(farm, cages, [1.0] * 9)
    first = farm.today.day + min(planned(farm, cages))
    treated = cages[farm.health.containers.treatment_day[cages] == first]
    farm.begin(first)
    medicine.give_treatments(farm)
    assert (farm.health.containers.last_count[treated] < 0).all()
    assert (farm.health.containers.last_delousing[treated] == first).all()
    assert delousing.expected_mean(farm, 0) == 1.0, "of the cages that are still to come"
