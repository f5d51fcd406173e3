"""Moves fish on: from step to step in freshwater, to sea, and apart when they need more room.

Belongs here: when fish are moved, from where to where, and the moving itself. Does not belong here: what is free (``space``).

A movement is planned a week ahead, as soon as the fish will be ready by then and there is room for all of them: containers are kept, feed is ordered,
the fish fast before. Pairs of containers follow from filling the new containers in order out of the old ones in order.
"""

import numpy as np

from aquamind_assets.farm import space, starting
from aquamind_assets.farm.ledger import Movement, Stage
from aquamind_assets.farm.planning import Standing
from aquamind_assets.farm.working import Farm

LEAD_DAYS = 7
FASTING_DAYS = 1
"""Days without feed before a movement, and on its day."""

FORECAST_DAYS = 7

TANKS_PER_DAY = 12
CAGES_PER_DAY = 2
"""New containers that a crew, or a well boat, fills on one day (general knowledge)."""

THINNING_DENSITY = 0.93
"""Fish are thinned when they will pass this share of the density limit within the lead."""


def enter_grow_out(farm: Farm) -> None:
    """Batches in Post-Smolt whose mean weight has reached the Adult's entry weight become Adult this morning, in their cages."""
    entry = farm.scenario.farm.stages[Stage.ADULT].entry_weight_g
    c = farm.containers
    for batch in farm.active[farm.batches["stage"][farm.active] == Stage.POST_SMOLT]:
        cages = farm.of_batch(int(batch))
        if np.any(farm.moves["batch"] == batch) or not np.all(farm.layout.at_sea[cages]):
            continue
        if _mean_weight(farm, cages) >= entry:
            c.stage[cages] = Stage.ADULT
            farm.plans["adult_day"][batch] = farm.today.day
            farm.enter_stage(int(batch), Stage.ADULT)
            rebook(farm, int(batch))


def _mean_weight(farm: Farm, rows: np.ndarray) -> float:
    count = farm.containers.count[rows]
    return float((count * farm.containers.weight[rows]).sum() / max(1, count.sum()))


def plan_moves(farm: Farm) -> None:
    """Plans the movements of every batch that will be ready within the lead; once a week every batch that does not move is forecast anew."""
    moving = set(farm.moves["batch"].tolist())
    for batch in farm.active:
        if int(batch) in moving:
            continue
        if (farm.today.day + batch) % FORECAST_DAYS == 0:
            rebook(farm, int(batch))
        if farm.batches["stage"][batch] >= Stage.POST_SMOLT:
            _plan_thinning(farm, int(batch))
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
    weight = _mean_weight(farm, rows)
    grown = (np.cbrt(weight) + farm.tgc[batch, steps[number].stage] * 1e-3 * temperature * LEAD_DAYS) ** 3
    return bool(grown >= space.exit_weight(farm, steps[number].stage))


def _plan_next_step(farm: Farm, batch: int) -> None:
    geography, number, station = int(farm.batches["geography"][batch]), int(farm.plans["step"][batch]), int(farm.batches["station"][batch])
    steps = farm.steps[geography] or []
    if number + 1 == len(steps):
        _plan_sea_transfer(farm, batch)
        return
    step, day = steps[number + 1], farm.today.day + LEAD_DAYS
    sources = farm.of_batch(batch)
    fish = int(farm.containers.count[sources].sum())
    free = space.free_tanks(farm, station, step, day)
    room = space.tank_room(farm, free, space.exit_weight(farm, step.stage))
    if room.sum() < fish:
        return
    chosen = free[: int(np.searchsorted(np.cumsum(room), fish)) + 1]
    kind = Movement.THINNING if step.stage == steps[number].stage else Movement.STAGE_TRANSFER
    _plan_pairs(
        farm, batch, kind, step.stage, sources, farm.containers.count[sources].astype(float), chosen, np.full(chosen.size, fish / chosen.size), TANKS_PER_DAY
    )
    farm.plans["step"][batch] = number + 1


def _plan_sea_transfer(farm: Farm, batch: int) -> None:
    """Smolts go to the areas that have been ready longest; where there are too few, they wait."""
    day = farm.today.day + LEAD_DAYS
    sources = farm.of_batch(batch)
    fish = int(farm.containers.count[sources].sum())
    now, later = areas_booked(farm, batch)
    areas = space.ready_areas(farm, int(farm.batches["geography"][batch]), day)[:now]
    if len(areas) < now:
        return
    cages = space.free_cages(farm, areas, day)
    planned = space.first_cages_weight(farm)
    fitting = cages[farm.layout.max_weight[cages] >= planned]
    usable = fitting if space.cage_room(farm, fitting, planned).sum() >= fish else cages
    chosen = usable if later or now > 1 else _fewest(farm, usable, planned, fish)
    room = space.cage_room(farm, chosen, planned)
    _plan_pairs(
        farm,
        batch,
        Movement.STAGE_TRANSFER,
        Stage.POST_SMOLT,
        sources,
        farm.containers.count[sources].astype(float),
        chosen,
        fish * room / room.sum(),
        CAGES_PER_DAY,
    )
    farm.plans["step"][batch] += 1
    farm.plans["sea_day"][batch] = day


def _fewest(farm: Farm, cages: np.ndarray, weight: float, fish: int) -> np.ndarray:
    """The first of ``cages`` that hold the fish at ``weight``, all of them where they do not."""
    return cages[: int(np.searchsorted(np.cumsum(space.cage_room(farm, cages, weight)), fish)) + 1]


def areas_booked(farm: Farm, batch: int) -> tuple[int, int]:
    """Areas that a batch has or is about to take, and those it will take when it is thinned."""
    b = farm.area_bookings
    mine = b["batch"] == batch
    return int(b["areas"][mine & ~b["later"]].sum()), int(b["areas"][mine & b["later"]].sum())


def _plan_thinning(farm: Farm, batch: int) -> None:
    c, layout, day = farm.containers, farm.layout, farm.today.day + LEAD_DAYS
    rows = farm.of_batch(batch)
    if not rows.size or farm.plans["harvesting"][batch]:
        return
    daily = farm.tgc[batch, c.stage[rows]] * 1e-3 * farm.at_site(farm.water.temperature, rows)
    grown = (np.cbrt(c.weight[rows]) + daily * (LEAD_DAYS + 3)) ** 3
    crowded = c.count[rows] * grown > THINNING_DENSITY * safe_limit(farm, rows, grown) * layout.volume[rows] * 1000.0
    outgrown = grown > 0.97 * layout.max_weight[rows]
    if not crowded.any() and not outgrown.any():
        return
    later = areas_booked(farm, batch)[1]
    more = space.ready_areas(farm, int(farm.batches["geography"][batch]), day)[:later]
    free = space.free_cages(farm, np.unique(layout.area[rows]).tolist() + more, day)
    free = free[np.isinf(layout.max_weight[free])]
    staying = rows[np.isinf(layout.max_weight[rows]) | (~outgrown & (grown < 0.5 * layout.max_weight[rows]))]
    if not free.size:
        return
    total = c.count[rows].sum()
    volume = layout.volume[staying].sum() + layout.volume[free].sum()
    keep = np.where(np.isin(rows, staying), total / volume * layout.volume[rows], 0.0)
    excess = np.maximum(c.count[rows] - keep, 0.0)
    giving = excess > 0.02 * c.count[rows]
    if giving.any():
        wanted = excess[giving].sum() * layout.volume[free] / layout.volume[free].sum()
        stage = int(farm.batches["stage"][batch])
        _plan_pairs(farm, batch, Movement.THINNING, stage, rows[giving], excess[giving], free, wanted, CAGES_PER_DAY)
        if more:
            farm.area_bookings["later"][farm.area_bookings["batch"] == batch] = False


def safe_limit(farm: Farm, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Density limit with a little hysteresis: a higher step of the legal limit counts from 3 % above its weight on, for fasting fish lose some."""
    return farm.layout.density_limit(rows, weight / 1.03)


def _plan_pairs(
    farm: Farm, batch: int, kind: int, stage: int, sources: np.ndarray, amounts: np.ndarray, destinations: np.ndarray, wanted: np.ndarray, per_day: int
) -> None:
    """Plans who moves where: ``amounts`` out of ``sources`` fill ``wanted`` of ``destinations``, both in order, ``per_day`` destinations on a day."""
    left = farm.containers.count[sources].astype(float)
    rest = amounts.astype(float).copy()
    source = 0
    for number, destination in enumerate(destinations):
        farm.containers.reserved[destination] = batch
        need = float(wanted[number])
        last = number + 1 == destinations.size
        while source < sources.size and (need > 0.5 or last):
            take = rest[source] if last else min(rest[source], need)
            gone = rest[source] - take <= 0.5
            whole = gone and amounts[source] >= farm.containers.count[sources[source]]
            farm.moves.add(
                batch=batch,
                day=farm.today.day + LEAD_DAYS + number // per_day,
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
    """Makes the movements planned for today."""
    due = np.flatnonzero(farm.moves["day"] == farm.today.day)
    if not due.size:
        return
    c, today = farm.containers, farm.today
    lost_u = farm.draws.uniform("transfer.loss", today.day, c.count.size)
    whole_u = farm.draws.uniform("transfer.whole", today.day, c.count.size)
    changed = set()
    for row in due:
        batch, source, destination = (int(farm.moves[name][row]) for name in ("batch", "source", "destination"))
        share, stage = float(farm.moves["share"][row]), int(farm.moves["stage"][row])
        c.reserved[destination] = -1
        before = int(c.count[source])
        moved = before if share >= 1.0 else round(before * share)
        if c.batch[source] != batch or moved == 0 or c.batch[destination] not in (-1, batch):
            continue
        lost = min(moved - 1, int(farm.mortality.lost_in_transfer(lost_u[source]) * moved + whole_u[source]))
        from_stage = int(c.stage[source])
        if stage > farm.batches["stage"][batch]:
            changed.add(batch)
            farm.enter_stage(batch, stage)
            if stage == Stage.POST_SMOLT:
                farm.plans["sea_day"][batch] = today.day
            elif stage == Stage.FRY:
                farm.plans["fed_day"][batch] = today.day
        from_assignment = int(c.assignment_id[source])
        c.count[source] -= moved
        today.moved_out[source] += moved - lost
        today.transfer_loss[source] += lost
        farm.health.carry(source, destination, int(c.count[destination]), moved - lost)
        assignment = farm.arrive(destination, batch, stage, moved - lost, float(c.weight[source]), float(c.degree_days[source]))
        farm.book.movement(
            movement_id=farm.next_id("movement"),
            day=today.day,
            kind=int(farm.moves["kind"][row]),
            batch_id=int(farm.batches["batch_id"][batch]),
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
    farm.moves.keep(farm.moves["day"] != today.day)
    for batch in changed:
        rebook(farm, batch)


def rebook(farm: Farm, batch: int) -> None:
    """Forecasts a batch anew from where it is, and moves its bookings."""
    station, rows = int(farm.batches["station"][batch]), farm.of_batch(batch)
    early = farm.batches["stage"][batch] == Stage.EGG_ALEVIN
    progress = float(farm.containers.degree_days[rows].mean()) if early else _mean_weight(farm, rows)
    plan = {name: farm.plans[name][batch] for name in ("step", "target_weight_g", "adult_day")}
    standing = Standing(
        int(farm.batches["geography"][batch]),
        int(plan["step"]),
        progress,
        float(farm.containers.count[rows].sum()),
        float(plan["target_weight_g"]),
        int(plan["adult_day"]),
    )
    way = starting.forecast(farm, station, standing)
    b = farm.tank_bookings
    needs = {int(number): int(amount) for number, amount in zip(b["step"][b["batch"] == batch], b["containers"][b["batch"] == batch], strict=True)}
    starting.book(farm, batch, way, needs, areas_booked(farm, batch))
    if standing.step in way.steps:
        farm.plans["sea_day"][batch] = way.sea
