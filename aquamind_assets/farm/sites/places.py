"""Sea areas and freshwater stations: their names, positions and days of commissioning.

Belongs here: places that stand in the scenario, and those that are made up after its numbers. Does not belong here:
what stands in them (``infrastructure``).
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.sites.place_names import area_names, station_names
from aquamind_assets.ledger import infrastructure as frames
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.places import GeographySpec
from aquamind_assets.streams import Groups

DAYS_OF_COMMISSIONING = (60, 152, 244)
"""Days of a later year on which new places open: early March, June and September, before the season's deliveries of
smolts."""


def ids_of(days: np.ndarray) -> np.ndarray:
    """Row ids: the day, and the number of the row among those of its day, in the order of the frame."""
    order = np.argsort(days, kind="stable")
    number = np.empty(days.size, dtype=np.int64)
    number[order] = timeline.number_within_day(days[order])
    return timeline.row_ids(days, number)


def text_column(values: Iterable[str]) -> np.ndarray:
    """A column of text."""
    return np.array(list(values), dtype=object)


def cages_of_areas(scenario: Scenario) -> list[dict[str, int]]:
    """Cages of each sea area by container type, in the order of ``Areas``."""
    return [cages for spec in scenario.farm.geographies for cages in spec.cages_by_area]


def build_areas(scenario: Scenario) -> frames.Areas:
    """The sea areas of each geography: those with invented names, then its sites."""
    specs = scenario.farm.geographies
    first_day = timeline.year_days(scenario.first_year).first
    own = [site.name for spec in specs for site in spec.sites]
    named = _names(area_names, [(spec.code, spec.areas) for spec in specs], own)
    name: list[str] = []
    parts: list[tuple[np.ndarray, ...]] = []
    for geography, (spec, invented) in enumerate(zip(specs, named, strict=True)):
        latitude, longitude = _positions(scenario, "area", spec, invented)
        sites = len(spec.sites)
        parts.append(
            (
                np.full(sites + spec.areas, geography),
                np.r_[latitude, [site.latitude for site in spec.sites]],
                np.r_[longitude, [site.longitude for site in spec.sites]],
                np.r_[_commissioning(scenario, spec.areas), np.full(sites, first_day)],
            )
        )
        name += invented + [site.name for site in spec.sites]
    geographies, latitudes, longitudes, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    kinds = {kind.key: kind.volume_m3 * kind.max_density_kg_m3 for kind in scenario.farm.container_types}
    return frames.Areas(
        area_id=ids_of(days.astype(np.int64)),
        name=text_column(name),
        geography=geographies,
        latitude=latitudes,
        longitude=longitudes,
        max_biomass_kg=np.array(
            [math.fsum(kinds[key] * amount for key, amount in cages.items()) for cages in cages_of_areas(scenario)]
        ),
        commissioned_day=days,
    )


def build_stations(scenario: Scenario) -> frames.Stations:
    """The freshwater stations of each geography."""
    named = _names(station_names, [(spec.code, spec.stations) for spec in scenario.farm.geographies])
    name: list[str] = []
    parts: list[tuple[np.ndarray, ...]] = []
    for geography, spec in enumerate(scenario.farm.geographies):
        names = named[geography]
        latitude, longitude = _positions(scenario, "station", spec, names)
        parts.append((np.full(spec.stations, geography), latitude, longitude, _commissioning(scenario, spec.stations)))
        name += names
    geographies, latitudes, longitudes, days = (np.concatenate(column) for column in zip(*parts, strict=True))
    return frames.Stations(
        station_id=ids_of(days),
        name=text_column(name),
        geography=geographies,
        latitude=latitudes,
        longitude=longitudes,
        commissioned_day=days,
    )


def _commissioning(scenario: Scenario, places: int) -> np.ndarray:
    """Day of commissioning of each of the ``places`` of one kind in one geography."""
    if not places:
        return np.zeros(0, dtype=np.int64)
    first_year = scenario.first_year
    last_year = scenario.sessions[0].last_year if scenario.sessions else first_year
    first = max(1, round(scenario.farm.first_year_share * places)) if last_year > first_year else places
    slots = [
        timeline.year_days(year).first + offset
        for year in range(first_year + 1, last_year + 1)
        for offset in DAYS_OF_COMMISSIONING
    ]
    later = [slots[position * len(slots) // max(1, places - first)] for position in range(places - first)]
    return np.array([timeline.year_days(first_year).first] * first + later)


def _positions(scenario: Scenario, kind: str, spec: GeographySpec, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Latitudes and longitudes of places of a geography, by their names."""
    draws = Groups.of((spec.name, name) for name in names)
    uniforms = draws.uniforms(scenario.seed, f"infrastructure.{kind}", shape=(2,))
    latitude = spec.latitude.low + uniforms[:, 0] * (spec.latitude.high - spec.latitude.low)
    longitude = spec.longitude.low + uniforms[:, 1] * (spec.longitude.high - spec.longitude.low)
    return np.round(latitude, 6), np.round(longitude, 6)


def _names(
    supply: Callable[[str], Iterator[str]], wanted: Sequence[tuple[str, int]], taken: Iterable[str] = ()
) -> list[list[str]]:
    """Names of places of one kind, for each geography by its code and number of places. No two places of the farm share
    one: a geography takes those that are not ``taken`` already, or by the geographies before it."""
    taken = set(taken)
    names = []
    for code, amount in wanted:
        names.append(list(islice((name for name in supply(code) if name not in taken), amount)))
        taken.update(names[-1])
    return names
