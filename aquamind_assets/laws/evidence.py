"""What laws look at: one year of the farm, as simulated and as written.

Belongs here: which rows are in the database, for which days they are complete, and reading them as columns. Does not
belong here: laws.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, chunks_of, id_range, to_date, year_days
from aquamind_assets.warehouse.warehouse import Warehouse

LOOK_AT_MOST = 50_000
"""Rows of a table's year that are looked at one by one while the year is made; of larger tables some days of each
quarter stand for the rest."""

AT_ONCE = 5_000_000
"""Rows of a table's year that are asked for at once where all are looked at; more are asked for thirty days at a time,
so that what is summed up of them stays small."""

STRETCHES = 4
"""Stretches of days that stand for a year too large to look at as a whole."""


@dataclass(frozen=True)
class Evidence:
    """A year to be judged.

    Attributes:
        scenario: what the farm was made from.
        infrastructure: everything built.
        year: the calendar year.
        ledger_of: the ledger of a year, None where it is not stored.
        database: what was written; None where there are only laws on the ledger to be judged.
        look_at_most: rows of a table's year looked at one by one; None for all.
    """

    scenario: Scenario
    infrastructure: Infrastructure
    year: int
    ledger_of: Callable[[int], Ledger | None] = lambda year: None
    database: Warehouse | None = None
    look_at_most: int | None = LOOK_AT_MOST

    @property
    def warehouse(self) -> Warehouse:
        """The database.

        Raises:
            ValueError: there is none among the evidence.
        """
        if self.database is None:
            raise ValueError(f"a law on tables cannot be judged on the ledger of {self.year} alone")
        return self.database

    def with_database(self, database: Warehouse) -> Self:
        """The same, and what was written."""
        return replace(self, database=database)

    @cached_property
    def before(self) -> Ledger | None:
        """The ledger of the year before, None where it is not stored."""
        return self.ledger_of(self.year - 1)

    @cached_property
    def ledger(self) -> Ledger | None:
        """The year's ledger, None where it is not stored."""
        return self.ledger_of(self.year)

    @property
    def days(self) -> DayRange:
        """The days of the year."""
        return year_days(self.year)

    def covered(self, asset: str) -> "WrittenDays":
        """The days that an asset's rows in the database are of."""
        return WrittenDays.of([checkpoint.days for checkpoint in self.warehouse.checkpoints(asset)])

    def as_of(self, asset: str) -> dict[int, int]:
        """The day on which a living asset's rows stood as each year's run wrote them, by year: a row has the latest of
        the years it lives in."""
        return {
            checkpoint.year: checkpoint.as_of
            for checkpoint in self.warehouse.checkpoints(asset)
            if checkpoint.as_of is not None
        }

    def later_years_missing(self, asset: str) -> list[int]:
        """Years after this one up to the day that a living asset's rows stand for, that are not in the database."""
        there = self.as_of(asset)
        last = to_date(max(there.values())).year if there else self.year
        return [year for year in range(self.year + 1, last + 1) if year not in there]

    def known_until(self, asset: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """The last day that a living asset's rows know of: their ``end``, or the day they stand for where they have
        none (-1); days as numbers, int64."""
        until = np.where(end < 0, -1, end)
        for year, day in self.as_of(asset).items():
            lives = (end < 0) & (start < year_days(year).end)
            until = np.where(lives, np.maximum(until, day), until)
        return until

    def written(self, table: str) -> int:
        """Rows of the year that were written into a table, as the checkpoints say."""
        sql = "SELECT coalesce(SUM(row_count), 0) FROM aquamind_assets_chunk_table WHERE table_name = ? AND id_year = ?"
        return int(self.warehouse.query(sql, (table, self.year))[0][0])

    def none_written(self, tables: Collection[str]) -> str:
        """Says so if no row of the year was ever written into any of the tables, as in years in which nothing was
        built; else ``""``."""
        return "" if any(map(self.written, tables)) else f"no rows of {self.year} were written, say the checkpoints"

    def look(self, table: str) -> "Look":
        """The days of which a table's rows are looked at one by one: the year, or a stretch in each quarter where it
        has too many rows."""
        rows = self.written(table)
        if self.look_at_most is None and rows > AT_ONCE:
            return Look([chunk.days for chunk in chunks_of(self.year)], "")
        if self.look_at_most is None or rows <= self.look_at_most:
            return Look([self.days], "")
        length = max(1, len(self.days) * self.look_at_most // rows // STRETCHES)
        quarter = len(self.days) // STRETCHES
        # Another part of the quarter each year, so that in the end every season is looked at.
        offset = self.year * 37 % max(1, quarter - length)
        starts = [self.days.first + number * quarter + offset for number in range(STRETCHES)]
        note = (
            f"{table}: of its {rows:,} rows of {self.year} those of {STRETCHES} times {length} days are looked at, from"
            f" {', '.join(map(dated, starts))} on"
        )
        return Look([DayRange(start, start + length) for start in starts], note)

    def frame(self, sql: str, *params: Any) -> pd.DataFrame:
        """Rows of a portable statement."""
        return self.warehouse.frame(sql, params)


@dataclass(frozen=True)
class Look:
    """Days whose rows are looked at, and what to say of those that are not: ``""`` where all are."""

    stretches: list[DayRange]
    note: str


@dataclass(frozen=True)
class WrittenDays:
    """Some days, with gaps or without."""

    first: int
    counted: np.ndarray
    """Days covered before day ``first + i``."""

    @classmethod
    def of(cls, ranges: list[DayRange]) -> "WrittenDays":
        """The days of all ranges together."""
        if not ranges:
            return cls(0, np.zeros(1, dtype=np.int64))
        first, end = min(days.first for days in ranges), max(days.end for days in ranges)
        covered = np.zeros(end - first, dtype=bool)
        for days in ranges:
            covered[days.first - first : days.end - first] = True
        return cls(first, np.r_[0, np.cumsum(covered)])

    def holds(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Whether all days ``first <= day <= last`` are covered, bool, element by element."""
        low = np.clip(np.asarray(first) - self.first, 0, self.counted.size - 1)
        high = np.clip(np.asarray(last) + 1 - self.first, 0, self.counted.size - 1)
        return self.counted[high] - self.counted[low] == np.asarray(last) + 1 - np.asarray(first)


def ids_of(table: str, first: int, last: int, alias: str = "") -> str:
    """SQL condition on the rows of a table: their ids are of the days ``first`` to ``last``, in any years."""
    spec = TABLES[table]
    low = id_range(DayRange(first, first + 1), narrow=spec.narrow_id)[0]
    high = id_range(DayRange(last, last + 1), narrow=spec.narrow_id)[1]
    key = f"{alias}.{spec.id_column}" if alias else spec.id_column
    return f"{key} >= {low} AND {key} < {high}"


def integers(values: pd.Series, scale: int = 1) -> np.ndarray:
    """A column of numbers as int64, times ``scale``; NULL as -1."""
    found = (
        pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
        if values.isna().any() or scale != 1
        else values.to_numpy()
    )
    if found.dtype.kind != "f":
        return found.astype(np.int64)
    return np.where(np.isnan(found), -1, np.rint(found * scale)).astype(np.int64)


def day_numbers(values: pd.Series) -> np.ndarray:
    """A column of dates or instants (text) as day numbers, int64; NULL as -1."""
    day = pd.to_datetime(values.str.slice(0, 10) if values.notna().any() else values, format="%Y-%m-%d").to_numpy(
        dtype="datetime64[D]"
    )
    return np.where(np.isnat(day), -1, day.astype(np.int64))


def dated(day: int) -> str:
    """A day number as people write it."""
    return to_date(int(day)).isoformat()
