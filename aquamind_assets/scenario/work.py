"""When people work: the days of the week, public holidays, and the days on which dead fish stay in the cages."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from aquamind_assets.scenario.quantities import Probability, Section, quantity

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Names of the days of the week, in the order of ``datetime.date.weekday``."""

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

_DAYS_OF_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MOVABLE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([1-4]|last) (0[1-9]|1[0-2])")
_EASTER = re.compile(r"easter[+-][0-9]{1,3}")
_FIXED = re.compile(r"(0[1-9]|1[0-2])-([0-3][0-9])")


def _is_holiday(text: str) -> str:
    fixed = _FIXED.fullmatch(text)
    known = fixed and 1 <= int(fixed[2]) <= _DAYS_OF_MONTH[int(fixed[1]) - 1]
    if known or _EASTER.fullmatch(text) or _MOVABLE.fullmatch(text):
        return text
    raise ValueError(
        f"{text!r} is no day of the year; allowed: MM-DD (12-25), days from Easter Sunday (easter-2, easter+39), or a"
        " weekday of a month (Mon 1 05, Mon last 08)"
    )


Holiday = Annotated[str, AfterValidator(_is_holiday)]
"""A public holiday: ``12-25``, ``easter-2``, ``Mon 1 05`` (the first Monday of May), ``Mon last 08``."""


class WorkSpec(Section):
    """When people of a geography work. Without holidays and with seven days of work every day is alike."""

    working_days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = quantity(
        "days of the week on which fish are moved, treated, vaccinated, sampled and counted, and feed is delivered",
        "",
        "general knowledge",
        default=list(WEEKDAYS),
    )
    plant_days: Annotated[list[Weekday], Field(min_length=1, max_length=7)] = quantity(
        "days of the week on which the processing plant takes fish", "", "general knowledge", default=list(WEEKDAYS)
    )
    public_holidays: Annotated[list[Holiday], Field(max_length=40)] = quantity(
        "days without work: MM-DD, days from Easter Sunday (easter-2), or a weekday of a month (Mon 1 05)",
        "",
        "the country's law",
        default=[],
    )
    weekend_collection: Probability = quantity(
        "share of the days without work on which a sea area's dead fish are collected all the same",
        "1",
        "general knowledge",
        default=1.0,
    )
    collection_wave_m: float = quantity(
        "dead fish are not collected from cages, and lice are counted on another day, in waves as high as this",
        "m",
        "general knowledge",
        default=20.0,
        ge=0.1,
        le=20,
    )
    collection_outages: float = quantity(
        "times a year that dead fish cannot be collected from a cage for one to three weeks",
        "1/year",
        "general knowledge",
        default=0.0,
        ge=0,
        le=12,
    )
