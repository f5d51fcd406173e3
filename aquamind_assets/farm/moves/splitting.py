"""Splitting: fish that will be too dense, or too heavy for their cage, get more cages.

Belongs here: when and how a batch at sea is spread. Does not belong here: the moving (``movements``), partial harvests
of crowded cages (``harvest``).
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

SMALLEST_SHARE = 0.02
"""A cage that would give less than this share of its fish is left alone."""


def plan_splitting(farm: Farm, batch: int) -> None:
    """Plans to spread a batch at sea over the cages it has and can get, when one of its cages needs it within the
    lead."""
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
    density = c.count[rows].sum() / (layout.volume[rows[staying]].sum() + layout.volume[free].sum())
    share, fresh = np.where(staying, density * layout.volume[rows], 0.0), density * layout.volume[free]
    if free.size:
        share[staying], fresh = _uneven(farm, rows[staying], share[staying], free, fresh, float(grown.max()))
    given = np.maximum(c.count[rows] - share, 0.0)
    given[given < SMALLEST_SHARE * c.count[rows]] = 0.0
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


def _uneven(
    farm: Farm, staying: np.ndarray, share: np.ndarray, free: np.ndarray, fresh: np.ndarray, weight: float
) -> tuple[np.ndarray, np.ndarray]:
    """What the cages really get that keep fish, and the new ones; none so many that it is split again at ``weight``."""
    cages = np.concatenate([staying, free])
    limit = safe_limit(farm, cages, np.full(cages.size, weight)) * farm.layout.volume[cages] * 1000.0
    parts = portions(farm, cages, np.concatenate([share, fresh]), SPLITTING_DENSITY * limit / weight)
    return parts[: staying.size], parts[staying.size :]


def safe_limit(farm: Farm, rows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Density limit with a little hysteresis: a higher step of the legal limit counts from 3 % above its weight on, for
    fasting fish lose some."""
    return farm.layout.density_limit(rows, weight / 1.03)
