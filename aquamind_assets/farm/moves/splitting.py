"""Splitting: fish that will be too dense, or too heavy for their cage, get more cages.

Belongs here: when and how a batch at sea is spread. Does not belong here: the moving (``movements``), partial harvests
of crowded cages (``harvest``).

A batch that gets a new area is spread over all its cages. In the areas that it has, only the cages that need it give
fish, to free cages and to the emptiest of the others; the rest stay as unequal as their crews made them.
"""

import numpy as np

from aquamind_assets.farm.batches import bookings as booking
from aquamind_assets.farm.moves import space
from aquamind_assets.farm.moves.movements import LEAD_DAYS, plan_pairs
from aquamind_assets.farm.moves.portions import portions
from aquamind_assets.farm.working import Farm
from aquamind_assets.ledger.codes import Movement

SPLITTING_DENSITY = 0.93
"""Fish are split when they will pass this share of the density limit within the lead."""

SLOW_DAYS = 3
"""Working days beyond the lead that splitting looks ahead: the boats need some days for all cages."""

OUTGROWN = 0.97
"""Share of a cage type's greatest weight at which fish must be on their way."""

FULL = 0.9
"""Share of the most fish in a cage that those which share their fish hold on average: none gets as many as it can (general
knowledge)."""

SMALLEST_SHARE = 0.02
"""A cage that would give less than this share of its fish is left alone."""


def plan_splitting(farm: Farm, batch: int) -> None:
    """Plans to spread the fish of a batch at sea, when one of its cages needs it within the lead."""
    c, layout, day = farm.containers, farm.layout, farm.today.day + LEAD_DAYS
    rows = farm.of_batch(batch)
    if not rows.size or farm.plans["harvesting"][batch]:
        return
    daily = farm.tgc[batch, c.stage[rows]] * 1e-3 * farm.at_site(farm.water.temperature, rows)
    geography = int(farm.batches["geography"][batch])
    ahead = farm.calendar.working_day(geography, day, SLOW_DAYS) - farm.today.day
    grown = (np.cbrt(c.weight[rows]) + daily * ahead) ** 3
    crowded = c.count[rows] * grown > SPLITTING_DENSITY * safe_limit(farm, rows, grown) * layout.volume[rows] * 1000.0
    outgrown = grown > OUTGROWN * layout.max_weight[rows]
    if not crowded.any() and not outgrown.any():
        return
    stage = int(farm.batches["stage"][batch])
    later = booking.areas_booked(farm, batch)[1]
    more = space.ready_areas(farm, geography, day)[:later]
    free = space.free_cages(farm, np.unique(layout.area[rows]).tolist() + more, stage, day)
    free = free[np.isinf(layout.max_weight[free])]
    staying = np.isinf(layout.max_weight[rows]) | (~outgrown & (grown < 0.5 * layout.max_weight[rows]))
    goal, part, needing = float(grown.max()), np.ones(rows.size, dtype=bool), crowded | outgrown
    if not more:
        goal, part = _taking_part(farm, batch, rows, needing, staying, free, goal)
    room = part & staying
    density = c.count[rows[part]].sum() / (layout.volume[rows[room]].sum() + layout.volume[free].sum())
    share = np.where(room, density * layout.volume[rows], np.where(part, 0.0, c.count[rows]))
    light = float(c.weight[rows].min())
    share[room], fresh = _uneven(farm, rows[room], share[room], free, density * layout.volume[free], light, goal)
    given = np.maximum(c.count[rows] - share, 0.0)
    given[(given < SMALLEST_SHARE * c.count[rows]) | (~part.all() & ~needing)] = 0.0
    taken = np.maximum(share - c.count[rows], 0.0)
    little = taken < SMALLEST_SHARE * share
    if fresh.sum() + taken[~little].sum() >= given.sum():
        # Else fish that have outgrown a small cage would leave it a few at a time, as room comes up elsewhere.
        taken[little] = 0.0
    receiving = np.concatenate([free, rows[taken > 0]])
    wanted = np.concatenate([fresh, taken[taken > 0]])
    relieved = share * grown <= SPLITTING_DENSITY * safe_limit(farm, rows, grown) * layout.volume[rows] * 1000.0
    if not given.any() or not receiving.size or not (free.size or np.all(relieved)):
        return
    moved = min(given.sum(), wanted.sum())
    giving = given > 0
    plan_pairs(
        farm,
        batch,
        Movement.SPLITTING,
        stage,
        rows[giving],
        given[giving] * moved / given.sum(),
        receiving,
        wanted * moved / wanted.sum(),
        space.CAGES_PER_DAY,
    )
    if more:
        farm.area_bookings["later"][farm.area_bookings["batch"] == batch] = False


def _taking_part(
    farm: Farm,
    batch: int,
    rows: np.ndarray,
    needing: np.ndarray,
    staying: np.ndarray,
    free: np.ndarray,
    weight: float,
) -> tuple[float, np.ndarray]:
    """The cages of a batch that gets no new area among which the fish of the ``needing`` ones are shared out, beside its
    ``free`` ones.

    They and the emptiest of the others, as few as hold the fish until the legal density rises or they are harvested: the
    rest keep their fish. All where even they do not hold them for so long.

    Returns:
        Weight (g) up to which the fish have room, and who takes part, bool (n,).
    """
    c, steps = farm.containers, farm.layout.density_steps[0]
    later = steps[steps > weight]
    goal = max(weight, min(float(later[0]) if later.size else np.inf, float(farm.plans["target_weight_g"][batch])))
    light = float(c.weight[rows].min())
    full = FULL * _most(farm, rows, light, goal)
    others = np.flatnonzero(staying & ~needing)
    others = others[np.argsort(c.count[rows[others]] / full[others], kind="stable")]
    fish = np.cumsum(np.append(c.count[rows[needing]].sum(), c.count[rows[others]]))
    first = full[needing & staying].sum() + FULL * _most(farm, free, light, goal).sum()
    held = np.cumsum(np.append(first, full[others]))
    enough = np.flatnonzero(fish <= held)
    if not enough.size:
        return weight, np.ones(rows.size, dtype=bool)
    part = needing.copy()
    part[others[: enough[0]]] = True
    return goal, part


def _uneven(
    farm: Farm,
    staying: np.ndarray,
    share: np.ndarray,
    free: np.ndarray,
    fresh: np.ndarray,
    light: float,
    goal: float,
) -> tuple[np.ndarray, np.ndarray]:
    """What the cages really get that keep fish, and the new ones; none so many that it is split again before its fish
    weigh ``goal`` g."""
    cages = np.concatenate([staying, free])
    parts = portions(farm, cages, np.concatenate([share, fresh]), _most(farm, cages, light, goal))
    return parts[: staying.size], parts[staying.size :]


def _most(farm: Farm, cages: np.ndarray, light: float, goal: float) -> np.ndarray:
    """Most fish in each cage that are not split while they grow from ``light`` to ``goal`` g, (n,): at the end, and just
    below each step of the legal density on the way, as a cage of heavy fish that gets light ones comes below it again.
    """
    steps = farm.layout.density_steps[0]
    weights = [goal, *steps[(steps > 0.97 * light) & (steps < goal)].tolist()]
    volume = farm.layout.volume[cages] * 1000.0
    return np.min(
        [SPLITTING_DENSITY * safe_limit(farm, cages, np.full(cages.size, one)) * volume / one for one in weights],
        axis=0,
    )


def safe_limit(farm: Farm, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Density limit with a little hysteresis: a higher step of the legal limit counts from 3 % above its weight on, for
    fasting fish lose some."""
    return farm.layout.density_limit(rows, weight / 1.03)
