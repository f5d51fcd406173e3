"""Sums over the temperature that sensors at a fixed depth show: tide, changes within hours, spread.

Belongs here: sums over anomalies of readings by area, and statistics of them. Does not belong here: readings and their
anomalies (``readings``).
"""

import numpy as np

from aquamind_assets.farm.sites.sea_motion import M2_HOURS
from aquamind_assets.realism.frames import TemperatureStrings, grouped

CHANGE_HOURS = 3
STRATIFIED = 0.25
"""Decrease of temperature with depth from which a site counts as stratified, degC/m: 2.5 degC in 10 m."""
LEAST_DAYS = 20
"""Fewer days of a sensor than these do not tell the M2 from the S2, which come apart in a fortnight."""


def string_sums(
    area: np.ndarray, sensor: np.ndarray, hour: np.ndarray, anomaly: np.ndarray, stratified: np.ndarray
) -> TemperatureStrings:
    """Return the sums of each area.

    Args:
        area: area of each reading, (readings,).
        sensor: sensor of each reading; sorted by sensor and hour.
        hour: hours since a moment that is the same for all.
        anomaly: temperature beside its season, degC.
        stratified: whether an area is stratified, (areas,).
    """
    first = np.flatnonzero(np.diff(sensor, prepend=-1))
    number = np.diff(np.append(first, sensor.size))
    row = np.repeat(np.arange(first.size), number)
    around = anomaly - (np.add.reduceat(anomaly, first) / number)[row]
    squares = np.add.reduceat(around**2, first)
    wave = np.add.reduceat(around * np.exp(-2j * np.pi / M2_HOURS * hour), first)
    last = first + number - 1
    long = hour[last] - hour[first] >= 24 * LEAST_DAYS
    key = sensor * (int(hour.max()) + 24) + hour
    place = np.minimum(np.searchsorted(key, key + CHANGE_HOURS), key.size - 1)
    change = np.where(key[place] == key + CHANGE_HOURS, anomaly[place] - anomaly, 0.0)
    paired = (key[place] == key + CHANGE_HOURS).astype(np.float64)
    here, of_sensor = area[first], long.astype(np.float64)
    layered = stratified[here] * of_sensor
    return grouped(
        TemperatureStrings(
            area=here,
            changes=np.add.reduceat(paired, first),
            change_2=np.add.reduceat(change**2, first),
            change_4=np.add.reduceat(change**4, first),
            readings=number * of_sensor,
            variance=squares * of_sensor,
            # A wave of amplitude a has the variance a^2 / 2, and here the sum a n / 2.
            m2_variance=2.0 * np.abs(wave) ** 2 / number * of_sensor,
            stratified_readings=number * layered,
            stratified_variance=squares * layered,
        ),
        ("area",),
    )


def m2_shares(strings: TemperatureStrings) -> np.ndarray:
    """Return the share of the M2 in the variance of each area's temperature."""
    seen = strings.take(strings.variance > 0)
    return seen.m2_variance / seen.variance


def change_kurtosis(strings: TemperatureStrings) -> np.ndarray:
    """Return the excess kurtosis of the changes in :data:`CHANGE_HOURS` hours at each area; their mean is about 0."""
    seen = strings.take(strings.change_2 > 0)
    return seen.changes * seen.change_4 / seen.change_2**2 - 3.0


def stratified_sd(strings: TemperatureStrings) -> float:
    """Return the standard deviation of readings of a month at stratified sites, degC; nan if there are none."""
    number = strings.stratified_readings.sum()
    return float(np.sqrt(strings.stratified_variance.sum() / number)) if number else float("nan")
