"""Harvests: how even the months are, and how long an area takes.

Belongs here: the sums of a year and their statistics. Does not belong here: yearly tonnes (``figures``).
"""

import numpy as np

from aquamind_assets.ledger.codes import HarvestReason, Movement
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.realism.frames import HarvestDays, grouped, month_number

LEAST_DAYS = 4
"""Harvests of an area on fewer days are left out: a few cages, such as those of a mixed batch."""


def harvest_days(ledger: Ledger, infrastructure: Infrastructure) -> HarvestDays:
    """Return what was harvested of each batch in each area and day."""
    moves = ledger.movements.take(ledger.movements.kind == Movement.HARVEST)
    tonnes = moves.count * moves.weight_g / 1e6
    frame = HarvestDays(
        area=infrastructure.containers.area[moves.from_container],
        batch_id=moves.batch_id,
        day=moves.day,
        tonnes=tonnes,
        due_tonnes=np.where(moves.reason == HarvestReason.DUE, tonnes, 0.0),
    )
    return grouped(frame, ("area", "batch_id", "day"))


def monthly_tonnes(days: HarvestDays, first_year: int, last_year: int) -> np.ndarray:
    """Return the tonnes harvested in each month of these years, (years, 12)."""
    month = month_number(days.day) - 12 * first_year
    size = 12 * (last_year - first_year + 1)
    chosen = (month >= 0) & (month < size)
    return np.bincount(month[chosen], weights=days.tonnes[chosen], minlength=size).reshape(-1, 12)


def month_shares(tonnes: np.ndarray) -> np.ndarray:
    """Return the share of each calendar month in the harvest of all years, (12,), percent."""
    return 100 * tonnes.sum(axis=0) / max(tonnes.sum(), 1e-9) if tonnes.size else np.full(12, np.nan)


def month_variation(tonnes: np.ndarray) -> float:
    """Return the coefficient of variation of the months of a year, mean over years."""
    years = tonnes[tonnes.sum(axis=1) > 0]
    return float((years.std(axis=1) / years.mean(axis=1)).mean()) if len(years) else float("nan")


def days_of_an_area(days: HarvestDays) -> float:
    """Return the median over areas and batches of the days from the first harvest that was due to the last one."""
    due = days.take(days.due_tonnes > 0)
    if not len(due):
        return float("nan")
    _, group = np.unique(np.stack([due.area.astype(np.int64), due.batch_id]), axis=1, return_inverse=True)
    first, last = np.full(group.max() + 1, np.iinfo(np.int64).max), np.zeros(group.max() + 1, dtype=np.int64)
    np.minimum.at(first, group, due.day.astype(np.int64))
    np.maximum.at(last, group, due.day.astype(np.int64))
    chosen = np.bincount(group) >= LEAST_DAYS
    return float(np.median((last - first + 1)[chosen])) if chosen.any() else float("nan")
