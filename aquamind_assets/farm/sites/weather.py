"""Weather of every area and station: wind, waves, rain, clouds, air.

Belongs here: daily weather. Does not belong here: what it does to the water (``climate``, ``sea``), and observations
within the day (``records.environmental.weather``).

One AR1 weather (rho .7) is behind all of it: log-normal wind, waves from wind, rain (general knowledge).
"""

import numpy as np

from aquamind_assets.farm.sites.series import Series, season
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario

WEATHER_RHO = 0.7

RAIN_SEASON = 0.3
"""Relative amplitude of the rain's season; most of it falls in the middle of January."""

_RAIN_SCALE = 0.96
"""So the mean of the rain is the scenario's: the mean square of a standard normal plus .5, where positive, is 1.04."""


def weather(scenario: Scenario, infrastructure: Infrastructure, draw: Series) -> dict[str, np.ndarray]:
    """Weather at the areas, then at the stations, each array of shape (places, days of ``draw``)."""
    days = draw.days
    geography = np.r_[infrastructure.areas.geography, infrastructure.stations.geography]
    climates = [scenario.farm.geographies[one].climate for one in geography]
    places = infrastructure.place_draws
    front = np.sqrt(0.7) * draw.ar1("front", infrastructure.geography_draws, WEATHER_RHO)[geography] + np.sqrt(
        0.3
    ) * draw.ar1("weather", places, WEATHER_RHO)
    winter = season(days, 15.0)
    wind = np.array([one.wind_mean for one in climates])[:, None] * (1.0 + 0.25 * winter) * np.exp(0.45 * front - 0.10)
    exposure = np.clip(1.0 + 0.3 * draw.constant("exposure", places), 0.4, 1.8)
    rain = 0.8 * front + 0.6 * draw.ar1("rain", places, 0.4)
    amount = (
        np.array([one.precipitation_mean for one in climates])[:, None]
        * (1.0 + RAIN_SEASON * winter)
        * _RAIN_SCALE
        * np.maximum(0.0, rain + 0.5) ** 2
    )
    air = draw.ar1("air", infrastructure.geography_draws, 0.8)[geography]
    seasons = np.array([season(days, one.warmest_day - 20) for one in climates]).reshape(len(climates), days.size)
    mean = np.array([one.air_temperature_mean + one.warming for one in climates])[:, None]
    amplitude = np.array([one.air_temperature_amplitude for one in climates])[:, None]
    return {
        "air_temperature": mean + amplitude * seasons + 2.0 * air,
        "wind_speed": np.clip(wind, 0.3, 45.0),
        # South-westerly on most days; fronts veer it.
        "wind_direction": (225.0 + 55.0 * draw.ar1("direction", places, 0.6) + 25.0 * front) % 360.0,
        "wave_height": np.clip(exposure * (0.25 + 0.011 * wind**2), 0.05, 14.0),
        "precipitation": np.clip(amount, 0.0, 120.0),
        "cloud_cover": np.clip(68.0 + 18.0 * rain + 12.0 * (draw.white("cloud", places) - 0.5), 0.0, 100.0),
    }
