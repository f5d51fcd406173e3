"""Tags of the historian, one for each sensor, from the day on which the sensor is installed.

Belongs here: rows of ``historian_tag`` and ``historian_tag_link``. Does not belong here: the values of sensors
(``environmental``).
"""

import re
from collections.abc import Iterator

import numpy as np

from aquamind_assets.ledger.infrastructure import Sensors
from aquamind_assets.records import master_ids as master
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange

NUMBERS = 1
"""``tag_type`` of a tag whose values are numbers, as AVEVA's historian has it."""

_ENTERED = 8 * HOUR


def historian_tags(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the tags of the sensors that were installed on these days, and their links. Needs no ledger."""
    built, water = year.infrastructure, year.scenario.water
    day = built.sensors.commissioned_day
    frame = built.sensors.take((day >= days.first) & (day < days.end))
    keys: list[str] = [one.key for one in water.parameters]
    measured = np.array([keys.index(probe.parameter) for probe in water.probes])[frame.probe]
    entered = frame.commissioned_day.astype(np.int64) * MICROSECONDS_PER_DAY + _ENTERED
    stamps = {"created_at": entered, "updated_at": entered}
    places = _places(year, frame)
    yield rows(
        year.tables["historian_tag"],
        len(frame),
        tag_id=frame.sensor_id,
        tag_name=[tag_name(*place, name) for place, name in zip(places, frame.name, strict=True)],
        description=[
            f"{water.parameters[one].name} in {', '.join(reversed(place))}."
            for one, place in zip(measured, places, strict=True)
        ],
        tag_type=NUMBERS,
        unit=Coded(measured, [one.unit for one in water.parameters]),
        **stamps,
    )
    yield rows(
        year.tables["historian_tag_link"],
        len(frame),
        id=frame.sensor_id,
        container_id=built.containers.container_id[frame.container],
        parameter_id=master.parameter_id(year.scenario, measured),
        sensor_id=frame.sensor_id,
        tag_id=frame.sensor_id,
        **stamps,
    )


def tag_name(*places: str) -> str:
    """Return a tag's name: the places from the largest to the smallest, with points between them and nothing else than
    letters, digits and underscores in them."""
    return ".".join(re.sub(r"\W+", "_", place).strip("_") for place in places)


def _places(year: YearInputs, frame: Sensors) -> list[tuple[str, ...]]:
    """Return where each sensor is, from the largest place to the container."""
    built = year.infrastructure
    containers = built.containers.take(frame.container)
    found: list[tuple[str, ...]] = []
    for name, hall, area in zip(containers.name, containers.hall, containers.area, strict=True):
        if hall < 0:
            found.append((str(built.areas.name[area]), str(name)))
        else:
            station = built.stations.name[built.halls.station[hall]]
            found.append((str(station), str(built.halls.name[hall]), str(name)))
    return found
