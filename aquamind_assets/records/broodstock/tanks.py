"""Tanks for the parents of own eggs.

Belongs here: a hall with two tanks at each station whose batches may begin with own eggs, one for females and one for
males, as rows of ``infrastructure_hall``, ``infrastructure_containertype``, ``infrastructure_container`` and its
history. Does not belong here: the fish in them (``parents``), the containers of batches (``infrastructure.places``):
no batch is ever in these tanks, and the ledger does not know them.

AquaMind accepts parents in tanks alone whose type has broodstock in its name.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import (
    MICROSECONDS_PER_DAY,
    NARROW_DAY_ROWS,
    WIDE_DAY_ROWS,
    DayRange,
    narrow_row_ids,
    number_within_day,
    row_ids,
)

TYPE_NAME = "Broodstock Tank"

TANKS = ("Broodstock Tank Females", "Broodstock Tank Males")
"""Names of the tanks of a station."""

FEMALES, MALES = 0, 1
"""Positions in :data:`TANKS`."""

VOLUME_M3, MOST_KG_PER_M3 = 150.0, 25.0
"""Volume of a tank and its highest density (general knowledge: parents stand loosely before they are stripped)."""

FLOOR_SQM = 220.0
"""Floor space of the hall."""

_FIRST_NUMBER = WIDE_DAY_ROWS // 2
"""Halls, tanks and their type have numbers from here on within their day; those of batches have lower ones."""

_FIRST_VERSION = NARROW_DAY_ROWS * 4 // 5
"""The same for the history of the tanks."""


def tank_id(year: YearInputs, station: np.ndarray, tank: np.ndarray | int) -> np.ndarray:
    """Return the ``infrastructure_container`` id of a tank, a position in :data:`TANKS`, of each row in Stations."""
    built = year.infrastructure.stations
    number = built.station_id[station] % WIDE_DAY_ROWS * len(TANKS) + tank
    return row_ids(built.commissioned_day[station], _FIRST_NUMBER + number)


def broodstock_tanks(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the halls with tanks that were commissioned on these days, and with the first of them the type of the
    tanks. A farm that buys all eggs has none."""
    if year.scenario.farm.batches.external_share >= 1:
        return
    built = year.infrastructure.stations
    chosen = np.flatnonzero((built.commissioned_day >= days.first) & (built.commissioned_day < days.end))
    frame = built.take(chosen)
    opened = _opening(frame.commissioned_day)
    halls = row_ids(frame.commissioned_day, _FIRST_NUMBER + frame.station_id % WIDE_DAY_ROWS)
    yield rows(
        year.tables["infrastructure_hall"],
        len(frame),
        id=halls,
        name="Broodstock Hall",
        description="Tanks for parents before they are stripped.",
        area_sqm=FLOOR_SQM,
        active=True,
        created_at=opened,
        updated_at=opened,
        freshwater_station_id=frame.station_id,
    )
    first_day = int(built.commissioned_day.min(initial=days.end))
    kind = row_ids(np.full(1, first_day), np.full(1, _FIRST_NUMBER))
    yield rows(
        year.tables["infrastructure_containertype"],
        int(first_day in days),
        id=kind[: int(first_day in days)],
        name=TYPE_NAME,
        category="TANK",
        max_volume_m3=VOLUME_M3,
        description="For parents before they are stripped.",
        created_at=_opening(kind * 0 + first_day)[: int(first_day in days)],
        updated_at=_opening(kind * 0 + first_day)[: int(first_day in days)],
    )
    yield from _tanks(year, chosen, halls, int(kind[0]))


def _tanks(year: YearInputs, chosen: np.ndarray, halls: np.ndarray, kind: int) -> Iterator[Rows]:
    """Yield two tanks for each of the chosen rows in Stations, and the first version of each."""
    built = year.infrastructure.stations
    chosen = chosen[np.argsort(built.commissioned_day[chosen], kind="stable")]
    place = np.repeat(np.arange(chosen.size), len(TANKS))
    station, tank = chosen[place], np.tile(np.arange(len(TANKS)), chosen.size)
    day = built.commissioned_day[station].astype(np.int64)
    hall_of = dict(zip(built.station_id[np.sort(chosen)].tolist(), halls.tolist(), strict=True))
    base = {
        "id": tank_id(year, station, tank),
        "name": [TANKS[one] for one in tank.tolist()],
        "volume_m3": VOLUME_M3,
        "max_biomass_kg": VOLUME_M3 * MOST_KG_PER_M3,
        "feed_recommendations_enabled": False,
        "active": True,
        "created_at": _opening(day),
        "updated_at": _opening(day),
        "hall_id": np.array([hall_of[one] for one in built.station_id[station].tolist()], dtype=np.int64),
        "container_type_id": kind,
    }
    yield rows(year.tables["infrastructure_container"], station.size, **base)
    yield rows(
        year.tables["infrastructure_historicalcontainer"],
        station.size,
        **base,
        history_id=narrow_row_ids(day, _FIRST_VERSION + number_within_day(day)),
        history_date=_opening(day),
        history_change_reason=None,
        history_type="+",
        history_user_id=staff(year.scenario, year.infrastructure).managers(built.geography[station], station),
    )


def _opening(day: np.ndarray) -> np.ndarray:
    """Return 08:00 of the day of commissioning, when places are entered into AquaMind."""
    return np.asarray(day, dtype=np.int64) * MICROSECONDS_PER_DAY + 8 * HOUR
