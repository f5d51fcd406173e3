"""The definition of a figure. Belongs here: what a definition says. Does not belong here: any figure (``registry``)."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from aquamind_assets.figures.sums import Sums


class Period(StrEnum):
    """What of a period a figure is made from."""

    EVENTS = "all events of the period"
    MONTHS = "the first day of each month of the period"
    END = "the end of the period's last month"
    FARM_MONTHS = "the farm-months of the period"
    LIVES = "the whole lives of the batches completed in the period"
    YEARS = "the calendar years of the period"


@dataclass(frozen=True)
class Figure:
    """A figure of the farm.

    Attributes:
        key: its name in Dagster's metadata, in JSON, and in code.
        title: its name where people read it.
        unit: its unit; empty for none.
        meaning: what it measures, one sentence.
        period: what of a year, a month or more years it is made from.
        reads: the sums that the formula needs.
        formula: from sums to the value; nan where they cannot say.
        digits: decimals shown.
        published: key of the published figure in ``realism/targets.yaml`` that it is compared with; empty for none.
    """

    key: str
    title: str
    unit: str
    meaning: str
    period: Period
    reads: tuple[str, ...]
    formula: Callable[[Sums], float]
    digits: int = 0
    published: str = ""

    def value(self, sums: Sums) -> float:
        """The value; nan where the sums cannot say."""
        return float(self.formula(sums)) if sums.holds(self.reads) else math.nan

    def rounded(self, value: float) -> int | float:
        """The value with the decimals that are shown; an integer if there are none."""
        return round(value, self.digits) if self.digits else round(value)

    @property
    def shown_unit(self) -> str:
        """The unit beside a number; empty where the title says what is counted."""
        return "" if self.unit in self.title.lower().replace(",", "").split() else self.unit

    @property
    def heading(self) -> str:
        """Title and unit, as above a column."""
        return f"{self.title}, {self.shown_unit}" if self.shown_unit else self.title


def ratio(part: float, whole: float) -> float:
    """``part / whole``; nan where the whole is not positive."""
    return float(part) / float(whole) if whole > 0 else math.nan
