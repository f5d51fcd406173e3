"""Why cages are harvested, and when."""

import numpy as np

from aquamind_assets.farm.moves import harvest
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import HarvestReason, Movement, Stage
from aquamind_assets_tests.farm.simulated import history


def growing(farm: Farm) -> int:
    """A cage of Adult fish whose harvest is not near, of more than half of their target weight."""
    c = farm.containers
    batch = c.batch[(c.stage == Stage.ADULT) & (c.count > 0)][0]
    cages = farm.of_batch(int(batch))
    cage = int(cages[0])
    c.weight[cages], c.harvest_day[cages] = 0.7 * farm.plans["target_weight_g"][batch], -1
    farm.plans["harvesting"][batch], farm.plans["adult_day"][batch] = False, farm.today.day - 100
    farm.health.infections.keep(np.zeros(len(farm.outbreaks), dtype=bool))
    farm.outbreaks.keep(np.zeros(len(farm.outbreaks), dtype=bool))
    farm.moves.keep(np.zeros(len(farm.moves), dtype=bool))
    return cage


def harvested(farm: Farm, cage: int) -> list[tuple[int, int, bool]]:
    """Reason, day from today and wholeness of each harvest of the cage in the days to come, when what is planned today
    is carried out."""
    first = farm.today.day
    harvest.plan_harvests(farm)
    for day in range(first + 1, first + 5):
        farm.begin(day)
        harvest.carry_out(farm)
    moves = farm.book.frames()["movements"]
    mine = moves.take(moves.from_container == cage)
    whole = mine.count == mine.source_count
    return list(zip(mine.reason.tolist(), (mine.day - first).tolist(), whole.tolist(), strict=True))


def test_a_cage_with_very_many_sick_fish_is_harvested_at_once_and_says_why(farm: Farm) -> None:
    cage = growing(farm)
    farm.health.sick[cage] = harvest.GRAVELY_SICK + 0.01
    assert harvested(farm, cage) == [(HarvestReason.SICK, harvest.NOTICE_DAYS, True)]


def test_a_few_sick_fish_are_no_reason(farm: Farm) -> None:
    cage = growing(farm)
    farm.health.sick[cage] = harvest.GRAVELY_SICK - 0.05
    assert harvested(farm, cage) == []


def test_fish_inside_a_withholding_period_wait_however_sick(farm: Farm) -> None:
    cage = growing(farm)
    farm.health.sick[cage] = 0.9
    farm.containers.withheld_until[cage] = farm.today.day + 30
    assert harvested(farm, cage) == []


def test_a_cage_without_room_gives_a_part_of_its_fish(farm: Farm) -> None:
    cage = growing(farm)
    c, layout = farm.containers, farm.layout
    limit = layout.density_limit(np.array([cage]), c.weight[[cage]])[0] * layout.volume[cage] * 1000
    c.count[cage] = int(0.999 * limit / c.weight[cage])
    assert harvested(farm, cage) == [(HarvestReason.CROWDED, harvest.NOTICE_DAYS, False)]


def test_every_harvest_in_the_ledger_has_a_reason_and_nothing_else_has() -> None:
    for ledger in history("demo", 4).ledgers:
        moves = ledger.movements
        assert np.array_equal(moves.reason >= 0, moves.kind == Movement.HARVEST)
        due = moves.take(moves.reason == HarvestReason.DUE)
        assert np.all(due.count == due.source_count)
