"""Chance: which entries are mistyped, and when and by whom they are corrected.

Belongs here: draws about entries. Does not belong here: what is typed (``mistakes``), the tables (``counts``,
``weights``).

An entry is named by what is entered, of which container, on which day, and for which of the numbers of that day (a
cause, a type of lice). A wrong number is noticed some days later, often by another one of the crew, and corrected on
a working day. What is still wrong on the last day of a year is found then, when stock is taken; so a year's corrections
are complete in it.
"""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from aquamind_assets.records.corrections.mistakes import LUCK
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.streams import stream
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, year_days

LONGEST_DAYS = 14
"""A wrong number is corrected within so many days."""

_PERIOD_DAYS = 30
"""Days whose uniforms are drawn at a time."""

_MINUTES = 9 * 60
_OFFICE, _STOCK_TAKING = 7 * HOUR, 18 * HOUR
"""Corrections are made from 07:00 to 16:00 UTC; what was entered on the day of stock-taking itself, after 18:00."""


@dataclass(frozen=True)
class Slips:
    """Entries that were mistyped, arrays of shape (n,) or (n, ...).

    Attributes:
        row: positions among the entries that were asked about, ascending.
        moment: when each was corrected, microseconds.
        user_id: who corrected it.
        luck: uniforms that decide the wrong number, shape (n, LUCK).
        pick: a further uniform, which of several numbers it was.
    """

    row: np.ndarray
    moment: np.ndarray
    user_id: np.ndarray
    luck: np.ndarray
    pick: np.ndarray

    def take(self, chosen: np.ndarray) -> Self:
        """Return the chosen ones."""
        return type(self)(**{one.name: getattr(self, one.name)[chosen] for one in fields(self)})


def slips(
    year: YearInputs, what: str, container: np.ndarray, day: np.ndarray, number: np.ndarray, numbers: int
) -> Slips:
    """Return which of some entries were mistyped.

    Args:
        year: the year of the entries.
        what: what is entered.
        container: row in Containers of each entry, (n,).
        day: its day, int64.
        number: which of the numbers of the container and day it is, from 0.
        numbers: how many such numbers there are at most.
    """
    row = np.flatnonzero(_mistyped(year, what, container, day, number, numbers))
    draws = year.infrastructure.container_draws
    drawn = np.empty((row.size, LUCK + 3))
    for place, one in enumerate(row.tolist()):
        named = (*draws.key(int(container[one])), int(day[one]), int(number[one]))
        drawn[place] = stream(year.scenario.seed, f"mistyped/{what}/how", *named).random(LUCK + 3)
    corrected = _days(year, container[row], day[row], drawn[:, 0])
    begin = np.where(corrected > day[row], _OFFICE, _STOCK_TAKING)
    minute = np.floor(drawn[:, 1] * np.where(corrected > day[row], _MINUTES, 60)).astype(np.int64)
    return Slips(
        row=row,
        moment=corrected * MICROSECONDS_PER_DAY + begin + minute * (HOUR // 60),
        user_id=staff(year.scenario, year.infrastructure).operators(container[row], corrected),
        luck=drawn[:, 3:],
        pick=drawn[:, 2],
    )


def _mistyped(
    year: YearInputs, what: str, container: np.ndarray, day: np.ndarray, number: np.ndarray, numbers: int
) -> np.ndarray:
    """Return whether each entry was mistyped, bool (n,)."""
    mistyped = np.zeros(day.size, dtype=bool)
    share = year.scenario.entries.mistyped_share
    period = day // _PERIOD_DAYS
    for one in np.unique(period).tolist() if share else ():
        now = np.flatnonzero(period == one)
        entities, place = np.unique(container[now], return_inverse=True)
        uniforms = year.infrastructure.container_draws.uniforms(
            year.scenario.seed,
            f"mistyped/{what}",
            one,
            shape=(_PERIOD_DAYS, numbers),
            dtype=np.float32,
            entities=entities,
        )
        mistyped[now] = uniforms[place, day[now] - one * _PERIOD_DAYS, number[now]] < share
    return mistyped


def _days(year: YearInputs, container: np.ndarray, day: np.ndarray, luck: np.ndarray) -> np.ndarray:
    """Return the day on which each is corrected, int64: the wait is geometric, of a day at least."""
    with np.errstate(divide="ignore"):
        missed = np.log1p(-1.0 / year.scenario.entries.noticed_days)
    wait = np.minimum(1 + np.floor(np.log1p(-luck) / missed), LONGEST_DAYS).astype(np.int64)
    working = year.calendar.working_days(year.container_geography[container], day + wait)
    return np.minimum(np.minimum(working, day + LONGEST_DAYS), year_days(year.year).end - 1)
