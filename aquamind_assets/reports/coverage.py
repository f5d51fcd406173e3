"""What of the history is written: by year, from the checkpoints that were committed with the rows.

Belongs here: which days of which years a report may speak of, and saying plainly which it may not. Does not belong
here: the figures (``figures``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aquamind_assets.records.registry import recorders_of
from aquamind_assets.timeline import to_date, year_days
from aquamind_assets.warehouse.checkpoints import Checkpoint
from aquamind_assets.warehouse.warehouse import Warehouse

ACCOUNTED = ("transfers", "mortality", "feeding_events")
"""Assets without which fish and feed cannot be accounted for."""


@dataclass(frozen=True)
class YearCoverage:
    """One year as it lies in the database.

    Attributes:
        year: calendar year.
        through: last day up to which, from 1 January on, fish and feed are written without a gap (a day number); None
            if they do not begin then.
        begun: whether anything of its fish and feed is written.
        batches_through: last day as of which its batches are written (a day number); None if they are not.
        incomplete: assets that do not have every day of the year, in the order of the registry.
    """

    year: int
    through: int | None
    begun: bool
    batches_through: int | None
    incomplete: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        """Whether fish and feed have no beginning of it."""
        return self.through is None

    @property
    def is_whole(self) -> bool:
        """Whether every asset has every day."""
        return self.through == year_days(self.year).end - 1 and not self.incomplete

    def shortfall(self) -> str:
        """What is missing, in a sentence; empty if nothing is."""
        if self.is_whole:
            return ""
        if self.through is None:
            if not self.begun:
                return f"{self.year} is not written."
            return (
                f"{self.year} is written in part, without a beginning to account from: its fish are counted in no"
                " figure that needs their whole life."
            )
        ends = year_days(self.year).end - 1
        if self.through < ends:
            return f"{self.year} is written up to {to_date(self.through)}."
        return f"{self.year} lacks rows of {', '.join(self.incomplete)}."


@dataclass(frozen=True)
class Coverage:
    """The years asked about, by year."""

    years: Mapping[int, YearCoverage]

    @property
    def written(self) -> list[int]:
        """Years of which at least a beginning is there."""
        return [year for year, one in sorted(self.years.items()) if not one.is_missing]

    @property
    def through(self) -> int | None:
        """The last day written; None if nothing is."""
        return max((one.through for one in self.years.values() if one.through is not None), default=None)

    def follows(self, first_day: int, last_day: int) -> bool:
        """Whether fish and feed are written without a gap on all days from ``first_day`` to ``last_day`` (day
        numbers)."""
        first, last = to_date(first_day).year, to_date(last_day).year
        for year in range(first, last + 1):
            one = self.years.get(year)
            if one is None or one.through is None or one.through < min(last_day, year_days(year).end - 1):
                return False
        return True

    def shortfalls(self, years: Iterable[int]) -> list[str]:
        """A sentence for each of these years of which something is missing."""
        return [
            sentence
            for year in years
            if (sentence := self.years[year].shortfall() if year in self.years else f"{year} is not written.")
        ]


def coverage(warehouse: Warehouse, years: Sequence[int]) -> Coverage:
    """What is written of these years."""
    known: dict[tuple[str, int], list[Checkpoint]] = {}
    for year in years:
        for checkpoint in warehouse.checkpoints(year=year):
            known.setdefault((checkpoint.asset, year), []).append(checkpoint)
    assets = recorders_of(warehouse.release)
    return Coverage({year: _of_year(year, {asset: known.get((asset, year), []) for asset in assets}) for year in years})


def _of_year(year: int, known: Mapping[str, list[Checkpoint]]) -> YearCoverage:
    days = year_days(year)
    reached = {asset: _reach(days.first, checkpoints) for asset, checkpoints in known.items()}
    incomplete = tuple(asset for asset, last in reached.items() if last < days.end - 1)
    accounted = min(reached[asset] for asset in ACCOUNTED)
    begun = any(known[asset] for asset in ACCOUNTED)
    batches = reached["batches"] if reached["batches"] >= days.first else None
    return YearCoverage(year, accounted if accounted >= days.first else None, begun, batches, incomplete)


def _reach(first: int, checkpoints: Sequence[Checkpoint]) -> int:
    """The last day up to which chunks follow each other from ``first`` on; the day before if none begins there."""
    last = first - 1
    for checkpoint in sorted(checkpoints, key=lambda one: one.first_day):
        if checkpoint.first_day > last + 1:
            break
        last = max(last, checkpoint.last_day)
    return last


def written_years(warehouse: Warehouse) -> list[int]:
    """Years of which the database holds anything of the platform, in order."""
    return sorted({checkpoint.year for checkpoint in warehouse.checkpoints()})
