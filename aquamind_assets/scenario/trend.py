"""Factors that change over the years.

Belongs here: the points of a trend, and its value on a day. Does not belong here: what a trend is applied to.
"""

from collections.abc import Sequence

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.scenario.quantities import Section, quantity


class TrendPoint(Section):
    """A point of a trend; the factor is reached in the middle of the year."""

    year: int = quantity("year of the point", "year", ge=1900, le=2200)
    factor: float = quantity("factor in the middle of that year", "1", ge=0.2, le=10)


def factor_on(points: Sequence[TrendPoint], day: np.ndarray | int) -> np.ndarray:
    """Return the factor on a day, on straight lines between the points, beyond them that of the nearest, and 1 without
    points; shape of ``day``."""
    known = sorted((point.year, point.factor) for point in points)
    if not known:
        return np.ones(np.shape(day))
    middles = [timeline.year_days(year).first + 182 for year, _ in known]
    return np.asarray(np.interp(day, middles, [factor for _, factor in known]))
