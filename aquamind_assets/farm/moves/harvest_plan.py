"""The plant's plan: some areas at a time are harvested, a cage of each in turn, so that every month has its share.

Belongs here: which areas are opened, and which cage the plant takes next. Does not belong here: harvests outside the
plan (``harvest``), the stocking that leads to them (``batches.starting``).

A company sells fish every week. It spreads the fish that it can expect over the days of its plant (``harvest_supply``),
which takes so many tonnes on each of them at most: in autumn, when most fish are ripe, it keeps some for the spring, in
which they grow slowly. They come of a few areas in turn, the heaviest cage of an area first; so an area is emptied in
two to four months. When an area is empty, another one of a batch whose harvest has begun is opened, else the ripest
one, early if none has reached its target weight. What is harvested outside the plan, from sick and crowded cages, takes
its room in the plant. Batches are started no faster than the plant can take them (``space.plant_fits``).

| parameter | unit | meaning and source |
|---|---|---|
| ``tonnes_per_day`` | t | round weight that the plant takes at most on one of its days (yearly harvest / plant days) |
| ``ahead_days`` | day | over which it spreads the fish that will be ripe in them (general knowledge: a year) |
| ``sites`` | areas | areas that are harvested at the same time (general knowledge) |
| ``early`` | 1 | share of the target weight from which on an area can be opened (calibrated) |
| ``late`` | 1 | share of the target weight from which on fish that wait are overdue (calibrated) |
"""

import numpy as np

from aquamind_assets.farm.moves import harvest
from aquamind_assets.farm.moves.harvest_supply import Supply
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import HarvestReason, Stage
from aquamind_assets.scenario.places import HarvestPlanSpec

CATCH_UP_DAYS = 5
"""Plant days of which the plant can make up for what it did not get (general knowledge)."""

OVERDUE = 0.01
"""Added to the ripeness of an area for each day after the latest harvest: such fish are taken first."""


def plan_harvests(farm: Farm) -> None:
    """Opens areas, and orders the boats for the plants that take fish on the day after the notice."""
    day = farm.today.day + harvest.NOTICE_DAYS
    for geography, spec in enumerate(farm.scenario.farm.geographies):
        if spec.harvest is None or not farm.calendar.plant_takes(geography, day):
            continue
        _open_areas(farm, geography, spec.harvest)
        tonnes = _planned(farm, geography, spec.harvest)
        farm.plant_room[geography] = min(farm.plant_room[geography] + tonnes, CATCH_UP_DAYS * tonnes)
        while farm.plant_room[geography] > 0:
            cage = _next_cage(farm, geography)
            if cage < 0:
                break
            harvest.order(farm, np.array([cage]), 1.0, day, HarvestReason.DUE)


def _planned(farm: Farm, geography: int, spec: HarvestPlanSpec) -> float:
    """Round weight that the plant takes on a day, t: an even part of the fish ahead, for each plant day."""
    rate = Supply.expected(farm, geography, spec).even_rate(spec.ahead_days)
    return min(spec.tonnes_per_day, rate / float(farm.calendar.plant_share[geography]))


def _areas(farm: Farm, geography: int) -> np.ndarray:
    return np.flatnonzero(farm.infrastructure.areas.geography == geography)


def _fish(farm: Farm, area: int) -> np.ndarray:
    """Cages of an area with fish."""
    cages = farm.layout.cages_of[area]
    return cages[farm.containers.count[cages] > 0]


def _open_areas(farm: Farm, geography: int, spec: HarvestPlanSpec) -> None:
    areas = _areas(farm, geography)
    for area in areas[farm.open_areas[areas]]:
        farm.open_areas[area] = _fish(farm, int(area)).size > 0
    missing = spec.sites - int(farm.open_areas[areas].sum())
    if missing <= 0:
        return
    ripe = np.array([_ripeness(farm, int(area)) for area in areas])
    begun = np.array([bool(np.any(farm.plans["harvesting"][_batches(farm, int(area))])) for area in areas])
    for place in np.lexsort((-ripe, ~begun | (ripe < spec.early)))[:missing]:
        if ripe[place] < spec.early:
            return
        farm.open_areas[areas[place]] = True
        farm.plans["harvesting"][_batches(farm, int(areas[place]))] = True


def _batches(farm: Farm, area: int) -> np.ndarray:
    """Rows of the batches in an area."""
    return np.unique(farm.containers.batch[_fish(farm, area)])


def _ripeness(farm: Farm, area: int) -> float:
    """Weight of the fish of an area that is not open, as a share of their target weight, a little more for each day
    after their latest harvest; -1 where they cannot be harvested yet."""
    cages, c, window = _fish(farm, area), farm.containers, farm.scenario.farm.batches.growout_days
    if not cages.size or farm.open_areas[area] or np.any(c.stage[cages] != Stage.ADULT):
        return -1.0
    batch = c.batch[cages]
    days = farm.today.day - farm.plans["adult_day"][batch]
    if days.min() + harvest.NOTICE_DAYS < window.low or np.isin(batch, farm.moves["batch"]).any():
        return -1.0
    share = float(np.average(c.weight[cages] / farm.plans["target_weight_g"][batch], weights=c.count[cages]))
    return share + OVERDUE * max(0, int(days.max()) - window.high)


def _next_cage(farm: Farm, geography: int) -> int:
    """The heaviest cage of the open area that has waited longest since its last one, -1 where none can be harvested."""
    best, longest = -1, np.inf
    for area in _areas(farm, geography):
        if not farm.open_areas[area]:
            continue
        cages, c = _fish(farm, int(area)), farm.containers
        free = cages[(c.harvest_day[cages] < 0) & harvest.can_be_taken(farm, cages)]
        last = max(int(c.emptied[farm.layout.cages_of[area]].max()), int(c.harvest_day[cages].max(initial=-1)))
        if free.size and (best < 0 or last < longest):
            best, longest = int(free[np.argmax(c.weight[free])]), last
    return best
