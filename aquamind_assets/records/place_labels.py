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


def noun(year: YearInputs, containers: np.ndarray) -> str:
    """Return the kind of some containers: cage, tank or tray, or container if they are of several kinds."""
    kinds = np.unique(year.infrastructure.containers.container_type[containers])
    categories = {year.scenario.farm.container_types[kind].category for kind in kinds}
    nouns = {{"PEN": "cage", "TRAY": "tray"}.get(category, "tank") for category in categories}
    return nouns.pop() if len(nouns) == 1 else "container"


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
    """Return the location of some containers: the areas, and the hall of a station, or the station if they are in
    several halls. Fish on their way to sea are in both."""
    built = year.infrastructure
    areas, halls = np.unique(built.containers.area[containers]), np.unique(built.containers.hall[containers])
    areas, halls = areas[areas >= 0], halls[halls >= 0]
    places = [str(built.areas.name[area]) for area in areas]
    stations = [str(built.stations.name[station]) for station in np.unique(built.halls.station[halls])]
    if halls.size == 1:
        stations[0] += f", {built.halls.name[halls[0]]}"
    return " and ".join(stations + places)
