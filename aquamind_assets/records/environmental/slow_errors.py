"""Errors of sensors that grow from day to day: drift, and growth on sensors at sea.

Belongs here: how wrong a sensor is until it is calibrated or cleaned. Does not belong here: other faults, and the list
of all (``sensor_faults``).

Drift has a rate of its own for each sensor and calibration, and restarts at the next one.

Growth on a membrane takes oxygen, on a conductivity cell it narrows the cell, on a window it scatters light. So oxygen,
pH and salinity are shown too low, turbidity too high, and temperature as it is. Growth is fast in summer and slow in
winter (general knowledge). All sensors of a cage are cleaned on one day, every ``cleaning_days``.
"""

from functools import lru_cache

import numpy as np

from aquamind_assets.farm.sites.series import season
from aquamind_assets.records.infrastructure.places import calibrations
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.streams import Groups
from aquamind_assets.timeline import DayRange

DAYS_PER_MONTH = 30.4375

SIGNS = {"oxygen": -1.0, "ph": -1.0, "salinity": -1.0, "turbidity": 1.0}
"""Direction of the error of each parameter that growth changes."""

SUMMER = (0.7, 215.0)
"""Relative amplitude of the growth over the year, and the day on which it is fastest."""

SENSOR_SD = 0.4
"""Spread of the log of the growth between cleanings of one sensor."""


def fouling(year: YearInputs, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the error of each sensor on each of ``days``, in sd of the probe's noise, and the number of its last
    cleaning, each of shape (sensors, days); the error is 0 where nothing grows."""
    water, sensors = year.scenario.water, year.infrastructure.sensors
    places, seed = year.infrastructure, year.scenario.seed
    offset = np.floor(places.container_draws.uniforms(seed, "cleaning") * water.cleaning_days).astype(np.int64)
    since_start = days[None, :] + offset[sensors.container][:, None]
    number, since = np.divmod(since_start, water.cleaning_days)
    at_sea = places.containers.area[sensors.container] >= 0
    sign = np.array([SIGNS.get(probe.parameter, 0.0) for probe in water.probes])[sensors.probe]
    pace = water.imperfections.fouling_per_month * sign * at_sea
    error = pace[:, None] * since / DAYS_PER_MONTH * (1.0 + SUMMER[0] * season(days, SUMMER[1]))
    for one in np.unique(number).tolist():
        grown = np.exp(SENSOR_SD * _drawn(places.sensor_draws, seed, "fouling", one))
        error *= np.where(number == one, grown[:, None], 1.0)
    return error, number


@lru_cache(maxsize=32)
def _drawn(sensors: Groups, seed: int, process: str, number: int) -> np.ndarray:
    """Standard normals of all sensors for the time after a cleaning or calibration; it goes on in the next chunk."""
    return sensors.normals(seed, process, number)


class SlowErrors:
    """Drift and fouling of all sensors on some days of one chunk."""

    def __init__(self, year: YearInputs, days: DayRange) -> None:
        faults = year.scenario.water.imperfections
        self.any = faults.drift_per_month > 0 or faults.fouling_per_month > 0
        if not self.any:
            return
        error = np.zeros((len(year.infrastructure.sensors), len(days)))
        if faults.drift_per_month:
            calibrated, number = calibrations(year.scenario, year.infrastructure, days.days)
            error += drift_rates(year, number) * (days.days[None, :] - calibrated) / DAYS_PER_MONTH
        if faults.fouling_per_month:
            error += fouling(year, days.days)[0]
        self._error = error.astype(np.float32)

    def of(self, sensor: np.ndarray) -> np.ndarray:
        """Return the error of these sensors on each of the days, in noise sd, shape (sensors, days), float32."""
        return self._error[sensor]


def drift_rates(year: YearInputs, number: np.ndarray) -> np.ndarray:
    """Rate in noise sd per month of each sensor after its calibration ``number``, shape (sensors, days)."""
    draws, seed = year.infrastructure.sensor_draws, year.scenario.seed
    rate = np.zeros(number.shape)
    for one in np.unique(number).tolist():
        sensors = np.flatnonzero((number == one).any(axis=1))
        drawn = _drawn(draws, seed, "sensor_drift", one)[sensors]
        rate[sensors] = np.where(number[sensors] == one, drawn[:, None], rate[sensors])
    return year.scenario.water.imperfections.drift_per_month * rate
