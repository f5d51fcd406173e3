"""Which rows of an asset were corrected on some days.

Belongs here: looking back at the rows of the days before, whose corrections may belong to these. Does not belong here:
the versions of the corrections (``versions``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from aquamind_assets.records.corrections.chance import LONGEST_DAYS
from aquamind_assets.records.corrections.correction import Corrections, Corrector
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, year_days


@dataclass
class Corrected:
    """The rows that were corrected on some days.

    Attributes:
        year: the year that is written.
        days: the days.
        correctors: the corrections, by table.
        known_from: the first day of the year whose rows are recorded, if it is not the first of the year; a correction
            of a row that is not there has no version.
        found: those rows so far, as they have been since, with their corrections; in the order of their ids by table.
    """

    year: YearInputs
    days: DayRange
    correctors: Mapping[str, Corrector]
    known_from: int | None = None
    found: list[tuple[Rows, Corrections]] = field(default_factory=list)

    def look_back(self, record: Callable[[YearInputs, DayRange], Iterator[Rows]]) -> None:
        """See the rows of the days before that may have been corrected on these."""
        first = max(self.days.first - LONGEST_DAYS, self.known_from or year_days(self.year.year).first)
        if self.correctors and first < self.days.first and self.year.scenario.entries.mistyped_share:
            for block in record(self.year, DayRange(first, self.days.first)):
                self.see(block)

    def see(self, block: Rows) -> tuple[Rows, Corrections | None]:
        """Return a block as it has been since its corrections, and these; None where numbers are not typed."""
        corrector = self.correctors.get(block.table)
        if corrector is None or not self.year.scenario.entries.mistyped_share:
            return block, None
        corrections = corrector(self.year, block)
        since = corrections.as_corrected(block)
        now = (corrections.day >= self.days.first) & (corrections.day < self.days.end)
        if now.any():
            done = corrections.take(now)
            self.found.append((since.take(done.row), done))
        return since, corrections
