"""Room for fish: free containers, ready areas, bookings.

Belongs here: whether something is free, now or in the time it is wanted for. Does not belong here: who wants it.

Tanks are booked by number for each station and container step; areas are booked by number in a geography, whole and for
one batch at a time, because an area lies fallow as a whole.
"""

import numpy as np

from aquamind_assets.farm.batches.planning import SPLITTING_SHARE, Step, Way
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.batches import STOCKING_DENSITY

BOOKING_MARGIN_DAYS = 7
"""Days a booking is wider than the forecast on either side."""

CAGES_PER_DAY = 2
"""New cages that a well boat fills on one day (general knowledge)."""

AREAS_OF_BATCH = 2
"""Areas of a batch that are harvested at the same time, usually."""

PLANT_USED = 0.76
"""Share of what the plant takes at most that it takes on average, as it spreads its fish (measured on the farm)."""

PLANT_WINDOWS = ((365, 0.95), (90, 1.35))
"""Days in a row for which starts are planned for the plant, and the share of what it can take in them that is planned
for: more than it will take on average, as forecasts know no outbreaks and are a tenth too high (measured on the farm),
and batches that find no room do not start. In a season, batches that end close to each other may wait for one another,
but not so many that a lean season follows a fat one."""

HARVEST_SLACK = 0.85
"""An area set is large enough when it holds this share of the batch at target weight: the heaviest cages are harvested
before the last ones get there."""


def free_tanks(farm: Farm, station: int, step: Step, day: int) -> np.ndarray:
    """Containers of a step in a station that can take new fish on ``day``."""
    tanks = farm.tanks(station, step)
    return tanks[_usable(farm, tanks, day)]


def free_cages(farm: Farm, areas: list[int], stage: int, day: int) -> np.ndarray:
    """Cages of ``areas`` that can take new fish of a stage on ``day``."""
    cages = cages_in(farm, areas)
    cages = cages[farm.layout.lives[cages, stage]]
    return cages[_usable(farm, cages, day)]


def cages_in(farm: Farm, areas: list[int]) -> np.ndarray:
    """Cages of ``areas``, area by area."""
    return np.concatenate([farm.layout.cages_of[area] for area in areas]) if areas else np.zeros(0, dtype=np.int64)


def _usable(farm: Farm, rows: np.ndarray, day: int) -> np.ndarray:
    return (
        empty_long_enough(farm, rows, day)
        & (farm.containers.reserved[rows] < 0)
        & (farm.layout.commissioned[rows] <= day)
    )


def empty_long_enough(farm: Farm, rows: np.ndarray, day: int) -> np.ndarray:
    """Whether containers are empty and have been for their grace days on ``day`` (law 3), bool (n,)."""
    c = farm.containers
    return (c.batch[rows] < 0) & (c.emptied[rows] + farm.layout.grace[rows] < day)


def tank_room(farm: Farm, tanks: np.ndarray, exit_weight: float) -> np.ndarray:
    """Fish that each tank may be stocked with, when they will leave it at ``exit_weight`` (g)."""
    layout = farm.layout
    by_density = STOCKING_DENSITY * layout.max_density[tanks] * layout.volume[tanks] * 1000.0 / max(exit_weight, 0.01)
    return np.minimum(layout.capacity[tanks], by_density)


def cage_room(farm: Farm, cages: np.ndarray, weight: float) -> np.ndarray:
    """Fish of ``weight`` (g) that each cage is planned for: those that it may hold, and no more than its country's
    practice is."""
    densities = np.array([spec.stocking_density or np.inf for spec in farm.scenario.farm.geographies])
    usual = densities[farm.layout.geography[cages]] * farm.layout.volume[cages] * 1000.0 / way_target(farm)
    return np.minimum(legal_room(farm, cages, weight), usual)


def legal_room(farm: Farm, cages: np.ndarray, weight: float) -> np.ndarray:
    """Fish of ``weight`` (g) that each cage may hold."""
    limit = farm.layout.density_limit(cages, np.full(cages.size, weight * 0.999))
    return STOCKING_DENSITY * limit * farm.layout.volume[cages] * 1000.0 / weight


def exit_weight(farm: Farm, stage: int, smolt_weight: float) -> float:
    """Weight (g) at which fish leave a freshwater stage; ``smolt_weight`` is that at which they go to sea."""
    return smolt_weight if stage == Stage.SMOLT else farm.scenario.farm.stages[stage + 1].entry_weight_g


def tanks_fit(
    farm: Farm, station: int, geography: int, way: Way, smolt_weight: float, skip_batch: int = -1
) -> dict[int, int] | None:
    """Containers needed in each step, or None where a step of the way has too few that are not booked."""
    needs = {}
    for number, (first, end) in spans(way).items():
        step = (farm.steps[geography] or [])[number]
        tanks = farm.tanks(station, step)
        tanks = tanks[farm.layout.commissioned[tanks] <= first]
        if not tanks.size:
            return None
        need = int(
            np.ceil(way.fish[number] / tank_room(farm, tanks, exit_weight(farm, step.stage, smolt_weight)).min())
        )
        end += int(farm.layout.grace[tanks].max())
        if (
            need + _peak(farm, station, number, first - BOOKING_MARGIN_DAYS, end + BOOKING_MARGIN_DAYS, skip_batch)
            > tanks.size
        ):
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
    rows = np.flatnonzero((b["station"] == station) & (b["step"] == step) & (b["batch"] != skip_batch))
    return _most_at_once(b["first_day"][rows], b["end_day"][rows], b["containers"][rows], first, end)


def _most_at_once(starts: np.ndarray, ends: np.ndarray, amounts: np.ndarray, first: int, end: int) -> int:
    """Greatest sum of the amounts that run on one of the days ``first <= day < end``."""
    meet = (starts < end) & (ends > first)
    starts, ends, amounts = np.maximum(starts[meet], first), ends[meet], amounts[meet]
    if not starts.size:
        return 0
    running = (starts[None, :] <= starts[:, None]) & (ends[None, :] > starts[:, None])
    return int((running * amounts).sum(axis=1).max())


def areas_needed(farm: Farm, geography: int, way: Way) -> tuple[int, int] | None:
    """Areas that a batch needs from the sea transfer on, and how many more from splitting on; None where no number of
    areas would do."""
    at_first = _smallest_room(farm, geography, first_cages_weight(farm, geography), growout_only=False)
    at_last = _smallest_room(farm, geography, way_target(farm), growout_only=True)
    if at_first <= 0 or at_last <= 0:
        return None
    if stocked_for_good(farm, geography):
        return max(1, int(np.ceil(HARVEST_SLACK * way.sea_fish / at_last))), 0
    first = max(1, int(np.ceil(way.sea_fish / at_first)))
    total = int(np.ceil(HARVEST_SLACK * way.harvest_fish / at_last))
    # Just below each step of the legal density the fish need more room than just above it.
    for step in farm.scenario.farm.sea_density[1:]:
        if step.below_weight_g < way_target(farm):
            room = _smallest_room(farm, geography, step.below_weight_g, growout_only=True)
            total = max(total, int(np.ceil(way.harvest_fish / room)))
    return first, max(0, total - first)


def plant_fits(farm: Farm, geography: int, way: Way) -> bool:
    """Whether the plant will have room for a batch: in each of ``PLANT_WINDOWS`` around its end, it and the others whose
    places at sea are booked until then are no more than the plant is planned for. True where the plant has no plan."""
    spec = farm.scenario.farm.geographies[geography].harvest
    if spec is None:
        return True
    b, end = farm.area_bookings, harvest_end(farm, geography, way) + fallow_days(farm, geography)
    booked = (b["geography"] == geography) & ~farm.batches["mixed"][b["batch"]]
    _, first = np.unique(b["batch"][booked], return_index=True)
    ends = np.append(b["end_day"][booked][first], end)
    of_one = way.harvest_fish * way_target(farm) / 1e6
    daily = spec.tonnes_per_day * float(farm.calendar.plant_share[geography])
    return all(_most_ends(ends, end, days) * of_one <= share * daily * days for days, share in PLANT_WINDOWS)


def _most_ends(ends: np.ndarray, end: int, days: int) -> int:
    """Most of the ``ends`` that lie in a window of so many days in a row with ``end`` in it."""
    lasts = ends[(ends >= end) & (ends < end + days)]
    return int(((ends[None, :] <= lasts[:, None]) & (ends[None, :] > lasts[:, None] - days)).sum(axis=1).max())


def _smallest_room(farm: Farm, geography: int, weight: float, *, growout_only: bool) -> float:
    """Fish of ``weight`` (g) that every area of a geography holds, as areas are booked by their number; 0 without
    areas."""
    return min(
        (holds(farm, [area], weight, growout_only=growout_only) for area in farm.unlike_areas(geography)), default=0.0
    )


def areas_fit(farm: Farm, geography: int, way: Way) -> tuple[int, int] | None:
    """The areas needed, or None where too few are left that no batch has booked for the time.

    Each area is counted as the smallest of its geography, so it is enough to count them: whoever comes first takes any
    that is ready.
    """
    needed = areas_needed(farm, geography, way)
    if needed is None:
        return None
    b = farm.area_bookings
    rows = np.flatnonzero(b["geography"] == geography)
    starts, ends, amounts = b["first_day"][rows], b["end_day"][rows], b["areas"][rows]
    end = harvest_end(farm, geography, way) + fallow_days(farm, geography)
    commissioned = farm.infrastructure.areas.commissioned_day[farm.infrastructure.areas.geography == geography]
    for first, amount in ((way.sea, needed[0]), (way.splitting, sum(needed))):
        there = int((commissioned <= first).sum())
        if (
            amount + _most_at_once(starts, ends, amounts, first - BOOKING_MARGIN_DAYS, end + BOOKING_MARGIN_DAYS)
            > there
        ):
            return None
    return needed


def stocked_for_good(farm: Farm, geography: int) -> bool:
    """Whether smolts come into the cages that they are harvested from."""
    return farm.scenario.farm.geographies[geography].stocking_density is not None


def fallow_days(farm: Farm, geography: int) -> int:
    """Days an area of a geography lies empty after its last fish."""
    own = farm.scenario.farm.geographies[geography].fallow_days
    return farm.scenario.farm.batches.fallow_days if own is None else own


def first_cages_weight(farm: Farm, geography: int) -> float:
    """Weight (g) up to which fish stand in the cages they come to from freshwater."""
    steps = farm.scenario.farm.sea_density
    if len(steps) == 1 or stocked_for_good(farm, geography):
        return way_target(farm)
    return SPLITTING_SHARE * steps[0].below_weight_g


def way_target(farm: Farm) -> float:
    """Middle of the target weights at harvest, g."""
    span = farm.scenario.farm.batches.harvest_weight_g
    return (span.low + span.high) / 2


def harvest_end(farm: Farm, geography: int, way: Way) -> int:
    """Forecast day after the last harvest."""
    room, large = way_target(farm), farm.layout.grow_out_cages[geography]
    each = float(cage_room(farm, large, room).max()) if large.size else way.harvest_fish
    cages = int(np.ceil(way.harvest_fish / max(each, 1.0)))
    return way.harvest + int(cages / cages_harvested_daily(farm, geography)) + 1


def cages_harvested_daily(farm: Farm, geography: int) -> float:
    """Cages of a batch that are harvested on a day, on average: by its boats, or, where the plant has a plan, by its
    two areas' part of what the plant takes."""
    spec, share = farm.scenario.farm.geographies[geography].harvest, float(farm.calendar.plant_share[geography])
    large = farm.layout.grow_out_cages[geography]
    if spec is None or not large.size:
        return farm.scenario.farm.batches.harvest_cages_per_day * share
    tonnes = float(cage_room(farm, large, way_target(farm)).max()) * way_target(farm) / 1e6
    return PLANT_USED * spec.tonnes_per_day * share / tonnes * min(1.0, AREAS_OF_BATCH / spec.sites)


def holds(farm: Farm, areas: list[int], weight: float, *, growout_only: bool) -> float:
    """Fish of ``weight`` (g) that the cages of ``areas`` hold; only those they can grow out in, or all."""
    cages = cages_in(farm, areas)
    cages = cages[farm.layout.max_weight[cages] > (weight if not growout_only else 1e12)]
    return float(cage_room(farm, cages, weight).sum())


def ready_areas(farm: Farm, geography: int, day: int) -> list[int]:
    """Areas of a geography that have been empty for their fallow on ``day``, with nothing kept for anybody; the one
    that has been empty longest first."""
    areas = farm.infrastructure.areas
    here = np.flatnonzero((areas.geography == geography) & (areas.commissioned_day <= day))
    ready = [int(area) for area in here if _is_ready(farm, int(area), day)]
    return sorted(ready, key=lambda area: (int(farm.containers.emptied[farm.layout.cages_of[area]].max()), area))


def _is_ready(farm: Farm, area: int, day: int) -> bool:
    cages, c = farm.layout.cages_of[area], farm.containers
    geography = int(farm.infrastructure.areas.geography[area])
    rested = c.emptied[cages] + fallow_days(farm, geography) < day
    return bool(np.all((c.batch[cages] < 0) & (c.reserved[cages] < 0) & rested))
