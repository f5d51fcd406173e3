"""Stocking density at sea, by country and weight.

Belongs here: the sums of a year and their statistics. Does not belong here: the legal limits (``laws.space``).
"""

import numpy as np

from aquamind_assets.realism.frames import CageClasses, DensityClasses, grouped
from aquamind_assets.realism.sea import SeaRows

WEIGHT_CLASSES = (1000.0, 2000.0, 3000.0)
"""Borders of the weight classes of stocking density, g."""


def cage_classes(sea: SeaRows) -> CageClasses:
    """Return the density by geography and weight class."""
    full = sea.rows.closing > 0
    density = (sea.biomass / sea.volume)[full]
    frame = CageClasses(
        geography=sea.geography[full],
        weight_class=np.digitize(sea.rows.weight_g[full], WEIGHT_CLASSES),
        cage_days=np.ones(density.size),
        density_days=density,
    )
    return grouped(frame, ("geography", "weight_class"))


def density_classes(sea: SeaRows) -> DensityClasses:
    """Return how many days the cages of each geography have which density."""
    full = sea.rows.closing > 0
    frame = DensityClasses(
        geography=sea.geography[full],
        tenths=np.rint(10.0 * (sea.biomass / sea.volume)[full]),
        cage_days=np.ones(int(full.sum())),
    )
    return grouped(frame, ("geography", "tenths"))


def density_by_weight(classes: CageClasses, geography: int) -> np.ndarray:
    """Return the mean density of cages below 1, 2, 3 kg mean weight and above, (4,), kg/m3; nan without fish."""
    rows = classes.take(classes.geography == geography)
    days = np.bincount(rows.weight_class, weights=rows.cage_days, minlength=4)
    return np.bincount(rows.weight_class, weights=rows.density_days, minlength=4) / np.where(days > 0, days, np.nan)


def mean_and_high_density(classes: DensityClasses, geography: int) -> np.ndarray:
    """Return the mean and the 95th percentile of the density over cage-days, (2,), kg/m3; nan without fish."""
    rows = classes.take(classes.geography == geography)
    if not len(rows):
        return np.full(2, np.nan)
    days = rows.cage_days[np.argsort(rows.tenths)]
    tenths = np.sort(rows.tenths)
    high = tenths[np.searchsorted(np.cumsum(days), 0.95 * days.sum())]
    return np.array([(tenths * days).sum() / days.sum(), high]) / 10.0
