"""What fish take along when they are moved: infections, treatments, withholding."""

import numpy as np
import pytest

from aquamind_assets.farm.health import outbreaks
from aquamind_assets.farm.health.wiring import LONG_AGO, NO_COUNT
from aquamind_assets.farm.moves.movements import carry_out, move
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.ledger.model import Outbreaks
from aquamind_assets_tests.farm.simulated import history


def stocked(farm: Farm) -> tuple[int, int]:
    """A stocked cage with no infection, and an empty one of another area."""
    c, layout = farm.containers, farm.layout
    ill = farm.outbreaks["container"][outbreaks.running(farm)]
    full = np.flatnonzero((c.count > 1000) & layout.at_sea & ~np.isin(np.arange(c.count.size), ill))
    empty = np.flatnonzero(
        (c.batch < 0) & layout.at_sea & np.isinf(layout.max_weight) & (layout.area != layout.area[full[0]])
    )
    return int(full[0]), int(empty[0])


def infected(farm: Farm, cage: int, severity: float = 2.0) -> int:
    """Row of a winter ulcer that has run for ten days in a cage."""
    identity = outbreaks._infect(
        farm, cage, [one.key for one in farm.scenario.health.diseases].index("WU"), -1, companions=False
    )
    row = int(np.flatnonzero(farm.outbreaks["outbreak_id"] == identity)[-1])
    farm.outbreaks["start_day"][row] -= 10
    farm.health.infections["since_day"][row] -= 10
    farm.outbreaks["severity"][row] = severity
    return row


def infections_of(farm: Farm, cage: int) -> Outbreaks:
    now = outbreaks.running(farm)
    return farm.outbreaks.frame(now[farm.outbreaks["container"][now] == cage])


def sick_fish(farm: Farm) -> float:
    outbreaks.sicken(farm)
    return float((farm.health.sick * farm.containers.count).sum())


def test_an_infection_goes_on_in_the_cage_that_the_fish_are_moved_to(farm: Farm) -> None:
    cage, empty = stocked(farm)
    row = infected(farm, cage)
    before = sick_fish(farm)
    arrived = move(
        farm,
        Movement.SPLITTING,
        cage,
        empty,
        int(farm.containers.batch[cage]),
        int(farm.containers.count[cage]) // 2,
        Stage.ADULT,
    )
    assert arrived > 0
    carried = infections_of(farm, empty)
    assert carried.start_day.tolist() == [farm.today.day]
    assert carried.assignment_id[0] == farm.containers.assignment_id[empty]
    for name in ("disease", "severity", "end_day"):
        assert getattr(carried, name)[0] == farm.outbreaks[name][row], name
    assert sick_fish(farm) == pytest.approx(before, rel=0.02)
    # It has come to another site, where it is an outbreak of its own.
    assert carried.event_id[0] == carried.outbreak_id[0]
    assert np.any(
        (farm.health.epidemics["event_id"] == carried.outbreak_id[0])
        & (farm.health.epidemics["site"] == farm.layout.site[empty])
    )


def test_healthy_fish_thin_an_infection_out(farm: Farm) -> None:
    cage, empty = stocked(farm)
    batch, part = int(farm.containers.batch[cage]), int(farm.containers.count[cage]) // 4
    there = move(farm, Movement.SPLITTING, cage, empty, batch, part, Stage.ADULT)
    row = infected(farm, cage, severity=1.0)
    before = sick_fish(farm)
    coming = move(farm, Movement.SPLITTING, cage, empty, batch, part, Stage.ADULT)
    assert infections_of(farm, empty).severity[0] == pytest.approx(coming / (there + coming), rel=1e-5)
    assert farm.outbreaks["severity"][row] == 1.0
    assert sick_fish(farm) == pytest.approx(before, rel=0.02)
    more = move(farm, Movement.SPLITTING, cage, empty, batch, part, Stage.ADULT)
    assert len(infections_of(farm, empty)) == 1
    assert infections_of(farm, empty).severity[0] == pytest.approx((coming + more) / (there + coming + more), rel=1e-5)


def test_what_the_vet_knew_is_known_where_the_fish_are(farm: Farm) -> None:
    cage, empty = stocked(farm)
    row = infected(farm, cage)
    farm.outbreaks["detected_day"][row] = farm.today.day - 3
    farm.health.infections["treat_day"][row] = farm.today.day + 2
    move(farm, Movement.SPLITTING, cage, empty, int(farm.containers.batch[cage]), 500, Stage.ADULT)
    assert infections_of(farm, empty).detected_day.tolist() == [farm.today.day]
    assert farm.health.infections["treat_day"][len(farm.outbreaks) - 1] == farm.today.day + 2


def planned(farm: Farm, source: int, destination: int, share: float = 0.5) -> None:
    """A movement of today within the batch of ``source``."""
    farm.moves.add(
        batch=int(farm.containers.batch[source]),
        day=farm.today.day,
        kind=Movement.SPLITTING,
        source=source,
        destination=destination,
        share=share,
        stage=Stage.ADULT,
    )


def test_no_fish_leave_a_cage_that_was_ordered_empty(farm: Farm) -> None:
    cage, empty = stocked(farm)
    row = infected(farm, cage)
    farm.outbreaks["depopulated"][row] = True
    fish = int(farm.containers.count[cage])
    planned(farm, cage, empty, share=1.0)
    carry_out(farm)
    assert farm.containers.count[cage] == fish
    assert farm.containers.batch[empty] < 0


def test_a_cage_that_was_ordered_empty_gets_no_fish(farm: Farm) -> None:
    cage, empty = stocked(farm)
    planned(farm, cage, empty)
    carry_out(farm)
    row = infected(farm, empty)
    farm.outbreaks["depopulated"][row] = True
    fish = farm.containers.count.copy()
    planned(farm, cage, empty)
    carry_out(farm)
    np.testing.assert_array_equal(farm.containers.count, fish)


def test_a_cage_that_ran_empty_after_the_plan_gets_no_fish_until_its_grace_days_are_over(farm: Farm) -> None:
    """A batch is spread over cages that it has. One of them may be emptied by an order or a harvest before the day."""
    cage, empty = stocked(farm)
    c, grace = farm.containers, int(farm.layout.grace[empty])
    for days, arrives in ((0, False), (grace, False), (grace + 1, True)):
        c.emptied[empty] = farm.today.day - days
        planned(farm, cage, empty)
        carry_out(farm)
        assert (c.batch[empty] >= 0) == arrives, f"empty for {days} days, {grace} are grace"
    assert not len(farm.moves), "what is not carried out is planned anew"


def test_treatments_and_withholding_go_with_the_fish(farm: Farm) -> None:
    cage, empty = stocked(farm)
    health, c, day = farm.health.containers, farm.containers, farm.today.day
    health.last_delousing[cage], health.last_count[cage], c.withheld_until[cage] = day - 5, 0.8, day + 20
    health.handled_day[cage], health.handling_loss[cage], health.handled_by[cage] = day - 2, 0.01, 7
    move(farm, Movement.SPLITTING, cage, empty, int(c.batch[cage]), 500, Stage.ADULT)
    assert (health.last_delousing[empty], c.withheld_until[empty]) == (day - 5, day + 20)
    assert health.last_count[empty] == NO_COUNT, "a count is of the fish that were in the container then"
    assert (health.handled_day[empty], health.handling_loss[empty], health.handled_by[empty]) == (day - 2, 0.01, 7)


def test_an_empty_container_remembers_no_withholding(farm: Farm) -> None:
    cage, empty = stocked(farm)
    farm.containers.withheld_until[cage] = farm.today.day + 20
    move(
        farm,
        Movement.SPLITTING,
        cage,
        empty,
        int(farm.containers.batch[cage]),
        int(farm.containers.count[cage]),
        Stage.ADULT,
    )
    farm.end_day()
    assert farm.containers.withheld_until[cage] == LONG_AGO
    assert farm.containers.withheld_until[empty] == farm.today.day + 20


@pytest.mark.slow
def test_over_years_infections_of_moved_fish_are_found_where_they_went() -> None:
    past = history("tiny", 3, ("farm.geographies.Faroe Islands.disease_scale={IPN: 10, COSTIA: 10}",))
    outs = Outbreaks.concat([ledger.outbreaks for ledger in past.ledgers])
    moves = {
        (int(day), int(stay))
        for ledger in past.ledgers
        for day, stay in zip(ledger.movements.day, ledger.movements.to_assignment, strict=True)
    }
    brought = [(int(day), int(stay)) in moves for day, stay in zip(outs.start_day, outs.assignment_id, strict=True)]
    assert sum(brought) > 3
