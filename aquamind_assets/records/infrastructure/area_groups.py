"""Groups of sea areas: a tree of regions for each geography.

Belongs here: rows of ``infrastructure_areagroup``, and the group of each area. Does not belong here: the areas
(``places``).

A geography has a group of its own. Where it has several areas, those north of the middle of their latitudes and those
south of it are a group each below it.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, WIDE_DAY_ROWS, DayRange, row_ids

GROUPS = (("All areas", "ALL"), ("North", "N"), ("South", "S"))
"""Name and code of the groups of a geography, the one above the others first."""

_ALL, _NORTH, _SOUTH = range(len(GROUPS))


def group_id(year: YearInputs, geography: np.ndarray, group: np.ndarray | int) -> np.ndarray:
    """Return the ``infrastructure_areagroup`` id of a position in :data:`GROUPS` of each row in Geographies."""
    places = year.infrastructure.geographies
    number = places.geography_id[geography] % WIDE_DAY_ROWS * len(GROUPS) + group
    return row_ids(places.commissioned_day[geography], number)


def group_of_areas(year: YearInputs) -> np.ndarray:
    """Return the group of each area, a position in :data:`GROUPS`, int64."""
    areas = year.infrastructure.areas
    group = np.full(len(areas), _ALL, dtype=np.int64)
    for geography in np.unique(areas.geography):
        here = np.flatnonzero(areas.geography == geography)
        if here.size > 1:
            middle = (areas.latitude[here].min() + areas.latitude[here].max()) / 2
            group[here] = np.where(areas.latitude[here] > middle, _NORTH, _SOUTH)
    return group


def area_groups(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the groups of the geographies that were commissioned on these days."""
    places, areas = year.infrastructure.geographies, year.infrastructure.areas
    used = np.unique(areas.geography.astype(np.int64) * len(GROUPS) + group_of_areas(year))
    wanted = np.union1d(used, np.unique(areas.geography).astype(np.int64) * len(GROUPS) + _ALL)
    geography, group = wanted // len(GROUPS), wanted % len(GROUPS)
    opened = places.commissioned_day[geography].astype(np.int64)
    chosen = (opened >= days.first) & (opened < days.end)
    geography, group = geography[chosen], group[chosen]
    entered = opened[chosen] * MICROSECONDS_PER_DAY + 8 * HOUR
    yield rows(
        year.tables["infrastructure_areagroup"],
        group.size,
        id=group_id(year, geography, group),
        name=[GROUPS[one][0] for one in group.tolist()],
        code=[GROUPS[one][1] for one in group.tolist()],
        active=True,
        created_at=entered,
        updated_at=entered,
        geography_id=places.geography_id[geography],
        parent_id=np.ma.MaskedArray(group_id(year, geography, _ALL), mask=group == _ALL),
    )
