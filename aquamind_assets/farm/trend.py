"""Values of the scenario's trends over the years.

Belongs here: the factor of a trend on a day. Does not belong here: what it is applied to.
"""

from collections.abc import Sequence

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.scenario.trend import TrendPoint


def factor_on(points: Sequence[TrendPoint], day: np.ndarray | int) -> np.ndarray:
    """Return the factor on a day, on straight lines between the points, beyond them that of the nearest, and 1 without
    points; shape of ``day``."""
    known = sorted((point.year, point.factor) for point in points)
    if not known:
        return np.ones(np.shape(day))
    middles = [timeline.year_days(year).first + 182 for year, _ in known]
    return np.asarray(np.interp(day, middles, [factor for _, factor in known]))
