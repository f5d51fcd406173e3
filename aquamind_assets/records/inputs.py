"""The inputs of a recorder: one simulated year, and the later state of everything alive in it.

Belongs here: the inputs of all recorders. Does not belong here: loading ledgers (``ledger``), making rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.lives import AnyFrame, Lives
from aquamind_assets.ledger.model import (
    Ledger,
    SiteDays,
)
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, year_days

Made = TypeVar("Made")

HOUR = MICROSECONDS_PER_DAY // 24
"""Microseconds in an hour. An instant within a day is ``day * MICROSECONDS_PER_DAY + hour * HOUR``."""

MOVE_INSTANT = 12 * HOUR
"""Fish change containers at 12:00 UTC: a stay begins at noon of its arrival day and ends at noon of its departure
day."""


@dataclass(frozen=True)
class YearInputs:
    """All inputs of a recorder for one year.

    Attributes:
        scenario: the scenario.
        infrastructure: everything built over all years.
        climate: water and weather of the year.
        ledger: what was simulated.
        lives: batches and their stays, as of the latest simulated day.
        release: the release of AquaMind that the rows are for; the first one where there is no database.
    """

    scenario: Scenario
    infrastructure: Infrastructure
    climate: SiteDays
    ledger: Ledger
    lives: Lives
    release: Release = RELEASES[0]

    @property
    def tables(self) -> Mapping[str, TableSpec]:
        """AquaMind's tables by name."""
        return tables_of(self.release)

    def has(self, table: str, column: str) -> bool:
        """Return whether a table has a column in this release."""
        return column in self.tables[table].by_name

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.ledger.year

    @cached_property
    def days(self) -> DayRange:
        """The simulated days of the year."""
        return DayRange(year_days(self.year).first, self.ledger.through + 1)

    @cached_property
    def calendar(self) -> Calendar:
        """Working days of the year and around it."""
        return Calendar(self.scenario, self.year)

    @cached_property
    def container_geography(self) -> np.ndarray:
        """Row in Geographies of each container, int."""
        return self.infrastructure.containers.geography

    @cached_property
    def turn_at_site(self) -> np.ndarray:
        """Position of each container among those of its site, from 0. Feeding and counting rounds follow this order."""
        site = self.infrastructure.containers.site
        order = np.argsort(site, kind="stable")
        turn = np.empty(site.size, dtype=np.int64)
        turn[order] = np.arange(site.size) - np.searchsorted(site[order], site[order])
        return turn

    @cached_property
    def _latest(self) -> dict[Callable[..., Any], tuple[DayRange, Any]]:
        return {}

    def latest(self, make: Callable[["YearInputs", DayRange], Made], days: DayRange) -> Made:
        """Return what ``make`` makes of these days. It is made once as long as the same days are asked for: several
        tables of a chunk are made of one thing."""
        if make not in self._latest or self._latest[make][0] != days:
            self._latest[make] = (days, make(self, days))
        made: Made = self._latest[make][1]
        return made

    def batch_rows(self, batch_id: np.ndarray) -> np.ndarray:
        """Return the positions of these batch ids in ``lives.batches``."""
        return positions(self.lives.batches.batch_id, batch_id, "batch")

    def assignment_rows(self, assignment_id: np.ndarray) -> np.ndarray:
        """Return the positions of these assignment ids in ``lives.assignments``."""
        return positions(self.lives.assignments.assignment_id, assignment_id, "assignment")


def positions(sorted_ids: np.ndarray, ids: np.ndarray, what: str) -> np.ndarray:
    """Return the position of each of ``ids`` in ``sorted_ids``; both int64, the second without repetition.

    Raises:
        KeyError: an id is not in ``sorted_ids``; the message names ``what`` and the id.
    """
    ids = np.asarray(ids, dtype=np.int64)
    found = np.searchsorted(sorted_ids, ids)
    if sorted_ids.size == 0 and ids.size:
        raise KeyError(f"{what} {ids[0]} is not in the inputs of this year")
    missing = sorted_ids[np.minimum(found, max(sorted_ids.size - 1, 0))] != ids if ids.size else np.zeros(0, dtype=bool)
    if missing.any():
        raise KeyError(f"{what} {ids[np.argmax(missing)]} is not in the inputs of this year")
    return found


def of_days(frame: AnyFrame, days: DayRange, name: str = "day") -> AnyFrame:
    """Return the rows of a frame, sorted by its day column ``name``, that are of these days; views, not copies."""
    low, high = np.searchsorted(getattr(frame, name), [days.first, days.end])
    return frame.take(slice(int(low), int(high)))
