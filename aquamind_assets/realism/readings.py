"""Sums over readings of cages: pairs of hours, and oxygen hours.

Belongs here: sums over readings as ``records.environmental.readings`` makes them, the same as in the database. Does not
belong here: sums over the ledger (``observations``).

Four chunks of the year, one for each season, are sufficient: a cage with fish has some thousand readings in them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from aquamind_assets.farm.sites.climate import sea_temperature_normal
from aquamind_assets.realism.frames import ReadingSums, TemperatureStrings, grouped
from aquamind_assets.realism.strings import STRATIFIED, string_sums
from aquamind_assets.records.environmental.readings import VALUE_UNITS, environmental_readings
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.master_ids import parameter_id
from aquamind_assets.scenario.water import CLEAN
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, Chunk, DayRange, chunks_of

OXYGEN_BORDERS = (6.0, 8.0)
"""Below the first value: stressed; above the second: optimal (the scenario's optimal range begins at 8 mg/L)."""
SEASON_CHUNKS = (1, 4, 7, 10)
_HOUR = MICROSECONDS_PER_DAY // 24


class ObservedReadings(NamedTuple):
    """Sums over the readings of a year: one row, and a row for each area."""

    sums: ReadingSums
    strings: TemperatureStrings


def observe_readings(year: YearInputs) -> ObservedReadings:
    """Return sums over the temperature and oxygen readings of stocked cages in four chunks of the year, as far as it
    has been simulated; of sensors without faults, for the figures are of water."""
    year = _clean(year)
    sums = {name: 0.0 for name in ReadingSums.names() if name != "year"}
    strings = [TemperatureStrings.empty()]
    low, high = OXYGEN_BORDERS
    for chunk in chunks_of(year.year, year.ledger.through):
        if chunk.index in SEASON_CHUNKS:
            anomalies = _Anomalies(year, chunk)
            for block in _of_cages(year, chunk):
                shown = block.columns["value"].values[_shows(year, block, "oxygen")] / VALUE_UNITS
                sums["oxygen_stressed"] += float((shown < low).sum())
                sums["oxygen_optimal"] += float((shown >= high).sum())
                sums["oxygen_sub_optimal"] += float(((shown >= low) & (shown < high)).sum())
                series = anomalies.of(block)
                if series.anomaly.size:
                    for name, value in _pairs(series).items():
                        sums[name] += value
                    strings.append(string_sums(*series, anomalies.stratified))
    one = ReadingSums(year=np.array([year.year]), **{name: np.array([value]) for name, value in sums.items()})
    return ObservedReadings(one, grouped(TemperatureStrings.concat(strings), ("area",)))


def _clean(year: YearInputs) -> YearInputs:
    water = year.scenario.water.model_copy(update={"imperfections": CLEAN})
    return replace(year, scenario=year.scenario.model_copy(update={"water": water}))


def _shows(year: YearInputs, block: Rows, parameter: str) -> np.ndarray:
    """Return which rows are of a parameter, bool (rows,)."""
    keys: list[str] = [spec.key for spec in year.scenario.water.parameters]
    row = keys.index(parameter)
    return np.broadcast_to(
        block.columns["parameter_id"].values == parameter_id(year.scenario, np.array([row]))[0], (block.size,)
    )


def _of_cages(year: YearInputs, chunk: Chunk) -> Iterator[Rows]:
    """Yield the chunk's readings of cages with fish. Cages are the first containers, so readings of other containers
    are never made."""
    cages = year.infrastructure.containers.container_id[year.infrastructure.containers.area >= 0]
    for block in environmental_readings(year, chunk.days):
        of_cage = np.isin(np.broadcast_to(block.columns["container_id"].values, (block.size,)), cages)
        if not of_cage.any():
            return
        empty = block.columns["batch_id"].null
        yield block.take(of_cage & ~np.broadcast_to(False if empty is None else empty, (block.size,)))


class _Series(NamedTuple):
    """Temperature readings sorted by sensor and hour, arrays (readings,): area, sensor, hour since the chunk's first
    midnight, and degC relative to the normal season of the area and to its mean of the year."""

    area: np.ndarray
    sensor: np.ndarray
    hour: np.ndarray
    anomaly: np.ndarray


class _Anomalies:
    """Temperature readings of a chunk relative to the normal season of their area and to the area's mean of the
    year."""

    def __init__(self, year: YearInputs, chunk: Chunk) -> None:
        places = year.infrastructure
        self._year, self._days = year, chunk.days
        self._normal = sea_temperature_normal(year.scenario, places, np.arange(chunk.days.first, chunk.days.end + 1))
        self._year_mean = _year_means(year)
        by_id = np.argsort(places.sensors.sensor_id)
        self._sensors = places.sensors.sensor_id[by_id]
        self._area = places.containers.area[places.sensors.container[by_id]]
        self._first_of_kind = places.sensors.replicate[by_id] == 0
        first = chunk.days.first - int(year.climate.day[0])
        gradient = year.climate.stratification.reshape(-1, len(places.sites))[first : first + len(chunk.days)]
        self.stratified = gradient.mean(axis=0)[: len(places.areas)] >= STRATIFIED
        """Whether an area is stratified in the chunk, bool (areas,)."""

    def of(self, block: Rows) -> _Series:
        """Return the block's temperature readings, of the first sensor in each cage: a second one hangs in deeper
        water, whose season is another one."""
        shown = _shows(self._year, block, "temperature")
        sensor = np.searchsorted(
            self._sensors, np.broadcast_to(block.columns["sensor_id"].values, (block.size,))[shown]
        )
        here = np.flatnonzero(shown)[self._first_of_kind[sensor]]
        sensor = sensor[self._first_of_kind[sensor]]
        value = block.columns["value"].values[here] / VALUE_UNITS
        hour = (
            np.broadcast_to(block.columns["reading_time"].values, (block.size,))[here]
            - self._days.first * MICROSECONDS_PER_DAY
        ) // _HOUR
        area, day = self._area[sensor].astype(np.int64), hour / 24
        whole = day.astype(np.int64)
        normal = self._normal[area, whole] + (day - whole) * (self._normal[area, whole + 1] - self._normal[area, whole])
        order = np.lexsort([hour, sensor])
        return _Series(area[order], sensor[order], hour[order], (value - normal - self._year_mean[area])[order])


def _pairs(series: _Series) -> dict[str, float]:
    """Return sums over the pairs of one sensor's readings that are 3 and 24 hours apart."""
    # One key for (sensor, hour), with room for an hour a day past the last.
    key, anomaly = series.sensor * (int(series.hour.max()) + 25) + series.hour, series.anomaly
    sums = {}
    for hours in (3, 24):
        place = np.minimum(np.searchsorted(key, key + hours), key.size - 1)
        paired = key[place] == key + hours
        first, second = anomaly[paired], anomaly[place[paired]]
        sums[f"product_{hours}_hours"] = float((first * second).sum())
        sums[f"variance_{hours}_hours"] = float((first**2 + second**2).sum() / 2)
    return sums


def _year_means(year: YearInputs) -> np.ndarray:
    """Return the mean difference of the year's sea temperature from normal, degC, (areas,)."""
    areas = len(year.infrastructure.areas)
    days = DayRange(int(year.climate.day[0]), int(year.climate.day[-1]) + 1)
    temperature = year.climate.temperature.reshape(len(days), -1)[:, :areas].astype(np.float64)
    return (temperature.T - sea_temperature_normal(year.scenario, year.infrastructure, days.days)).mean(axis=1)
