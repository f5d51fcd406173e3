"""Delousing campaigns: when a farm is treated against lice, by which method, and on which days the boat treats which
cage.

Belongs here: the decision and its days. Does not belong here: the counts (``counting``, ``medicine``), how well a
treatment works (``processes.treatment``).

A farm (a sea area) decides on the evening of a count, on the mean of its cages' last counts and their trend. Where that
asks for a campaign, its other cages are counted too. The boat then comes for some days, of one week if they are so few,
and treats the worst cage first, all by one method. A company has few boats: a farm whose turn is late waits, and decides
anew if no boat comes soon.

| parameter | unit | meaning and source |
|---|---|---|
| ``farm_mean`` | 1 | expected mean from which on a farm is treated, share of the threshold (calibrated) |
| ``alone`` | 1 | a cage from this many thresholds on is treated though its farm is not (calibrated) |
| ``cages_per_day`` | cages | cages that a boat treats in a day (general knowledge) |
| ``delousing_boats`` | boats | boats of a geography (general knowledge) |

In every case a cage is treated only if its own last count is above the threshold and its last lice treatment is long
enough ago (specification).
"""

import itertools

import numpy as np

from aquamind_assets.farm.health import medicine, treatment_plans
from aquamind_assets.farm.processes.lice import RESISTANT
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import TreatmentReason

HARVESTED_INSTEAD = 0.9
"""From this share of its target weight on, a batch is not deloused any more: it is harvested soon, and large fish stand
handling badly (general knowledge)."""

BOAT_DAYS = 3
"""Working days over which the boats spread what cannot begin on a day without work (general knowledge)."""

MOST_WAIT = 10
"""Days that a farm waits for a boat; later ones come after the next count, which decides anew (general knowledge)."""

SHORT_DAYS = 4
"""Campaigns of no more boat days are done without a break (general knowledge)."""

MOST_TREND = 1.5
"""Most by which lice are expected to rise or fall until the next count (general knowledge)."""


def plan_campaigns(farm: Farm, counted: np.ndarray) -> None:
    """Decides on the treatment of every farm with cages (rows) that were ``counted`` today; the worst one first, as
    boats are few."""
    if not counted.size:
        return
    areas = np.unique(farm.layout.area[counted])
    expected = np.array([expected_mean(farm, int(area)) for area in areas])
    limit = farm.scenario.health.lice.delousing.farm_mean * farm.health.treatment.threshold
    for place in np.argsort(-expected, kind="stable"):
        area = int(areas[place])
        whole = bool(expected[place] >= limit)
        if whole and _count_others(farm, area, counted):
            whole = expected_mean(farm, area) >= limit
        _decide(farm, area, whole)


def _count_others(farm: Farm, area: int, counted: np.ndarray) -> bool:
    """Counts the lice of the cages of an area that are not among those ``counted`` today; whether there are any."""
    cages = farm.layout.cages_of[area]
    others = cages[~np.isin(cages, counted) & _free(farm, cages) & medicine.can_be_counted(farm, cages)]
    medicine.count(farm, others)
    return others.size > 0


def expected_mean(farm: Farm, area: int) -> float:
    """Adult females per fish that a farm expects at its next count: the mean of its cages' last counts, times their
    trend."""
    health, cages = farm.health.containers, farm.layout.cages_of[area]
    known = cages[health.last_count[cages] >= 0]
    if not known.size:
        return 0.0
    mean = float(health.last_count[known].mean())
    twice = known[health.count_before[known] >= 0]
    before = float(health.count_before[twice].mean()) if twice.size else 0.0
    if before <= 0:
        return mean
    trend = float(health.last_count[twice].mean()) / before
    return mean * float(np.clip(trend, 1 / MOST_TREND, MOST_TREND))


def _decide(farm: Farm, area: int, whole: bool) -> None:
    process, health, c = farm.health.treatment, farm.health.containers, farm.containers
    spec = farm.scenario.health.lice.delousing
    cages = farm.layout.cages_of[area]
    limit = process.threshold * (1.0 if whole else max(spec.alone, 1.0))
    rows = cages[(c.count[cages] > 0) & (health.last_count[cages] > limit) & _free(farm, cages)]
    method = _method(farm, area, rows) if rows.size else -1
    if method < 0:
        return
    rows = rows[~medicine.too_late(farm, rows, np.full(rows.size, method))]
    rows = rows[np.argsort(-health.last_count[rows], kind="stable")]
    days = _boat_days(farm, area, rows.size, farm.today.day + 1 + int(process.fasting_days[method]))
    rows = rows[: days.size]
    due = process.due(health.last_count[rows], days - health.last_delousing[rows])
    treatment_plans.plan(
        farm,
        rows[due],
        np.full(int(due.sum()), method),
        days[due],
        TreatmentReason.LICE,
        np.full(int(due.sum()), -1),
        health.last_count[rows[due]],
    )


def _free(farm: Farm, cages: np.ndarray) -> np.ndarray:
    """Whether nothing else is about to be done with the fish of cages, and they are not harvested soon, bool (n,)."""
    c, batch = farm.containers, farm.containers.batch[cages]
    return (
        ~farm.health.is_treated_soon(cages)
        & (c.harvest_day[cages] < 0)
        & ~farm.plans["harvesting"][batch]
        & ~np.isin(cages, farm.moves["source"])
        & (c.weight[cages] <= HARVESTED_INSTEAD * farm.plans["target_weight_g"][batch])
    )


def _method(farm: Farm, area: int, rows: np.ndarray) -> int:
    """The method of the farm: that of a campaign that is under way, else a new one; -1 where none suits the water."""
    health, cages = farm.health.containers, farm.layout.cages_of[area]
    under_way = cages[_deloused_soon(farm, cages)]
    if under_way.size:
        return int(health.treatment_method[under_way[0]])
    process = farm.health.treatment
    u = farm.draws.uniforms("treatment.method", farm.today.day, farm.infrastructure.area_draws, process.keys)[[area]]
    temperature = np.array([farm.at_site(farm.water.temperature, rows).mean()])
    resistance = np.array([farm.health.lice[rows, RESISTANT].mean()])
    geography = farm.infrastructure.areas.geography[[area]]
    return int(process.choose(geography, temperature, resistance, u)[0])


def _deloused_soon(farm: Farm, rows: np.ndarray) -> np.ndarray:
    """Whether a lice treatment of containers is planned, bool (n,)."""
    return farm.health.is_treated_soon(rows) & (farm.health.containers.treatment_reason[rows] == TreatmentReason.LICE)


def _boat_days(farm: Farm, area: int, cages: int, earliest: int) -> np.ndarray:
    """Days on which a boat treats ``cages`` cages of an area, in order, int64 (cages,): the first working days in a row
    on which one is free; none if none is soon."""
    geography, spec = int(farm.infrastructure.areas.geography[area]), farm.scenario.health.lice.delousing
    per_day, boats = spec.cages_per_day, farm.scenario.farm.geographies[geography].delousing_boats
    start = earliest
    if not farm.calendar.works(geography, earliest):
        # Else what the weekend has held up would all begin on Monday.
        turn = farm.draws.uniform("treatment.boat", farm.today.day, farm.infrastructure.area_draws)[area]
        start = farm.calendar.working_day(geography, earliest, int(BOAT_DAYS * turn))
    needed = -(-cages // per_day)
    busy = _busy(farm, area, geography)
    while needed and start <= earliest + MOST_WAIT:
        days = [farm.calendar.working_day(geography, start, number) for number in range(needed)]
        taken = [day for day in days if busy.get(day, 0) >= boats]
        if not taken and days[-1] - days[0] >= needed and needed <= SHORT_DAYS:
            # Crews and boats are not kept over a weekend for a few days of work.
            gap = next(day for day, later in itertools.pairwise(days) if later > day + 1)
            taken = [gap]
        if not taken:
            return np.repeat(np.array(days, dtype=np.int64), per_day)[:cages]
        start = taken[-1] + 1
    return np.zeros(0, dtype=np.int64)


def _busy(farm: Farm, area: int, geography: int) -> dict[int, int]:
    """Boats of a geography that are at other areas, by day."""
    cages = np.arange(farm.health.lice.shape[0])
    planned = cages[_deloused_soon(farm, cages)]
    planned = planned[(farm.layout.geography[planned] == geography) & (farm.layout.area[planned] != area)]
    visits = np.unique(
        np.stack([farm.health.containers.treatment_day[planned].astype(np.int64), farm.layout.area[planned]]), axis=1
    )
    days, boats = np.unique(visits[0], return_counts=True)
    return dict(zip(days.tolist(), boats.tolist(), strict=True))
