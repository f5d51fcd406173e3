"""The plant's plan: which areas are harvested at a time, and how much on a day."""

from dataclasses import replace

import numpy as np
import pytest

from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.batches.planning import Standing
from aquamind_assets.farm.moves import harvest, harvest_plan, space
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import HarvestReason
from aquamind_assets_tests.farm import nine_cages
from aquamind_assets_tests.farm.nine_cages import FAROES


def ripe(sites: int = 1, tonnes: float = 150, ahead_days: int = 1) -> tuple[Farm, list[np.ndarray]]:
    """Two areas with 250 t in each cage, the second one a little heavier."""
    plan = f"{{tonnes_per_day: {tonnes}, sites: {sites}, early: 0.85, ahead_days: {ahead_days}}}"
    farm, areas = nine_cages.stocked(f"{FAROES}.harvest={plan}")
    for cages, weight in zip(areas, (5000.0, 5010.0), strict=True):
        farm.containers.weight[cages] = weight + np.arange(9)
    return farm, areas


def days_of_work(farm: Farm, days: int) -> list[tuple[int, int]]:
    """Day and cage of the harvests that are carried out in the days from today on."""
    first = farm.today.day
    for day in range(first, first + days):
        if day > first:
            farm.begin(day)
            harvest.carry_out(farm)
            farm.containers.emptied[farm.today.harvested > 0] = day
        harvest_plan.plan_harvests(farm)
    moves = farm.book.frames()["movements"]
    return list(zip((moves.day - first).tolist(), moves.from_container.tolist(), strict=True))


def test_one_area_after_the_other_the_ripest_first_and_its_heaviest_cage_first() -> None:
    farm, (later, first) = ripe()
    taken = [cage for _, cage in days_of_work(farm, 30)]
    assert taken[:9] == first[::-1].tolist()
    assert set(taken[9:]) <= set(later.tolist())
    assert len(taken) > 10


def test_two_areas_at_a_time_are_taken_in_turn() -> None:
    farm, (_, first) = ripe(sites=2)
    taken = [cage for _, cage in days_of_work(farm, 20)]
    of_first = [cage in first for cage in taken[:6]]
    assert of_first in ([True, False] * 3, [False, True] * 3)


def test_the_plant_takes_its_tonnes_a_day_and_a_cage_more_at_most() -> None:
    for tonnes in (60, 150, 400):
        farm, _ = ripe(sites=2, tonnes=tonnes)
        taken = days_of_work(farm, 21)
        plant_days = sum(farm.calendar.plant_takes(0, farm.today.day - 20 + number) for number in range(21))
        mass = 250.0 * len(taken)
        assert tonnes * (plant_days - 5) - 250 <= mass <= tonnes * plant_days + 250
        reasons = farm.book.frames()["movements"].reason
        assert (reasons == HarvestReason.DUE).all()


def test_the_plant_spreads_what_is_ripe_or_will_be_soon_over_its_days() -> None:
    for wait, expected in ((0, 18), (20, 18), (120, 9)):
        farm, (later, _) = ripe(sites=2, tonnes=400, ahead_days=60)
        c, batch, other = farm.containers, int(farm.containers.batch[later[0]]), len(farm.batches)
        for table in (farm.batches, farm.plans):
            table.add(**{name: table[name][batch] for name in table.frame().columns()})
        c.batch[later] = other
        farm.plans["adult_day"][other] = farm.today.day - farm.scenario.farm.batches.growout_days.low + wait
        tonnes = harvest_plan._planned(farm, 0, farm.scenario.farm.geographies[0].harvest)
        assert tonnes * 60 * float(farm.calendar.plant_share[0]) == pytest.approx(250.0 * expected, rel=0.01)


def test_harvests_of_the_sick_and_the_crowded_take_their_room_in_the_plant() -> None:
    farm, (cages, _) = ripe(sites=2, tonnes=150)
    harvest.order(farm, cages[:2], 1.0, farm.today.day + harvest.NOTICE_DAYS, HarvestReason.SICK)
    harvest.order(farm, cages[2:4], 0.2, farm.today.day + harvest.NOTICE_DAYS, HarvestReason.CROWDED)
    assert farm.plant_room.tolist()[0] == pytest.approx(-2.4 * 250.0, rel=0.01)
    days = [day for day, _ in days_of_work(farm, 14) if day > harvest.NOTICE_DAYS]
    assert days[0] >= 5, "the plant makes up for it before it takes more"


def test_an_area_is_opened_early_and_not_too_early() -> None:
    for share, opened in ((0.86, True), (0.84, False)):
        farm, areas = ripe()
        for cages in areas:
            farm.containers.weight[cages] = share * 5000.0
        harvest_plan.plan_harvests(farm)
        assert farm.open_areas.any() == opened


def test_fish_before_their_earliest_harvest_or_inside_a_withholding_period_wait() -> None:
    farm, areas = ripe()
    farm.plans["adult_day"][farm.containers.batch[areas[0][0]]] = farm.today.day - 300
    harvest_plan.plan_harvests(farm)
    assert not farm.open_areas.any()
    farm, (_, first) = ripe()
    farm.containers.withheld_until[first[-1]] = farm.today.day + 60
    assert days_of_work(farm, 10)[0][1] == first[-2]


def test_overdue_fish_are_taken_before_riper_ones() -> None:
    farm, (later, first) = ripe()
    c, window = farm.containers, farm.scenario.farm.batches.growout_days
    batch, other = int(c.batch[first[0]]), len(farm.batches)
    for table in (farm.batches, farm.plans):
        table.add(**{name: table[name][batch] for name in table.frame().columns()})
    c.batch[later] = other
    farm.plans["adult_day"][other] = farm.today.day - window.high - 20
    harvest_plan.plan_harvests(farm)
    assert np.flatnonzero(farm.open_areas).tolist() == [0]


def test_a_batch_whose_harvest_has_begun_is_finished_before_a_riper_one() -> None:
    farm, (later, first) = ripe()
    c, batch, other = farm.containers, int(farm.containers.batch[later[0]]), len(farm.batches)
    for table in (farm.batches, farm.plans):
        table.add(**{name: table[name][batch] for name in table.frame().columns()})
    c.batch[later] = other
    farm.plans["harvesting"][other] = True
    harvest_plan.plan_harvests(farm)
    assert np.flatnonzero(farm.open_areas).tolist() == [0]
    assert c.weight[first].min() > c.weight[later].max()


def test_batches_are_started_no_faster_than_the_plant_takes_them() -> None:
    """Ways that end on days by chance, of which those that fit are booked: in no window of days in a row end more than
    the plant is planned for, and one that does not fit would be one too many in one of them."""
    farm, _ = ripe(tonnes=150)
    geography, steps = 0, len(farm.steps[0] or [])
    standing = Standing(geography, steps, 100.0, 900_000.0, space.way_target(farm), -1, 100.0)
    way = booking.forecast(farm, -1, standing)
    farm.area_bookings.keep(np.zeros(len(farm.area_bookings), dtype=bool))
    batch, chance = int(farm.active[0]), np.random.default_rng(1)
    daily, of_one = 150 * float(farm.calendar.plant_share[0]), way.harvest_fish * space.way_target(farm) / 1e6
    ends: list[int] = []
    refused = 0
    for later in chance.integers(0, 900, 300).tolist():
        moved = replace(way, harvest=way.harvest + later)
        end = space.harvest_end(farm, geography, moved) + space.fallow_days(farm, geography)
        all_ends = np.array([*ends, end])
        firsts = [first for first in all_ends if first <= end]
        too_many = any(
            ((all_ends >= first) & (all_ends < first + days)).sum() * of_one > share * daily * days
            for days, share in space.PLANT_WINDOWS
            for first in firsts
            if end < first + days
        )
        assert space.plant_fits(farm, geography, moved) == (not too_many)
        refused += too_many
        if not too_many:
            ends.append(end)
            farm.batches.add(**{name: farm.batches[name][batch] for name in farm.batches.frame().columns()})
            farm.area_bookings.add(
                batch=len(farm.batches) - 1, geography=0, first_day=end - 900, end_day=end, areas=1, later=False
            )
    assert refused > 100
    assert len(ends) * of_one > 0.6 * daily * 900, "the plant has work"
