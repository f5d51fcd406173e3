"""Builds the farm's places: geographies, stations, halls, areas, containers, sensors and silos, each with its day of
commissioning.

Belongs here: turning the numbers of a scenario into rows with names, positions and ids. Does not belong here: what
lives in them.

The first year gets whole stations and areas (``first_year_share`` of them, at least one of each in every geography),
all on its first day, so that a batch that starts there has everything it will need on its way. The others come one
after another, in spring and late summer, until the last year of session 1.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.sites.places import build_areas, build_stations, cages_of_areas, ids_of, text_column
from aquamind_assets.ledger import infrastructure as frames
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.places import ContainerTypeSpec
from aquamind_assets.streams import choose

SERIAL_DIGITS = 14
"""Digits of a serial number: so many that no two of the full scale's sensors meet."""

TANK_PROBE_DEPTH_M = 1.0
SECOND_DEPTH_M = 10.0
"""How much deeper the second probe of a kind hangs in a cage."""

SILO_REORDERS = 4.0
"""A silo or barge bin holds this many times its reorder level, and never less than two lorries."""
SMALLEST_SILO_KG = 40_000.0


def build(scenario: Scenario) -> frames.Infrastructure:
    """All places of the scenario, whatever the year; a deterministic function of it.

    Containers are sorted by site (areas first, then halls, as in ``Sites``); sensors and feed containers follow the
    same order.
    """
    first_day = timeline.year_days(scenario.first_year).first
    specs = scenario.farm.geographies
    geographies = frames.Geographies(
        geography_id=ids_of(np.full(len(specs), first_day)),
        name=text_column(spec.name for spec in specs),
        commissioned_day=np.full(len(specs), first_day),
    )
    kinds = scenario.farm.container_types
    container_types = frames.ContainerTypes(
        container_type_id=ids_of(np.full(len(kinds), first_day)),
        key=text_column(kind.key for kind in kinds),
        commissioned_day=np.full(len(kinds), first_day),
    )
    areas = build_areas(scenario)
    stations = build_stations(scenario)
    halls = _halls(scenario, stations)
    sites = frames.Sites(
        area=np.r_[np.arange(len(areas)), np.full(len(halls), -1)],
        hall=np.r_[np.full(len(areas), -1), np.arange(len(halls))],
        geography=np.r_[areas.geography, stations.geography[halls.station]],
        commissioned_day=np.r_[areas.commissioned_day, halls.commissioned_day],
    )
    containers = _containers(scenario, halls, sites)
    built = frames.Infrastructure(
        geographies=geographies,
        areas=areas,
        stations=stations,
        halls=halls,
        container_types=container_types,
        containers=containers,
        sensors=_sensors(scenario, containers),
        feed_containers=_feed_containers(scenario, halls, sites),
        sites=sites,
    )
    return replace(built, sensors=_bought(scenario, built))


def _halls(scenario: Scenario, stations: frames.Stations) -> frames.Halls:
    kinds = [kind.key for kind in scenario.farm.container_types]
    rows: list[tuple[str, int, int, bool, float, int]] = []
    for station in range(len(stations)):
        letter = 0
        for spec in scenario.farm.geographies[stations.geography[station]].station_halls:
            kind = scenario.farm.container_types[kinds.index(spec.container_type)]
            for _ in range(spec.halls):
                # Three metres of water and half as much again for the gangways.
                floor = 100.0 + round(spec.containers * kind.volume_m3 / 3.0 * 1.5, 2)
                rows.append(
                    (
                        f"Hall {_letters(letter)}",
                        station,
                        kinds.index(spec.container_type),
                        spec.recirculated,
                        floor,
                        int(stations.commissioned_day[station]),
                    )
                )
                letter += 1
    names, at, types, recirculated, floors, days = _columns(rows, (object, int, int, bool, float, int))
    return frames.Halls(
        hall_id=ids_of(days),
        name=names,
        station=at,
        container_type=types,
        recirculated=recirculated,
        area_sqm=floors,
        commissioned_day=days,
    )


def _columns(rows: Sequence[tuple[Any, ...]], kinds: tuple[type, ...]) -> list[np.ndarray]:
    """The columns of rows, of no rows too."""
    return [np.array([row[place] for row in rows], dtype=kind) for place, kind in enumerate(kinds)]


def _letters(position: int) -> str:
    """A, B, ..., Z, AA, AB, ..."""
    return (_letters(position // 26 - 1) if position >= 26 else "") + chr(ord("A") + position % 26)


_SHORT = {"TRAY": "Tray", "TANK": "Tank", "PEN": "Cage", "OTHER": "Unit"}


def _containers(scenario: Scenario, halls: frames.Halls, sites: frames.Sites) -> frames.Containers:
    kinds = scenario.farm.container_types
    keys, areas = [kind.key for kind in kinds], cages_of_areas(scenario)
    name: list[str] = []
    types: list[int] = []
    site_rows: list[int] = []
    for site in range(len(sites)):
        here = [kind for kind, amount in _at_site(scenario, halls, sites, site, keys, areas) for _ in range(amount)]
        name += [f"{_SHORT[kinds[kind].category]} {number:02}" for number, kind in enumerate(here, start=1)]
        types += here
        site_rows += [site] * len(here)
    kind_rows, at = np.array(types), np.array(site_rows)
    volume = np.array([kind.volume_m3 for kind in kinds])[kind_rows]
    days = sites.commissioned_day[at]
    return frames.Containers(
        container_id=ids_of(days),
        name=text_column(name),
        container_type=kind_rows,
        hall=sites.hall[at],
        area=sites.area[at],
        site=at,
        geography=sites.geography[at],
        volume_m3=volume,
        max_biomass_kg=np.round(volume * np.array([kind.max_density_kg_m3 for kind in kinds])[kind_rows], 2),
        commissioned_day=days,
    )


def _at_site(
    scenario: Scenario,
    halls: frames.Halls,
    sites: frames.Sites,
    site: int,
    keys: list[str],
    areas: list[dict[str, int]],
) -> list[tuple[int, int]]:
    """(container type, how many) of a site."""
    spec = scenario.farm.geographies[sites.geography[site]]
    if sites.area[site] >= 0:
        return [(keys.index(key), amount) for key, amount in areas[sites.area[site]].items()]
    hall = sites.hall[site]
    kind = int(halls.container_type[hall])
    station_halls = np.flatnonzero(halls.station == halls.station[hall])
    described = [one for one in spec.station_halls for _ in range(one.halls)]
    return [(kind, described[int(np.searchsorted(station_halls, hall))].containers)]


def _sensors(scenario: Scenario, containers: frames.Containers) -> frames.Sensors:
    probes = {probe.key: position for position, probe in enumerate(scenario.water.probes)}
    each = [_probes_of(kind, probes) for kind in scenario.farm.container_types]
    amounts = np.array([len(one) for one in each])[containers.container_type]
    container = np.repeat(np.arange(len(containers)), amounts)
    pairs = [pair for kind in containers.container_type for pair in each[kind]]
    probe = np.array([pair[0] for pair in pairs], dtype=np.int8)
    replicate = np.array([pair[1] for pair in pairs], dtype=np.int8)
    at_sea = containers.area[container] >= 0
    depth = np.where(
        at_sea,
        np.array([one.depth_m for one in scenario.water.probes])[probe] + SECOND_DEPTH_M * replicate,
        TANK_PROBE_DEPTH_M,
    )
    labels = [
        one.key.replace("_", " ").title() if len(one.key) > 3 else one.key.upper() for one in scenario.water.probes
    ]
    labels = ["pH" if label == "PH" else label for label in labels]
    days = containers.commissioned_day[container]
    nothing = np.full(days.size, "", dtype=object)
    return frames.Sensors(
        sensor_id=ids_of(days),
        name=text_column(f"{labels[one]} {copy + 1}" for one, copy in zip(probe, replicate, strict=True)),
        container=container,
        probe=probe,
        replicate=replicate,
        depth_m=depth,
        serial_number=nothing,
        manufacturer=nothing,
        commissioned_day=days,
    )


def _bought(scenario: Scenario, built: frames.Infrastructure) -> frames.Sensors:
    """The sensors with their manufacturers and serial numbers, both drawn by the names of sensor and manufacturer."""
    makers, draws = scenario.water.manufacturers, built.sensor_draws
    uniforms = [draws.uniforms(scenario.seed, "infrastructure.manufacturer", maker) for maker in makers]
    maker = choose(np.stack(uniforms, axis=1))
    numbers = (draws.uniforms(scenario.seed, "infrastructure.serial_number") * 10**SERIAL_DIGITS).astype(np.int64)
    return frames.Sensors(
        **(
            built.sensors.columns()
            | {
                "serial_number": text_column(
                    f"{makers[one][:3].upper()}-{number:0{SERIAL_DIGITS}}"
                    for one, number in zip(maker, numbers, strict=True)
                ),
                "manufacturer": text_column(makers[one] for one in maker),
            }
        )
    )


def _probes_of(kind: ContainerTypeSpec, probes: dict[str, int]) -> list[tuple[int, int]]:
    return [(probes[key], copy) for key, amount in kind.probes.items() for copy in range(amount)]


def _feed_containers(scenario: Scenario, halls: frames.Halls, sites: frames.Sites) -> frames.FeedContainers:
    """One silo for each hall and feed, one barge bin for each area and feed, of the feeds its stages eat.

    AquaMind uses a feed container's stock first in, first out, whatever the feed: so each holds one.
    """
    kinds, feeds = scenario.farm.container_types, scenario.feed.feeds
    areas = cages_of_areas(scenario)
    rows: list[tuple[str, int, int, float]] = []
    for site in range(len(sites)):
        if sites.area[site] >= 0:
            keys = areas[sites.area[site]]
            stages = {stage for kind in kinds if keys.get(kind.key) for stage in kind.stages}
        else:
            stages = set(kinds[halls.container_type[sites.hall[site]]].stages)
        for feed, spec in enumerate(feeds):
            if stages & set(spec.stages):
                reorder = spec.reorder_kg * scenario.feed.stock_scale
                label = "Barge bin" if sites.area[site] >= 0 else "Silo"
                rows.append((f"{label} {spec.name}", site, feed, reorder))
    names, at, feed_rows, reorders = _columns(rows, (object, int, int, float))
    days = sites.commissioned_day[at]
    return frames.FeedContainers(
        feed_container_id=ids_of(days),
        name=names,
        hall=sites.hall[at],
        area=sites.area[at],
        site=at,
        feed=feed_rows,
        capacity_kg=np.maximum(SILO_REORDERS * reorders, SMALLEST_SILO_KG * scenario.feed.stock_scale),
        reorder_kg=reorders,
        commissioned_day=days,
    )
