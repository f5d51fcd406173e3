"""Harvest: which cage is emptied when.

Belongs here: planning harvests and carrying them out. Does not belong here: harvests by the plant's plan
(``harvest_plan``), growth, prices, slaughter.

Where the plant has no plan, a batch is harvested when its mean weight will reach the target in the middle of its
harvest, within the window of ``growout_days``; then as many cages on a plant day as there are boats, area by area, the
heaviest cage first. A cage inside a withholding period waits. A cage that grows into its density limit with nowhere to go gives a part of its fish early;
one in which very many fish are sick is emptied at once.
"""

import numpy as np

from aquamind_assets.farm.moves import space
from aquamind_assets.farm.moves.movements import LEAD_DAYS
from aquamind_assets.farm.moves.splitting import safe_limit
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import HarvestReason, Movement, Stage

NOTICE_DAYS = 3
"""Fewest days from the order to the boat."""

FASTING_DAYS = 2
"""Days without feed before it."""

PART = 0.2
"""Share of a crowded cage that is harvested early."""

LIGHTEST = 0.5
"""Crowded cages are harvested in part, gravely sick ones whole, from this share of the target weight on."""

GRAVELY_SICK = 0.3
"""Share of sick fish at which a cage is harvested before more of them die (general knowledge)."""

PLANNING_DENSITY = 0.97


def plan_harvests(farm: Farm) -> None:
    """Orders the boats for the day after the notice, if the plant takes fish then; for very sick fish for the first day on
    which it does."""
    c, day = farm.containers, farm.today.day + NOTICE_DAYS
    for batch in farm.active[farm.batches["stage"][farm.active] == Stage.ADULT]:
        rows = farm.of_batch(int(batch))
        geography = int(farm.batches["geography"][batch])
        taken = farm.calendar.plant_takes(geography, day)
        open_rows = rows[(c.harvest_day[rows] < 0) & can_be_taken(farm, rows)]
        by_plan = farm.scenario.farm.geographies[geography].harvest is not None
        if not by_plan:
            _release(farm, int(batch), rows)
        if farm.plans["harvesting"][batch] and not by_plan:
            boats = farm.scenario.farm.batches.harvest_cages_per_day
            if taken:
                order(farm, open_rows[in_order(farm, open_rows)][:boats], 1.0, day, HarvestReason.DUE)
        elif not np.any(farm.moves["batch"] == batch):
            heavy = open_rows[c.weight[open_rows] >= LIGHTEST * farm.plans["target_weight_g"][batch]]
            if not heavy.size:
                continue
            dying = farm.health.sick[heavy] >= GRAVELY_SICK
            order(farm, heavy[dying], 1.0, farm.calendar.plant_day(geography, day), HarvestReason.SICK)
            if taken:
                _relieve(farm, int(batch), heavy[~dying], day)


def can_be_taken(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Whether cages are in no withholding period at the end of the notice, and nothing else is planned for them, bool
    (n,)."""
    return (
        (farm.containers.withheld_until[rows] < farm.today.day + NOTICE_DAYS)
        & ~farm.health.is_treated_soon(rows)
        & ~np.isin(rows, farm.moves["source"])
    )


def in_order(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Order of the boats: area by area, the one with the heaviest fish first, so that its fallow begins early; within
    an area the heaviest cage first."""
    weight, area = farm.containers.weight[rows], farm.layout.area[rows]
    best = np.zeros(len(farm.layout.cages_of))
    np.maximum.at(best, area, weight)
    return np.lexsort((-weight, -best[area]))


def _release(farm: Farm, batch: int, rows: np.ndarray) -> None:
    if farm.plans["harvesting"][batch] or not rows.size or np.any(farm.moves["batch"] == batch):
        return
    plan, c = farm.scenario.farm.batches, farm.containers
    weight = float((c.count[rows] * c.weight[rows]).sum() / c.count[rows].sum())
    half = half_days(farm, batch, rows.size)
    temperature = float(farm.at_site(farm.water.temperature, rows).mean())
    later = (np.cbrt(weight) + farm.tgc[batch, Stage.ADULT] * 1e-3 * temperature * half) ** 3
    days = farm.today.day - int(farm.plans["adult_day"][batch])
    ripe = later >= farm.plans["target_weight_g"][batch] and days + NOTICE_DAYS >= plan.growout_days.low
    late = days + half >= plan.growout_days.high
    farm.plans["harvesting"][batch] = ripe or late


def half_days(farm: Farm, batch: int, cages: int) -> float:
    """Days from today to the middle of the harvest of so many cages of a batch, if it is ordered today."""
    return cages / space.cages_harvested_daily(farm, int(farm.batches["geography"][batch])) / 2 + NOTICE_DAYS


def _relieve(farm: Farm, batch: int, rows: np.ndarray, day: int) -> None:
    c = farm.containers
    daily = farm.tgc[batch, Stage.ADULT] * 1e-3 * farm.at_site(farm.water.temperature, rows)
    later = (np.cbrt(c.weight[rows]) + daily * LEAD_DAYS) ** 3
    limit = safe_limit(farm, rows, later) * farm.layout.volume[rows] * 1000.0
    crowded = c.count[rows] * later > PLANNING_DENSITY * limit
    order(farm, rows[crowded][: farm.scenario.farm.batches.harvest_cages_per_day], PART, day, HarvestReason.CROWDED)


def order(farm: Farm, rows: np.ndarray, share: float, day: int, reason: HarvestReason) -> None:
    """Orders boats for cages (rows): they take ``share`` of the fish on ``day``, and their room in the plant."""
    if not rows.size:
        return
    c = farm.containers
    planned = np.array([one.harvest is not None for one in farm.scenario.farm.geographies])
    geography = farm.layout.geography[rows]
    np.subtract.at(farm.plant_room, geography, planned[geography] * share * c.count[rows] * c.weight[rows] / 1e6)
    c.harvest_reason[rows] = reason
    c.harvest_day[rows] = day
    c.harvest_share[rows] = share
    c.fast_until[rows] = np.maximum(c.fast_until[rows], farm.today.day)


def fast_before_harvest(farm: Farm) -> None:
    """Fish that are harvested tomorrow or the day after get no feed tomorrow."""
    c, tomorrow = farm.containers, farm.today.day + 1
    rows = np.flatnonzero((c.harvest_day >= tomorrow) & (c.harvest_day <= tomorrow + 1))
    c.fast_until[rows] = np.maximum(c.fast_until[rows], tomorrow)


def carry_out(farm: Farm) -> None:
    """Makes the harvests planned for today; one that a treatment has overtaken is called off."""
    c, today = farm.containers, farm.today
    for cage in np.flatnonzero(c.harvest_day == today.day):
        c.harvest_day[cage] = -1
        before = int(c.count[cage])
        taken = before if c.harvest_share[cage] >= 1.0 else int(before * c.harvest_share[cage])
        if taken == 0 or c.withheld_until[cage] >= today.day:
            continue
        batch = int(c.batch[cage])
        c.count[cage] -= taken
        today.harvested[cage] += taken
        farm.plans["harvested"][batch] += taken
        farm.book.movement(
            movement_id=farm.next_id("movement"),
            day=today.day,
            kind=Movement.HARVEST,
            batch_id=int(farm.batches["batch_id"][batch]),
            from_assignment=int(c.assignment_id[cage]),
            to_assignment=-1,
            from_container=int(cage),
            to_container=-1,
            from_stage=int(c.stage[cage]),
            to_stage=-1,
            source_count=before,
            count=taken,
            loss=0,
            weight_g=float(c.weight[cage]),
            reason=int(c.harvest_reason[cage]),
        )
