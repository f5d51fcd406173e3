"""Deaths as they are recorded: on the day on which the dead fish are collected.

Belongs here: from the ledger's daily deaths to the counts at each collection. Does not belong here: when dead fish are
collected (``farm.collection``), rows of tables.
"""

import numpy as np

from aquamind_assets.farm.collection import LONGEST_WAIT
from aquamind_assets.ledger.codes import Cause
from aquamind_assets.ledger.model import ContainerDays
from aquamind_assets.records.inputs import of_days
from aquamind_assets.timeline import DayRange


def deaths_by_cause(fish: ContainerDays) -> np.ndarray:
    """Return the deaths of each container-day, shape (rows, causes), int64, causes in the order of ``Cause``."""
    return np.stack([getattr(fish, f"deaths_{cause.name.lower()}") for cause in Cause], axis=1).astype(np.int64)


def collected_deaths(year: ContainerDays, days: DayRange) -> tuple[ContainerDays, np.ndarray]:
    """Return the container-days of these days, and the dead fish collected on each, shape (rows, causes), int64: those
    of the day and of the days before it since the last collection.

    ``year`` holds all days of a calendar year, sorted by (day, container); nothing waits over the turn of a year.
    """
    fish, collected, _ = recorded_deaths(year, days)
    return fish, collected


def recorded_deaths(year: ContainerDays, days: DayRange) -> tuple[ContainerDays, np.ndarray, np.ndarray]:
    """Return what :func:`collected_deaths` does, and the dead fish that wait in the evening, shape (rows,), int64: the
    farm takes them for living."""
    fish = of_days(year, DayRange(days.first - LONGEST_WAIT - 1, days.end))
    order = np.lexsort([fish.day, fish.assignment_id])
    total = np.cumsum(deaths_by_cause(fish)[order], axis=0)
    stay, collected = fish.assignment_id[order], np.flatnonzero(fish.collected[order])
    begins = np.r_[True, stay[1:] != stay[:-1]] if stay.size else np.zeros(0, dtype=bool)
    before = np.maximum.accumulate(np.where(begins, np.arange(stay.size), 0))[collected] - 1
    last = np.r_[-1, collected[:-1]][: collected.size]
    since = np.maximum(last, before)
    counted = np.zeros_like(total)
    counted[collected] = total[collected] - np.where(since[:, None] >= 0, total[since], 0)
    found = np.empty_like(counted)
    found[order] = counted
    waiting = np.empty(len(fish), dtype=np.int64)
    waiting[order] = _waiting(total.sum(axis=1), begins, fish.collected[order])
    first = int(np.searchsorted(fish.day, days.first))
    return fish.take(slice(first, len(fish))), found[first:], waiting[first:]


def _waiting(total: np.ndarray, begins: np.ndarray, collected: np.ndarray) -> np.ndarray:
    """Return the deaths since the last collection of each row, itself included, int64 (n,); rows are in order of stay
    and day, ``total`` counts deaths up to each, and ``begins`` marks the first row of a stay."""
    place = np.arange(total.size)
    taken = np.maximum.accumulate(np.where(collected, place, -1)) if total.size else place
    before = np.maximum.accumulate(np.where(begins, place, 0)) - 1 if total.size else place
    last = np.maximum(taken, before)
    return total - np.where(last >= 0, total[last], 0)
