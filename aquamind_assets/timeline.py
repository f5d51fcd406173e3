"""Days, years, chunks, and the row ids made from them.

Belongs here: the calendar that all packages share. A day is an integer, the number of days since 1970-01-01 (as in
``numpy.datetime64[D]``). An instant is the number of microseconds since 1970-01-01T00:00 UTC. Does not belong here:
time zones (everything is UTC) and the machine's clock (only ``assets`` and ``cli`` may read it).

Row ids hold a day and a number: ``20150320000017`` is row 17 of day 032 of 2015. So the ids of a year, of a chunk and
of a day are each one range; they do not depend on the order of materialization; and they lie far above the ids of
user-entered rows.

Ids have eight bytes in most tables. They have four in tables whose key has four bytes, and in tables to which other
tables of AquaMind refer by four bytes without a foreign key; the ledger knows ids of eight bytes alone, and
:func:`narrowed` gives those of four for the same day and number.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np

EPOCH = date(1970, 1, 1)
CHUNK_DAYS = 30
MICROSECONDS_PER_DAY = 86_400_000_000

WIDE_DAY_ROWS = 10_000_000
"""Maximum number of rows of one table on one day, for 8-byte ids. Full scale has at most 300,000 readings per day."""
_WIDE_YEAR = 1_000 * WIDE_DAY_ROWS

NARROW_DAY_ROWS = 50_000
"""The same for ids of four bytes."""
_NARROW_YEAR = 20_000_000
_NARROW_FIRST_YEAR = 1990

LOWEST_PLATFORM_ID = _NARROW_YEAR
"""Every id that the platform makes is at least this, 8-byte ids by far; smaller ids are AquaMind's or its users'."""

FIRST_ID_YEAR, LAST_ID_YEAR = 1991, 2096
"""The years for which the platform makes ids; a scenario lies within them."""


def day_number(day: date) -> int:
    """Return the number of days from 1970-01-01 to ``day``."""
    return (day - EPOCH).days


def to_date(day: int) -> date:
    """Return the calendar date of a day number."""
    return EPOCH + timedelta(days=int(day))


def year_of(day: np.ndarray) -> np.ndarray:
    """Return the calendar year of each day number (any shape, int64)."""
    return np.asarray(day).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970


def day_of_year(day: np.ndarray) -> np.ndarray:
    """Return the day of the year, 1..366, of each day number (any shape, int64)."""
    days = np.asarray(day).astype("datetime64[D]")
    return (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1


@dataclass(frozen=True, order=True)
class DayRange:
    """The days ``first <= day < end``."""

    first: int
    end: int

    def __len__(self) -> int:
        return max(0, self.end - self.first)

    def __contains__(self, day: int) -> bool:
        return self.first <= day < self.end

    @property
    def days(self) -> np.ndarray:
        """The day numbers, shape (len,), int64."""
        return np.arange(self.first, self.end, dtype=np.int64)

    @property
    def instants(self) -> tuple[int, int]:
        """First instant and the instant after the last, in microseconds."""
        return self.first * MICROSECONDS_PER_DAY, self.end * MICROSECONDS_PER_DAY


def year_days(year: int) -> DayRange:
    """Return the days of a calendar year."""
    return DayRange(day_number(date(year, 1, 1)), day_number(date(year + 1, 1, 1)))


@dataclass(frozen=True)
class Chunk:
    """The ``index``-th thirty days of a year: the unit of writing, checkpointing and resuming.

    Attributes:
        year: the calendar year.
        index: its number in the year, from 0.
        days: its days.
        known_from: where its rows look back on days before it, and some of those are not recorded: the first day, a day
            number, from which on all are. None where nothing is missing.
    """

    year: int
    index: int
    days: DayRange
    known_from: int | None = None


def chunks_of(year: int, through: int | None = None) -> list[Chunk]:
    """Return the chunks of a year, in order: 13 of them, the last of 5 or 6 days.

    ``through`` is the last day to write (a day number, inclusive): its chunk ends on that day, and later chunks are
    omitted.
    """
    whole = year_days(year)
    end = whole.end if through is None else min(whole.end, through + 1)
    starts = range(whole.first, end, CHUNK_DAYS)
    return [Chunk(year, i, DayRange(start, min(start + CHUNK_DAYS, end))) for i, start in enumerate(starts)]


def merged(days: Sequence[DayRange]) -> list[DayRange]:
    """The same days in as few ranges as possible, in order."""
    found: list[DayRange] = []
    for one in sorted(days):
        if found and one.first <= found[-1].end:
            found[-1] = DayRange(found[-1].first, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def days_without(days: DayRange, committed: Sequence[DayRange]) -> Iterator[DayRange]:
    """The stretches of ``days`` that no committed range has, in order."""
    first = days.first
    for one in sorted(committed):
        if first < min(one.first, days.end):
            yield DayRange(first, min(one.first, days.end))
        first = max(first, one.end)
    if first < days.end:
        yield DayRange(first, days.end)


def row_ids(day: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return 8-byte row ids, int64, from day numbers and each row's number within its day (0 <= number < 10,000,000).

    Raises:
        ValueError: a number is outside its range and would collide with the ids of another day.
    """
    number = np.asarray(number, dtype=np.int64)
    if number.size and (number.min() < 0 or number.max() >= WIDE_DAY_ROWS):
        raise ValueError(f"row number {number.max()} on one day; allowed: 0 to {WIDE_DAY_ROWS - 1}")
    return year_of(day) * _WIDE_YEAR + day_of_year(day) * WIDE_DAY_ROWS + number


def narrow_row_ids(day: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return 4-byte row ids (as int64); 0 <= number < 50,000 within a day, years 1990 to
    2096.

    Raises:
        ValueError: a number is outside its range.
    """
    number = np.asarray(number, dtype=np.int64)
    if number.size and (number.min() < 0 or number.max() >= NARROW_DAY_ROWS):
        raise ValueError(f"row number {number.max()} on one day; allowed: 0 to {NARROW_DAY_ROWS - 1}")
    return (year_of(day) - _NARROW_FIRST_YEAR) * _NARROW_YEAR + day_of_year(day) * NARROW_DAY_ROWS + number


def narrowed(ids: np.ndarray) -> np.ndarray:
    """Return 8-byte row ids as the 4-byte ids of the same day and number; other ids stay as they are.

    ``ids`` may be a single number or masked; the result has the same shape and mask.

    Raises:
        ValueError: a number within a day is outside the range of 4-byte ids.
    """
    data = np.ma.getdata(ids).astype(np.int64, copy=False)
    wide = data >= FIRST_ID_YEAR * _WIDE_YEAR
    if not wide.any():
        return ids if np.ma.isMaskedArray(ids) else data
    days = np.where(wide, data // WIDE_DAY_ROWS, 0)
    number = np.where(wide, data % WIDE_DAY_ROWS, 0)
    if number.size and number.max() >= NARROW_DAY_ROWS:
        raise ValueError(f"row number {number.max()} on one day; allowed: 0 to {NARROW_DAY_ROWS - 1}")
    narrow = (days // 1000 - _NARROW_FIRST_YEAR) * _NARROW_YEAR + days % 1000 * NARROW_DAY_ROWS + number
    found = np.where(wide, narrow, data)
    return np.ma.MaskedArray(found, mask=np.ma.getmaskarray(ids)) if isinstance(ids, np.ma.MaskedArray) else found


@lru_cache
def id_range(days: DayRange, *, narrow: bool = False) -> tuple[int, int]:
    """Return the range ``low <= id < high`` of the ids of these days, which lie in one calendar year.

    A range that ends with the year also covers the year's unused day numbers, so that a year's ranges leave no gaps.
    """
    first = np.array([days.first])
    make = narrow_row_ids if narrow else row_ids
    low = int(make(first, np.zeros(1))[0])
    year = int(year_of(first)[0])
    if days.end == year_days(year).end:
        return low, (year + 1 - _NARROW_FIRST_YEAR) * _NARROW_YEAR if narrow else (year + 1) * _WIDE_YEAR
    return low, int(make(np.array([days.end]), np.zeros(1))[0])


def platform_ids(*, narrow: bool = False) -> tuple[int, int]:
    """The ids ``low <= id < high`` that the platform gives to rows of any year; user-entered rows have others."""
    return id_range(year_days(FIRST_ID_YEAR), narrow=narrow)[0], id_range(year_days(LAST_ID_YEAR), narrow=narrow)[1]


def day_of_id_sql(column: str, *, narrow: bool = False) -> str:
    """SQL expression, portable, that is the same number for all ids of a day and grows by 1 from day to day of a
    calendar year; see :func:`day_of_id` for the number of a given day."""
    return f"{column} / {NARROW_DAY_ROWS if narrow else WIDE_DAY_ROWS}"


def day_of_id(day: int, *, narrow: bool = False) -> int:
    """The number that :func:`day_of_id_sql` gives for the ids of this day."""
    return id_range(DayRange(day, day + 1), narrow=narrow)[0] // (NARROW_DAY_ROWS if narrow else WIDE_DAY_ROWS)


def year_of_ids(ids: np.ndarray, *, narrow: bool = False) -> np.ndarray:
    """Return the calendar year of each row id (any shape, int64); 0 for an id below those of the platform, such as the
    id of a user-entered row."""
    ids = np.asarray(ids, dtype=np.int64)
    if narrow:
        return np.where(ids < _NARROW_YEAR, 0, ids // _NARROW_YEAR + _NARROW_FIRST_YEAR)
    return ids // _WIDE_YEAR


def days_of_ids(ids: np.ndarray, *, narrow: bool = False) -> np.ndarray:
    """Return the day number of each row id (any shape, int64); -1 for an id below those of the platform."""
    ids = np.asarray(ids, dtype=np.int64)
    year = year_of_ids(ids, narrow=narrow)
    day_in_year = ids % _NARROW_YEAR // NARROW_DAY_ROWS if narrow else ids % _WIDE_YEAR // WIDE_DAY_ROWS
    new_year = (np.maximum(year, 1970) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return np.where(year > 0, new_year + day_in_year - 1, -1)


def number_within_day(day: np.ndarray, start: int = 0) -> np.ndarray:
    """Return 0, 1, 2, ... within each run of equal days, shape of ``day``, for rows sorted by day."""
    day = np.asarray(day)
    if not day.size:
        return np.zeros(0, dtype=np.int64)
    first_of_run = np.r_[True, day[1:] != day[:-1]]
    run_start = np.flatnonzero(first_of_run)
    return np.arange(day.size) - np.repeat(run_start, np.diff(np.r_[run_start, day.size])) + start
