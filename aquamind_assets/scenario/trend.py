"""Factors that change over the years.

Belongs here: the points of a trend. Does not belong here: its value on a day (``farm.trend``).
"""

from aquamind_assets.scenario.quantities import Section, quantity


class TrendPoint(Section):
    """A point of a trend; the factor is reached in the middle of the year."""

    year: int = quantity("year of the point", "year", ge=1900, le=2200)
    factor: float = quantity("factor in the middle of that year", "1", ge=0.2, le=10)
