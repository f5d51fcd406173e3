"""Moves fish on: from step to step in freshwater, to sea, into grow-out.

Belongs here: when a batch moves on, and into which containers. Does not belong here: what is free (``space``), the
moving (``movements``), spreading fish at sea (``splitting``).

A movement is planned a week ahead, as soon as the fish will be ready by then and there is room for all of them.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.moves import space, splitting
from aquamind_assets.farm.moves.movements import LEAD_DAYS, plan_pairs
from aquamind_assets.farm.moves.portions import portions
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement, Stage
from aquamind_assets.scenario.batches import ROOM_TO_GROW

FORECAST_DAYS = 7
"""Days between two forecasts of a batch."""

OVERFULL = 1.4
"""Most smolts in a cage, as a multiple of those that it is planned for: they are split before they need the room."""

TANKS_PER_DAY = 12
"""New tanks that a crew fills on one day (general knowledge)."""


def enter_grow_out(farm: Farm) -> None:
    """Batches in Post-Smolt whose mean weight has reached the Adult's entry weight become Adult this morning, in their
    cages."""
    entry = farm.scenario.farm.stages[Stage.ADULT].entry_weight_g
    c = farm.containers
    for batch in farm.active[farm.batches["stage"][farm.active] == Stage.POST_SMOLT]:
        cages = farm.of_batch(int(batch))
        if np.any(farm.moves["batch"] == batch) or not np.all(farm.layout.lives[cages, Stage.ADULT]):
            continue
        if farm.mean_weight(cages) >= entry:
            c.stage[cages] = Stage.ADULT
            farm.plans["adult_day"][batch] = farm.today.day
            farm.enter_stage(int(batch), Stage.ADULT)
            booking.rebook(farm, int(batch))


def plan_moves(farm: Farm) -> None:
    """Plans the movements of every batch that will be ready within the lead; once a week every batch that does not move
    is forecast anew."""
    moving = set(farm.moves["batch"].tolist())
    for batch in farm.active:
        if int(batch) in moving:
            continue
        if (farm.today.day + batch) % FORECAST_DAYS == 0:
            booking.rebook(farm, int(batch))
        if farm.batches["stage"][batch] >= Stage.POST_SMOLT:
            splitting.plan_splitting(farm, int(batch))
        elif _ready(farm, int(batch)):
            _plan_next_step(farm, int(batch))


def _ready(farm: Farm, batch: int) -> bool:
    """Whether the fish will have done with their step when the lead is over."""
    geography, number = int(farm.batches["geography"][batch]), int(farm.plans["step"][batch])
    steps, c = farm.steps[geography] or [], farm.containers
    rows = farm.of_batch(batch)
    temperature = float(farm.at_site(farm.water.temperature, rows).mean())
    if steps[number].stage == Stage.EGG_ALEVIN:
        hatching = number + 1 < len(steps) and steps[number + 1].stage == Stage.EGG_ALEVIN
        eggs = farm.scenario.farm.eggs
        goal = eggs.hatch_degree_days if hatching else eggs.first_feeding_degree_days
        return float(c.degree_days[rows].min()) + LEAD_DAYS * temperature >= goal
    weight = farm.mean_weight(rows)
    grown = (np.cbrt(weight) + farm.tgc[batch, steps[number].stage] * 1e-3 * temperature * LEAD_DAYS) ** 3
    return bool(grown >= space.exit_weight(farm, steps[number].stage, float(farm.plans["smolt_weight_g"][batch])))


def _plan_next_step(farm: Farm, batch: int) -> None:
    geography, number, station = (
        int(farm.batches["geography"][batch]),
        int(farm.plans["step"][batch]),
        int(farm.batches["station"][batch]),
    )
    steps = farm.steps[geography] or []
    if number + 1 == len(steps):
        _plan_sea_transfer(farm, batch)
        return
    step, day = steps[number + 1], farm.today.day + LEAD_DAYS
    sources = farm.of_batch(batch)
    fish = int(farm.containers.count[sources].sum())
    free = space.free_tanks(farm, station, step, day)
    exit_weight = space.exit_weight(farm, step.stage, float(farm.plans["smolt_weight_g"][batch]))
    room = space.tank_room(farm, free, exit_weight)
    if room.sum() < fish:
        return
    chosen = free[: int(np.searchsorted(np.cumsum(room), fish)) + 1]
    kind = Movement.SPLITTING if step.stage == steps[number].stage else Movement.STAGE_TRANSFER
    plan_pairs(
        farm,
        batch,
        kind,
        step.stage,
        sources,
        farm.containers.count[sources].astype(float),
        chosen,
        portions(farm, chosen, np.full(chosen.size, fish / chosen.size), room[: chosen.size]),
        TANKS_PER_DAY,
    )
    farm.plans["step"][batch] = number + 1


def _plan_sea_transfer(farm: Farm, batch: int) -> None:
    """Smolts go to the areas that have been ready longest; where there are too few, they wait."""
    geography = int(farm.batches["geography"][batch])
    day = farm.calendar.working_day(geography, farm.today.day + LEAD_DAYS)
    if timeline.to_date(day).month not in farm.scenario.farm.batches.sea_transfer_months:
        return
    sources = farm.of_batch(batch)
    fish = int(farm.containers.count[sources].sum())
    now, later = booking.areas_booked(farm, batch)
    areas = space.ready_areas(farm, geography, day)[:now]
    if len(areas) < now:
        return
    cages = space.free_cages(farm, areas, Stage.POST_SMOLT, day)
    cages = cages[farm.layout.max_weight[cages] > ROOM_TO_GROW * farm.mean_weight(sources)]
    if not cages.size:
        return
    planned = space.first_cages_weight(farm, geography)
    fitting = cages[farm.layout.max_weight[cages] >= planned]
    least = space.HARVEST_SLACK * fish if space.stocked_for_good(farm, geography) else fish
    usable = fitting if space.cage_room(farm, fitting, planned).sum() >= least else cages
    usable = usable[np.argsort(farm.layout.max_weight[usable], kind="stable")]
    chosen = usable if later or now > 1 else _fewest(farm, usable, planned, fish)
    room = space.cage_room(farm, chosen, planned)
    plan_pairs(
        farm,
        batch,
        Movement.STAGE_TRANSFER,
        Stage.POST_SMOLT,
        sources,
        farm.containers.count[sources].astype(float),
        chosen,
        portions(farm, chosen, fish * room / room.sum(), OVERFULL * room),
        space.CAGES_PER_DAY,
    )
    farm.plans["step"][batch] += 1
    farm.plans["sea_day"][batch] = day


def _fewest(farm: Farm, cages: np.ndarray, weight: float, fish: int) -> np.ndarray:
    """The first of ``cages`` that hold the fish at ``weight``, all of them where they do not."""
    return cages[: int(np.searchsorted(np.cumsum(space.cage_room(farm, cages, weight)), fish)) + 1]
