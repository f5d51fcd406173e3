"""Names of places as text.

Belongs here: containers and their locations as text. Does not belong here: sentences about them.
"""

import numpy as np

from aquamind_assets.records.inputs import YearInputs


def container_name(year: YearInputs, container: int) -> str:
    """Return the name of a container."""
    return str(year.infrastructure.containers.name[container])


def full_name(year: YearInputs, container: int) -> str:
    """Return the name of a container with its location."""
    return f"{container_name(year, container)}, {place_name(year, np.array([container]))}"


def noun(year: YearInputs, container: int) -> str:
    """Return the kind of a container: cage, tank or tray."""
    kind = year.scenario.farm.container_types[year.infrastructure.containers.container_type[container]]
    return {"PEN": "cage", "TRAY": "tray"}.get(kind.category, "tank")


def feed_container_name(year: YearInputs, store: int) -> str:
    """Return the name of a feed container with its location, unique among feed containers."""
    built = year.infrastructure
    area, hall = built.feed_containers.area[store], built.feed_containers.hall[store]
    place = (
        built.areas.name[area]
        if area >= 0
        else f"{built.stations.name[built.halls.station[hall]]}, {built.halls.name[hall]}"
    )
    return f"{built.feed_containers.name[store]}, {place}"


def place_name(year: YearInputs, containers: np.ndarray) -> str:
    """Return the location of some containers: the area, the hall of a station, or the station if they are in several
    halls."""
    built = year.infrastructure
    areas = np.unique(built.containers.area[containers])
    if areas[0] >= 0:
        return " and ".join(str(built.areas.name[area]) for area in areas)
    halls = np.unique(built.containers.hall[containers])
    stations = " and ".join(str(built.stations.name[station]) for station in np.unique(built.halls.station[halls]))
    return f"{stations}, {built.halls.name[halls[0]]}" if halls.size == 1 else stations
