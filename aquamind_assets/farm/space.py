"""Room for fish: free containers, ready areas, bookings.

Belongs here: whether something is free, now or in the time it is wanted for. Does not belong here: who wants it.

Tanks are booked by number for each station and container step; areas are booked whole, for one batch at a time, because an area lies fallow as a whole.
"""

import numpy as np

from aquamind_assets.farm.ledger import Stage
from aquamind_assets.farm.planning import THINNING_SHARE, Step, Way
from aquamind_assets.farm.working import Farm

BOOKING_MARGIN_DAYS = 10
"""Days a booking is wider than the forecast on either side."""

STOCKING_DENSITY = 0.93
"""Share of the highest density that is planned for."""

HARVEST_SLACK = 0.85
"""An area set is large enough when it holds this share of the batch at target weight: the heaviest cages are harvested before the last ones get there."""


def free_tanks(farm: Farm, station: int, step: Step, day: int) -> np.ndarray:
    """Containers of a step in a station that can take new fish on ``day``."""
    tanks = farm.tanks(station, step)
    return tanks[_usable(farm, tanks, day)]


def free_cages(farm: Farm, areas: list[int], day: int) -> np.ndarray:
    """Cages of ``areas`` that can take new fish on ``day``."""
    cages = cages_in(farm, areas)
    return cages[_usable(farm, cages, day)]


def cages_in(farm: Farm, areas: list[int]) -> np.ndarray:
    """Cages of ``areas``, area by area."""
    return np.concatenate([farm.layout.cages_of[area] for area in areas]) if areas else np.zeros(0, dtype=np.int64)


def _usable(farm: Farm, rows: np.ndarray, day: int) -> np.ndarray:
    c, layout = farm.containers, farm.layout
    return (c.batch[rows] < 0) & (c.reserved[rows] < 0) & (c.emptied[rows] + layout.grace[rows] < day) & (layout.commissioned[rows] <= day)


def tank_room(farm: Farm, tanks: np.ndarray, exit_weight: float) -> np.ndarray:
    """Fish that each tank may be stocked with, when they will leave it at ``exit_weight`` (g)."""
    layout = farm.layout
    by_density = STOCKING_DENSITY * layout.max_density[tanks] * layout.volume[tanks] * 1000.0 / max(exit_weight, 0.01)
    return np.minimum(layout.capacity[tanks], by_density)


def cage_room(farm: Farm, cages: np.ndarray, weight: float) -> np.ndarray:
    """Fish of ``weight`` (g) that each cage may hold."""
    limit = farm.layout.density_limit(cages, np.full(cages.size, weight * 0.999))
    return STOCKING_DENSITY * limit * farm.layout.volume[cages] * 1000.0 / weight


def exit_weight(farm: Farm, stage: int) -> float:
    """Weight (g) at which fish leave a freshwater stage."""
    stages = farm.scenario.farm.stages
    return farm.scenario.farm.batches.smolt_weight_g if stage == Stage.SMOLT else stages[stage + 1].entry_weight_g


def tanks_fit(farm: Farm, station: int, geography: int, way: Way, skip_batch: int = -1) -> dict[int, int] | None:
    """Containers needed in each step, or None where a step of the way has too few that are not booked."""
    needs = {}
    for number, (first, end) in spans(way).items():
        step = (farm.steps[geography] or [])[number]
        tanks = farm.tanks(station, step)
        tanks = tanks[farm.layout.commissioned[tanks] <= first]
        if not tanks.size:
            return None
        need = int(np.ceil(way.fish[number] / tank_room(farm, tanks, exit_weight(farm, step.stage)).min()))
        end += int(farm.layout.grace[tanks].max())
        if need + _peak(farm, station, number, first - BOOKING_MARGIN_DAYS, end + BOOKING_MARGIN_DAYS, skip_batch) > tanks.size:
            return None
        needs[number] = need
    return needs


def spans(way: Way) -> dict[int, tuple[int, int]]:
    """First day and day after the last of each freshwater step of a way."""
    numbers = sorted(way.steps)
    ends = [way.steps[number] for number in numbers[1:]] + [way.sea]
    return {number: (way.steps[number], end) for number, end in zip(numbers, ends, strict=False)}


def _peak(farm: Farm, station: int, step: int, first: int, end: int, skip_batch: int) -> int:
    """Most containers of a step that are booked in a station at once in ``first <= day < end``."""
    b = farm.tank_bookings
    rows = np.flatnonzero((b["station"] == station) & (b["step"] == step) & (b["first_day"] < end) & (b["end_day"] > first) & (b["batch"] != skip_batch))
    if not rows.size:
        return 0
    starts = np.maximum(b["first_day"][rows], first)
    running = (b["first_day"][rows][None, :] <= starts[:, None]) & (b["end_day"][rows][None, :] > starts[:, None])
    return int((running * b["containers"][rows]).sum(axis=1).max())


def choose_areas(farm: Farm, geography: int, way: Way, skip_batch: int = -1) -> tuple[list[int], list[int]] | None:
    """Areas for a batch that goes to sea as forecast: from the sea transfer on, and more from thinning on; None where they are not free."""
    areas = farm.infrastructure.areas
    here = np.flatnonzero((areas.geography == geography) & (areas.commissioned_day <= way.sea))
    end = harvest_end(farm, way) + farm.scenario.farm.batches.fallow_days + BOOKING_MARGIN_DAYS
    first_weight = first_cages_weight(farm)
    chosen: list[int] = []
    for area in _by_gap(farm, here, way.sea - BOOKING_MARGIN_DAYS, end, skip_batch):
        if holds(farm, chosen, first_weight, growout_only=False) >= way.sea_fish:
            break
        chosen.append(area)
    if not chosen or holds(farm, chosen, first_weight, growout_only=False) < way.sea_fish:
        return None
    more: list[int] = []
    rest = here[~np.isin(here, chosen)]
    target = way_target(farm)
    for area in _by_gap(farm, rest, way.thinning - BOOKING_MARGIN_DAYS, end, skip_batch):
        if holds(farm, chosen + more, target, growout_only=True) >= HARVEST_SLACK * way.harvest_fish:
            break
        more.append(area)
    if holds(farm, chosen + more, target, growout_only=True) < HARVEST_SLACK * way.harvest_fish:
        return None
    return chosen, more


def first_cages_weight(farm: Farm) -> float:
    """Weight (g) up to which fish stand in the cages they come to from freshwater."""
    steps = farm.scenario.farm.sea_density
    return THINNING_SHARE * steps[0].below_weight_g if len(steps) > 1 else way_target(farm)


def way_target(farm: Farm) -> float:
    """Middle of the target weights at harvest, g."""
    span = farm.scenario.farm.batches.harvest_weight_g
    return (span.low + span.high) / 2


def harvest_end(farm: Farm, way: Way) -> int:
    """Forecast day after the last harvest."""
    room = way_target(farm)
    large = np.flatnonzero(farm.layout.at_sea & np.isinf(farm.layout.max_weight))
    each = float(cage_room(farm, large, room).max()) if large.size else way.harvest_fish
    cages = int(np.ceil(way.harvest_fish / max(each, 1.0)))
    return way.harvest + cages // farm.scenario.farm.batches.harvest_cages_per_day + 1


def holds(farm: Farm, areas: list[int], weight: float, *, growout_only: bool) -> float:
    """Fish of ``weight`` (g) that the cages of ``areas`` hold; only those they can grow out in, or all."""
    cages = cages_in(farm, areas)
    cages = cages[farm.layout.max_weight[cages] > (weight if not growout_only else 1e12)]
    return float(cage_room(farm, cages, weight).sum())


def _by_gap(farm: Farm, areas: np.ndarray, first: int, end: int, skip_batch: int) -> list[int]:
    """Areas that are not booked in ``first <= day < end``; those that become free latest come first, so that the long gaps stay whole."""
    b = farm.area_bookings
    free = []
    for area in areas:
        mine = (b["area"] == area) & (b["batch"] != skip_batch)
        if np.any(mine & (b["first_day"] < end) & (b["end_day"] > first)):
            continue
        before = b["end_day"][mine & (b["end_day"] <= first)]
        free.append((-int(before.max()) if before.size else 2**31, int(area)))
    return [area for _, area in sorted(free)]


def area_ready(farm: Farm, area: int, day: int) -> bool:
    """Whether an area has been empty for its fallow on ``day``, with nothing kept for anybody."""
    cages = farm.layout.cages_of[area]
    c = farm.containers
    rested = c.emptied[cages] + farm.scenario.farm.batches.fallow_days < day
    commissioned = farm.infrastructure.areas.commissioned_day[area] <= day
    return bool(commissioned and np.all((c.batch[cages] < 0) & (c.reserved[cages] < 0) & rested))
