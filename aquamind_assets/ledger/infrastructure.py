"""The frames of the farm's infrastructure; ``farm.sites.infrastructure`` fills them.

Every row has its day of commissioning, which is also the day in its id. Positions of rows in these frames are the
farm's own small indices (``container`` 7 is row 7 of ``Containers``); ids are those of the database.

Belongs here: frames of places, containers, sensors and feed containers. Does not belong here: how many a farm has
(``farm.sites``).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from aquamind_assets.ledger.frames import Frame, column
from aquamind_assets.streams import Groups, Key

GROUP_CONTAINERS = 32
"""Most containers that share a random stream: few enough for small blocks, enough to make the stream's price vanish."""


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

    # -- the names that draws are keyed by: independent of rows, ids, and whatever else there is

    @cached_property
    def geography_draws(self) -> Groups:
        """Each geography on its own."""
        return Groups.of((str(name),) for name in self.geographies.name)

    @cached_property
    def area_draws(self) -> Groups:
        """Each area on its own."""
        return Groups.of(self._area_label(area) for area in range(len(self.areas)))

    @cached_property
    def station_draws(self) -> Groups:
        """Each station on its own."""
        return Groups.of(self._station_label(station) for station in range(len(self.stations)))

    @cached_property
    def place_draws(self) -> Groups:
        """Areas, then stations, each on its own: what has weather."""
        areas = [self._area_label(area) for area in range(len(self.areas))]
        return Groups.of([*areas, *(self._station_label(station) for station in range(len(self.stations)))])

    @cached_property
    def hall_draws(self) -> Groups:
        """Each hall on its own."""
        return Groups.of(self._hall_labels)

    @cached_property
    def site_draws(self) -> Groups:
        """Each site on its own."""
        return Groups.of(self._site_labels)

    @cached_property
    def container_draws(self) -> Groups:
        """Containers of one type at one site, at most ``GROUP_CONTAINERS`` in a group."""
        return Groups.of(self._container_labels())

    @cached_property
    def cage_draws(self) -> Groups:
        """The same for the cages, which are the first containers."""
        groups, cages = self.container_draws, int(np.count_nonzero(self.containers.area >= 0))
        return Groups(groups.names, groups.group[:cages], groups.place[:cages])

    @cached_property
    def sensor_draws(self) -> Groups:
        """Sensors of one name in a group of containers."""
        group = self.container_draws.group[self.sensors.container]
        names = self.container_draws.names
        return Groups.of((names[row], str(name)) for row, name in zip(group, self.sensors.name, strict=True))

    @cached_property
    def feed_container_draws(self) -> Groups:
        """Each feed container on its own."""
        stores = self.feed_containers
        return Groups.of(
            (*self._site_labels[site], str(name)) for site, name in zip(stores.site, stores.name, strict=True)
        )

    def _area_label(self, area: int) -> tuple[Key, ...]:
        return str(self.geographies.name[self.areas.geography[area]]), "area", str(self.areas.name[area])

    def _station_label(self, station: int) -> tuple[Key, ...]:
        return (
            str(self.geographies.name[self.stations.geography[station]]),
            "station",
            str(self.stations.name[station]),
        )

    @cached_property
    def _hall_labels(self) -> list[tuple[Key, ...]]:
        """Station, container type, and number of the hall among the station's halls of that type."""
        kinds: dict[tuple[int, int], int] = {}
        labels = []
        for station, kind in zip(self.halls.station.tolist(), self.halls.container_type.tolist(), strict=True):
            number = kinds[station, kind] = kinds.get((station, kind), -1) + 1
            labels.append((*self._station_label(station), str(self.container_types.key[kind]), number))
        return labels

    @cached_property
    def _site_labels(self) -> list[tuple[Key, ...]]:
        return [
            self._area_label(area) if area >= 0 else self._hall_labels[hall]
            for area, hall in zip(self.sites.area.tolist(), self.sites.hall.tolist(), strict=True)
        ]

    def _container_labels(self) -> Iterator[tuple[Key, ...]]:
        """Site, container type, and number of the group among the site's containers of that type."""
        numbers: dict[tuple[int, int], int] = {}
        for site, kind in zip(self.containers.site.tolist(), self.containers.container_type.tolist(), strict=True):
            number = numbers[site, kind] = numbers.get((site, kind), -1) + 1
            yield (*self._site_labels[site], str(self.container_types.key[kind]), number // GROUP_CONTAINERS)
