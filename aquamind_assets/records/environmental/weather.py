"""AquaMind's app ``environmental`` except the readings: weather and daylight of the sea areas.

Belongs here: four observations of the weather per day, and the day length. Does not belong here: readings
(``readings``). Both follow from the climate and the position of an area, without a ledger.
"""

from collections.abc import Iterator

import numpy as np

from aquamind_assets.records.inputs import HOUR, YearInputs
from aquamind_assets.streams import stream
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, day_of_year, row_ids, year_days

OBSERVATION_HOURS = np.array([5, 11, 17, 23])
"""Hours (UTC) of the day's observations; the precipitation is that of the six hours that end at about the
observation."""

_DAYLIGHT_ANGLE = 0.8333
"""Degrees the sun's centre is below the horizon at sunrise: its radius and refraction (Forsythe et al. 1995)."""

_CLEAR_NOON_LUX = 110_000.0
"""Illuminance of a clear sky with the sun in the zenith (general knowledge)."""

_LAST_MOMENT = 24 * HOUR - HOUR // 2
"""Daylight is entered at 23:30."""


def weather(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the observations of these days in every commissioned area, sorted by (time, area)."""
    areas, slots = year.infrastructure.areas, OBSERVATION_HOURS.size
    sky, normals, shares = _Sky(year, days), *_within_the_day(year, days)
    shape = (len(days), slots, len(areas))
    wind = np.clip(sky.wind_speed * np.exp(0.18 * normals[:, 0] - 0.016), 0.0, 60.0)
    # Waves depend on the wind of the day, not of the hour.
    wave = np.maximum(sky.wave_height * np.exp(0.08 * normals[:, 1]), 0.0)
    swing = (0.6 + 2.2 * (1.0 - sky.cloud_cover / 100.0)) * np.cos(2 * np.pi * (OBSERVATION_HOURS[:, None] - 14.5) / 24)
    day = np.broadcast_to(days.days[:, None, None], shape)
    used = (areas.commissioned_day <= day).ravel()
    observed = (day * MICROSECONDS_PER_DAY + OBSERVATION_HOURS[:, None] * HOUR).ravel()[used]
    number = np.broadcast_to(np.arange(slots * len(areas)).reshape(slots, -1), shape)

    def flat(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, shape).reshape(-1)[used]

    yield rows(
        year.tables["environmental_weatherdata"],
        observed.size,
        id=row_ids(flat(day), flat(number)),
        timestamp=observed,
        temperature=flat(sky.air_temperature + swing + 0.3 * normals[:, 2]),
        wind_speed=flat(wind),
        wind_direction=_compass(flat(sky.wind_direction + 12.0 * normals[:, 2])),
        precipitation=flat(sky.precipitation * shares),
        wave_height=flat(wave),
        # Period of a half-developed sea with swell (general knowledge).
        wave_period=flat(2.5 + 3.4 * np.sqrt(wave)),
        wave_direction=_compass(flat(sky.wind_direction + 20.0 * normals[:, 0])),
        cloud_cover=np.rint(flat(np.clip(sky.cloud_cover + 10.0 * normals[:, 1], 0, 100))).astype(np.int64),
        created_at=observed + HOUR // 12,
        area_id=flat(areas.area_id),
    )


def _within_the_day(year: YearInputs, days: DayRange) -> tuple[np.ndarray, np.ndarray]:
    """Return standard normals of shape (days, 3, slots, areas), and the share of the day's rain of each slot, shape
    (days, slots, areas).

    Each area's by its name, so that its weather does not depend on which others there are.
    """
    draws, slots = year.infrastructure.area_draws, OBSERVATION_HOURS.size
    normals, shares = np.empty((len(days), 3, slots, len(draws))), np.empty((len(days), slots, len(draws)))
    spread = np.full(slots, 0.8)
    for position, day in enumerate(range(days.first, days.end)):
        for area in range(len(draws)):
            generator = stream(year.scenario.seed, "weather_in_day", *draws.key(area), day)
            normals[position, ..., area] = generator.standard_normal((3, slots))
            shares[position, :, area] = generator.dirichlet(spread)
    return normals, shares


class _Sky:
    """Weather of the areas in the climate, each array of shape (days, 1, areas)."""

    def __init__(self, year: YearInputs, days: DayRange) -> None:
        first = days.first - year_days(year.year).first
        sites, areas = len(year.infrastructure.sites), len(year.infrastructure.areas)

        def of_areas(values: np.ndarray) -> np.ndarray:
            # Areas come first among the sites.
            return values.reshape(-1, sites)[first : first + len(days), None, :areas].astype(np.float64)

        self.air_temperature = of_areas(year.climate.air_temperature)
        self.wind_speed = of_areas(year.climate.wind_speed)
        self.wind_direction = of_areas(year.climate.wind_direction)
        self.wave_height = of_areas(year.climate.wave_height)
        self.precipitation = of_areas(year.climate.precipitation)
        self.cloud_cover = of_areas(year.climate.cloud_cover)


def _compass(degrees: np.ndarray) -> np.ndarray:
    """Return whole degrees, 0 to 359."""
    return np.rint(degrees).astype(np.int64) % 360


def photoperiod(year: YearInputs, days: DayRange) -> Iterator[Rows]:
    """Yield the day length and the light at noon of every commissioned area, sorted by (day, area)."""
    areas = year.infrastructure.areas
    day = np.repeat(days.days, len(areas))
    area = np.tile(np.arange(len(areas)), len(days))
    use = areas.commissioned_day[area] <= day
    day, area = day[use], area[use]
    latitude = areas.latitude[area]
    row = (day - year_days(year.year).first) * len(year.infrastructure.sites) + area
    cloud = year.climate.cloud_cover[row] / 100.0
    # Kasten and Czeplak (1980): share of the light that passes the clouds.
    light = (
        _CLEAR_NOON_LUX * np.maximum(np.cos(np.radians(latitude) - _declination(day)), 0.0) * (1.0 - 0.75 * cloud**3.4)
    )
    entered = day * MICROSECONDS_PER_DAY + _LAST_MOMENT
    yield rows(
        year.tables["environmental_photoperioddata"],
        day.size,
        id=row_ids(day, area),
        date=day,
        day_length_hours=day_length_hours(day, latitude),
        light_intensity=light,
        is_interpolated=False,
        created_at=entered,
        updated_at=entered,
        area_id=areas.area_id[area],
    )


def _declination(day: np.ndarray) -> np.ndarray:
    """Return the declination of the sun on each day, radians (Forsythe et al. 1995, CBM model)."""
    revolution = 0.2163108 + 2.0 * np.arctan(0.9671396 * np.tan(0.00860 * (day_of_year(day) - 186)))
    return np.arcsin(0.39795 * np.cos(revolution))


def day_length_hours(day: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Return the hours from sunrise to sunset, from day numbers and latitudes in degrees (Forsythe et al. 1995, CBM
    model); 0 and 24 beyond the polar circles."""
    declination, north = _declination(day), np.radians(latitude)
    cosine = (np.sin(np.radians(_DAYLIGHT_ANGLE)) + np.sin(north) * np.sin(declination)) / (
        np.cos(north) * np.cos(declination)
    )
    return 24.0 - 24.0 / np.pi * np.arccos(np.clip(cosine, -1.0, 1.0))
