"""The calendar: on which days people work, and on which the processing plant takes fish.

Belongs here: working days, plant days, and whose turn it is when a turn falls on a day without work. Does not belong
here: what is done on a day.

| parameter | unit | meaning and source |
|---|---|---|
| ``working_days``, ``plant_days`` | | days of the week (general knowledge: Monday to Friday) |
| ``public_holidays`` | | by country: fixed dates, days from Easter Sunday, weekdays of a month (the country's law) |

What falls due on a day without work is done on the next working day. What has its turn every few weeks has it on a
working day of the week from the start, so that a Monday is no busier than a Thursday; only holidays move it.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from dateutil.easter import easter  # type: ignore[import-untyped]

from aquamind_assets import timeline
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.work import WEEKDAYS, WorkSpec

MARGIN_DAYS = 400
"""Days before and after the year that the calendar knows: plans reach into the next year, at most to the last of
them."""

_EPOCH_WEEKDAY = timeline.EPOCH.weekday()
_WEEK = 7


class Calendar:
    """The days around one year; ``geography`` is a row in Geographies, or an array of such rows."""

    def __init__(self, scenario: Scenario, year: int) -> None:
        span = timeline.year_days(year)
        self._first = span.first - MARGIN_DAYS
        days = np.arange(self._first, span.end + MARGIN_DAYS)
        specs = [one.work for one in scenario.farm.geographies]
        self._works = np.array([_at_work(spec, spec.working_days, days) for spec in specs])
        self._takes = np.array([_at_work(spec, spec.plant_days, days) for spec in specs])
        self._work_days = [days[row] for row in self._works]
        self._plant_days = [days[row] for row in self._takes]
        self._before = np.cumsum(self._works, axis=1) - self._works
        earlier = np.where(self._works, days, self._first - _WEEK)
        before = np.c_[earlier[:, :1] - 1, np.maximum.accumulate(earlier, axis=1)[:, :-1]]
        self._gap = np.where(self._works, days - before, 0)
        self._weekdays = [np.array(sorted(WEEKDAYS.index(day) for day in spec.working_days)) for spec in specs]
        self.plant_share = self._takes.mean(axis=1)
        """Share of all days on which the plant of each geography takes fish, (geographies,)."""

    def works(self, geography: np.ndarray | int, day: np.ndarray | int) -> np.ndarray:
        """Whether people work on a day, or on a day for each; bool of the shape of ``geography``."""
        return self._works[geography, day - self._first]

    def plant_takes(self, geography: np.ndarray | int, day: np.ndarray | int) -> np.ndarray:
        """Whether the processing plant takes fish on a day, or on a day for each; bool of the shape of
        ``geography``."""
        return self._takes[geography, day - self._first]

    def working_day(self, geography: int, day: int, number: int = 0) -> int:
        """The working day number ``number``, counted from 0, on or after ``day``."""
        days = self._work_days[geography]
        return int(days[min(int(np.searchsorted(days, day)) + number, days.size - 1)])

    def working_days(self, geography: np.ndarray, day: np.ndarray, number: np.ndarray | int = 0) -> np.ndarray:
        """The working day number ``number``, counted from 0, on or after each ``day``, int64 (n,)."""
        place = self._before[geography, np.asarray(day) - self._first] + number
        found = np.zeros(place.shape, dtype=np.int64)
        for row, days in enumerate(self._work_days):
            here = np.asarray(geography) == row
            found[here] = days[np.minimum(place[here], days.size - 1)]
        return found

    def plant_day(self, geography: int, day: int) -> int:
        """The first day on or after ``day`` on which the plant takes fish."""
        days = self._plant_days[geography]
        return int(days[np.searchsorted(days, day)])

    def since_turn(
        self, geography: np.ndarray, number: np.ndarray, interval: int, day: np.ndarray, shift: np.ndarray | int = 0
    ) -> np.ndarray:
        """Days since the turn that is carried out on ``day``, -1 where there is none; int64 (n,).

        Args:
            geography: rows in Geographies, (n,).
            number: a number of each whose turn it is; neighbours have theirs a working day apart, (n,).
            interval: days between two turns. Of whole weeks: turns are on working days of the week.
            day: the day, or a day for each, (n,).
            shift: days by which turns are later, (n,).
        """
        offset = self._offset(np.asarray(geography), np.asarray(number), interval) + shift
        since = (np.asarray(day) - offset) % interval
        return np.where(since < self._gap[geography, np.asarray(day) - self._first], since, -1)

    def _offset(self, geography: np.ndarray, number: np.ndarray, interval: int) -> np.ndarray:
        if interval % _WEEK:
            return -number % interval
        offset = np.zeros(number.shape, dtype=np.int64)
        for row, weekdays in enumerate(self._weekdays):
            here = geography == row
            turn = -number[here] % (interval // _WEEK * weekdays.size)
            offset[here] = turn // weekdays.size * _WEEK + (weekdays[turn % weekdays.size] - _EPOCH_WEEKDAY) % _WEEK
        return offset


def _at_work(spec: WorkSpec, weekdays: Sequence[str], days: np.ndarray) -> np.ndarray:
    """Whether each day is one of the weekdays and no public holiday, bool (days,)."""
    of_week = np.isin((days + _EPOCH_WEEKDAY) % _WEEK, [WEEKDAYS.index(day) for day in weekdays])
    years = range(timeline.to_date(days[0]).year, timeline.to_date(days[-1]).year + 1)
    closed = [timeline.day_number(one) for year in years for one in holidays(spec, year)]
    return of_week & ~np.isin(days, closed)


def holidays(spec: WorkSpec, year: int) -> list[date]:
    """The public holidays of a calendar year; 29 February only in leap years."""
    found = []
    for text in spec.public_holidays:
        if text.startswith("easter"):
            found.append(easter(year) + timedelta(days=int(text.removeprefix("easter"))))
        elif " " in text:
            found.append(_weekday_of_month(year, *text.split(" ")))
        elif text != "02-29" or _is_leap(year):
            found.append(date(year, int(text[:2]), int(text[3:])))
    return found


def _is_leap(year: int) -> bool:
    return len(timeline.year_days(year)) == 366


def _weekday_of_month(year: int, weekday: str, which: str, month: str) -> date:
    first = date(year, int(month), 1)
    day = first + timedelta(days=(WEEKDAYS.index(weekday) - first.weekday()) % _WEEK)
    if which != "last":
        return day + timedelta(weeks=int(which) - 1)
    while (day + timedelta(weeks=1)).month == day.month:
        day += timedelta(weeks=1)
    return day
