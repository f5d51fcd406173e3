"""Places are named by where the containers are, on the way to sea too."""

import numpy as np

from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.place_labels import noun, place_name


def test_fish_on_their_way_to_sea_are_in_a_station_and_an_area(history: list[YearInputs]) -> None:
    year = history[0]
    built = year.infrastructure
    tank, cage = (
        int(np.flatnonzero(built.containers.area == -1)[0]),
        int(np.flatnonzero(built.containers.area == 0)[0]),
    )
    station = built.stations.name[built.halls.station[built.containers.hall[tank]]]
    hall = built.halls.name[built.containers.hall[tank]]
    assert place_name(year, np.array([tank])) == f"{station}, {hall}"
    assert place_name(year, np.array([cage])) == built.areas.name[0]
    assert place_name(year, np.array([tank, cage])) == f"{station}, {hall} and {built.areas.name[0]}"
    assert noun(year, np.array([tank, cage])) == "container"
    assert noun(year, np.array([cage])) == "cage"


def test_no_place_is_one_of_another_country(history: list[YearInputs]) -> None:
    year = history[0]
    built = year.infrastructure
    there = {name: built.stations.geography[row] for row, name in enumerate(built.stations.name)}
    there |= {name: built.areas.geography[row] for row, name in enumerate(built.areas.name)}
    for one in history:
        stays = one.lives.assignments
        for batch in np.unique(stays.batch_id):
            containers = stays.container[stays.batch_id == batch]
            text = place_name(year, containers)
            countries = {there[name] for name in there if name in text}
            assert countries == set(built.containers.geography[containers].tolist())
