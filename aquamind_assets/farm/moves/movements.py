"""Movements of fish between containers: paired, planned, carried out.

Belongs here: the mechanics of moving. Does not belong here: when fish are moved and where to (``transfers``,
``splitting``).
"""

import numpy as np

from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.health import outbreaks
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement, Stage

LEAD_DAYS = 7
"""Days from planning a movement to its first fish: containers are kept, feed is ordered."""

FASTING_DAYS = 1
"""Days without feed before a movement, and on its day."""


def plan_pairs(
    farm: Farm,
    batch: int,
    kind: int,
    stage: int,
    sources: np.ndarray,
    amounts: np.ndarray,
    destinations: np.ndarray,
    wanted: np.ndarray,
    per_day: int,
) -> None:
    """Plans who moves where: ``amounts`` out of ``sources`` fill ``wanted`` of ``destinations``, both in order,
    ``per_day`` destinations on a working day."""
    left = farm.containers.count[sources].astype(float)
    geography = int(farm.batches["geography"][batch])
    rest = amounts.astype(float).copy()
    source = 0
    for number, destination in enumerate(destinations):
        need = float(wanted[number])
        last = number + 1 == destinations.size
        while source < sources.size and (need > 0.5 or last):
            take = rest[source] if last else min(rest[source], need)
            gone = rest[source] - take <= 0.5
            whole = gone and amounts[source] >= farm.containers.count[sources[source]]
            farm.containers.reserved[destination] = batch
            farm.moves.add(
                batch=batch,
                day=farm.calendar.working_day(geography, farm.today.day + LEAD_DAYS, number // per_day),
                kind=kind,
                source=sources[source],
                destination=destination,
                share=1.0 if whole else take / max(left[source], 1.0),
                stage=stage,
            )
            left[source] -= take
            rest[source] -= take
            need -= take
            if gone:
                source += 1


def fast_before_moves(farm: Farm) -> None:
    """Fish that are moved tomorrow or the day after get no feed tomorrow."""
    soon = (farm.moves["day"] > farm.today.day) & (farm.moves["day"] <= farm.today.day + 1 + FASTING_DAYS)
    rows = farm.moves["source"][soon]
    farm.containers.fast_until[rows] = np.maximum(farm.containers.fast_until[rows], farm.today.day + 1)


def carry_out(farm: Farm) -> None:
    """Makes the movements planned for today, mixings (``mixing``) excepted."""
    due = (farm.moves["day"] == farm.today.day) & (farm.moves["kind"] != Movement.MIXING)
    if not due.any():
        return
    c, today = farm.containers, farm.today
    changed = set()
    for row in np.flatnonzero(due):
        batch, source, destination = (int(farm.moves[name][row]) for name in ("batch", "source", "destination"))
        share, stage = float(farm.moves["share"][row]), int(farm.moves["stage"][row])
        c.reserved[destination] = -1
        before = int(c.count[source])
        moved = before if share >= 1.0 else round(before * share)
        # Between the plan and the day, either container may have been ordered empty, or have run empty.
        kept = outbreaks.ordered_empty(farm, np.array([source, destination])).any()
        takes = c.batch[destination] == batch or space.empty_long_enough(farm, np.array([destination]), today.day)[0]
        if kept or c.batch[source] != batch or moved == 0 or not takes:
            continue
        if stage > farm.batches["stage"][batch]:
            changed.add(batch)
            farm.enter_stage(batch, stage)
            if stage == Stage.POST_SMOLT:
                farm.plans["sea_day"][batch] = today.day
            elif stage == Stage.FRY:
                farm.plans["fed_day"][batch] = today.day
        move(farm, int(farm.moves["kind"][row]), source, destination, batch, moved, stage)
    farm.moves.keep(~due)
    for batch in changed:
        booking.rebook(farm, batch)


def move(farm: Farm, kind: int, source: int, destination: int, batch: int, moved: int, stage: int) -> int:
    """Moves fish now and writes it down; returns how many arrived alive.

    Args:
        farm: the farm.
        kind: Movement.
        source: container they leave.
        destination: container they enter.
        batch: row of the batch they belong to from now on.
        moved: fish, at least one and no more than there are.
        stage: Stage in the destination.
    """
    c, today = farm.containers, farm.today
    containers = farm.infrastructure.container_draws
    lost_u = farm.draws.uniform("transfer.loss", today.day, containers)[source]
    whole_u = farm.draws.uniform("transfer.whole", today.day, containers)[source]
    lost = min(moved - 1, int(farm.mortality.lost_in_transfer(lost_u) * moved + whole_u))
    before, from_stage, from_assignment, from_batch = (
        int(getattr(c, name)[source]) for name in ("count", "stage", "assignment_id", "batch")
    )
    c.count[source] -= moved
    today.moved_out[source] += moved - lost
    today.transfer_loss[source] += lost
    there = int(c.count[destination])
    farm.health.carry(source, destination, there, moved - lost, same_batch=from_batch == batch)
    assignment = farm.arrive(
        destination, batch, stage, moved - lost, float(c.weight[source]), float(c.degree_days[source])
    )
    outbreaks.carry(farm, source, destination, there, moved - lost)
    c.withheld_until[destination] = max(c.withheld_until[destination], c.withheld_until[source])
    farm.book.movement(
        movement_id=farm.next_id("movement"),
        day=today.day,
        kind=kind,
        batch_id=int(farm.batches["batch_id"][from_batch]),
        from_assignment=from_assignment,
        to_assignment=assignment,
        from_container=source,
        to_container=destination,
        from_stage=from_stage,
        to_stage=stage,
        source_count=before,
        count=moved - lost,
        loss=lost,
        weight_g=float(c.weight[source]),
    )
    return moved - lost
