"""The frames of the farm's infrastructure; ``farm.sites.infrastructure`` fills them.

Every row has its day of commissioning, which is also the day in its id. Positions of rows in these frames are the
farm's own small indices (``container`` 7 is row 7 of ``Containers``); ids are those of the database.

Belongs here: frames of places, containers, sensors and feed containers. Does not belong here: how many a farm has
(``farm.sites``).
"""

from dataclasses import dataclass

import numpy as np

from aquamind_assets.ledger.frames import Frame, column


class Geographies(Frame):
    """One row for each geography of the scenario, in the scenario's order."""

    geography_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name of the geography")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Areas(Frame):
    """Sea areas: groups of cages that share water, lice and fallowing."""

    area_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name of the area")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    latitude: np.ndarray = column("float64", "degree", "north positive")
    longitude: np.ndarray = column("float64", "degree", "east positive")
    max_biomass_kg: np.ndarray = column("float64", "kg", "licensed biomass")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Stations(Frame):
    """Freshwater stations."""

    station_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name of the station")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    latitude: np.ndarray = column("float64", "degree", "north positive")
    longitude: np.ndarray = column("float64", "degree", "east positive")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Halls(Frame):
    """Halls of a station; all containers of a hall are of one type."""

    hall_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name of the hall")
    station: np.ndarray = column("int16", "", "row in Stations")
    container_type: np.ndarray = column("int8", "", "row in the scenario's container types")
    recirculated: np.ndarray = column("bool", "", "recirculated (heated, steady) or flow-through (ambient) water")
    area_sqm: np.ndarray = column("float64", "m2", "floor space")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class ContainerTypes(Frame):
    """Container types, in the scenario's order."""

    container_type_id: np.ndarray = column("int64", "", "row id")
    key: np.ndarray = column("str", "", "the scenario's key of the type")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Containers(Frame):
    """Trays, tanks and cages. Exactly one of ``hall`` and ``area`` is not -1."""

    container_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name, unique within its hall or area")
    container_type: np.ndarray = column("int8", "", "row in ContainerTypes")
    hall: np.ndarray = column("int16", "", "row in Halls, or -1")
    area: np.ndarray = column("int16", "", "row in Areas, or -1")
    site: np.ndarray = column("int16", "", "row in Sites: the body of water of the container")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    volume_m3: np.ndarray = column("float64", "m3", "water volume")
    max_biomass_kg: np.ndarray = column("float64", "kg", "maximum biomass in the container")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Sensors(Frame):
    """Sensors; one measures one parameter in one container."""

    sensor_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name, unique within its container")
    container: np.ndarray = column("int32", "", "row in Containers")
    probe: np.ndarray = column("int8", "", "row in the scenario's probes")
    replicate: np.ndarray = column(
        "int8", "", "0 for the first probe of its kind in the container, 1 for the duplicate or the second depth"
    )
    depth_m: np.ndarray = column("float32", "m", "depth of the probe")
    serial_number: np.ndarray = column("str", "", "serial number")
    manufacturer: np.ndarray = column("str", "", "manufacturer")
    commissioned_day: np.ndarray = column("int32", "day", "day of installation")


class FeedContainers(Frame):
    """Silos and barge bins; each holds one feed for one hall or one area."""

    feed_container_id: np.ndarray = column("int64", "", "row id")
    name: np.ndarray = column("str", "", "name")
    hall: np.ndarray = column("int16", "", "row in Halls, or -1")
    area: np.ndarray = column("int16", "", "row in Areas, or -1")
    site: np.ndarray = column("int16", "", "row in Sites")
    feed: np.ndarray = column("int8", "", "row in the scenario's feeds")
    capacity_kg: np.ndarray = column("float64", "kg", "capacity")
    reorder_kg: np.ndarray = column("float64", "kg", "stock below which feed is ordered")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


class Sites(Frame):
    """Bodies of water: first the areas, in order, then the halls, in order."""

    area: np.ndarray = column("int16", "", "row in Areas, or -1")
    hall: np.ndarray = column("int16", "", "row in Halls, or -1")
    geography: np.ndarray = column("int8", "", "row in Geographies")
    commissioned_day: np.ndarray = column("int32", "day", "day of commissioning")


@dataclass(frozen=True)
class Infrastructure:
    """All infrastructure of all years of the scenario. Select rows by ``commissioned_day``."""

    geographies: Geographies
    areas: Areas
    stations: Stations
    halls: Halls
    container_types: ContainerTypes
    containers: Containers
    sensors: Sensors
    feed_containers: FeedContainers
    sites: Sites
