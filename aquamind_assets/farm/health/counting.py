"""When the lice of a cage are counted.

Belongs here: the days of counts. Does not belong here: what is counted (``processes.lice``), what follows (``medicine``).

Half of an area's cages have their turn half an interval after the other half. If the interval is of whole weeks, a turn
is a week, and people choose the day in it; otherwise a turn is a day, or the next working day.

| rule | source |
|---|---|
| an area has a usual working day, another one each year | general knowledge |
| other work moves the count: ``SHIFTS``, in the share of weeks that ``SHIFT_SHARES`` gives, within the week | general knowledge |
| in waves from ``collection_wave_m`` on, the count is on the calmest working day of the week; not in the weeks cut by the turn of the year | general knowledge |

With an interval of a week there is one half only: a farm counts all its cages on one day. Where ``missed_counts`` is
above 0, a farm's turn is missed by all its cages at once:

| a turn is missed | source |
|---|---|
| where waves are ``collection_wave_m`` or higher on the chosen day, the calmest of its week | general knowledge |
| while ``BUSY`` or more of the farm's cages starve: it is deloused, or fish are harvested or moved | fish are not crowded for a count meanwhile |
| every other week while the water is colder than ``COLD`` | Norwegian FOR-2012-12-05-1140: counts every second week below 4 degC |
| in a share ``missed_counts`` of the weeks beside: no staff, no boat | Szewczyk et al.: a fifth of farm-weeks without counts, all cages at once |
"""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.calendar import Calendar
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import Groups

if TYPE_CHECKING:
    from aquamind_assets.farm.working import Farm

SHIFTS = (0, 1, -1, 2, -2)
"""Working days by which a count is later than on the usual day."""
SHIFT_SHARES = (0.60, 0.18, 0.10, 0.08, 0.04)
"""Share of the weeks with each of these shifts (general knowledge)."""

COLD = 4.0
"""Water below which lice are counted every other week only, degC."""
BUSY = 0.5
"""Share of a farm's cages from which on their starving keeps people from counting (general knowledge)."""

_WEEK = 7
_MONDAY = 3
"""Days from Monday, 1969-12-29, to day 0."""


def counted_today(farm: "Farm", cages: np.ndarray) -> np.ndarray:
    """Whether the lice of cages (rows) are counted today, bool (n,)."""
    interval = farm.scenario.health.lice.count_interval_days
    area, day = farm.layout.area[cages], farm.today.day
    half = farm.infrastructure.cage_draws.place[cages] % 2
    number = farm.infrastructure.area_draws.number[area]
    if interval % _WEEK:
        geography = farm.layout.geography[cages]
        return (
            farm.calendar.since_turn(geography, number, interval, np.full(cages.size, day), interval // 2 * half) >= 0
        )
    weeks = interval // _WEEK
    turn = ((day + _MONDAY) // _WEEK + number - weeks // 2 * half) % weeks == 0
    turn &= farm.count_days[day - farm.days.first, area]
    return turn & ~missed_today(farm)[area] if turn.any() else turn


def missed_today(farm: "Farm") -> np.ndarray:
    """Whether what keeps people from counting would do so today, by area, bool (areas,); of the week, the starving
    cages are those of today."""
    share, areas = farm.scenario.health.lice.missed_counts, farm.infrastructure.areas
    if not share:
        return np.zeros(len(areas), dtype=bool)
    day, fish = farm.today.day, farm.containers
    row, week = day - farm.days.first, (day + _MONDAY) // _WEEK
    limit = np.array([one.work.collection_wave_m for one in farm.scenario.farm.geographies])[areas.geography]
    rough = farm.water.waves[row, : len(areas)] >= limit
    cold = (farm.water.temperature[row, : len(areas)] < COLD) & ((week + farm.infrastructure.area_draws.number) % 2 > 0)
    cages = np.flatnonzero(farm.layout.at_sea & (fish.count > 0))
    held = np.bincount(farm.layout.area[cages], minlength=len(areas))
    starving = np.bincount(farm.layout.area[cages[fish.fast_until[cages] >= day]], minlength=len(areas))
    drawn = _uniforms(farm.infrastructure.area_draws, farm.scenario.seed, "missed", week) < share
    return rough | cold | (starving >= BUSY * np.maximum(held, 1)) | drawn


@lru_cache(maxsize=64)
def _uniforms(areas: Groups, seed: int, process: str, when: int) -> np.ndarray:
    """The uniforms of the areas for a week or a year, which many of its days ask for."""
    return areas.uniforms(seed, f"lice.count.{process}", when)


def count_days(
    scenario: Scenario, infrastructure: Infrastructure, calendar: Calendar, waves: np.ndarray, year: int
) -> np.ndarray:
    """Return the days of a year on which people count lice in each area, in the weeks in which cages of it have their
    turn: bool (days, areas).

    Args:
        scenario: the scenario.
        infrastructure: of the scenario.
        calendar: of the year.
        waves: wave height, m, (days, sites); areas are the first sites.
        year: the year.
    """
    span, areas, draws = timeline.year_days(year), infrastructure.areas, infrastructure.area_draws
    counted = np.zeros((len(span), len(areas)), dtype=bool)
    limit = np.array([one.work.collection_wave_m for one in scenario.farm.geographies])
    first = (span.first + _MONDAY) // _WEEK * _WEEK - _MONDAY
    for monday in range(first, span.end, _WEEK):
        days = np.arange(monday, monday + _WEEK)
        usual = _uniforms(draws, scenario.seed, "usual", timeline.to_date(monday).year)
        drawn = draws.uniforms(scenario.seed, "lice.count.shift", monday)
        shift = np.array(SHIFTS)[np.searchsorted(np.cumsum(SHIFT_SHARES)[:-1], drawn, side="right")]
        whole = span.first <= monday and monday + _WEEK <= span.end
        for area in range(len(areas)):
            geography = int(areas.geography[area])
            open_days = days[calendar.works(np.full(_WEEK, geography), days)]
            if not open_days.size:
                continue
            chosen = open_days[np.clip(int(usual[area] * open_days.size) + shift[area], 0, open_days.size - 1)]
            if whole and waves[chosen - span.first, area] >= limit[geography]:
                chosen = open_days[waves[open_days - span.first, area].argmin()]
            if span.first <= chosen < span.end:
                counted[chosen - span.first, area] = True
    return counted
