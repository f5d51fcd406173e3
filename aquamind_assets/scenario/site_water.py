"""Measured water of a site: monthly means, or what was logged.

Belongs here: the parameters, and reading them from a CSV file. Does not belong here: water that follows from them
(``farm.sites``).
"""

import csv
import datetime
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from aquamind_assets.scenario.quantities import Section, quantity, to_day

MEASURED = ("temperature", "salinity")

MOST_LOGGED = 50_000
"""Logged days that are read: more than a century."""

Temperature = Annotated[float, Field(ge=-2, le=35)]
Salinity = Annotated[float, Field(ge=0, le=45)]


class SiteWater(Section):
    """Measured sea water of a site: twelve monthly means, or values of some days; in a file a CSV file's name."""

    days: list[Annotated[datetime.date, BeforeValidator(to_day)]] = quantity(
        "days of the logged values, in order; empty: the values are means of January to December",
        "day",
        "the site's log",
        default=[],
        max_length=MOST_LOGGED,
    )
    temperature: list[Temperature | None] = quantity(
        "sea temperature; empty: the geography's", "degC", "the site's log", default=[], max_length=MOST_LOGGED
    )
    salinity: list[Salinity | None] = quantity(
        "salinity; empty: the geography's", "ppt", "the site's log", default=[], max_length=MOST_LOGGED
    )

    @model_validator(mode="after")
    def _values_have_their_days(self) -> Self:
        wanted = len(self.days) or 12
        for name in MEASURED:
            values = getattr(self, name)
            if values and len(values) != wanted:
                what = "a value for each of the days" if self.days else "means of January to December"
                raise ValueError(f"{name}: {len(values)} of {wanted} values; allowed: none, or {what}")
            if values and all(value is None for value in values):
                raise ValueError(f"{name}: no value is given; allowed: at least one, or an empty list")
            if not self.days and None in values:
                raise ValueError(f"{name}: a month has no value; allowed: all twelve")
        for one, other in pairwise(self.days):
            if one >= other:
                raise ValueError(f"days: {other} comes after {one}; allowed: each day once, from the first to the last")
        return self


class CsvError(ValueError):
    """A CSV file that cannot be read; the message names line, value and what is allowed."""


def read_csv(text: str) -> dict[str, list[Any]]:
    """The parameters of :class:`SiteWater` from a CSV file.

    Its first line names the columns: ``month`` (1 to 12) or ``date`` (as in 2025-03-31), then ``temperature`` (degC),
    ``salinity`` (ppt) or both. Lines are in any order; an empty value is one that was not measured, and several lines
    of one day are averaged.

    Raises:
        CsvError: another column, a wrong value, or too many lines.
    """
    lines = csv.DictReader(text.removeprefix("\ufeff").splitlines(), skipinitialspace=True)
    columns = [str(name).strip() for name in lines.fieldnames or []]
    when, *measured = columns or [""]
    if (
        when not in ("month", "date")
        or not measured
        or set(measured) - set(MEASURED)
        or len(set(columns)) < len(columns)
    ):
        raise CsvError(
            f"line 1: {', '.join(columns) or 'no columns'}; allowed: month or date, then temperature, salinity or both"
        )
    found: dict[int | datetime.date, dict[str, list[float]]] = {}
    for number, line in enumerate(lines, start=2):
        if number > MOST_LOGGED:
            raise CsvError(f"line {number}: allowed: at most {MOST_LOGGED:,} lines")
        if None in line or None in line.values():
            raise CsvError(f"line {number}: allowed: {len(columns)} values, as many as columns")
        values = {str(name).strip(): str(value).strip() for name, value in line.items()}
        place = found.setdefault(_when(when, values[when], number), {name: [] for name in measured})
        for name in measured:
            if values[name]:
                place[name].append(_number(name, values[name], number))
    if when == "month" and set(found) != set(range(1, 13)):
        missing = sorted(set(range(1, 13)) - set(found))
        raise CsvError(f"months {', '.join(map(str, missing))} are missing; allowed: 1 to 12")
    order = sorted(found)
    return {
        "days": [str(day) for day in order] if when == "date" else [],
        **{name: [_mean(found[place][name]) for place in order] for name in measured},
    }


def _when(column: str, value: str, line: int) -> int | datetime.date:
    try:
        if column == "date":
            return datetime.date.fromisoformat(value)
        if 1 <= int(value) <= 12:
            return int(value)
    except ValueError:
        pass
    allowed = "days of the calendar, as in 2025-03-31" if column == "date" else "1 to 12"
    raise CsvError(f"line {line}: {column} {value!r}; allowed: {allowed}")


def _number(column: str, value: str, line: int) -> float:
    try:
        return float(value)
    except ValueError:
        raise CsvError(f"line {line}: {column} {value!r}; allowed: numbers, or nothing") from None


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
