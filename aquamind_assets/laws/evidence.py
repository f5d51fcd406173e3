"""The evidence that laws check: one year of the farm, as simulated and as written.

Belongs here: which rows are in the database, the days for which they are complete, and reading them as columns. Does
not belong here: laws.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd

from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.tables.releases import Release
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, chunks_of, id_range, to_date, year_days
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import any_of, id_sql
from aquamind_assets.warehouse.warehouse import Warehouse

MAX_ROWS_CHECKED = 50_000
"""Number of rows of a table's year that are checked row by row while the year is materialized. Of a larger table, some
days of each quarter are checked as a sample."""

MAX_ROWS_PER_QUERY = 5_000_000
"""Number of rows of a table's year that one query may read when all rows are checked. A larger year is read thirty days
at a time, which keeps the aggregates small."""

SAMPLE_STRETCHES = 4
"""Number of stretches of days in the sample of a year that is too large to check as a whole."""


@dataclass(frozen=True)
class Evidence:
    """A year to judge.

    Attributes:
        scenario: the scenario of the farm.
        infrastructure: all sites, containers, sensors and feed containers.
        year: the calendar year.
        ledger_of: returns the ledger of a year, None if it is not stored.
        database: the database with the written rows; None if only laws on the ledger are judged.
        max_rows: number of rows of a table's year that are checked row by row; None for all.
    """

    scenario: Scenario
    infrastructure: Infrastructure
    year: int
    ledger_of: Callable[[int], Ledger | None] = lambda year: None
    database: Warehouse | None = None
    max_rows: int | None = MAX_ROWS_CHECKED

    @property
    def warehouse(self) -> Warehouse:
        """The database.

        Raises:
            ValueError: the evidence has no database.
        """
        if self.database is None:
            raise ValueError(f"a law on tables cannot be judged on the ledger of {self.year} alone")
        return self.database

    def with_database(self, database: Warehouse) -> Self:
        """Return the same evidence with a database."""
        return replace(self, database=database)

    @cached_property
    def before(self) -> Ledger | None:
        """The ledger of the previous year, None if it is not stored."""
        return self.ledger_of(self.year - 1)

    @cached_property
    def ledger(self) -> Ledger | None:
        """The year's ledger, None if it is not stored."""
        return self.ledger_of(self.year)

    @property
    def release(self) -> Release:
        """The release of AquaMind that the database's tables are of."""
        return self.warehouse.release

    @property
    def tables(self) -> Mapping[str, TableSpec]:
        """AquaMind's tables in the database, by name."""
        return self.warehouse.tables

    @property
    def days(self) -> DayRange:
        """The days of the year."""
        return year_days(self.year)

    def written_days(self, asset: str) -> "WrittenDays":
        """Return the days for which an asset's rows are in the database."""
        return WrittenDays.of([checkpoint.days for checkpoint in self.warehouse.checkpoints(asset)])

    def as_of(self, asset: str) -> dict[int, int]:
        """Return the day that a living asset's rows reflect, by year, as each year's run wrote them. A row reflects the
        latest day among the years it lives in."""
        days = {checkpoint.year: checkpoint.as_of for checkpoint in self.warehouse.checkpoints(asset)}
        return {year: day for year, day in days.items() if day is not None}

    def later_years_missing(self, asset: str) -> list[int]:
        """Return the years that are not in the database, after this year and up to the day that a living asset's rows
        reflect."""
        there = self.as_of(asset)
        last = to_date(max(there.values())).year if there else self.year
        return [year for year in range(self.year + 1, last + 1) if year not in there]

    def known_until(self, asset: str, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """Return the last day that a living asset's rows cover: their ``end``, or the day they reflect if they have no
        end (-1). Days are numbers, int64."""
        until = np.where(end < 0, -1, end)
        for year, day in self.as_of(asset).items():
            lives = (end < 0) & (start < year_days(year).end)
            until = np.where(lives, np.maximum(until, day), until)
        return until

    def rows_written(self, table: str) -> int:
        """Return the number of rows of the year that were written into a table, according to the checkpoints."""
        return self._rows_by_table.get(table, 0)

    def no_rows_reason(self, tables: Collection[str]) -> str:
        """Return a reason for having nothing to check if no row of the year was written into any of the tables, as in
        years in which nothing was built. Return ``""`` if there are rows."""
        return "" if any(map(self.rows_written, tables)) else f"the checkpoints list no rows of {self.year}"

    def sample(self, table: str) -> "DaySample":
        """Return the days whose rows are checked row by row: the whole year, or a stretch of each quarter if the table
        has too many rows."""
        rows = self.rows_written(table)
        if self.max_rows is None and rows > MAX_ROWS_PER_QUERY:
            return DaySample([(chunk.days,) for chunk in chunks_of(self.year)], "")
        if self.max_rows is None or rows <= self.max_rows:
            return DaySample([(self.days,)], "")
        length = max(1, len(self.days) * self.max_rows // rows // SAMPLE_STRETCHES)
        quarter = len(self.days) // SAMPLE_STRETCHES
        # Each year samples another part of the quarter, so that all years together cover every season.
        offset = self.year * 37 % max(1, quarter - length)
        starts = [self.days.first + number * quarter + offset for number in range(SAMPLE_STRETCHES)]
        note = (
            f"{table}: a sample of its {rows:,} rows of {self.year} is checked, {SAMPLE_STRETCHES} times {length} days"
            f" from {', '.join(map(format_day, starts))} on"
        )
        stretches = tuple(DayRange(start, start + length) for start in starts)
        # A table that is stored by time would be read from end to end for days of several seasons.
        by_time = self.tables[table].time_column is not None
        return DaySample([(stretch,) for stretch in stretches] if by_time else [stretches], note)

    @cached_property
    def _rows_by_table(self) -> dict[str, int]:
        sql = "SELECT table_name, SUM(row_count) FROM aquamind_assets_chunk_table WHERE id_year = ? GROUP BY table_name"
        return {table: int(rows) for table, rows in self.warehouse.query(sql, (self.year,))}

    def frame(self, sql: str, *params: Any) -> pd.DataFrame:
        """Return the rows of a portable SQL statement."""
        return self.warehouse.frame(sql, params)


@dataclass(frozen=True)
class DaySample:
    """Days whose rows are checked.

    Attributes:
        questions: stretches of days, those together that one question may ask about.
        note: describes the sample; ``""`` if all days are checked.
    """

    questions: list[tuple[DayRange, ...]]
    note: str

    @property
    def stretches(self) -> list[DayRange]:
        """All stretches of days."""
        return [days for together in self.questions for days in together]


@dataclass(frozen=True)
class WrittenDays:
    """A set of days, with or without gaps."""

    first: int
    counted: np.ndarray
    """Number of days in the set before day ``first + i``."""

    @classmethod
    def of(cls, ranges: list[DayRange]) -> "WrittenDays":
        """Return the union of all ranges."""
        if not ranges:
            return cls(0, np.zeros(1, dtype=np.int64))
        first, end = min(days.first for days in ranges), max(days.end for days in ranges)
        covered = np.zeros(end - first, dtype=bool)
        for days in ranges:
            covered[days.first - first : days.end - first] = True
        return cls(first, np.r_[0, np.cumsum(covered)])

    def holds(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """Return whether all days ``first <= day <= last`` are in the set, bool, element by element."""
        low = np.clip(np.asarray(first) - self.first, 0, self.counted.size - 1)
        high = np.clip(np.asarray(last) + 1 - self.first, 0, self.counted.size - 1)
        return self.counted[high] - self.counted[low] == np.asarray(last) + 1 - np.asarray(first)


def id_condition(spec: TableSpec, first: int, last: int, alias: str = "") -> str:
    """Return the SQL condition on a table's rows whose ids are of the days ``first`` to ``last``, in any years."""
    low = id_range(DayRange(first, first + 1), narrow=spec.narrow_id)[0]
    high = id_range(DayRange(last, last + 1), narrow=spec.narrow_id)[1]
    of, key = f"{alias}." if alias else "", id_sql(spec, alias)
    condition = f"{key} >= {low} AND {key} < {high}"
    if spec.time_column:
        # The ids are exact, but without a time a table that is stored by time would be read, and locked, from end to
        # end. One more day on both sides finds rows beside their day.
        time = f"{of}{quoted(spec.time_column)}"
        condition += f" AND {time} >= '{format_day(first - 1)} 00:00:00' AND {time} < '{format_day(last + 2)} 00:00:00'"
    return condition


def days_condition(spec: TableSpec, days: Collection[DayRange], alias: str = "") -> str:
    """Return the SQL condition on a table's rows whose ids are of these stretches of days."""
    return any_of(id_condition(spec, one.first, one.end - 1, alias) for one in days)


def integers(values: pd.Series, scale: int = 1) -> np.ndarray:
    """Return a column of numbers as int64, times ``scale``; NULL becomes -1."""
    found = (
        pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan)
        if values.isna().any() or scale != 1
        else values.to_numpy()
    )
    if found.dtype.kind != "f":
        return found.astype(np.int64)
    return np.where(np.isnan(found), -1, np.rint(found * scale)).astype(np.int64)


def day_numbers(values: pd.Series) -> np.ndarray:
    """Return a column of dates or instants (text) as day numbers, int64; NULL becomes -1."""
    texts = [text[:10] if isinstance(text, str) else "NaT" for text in values.tolist()]
    day = np.array(texts, dtype="datetime64[D]")
    return np.where(np.isnat(day), -1, day.astype(np.int64))


def format_day(day: int) -> str:
    """Return a day number as an ISO date."""
    return to_date(int(day)).isoformat()
