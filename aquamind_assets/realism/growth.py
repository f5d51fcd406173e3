"""Growth at sea by weight and country: the specific growth rate, and the days of grow-out.

Belongs here: the sums of a year and their statistics. Does not belong here: growth for each degree-day (``sea``).
"""

import numpy as np

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.realism.frames import GrowthClasses, grouped

WEIGHTS = np.array([400, 500, 650, 850, 1100, 1450, 1900, 2500, 3250, 4000, 5000], dtype=np.float64)
"""Borders of the weight classes, g."""
SMALL, LARGE = slice(0, 2), slice(8, 10)
"""Classes around .5 kg and around 4 kg."""
GROW_OUT = slice(1, 10)
"""Classes from .5 to 5 kg."""


def growth_classes(ledger: Ledger, infrastructure: Infrastructure) -> GrowthClasses:
    """Return the growth of the fish at sea between consecutive days of a cage into which none came."""
    area = infrastructure.containers.area
    days = ledger.container_days
    rows = days.take((area[days.container] >= 0) & (days.closing > 0))
    rows = rows.take(np.lexsort([rows.day, rows.assignment_id]))
    next_day = (rows.assignment_id[1:] == rows.assignment_id[:-1]) & (rows.day[1:] == rows.day[:-1] + 1)
    place = np.searchsorted(WEIGHTS, rows.weight_g[:-1], side="right") - 1
    chosen = next_day & (rows.moved_in[1:] == 0) & (place >= 0) & (place < WEIGHTS.size - 1)
    frame = GrowthClasses(
        geography=infrastructure.containers.geography[rows.container[:-1][chosen]],
        weight_class=place[chosen],
        cage_days=np.ones(int(chosen.sum())),
        log_growth=np.log(rows.weight_g[1:] / rows.weight_g[:-1])[chosen],
    )
    return grouped(frame, ("geography", "weight_class"))


def growth_rates(classes: GrowthClasses, geographies: np.ndarray) -> np.ndarray:
    """Return the specific growth rate (log of the weight, 1/day) in each class of these geographies, (classes,); nan
    without fish."""
    rows = classes.take(np.isin(classes.geography, geographies))
    days = np.bincount(rows.weight_class, weights=rows.cage_days, minlength=WEIGHTS.size - 1)
    growth = np.bincount(rows.weight_class, weights=rows.log_growth, minlength=WEIGHTS.size - 1)
    return growth / np.where(days > 0, days, np.nan)


def small_over_large(rates: np.ndarray) -> float:
    """Return how many times faster fish of .5 kg grow than fish of 4 kg, by their specific growth rate."""
    return float(rates[SMALL].mean() / rates[LARGE].mean())


def growout_days(rates: np.ndarray) -> float:
    """Return the days from .5 to 5 kg at the growth rates of the classes."""
    return float((np.diff(np.log(WEIGHTS)) / rates)[GROW_OUT].sum())
