"""AquaMind's app ``infrastructure``: places, containers, silos and sensors.

Belongs here: the rows of each day of commissioning, and the history row that AquaMind writes with each container. Does
not belong here: how many of each a farm has (``farm.sites``). ``infrastructure`` depends only on the scenario and its
infrastructure. ``sensors`` also depends on the latest simulated day, for the last calibration.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from aquamind_assets.ledger.infrastructure import Infrastructure, Sensors
from aquamind_assets.records.infrastructure.area_groups import group_id, group_of_areas
from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.records.users.people import staff
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import Groups
from aquamind_assets.tables.rows import Coded, Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, narrow_row_ids, number_within_day, year_days

_FEED_CONTAINER_TYPES = ("SILO", "BARGE")


def infrastructure(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield everything except sensors that was commissioned on these days. Needs no ledger."""
    yield _geographies(year, days)
    yield _areas(year, days)
    yield _stations(year, days)
    yield _halls(year, days)
    yield _container_types(year, days)
    yield from _containers(year, days)
    yield _feed_containers(year, days)


def sensors(year: YearInputs) -> Iterator[Rows]:
    """Yield every sensor installed by the end of the year, with its last calibration as of the latest simulated day."""
    everything = year.infrastructure.sensors
    installed = everything.commissioned_day < min(year_days(year.year).end, year.lives.through + 1)
    frame = everything.take(installed)
    calibrated = calibrations(year.scenario, year.infrastructure, np.full(1, year.lives.through))[0][installed, 0]
    yield rows(year.tables["infrastructure_sensor"], len(frame), **sensor_columns(year, frame, calibrated))


def sensor_columns(year: YearInputs, frame: Sensors, calibrated: np.ndarray) -> dict[str, Any]:
    """Return the columns of ``infrastructure_sensor`` for sensors that were last calibrated on these days."""
    return {
        "id": frame.sensor_id,
        "name": frame.name,
        "sensor_type": Coded(frame.probe, [probe.sensor_type for probe in year.scenario.water.probes]),
        "serial_number": frame.serial_number,
        "manufacturer": frame.manufacturer,
        "installation_date": frame.commissioned_day,
        "last_calibration_date": calibrated,
        "active": True,
        "created_at": _opening(frame.commissioned_day),
        "updated_at": _opening(calibrated),
        "container_id": year.infrastructure.containers.container_id[frame.container],
    }


def calibrations(scenario: Scenario, places: Infrastructure, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Day and number of the last calibration of each sensor on or before each of ``days``, each of shape (sensors,
    days), int64.

    A sensor is calibrated at installation (number 0), then after a first period of half to a whole
    ``calibration_days``, then every ``calibration_days``. The first period differs between sensors, so that a crew does
    not calibrate all of them on one day. Before installation, the day of installation is returned.
    """
    period = scenario.water.calibration_days
    first = np.ceil(period * (0.5 + 0.5 * _calibration(places.sensor_draws, scenario.seed))).astype(np.int64)[:, None]
    installed = places.sensors.commissioned_day.astype(np.int64)[:, None]
    since = np.asarray(days, dtype=np.int64)[None, :] - installed - first
    later = np.maximum(since, 0) // period
    return np.where(since < 0, installed, installed + first + later * period), np.where(since < 0, 0, 1 + later)


@lru_cache(maxsize=1)
def _calibration(sensors: Groups, seed: int) -> np.ndarray:
    """The uniforms of the sensors' first calibrations, which every chunk of days asks for."""
    return sensors.uniforms(seed, "calibration")


def _opening(day: np.ndarray) -> np.ndarray:
    """Return 08:00 of the day of commissioning, when places are entered into AquaMind."""
    return np.asarray(day, dtype=np.int64) * MICROSECONDS_PER_DAY + 8 * HOUR


def _chosen(commissioned_day: np.ndarray, days: DayRange) -> np.ndarray:
    return (commissioned_day >= days.first) & (commissioned_day < days.end)


def _geographies(year: YearInputs, days: DayRange) -> Rows:
    everything = year.infrastructure.geographies
    frame = everything.take(_chosen(everything.commissioned_day, days))
    opened = _opening(frame.commissioned_day)
    return rows(
        year.tables["infrastructure_geography"],
        len(frame),
        id=frame.geography_id,
        name=frame.name,
        description=[f"Salmon farming in {name}." for name in frame.name],
        created_at=opened,
        updated_at=opened,
    )


def _areas(year: YearInputs, days: DayRange) -> Rows:
    everything = year.infrastructure.areas
    chosen = _chosen(everything.commissioned_day, days)
    frame = everything.take(chosen)
    opened = _opening(frame.commissioned_day)
    more = {}
    if year.has("infrastructure_area", "area_group_id"):
        more["area_group_id"] = group_id(year, everything.geography, group_of_areas(year))[chosen]
    return rows(
        year.tables["infrastructure_area"],
        len(frame),
        id=frame.area_id,
        name=frame.name,
        latitude=frame.latitude,
        longitude=frame.longitude,
        max_biomass=frame.max_biomass_kg,
        active=True,
        created_at=opened,
        updated_at=opened,
        geography_id=year.infrastructure.geographies.geography_id[frame.geography],
        **more,
    )


def _stations(year: YearInputs, days: DayRange) -> Rows:
    everything = year.infrastructure.stations
    chosen = _chosen(everything.commissioned_day, days)
    frame = everything.take(chosen)
    halls = np.bincount(year.infrastructure.halls.station, minlength=len(everything))[chosen]
    opened = _opening(frame.commissioned_day)
    return rows(
        year.tables["infrastructure_freshwaterstation"],
        len(frame),
        id=frame.station_id,
        name=frame.name,
        station_type="FRESHWATER",
        latitude=frame.latitude,
        longitude=frame.longitude,
        description=[f"Hatchery and smolt station with {count} halls." for count in halls],
        active=True,
        created_at=opened,
        updated_at=opened,
        geography_id=year.infrastructure.geographies.geography_id[frame.geography],
    )


def _halls(year: YearInputs, days: DayRange) -> Rows:
    everything = year.infrastructure.halls
    frame = everything.take(_chosen(everything.commissioned_day, days))
    kinds = year.scenario.farm.container_types
    opened = _opening(frame.commissioned_day)
    return rows(
        year.tables["infrastructure_hall"],
        len(frame),
        id=frame.hall_id,
        name=frame.name,
        description=[
            f"{kinds[kind].name}s for {' and '.join(kinds[kind].stages)}, {'recirculated' if again else 'flow-through'}"
            " water."
            for kind, again in zip(frame.container_type, frame.recirculated, strict=True)
        ],
        area_sqm=frame.area_sqm,
        active=True,
        created_at=opened,
        updated_at=opened,
        freshwater_station_id=year.infrastructure.stations.station_id[frame.station],
    )


def _container_types(year: YearInputs, days: DayRange) -> Rows:
    everything = year.infrastructure.container_types
    chosen = _chosen(everything.commissioned_day, days)
    frame = everything.take(chosen)
    kinds = [kind for kind, taken in zip(year.scenario.farm.container_types, chosen, strict=True) if taken]
    opened = _opening(frame.commissioned_day)
    return rows(
        year.tables["infrastructure_containertype"],
        len(frame),
        id=frame.container_type_id,
        name=[kind.name for kind in kinds],
        category=[kind.category for kind in kinds],
        max_volume_m3=np.array([kind.volume_m3 for kind in kinds], dtype=float),
        description=[f"For {' and '.join(kind.stages)}; at most {kind.max_density_kg_m3:g} kg/m3." for kind in kinds],
        created_at=opened,
        updated_at=opened,
    )


def _containers(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Return the containers and the '+' row in AquaMind's history for each of them, signed by a manager of the
    geography."""
    places = year.infrastructure
    everything = places.containers
    chosen = np.flatnonzero(_chosen(everything.commissioned_day, days))
    chosen = chosen[np.lexsort([everything.container_id[chosen], everything.commissioned_day[chosen]])]
    frame, number = everything.take(chosen), places.container_draws.number[chosen]
    opened = _opening(frame.commissioned_day)
    in_hall = frame.hall >= 0
    base = {
        "id": frame.container_id,
        "name": frame.name,
        "volume_m3": frame.volume_m3,
        "max_biomass_kg": frame.max_biomass_kg,
        "feed_recommendations_enabled": True,
        "active": True,
        "created_at": opened,
        "updated_at": opened,
        "area_id": np.ma.array(np.append(places.areas.area_id, 0)[frame.area], mask=in_hall) if len(frame) else None,
        "hall_id": np.ma.array(np.append(places.halls.hall_id, 0)[frame.hall], mask=~in_hall) if len(frame) else None,
        "container_type_id": places.container_types.container_type_id[frame.container_type],
    }
    yield rows(year.tables["infrastructure_container"], len(frame), **base)
    yield rows(
        year.tables["infrastructure_historicalcontainer"],
        len(frame),
        **base,
        history_id=narrow_row_ids(frame.commissioned_day, number_within_day(frame.commissioned_day)),
        history_date=opened,
        history_change_reason=None,
        history_type="+",
        history_user_id=staff(year.scenario, places).managers(frame.geography, number),
    )


def _feed_containers(year: YearInputs, days: DayRange) -> Rows:
    places = year.infrastructure
    everything = places.feed_containers
    frame = everything.take(_chosen(everything.commissioned_day, days))
    opened = _opening(frame.commissioned_day)
    in_hall = frame.hall >= 0
    return rows(
        year.tables["infrastructure_feedcontainer"],
        len(frame),
        id=frame.feed_container_id,
        name=frame.name,
        container_type=Coded(np.where(in_hall, 0, 1), _FEED_CONTAINER_TYPES),
        capacity_kg=frame.capacity_kg,
        active=True,
        created_at=opened,
        updated_at=opened,
        area_id=np.ma.array(np.append(places.areas.area_id, 0)[frame.area], mask=in_hall) if len(frame) else None,
        hall_id=np.ma.array(np.append(places.halls.hall_id, 0)[frame.hall], mask=~in_hall) if len(frame) else None,
    )
