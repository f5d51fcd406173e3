"""Water and weather of every site and day.

Belongs here: what the sea, the rivers and the sky do. Does not belong here: what fish do to their water
(``farm.sites.oxygen``).

| driver | form | source |
|---|---|---|
| sea temperature | mean + amplitude cos(2 pi (d - warmest) / 365.25) + year effect + AR1, half of it the geography's | Dam et al. 2000; Szewczyk et al. |
| recirculated halls | middle of the stage's range + slow AR1, kept inside the range | suggested form |
| flow-through halls | air temperature's season, damped and lifted by the lake, + AR1, kept in 3-16 degC | suggested form |
| salinity | range's middle + spring maximum + AR1, fresher after rain | specification |
| saturation of incoming water | 100 % + AR1 (sd 3 %), in tanks aerated to 80-105 % | suggested form |
| wind, waves, rain, clouds, air | one AR1 weather (rho .7) behind all of them, log-normal wind, waves from wind | general knowledge |

A year is computed alone: innovations are keyed by place and calendar year, and every AR1 runs through the year before first, long
enough to forget where it began. Year effects are drawn for the middle of each year and joined by straight lines, so
that nothing jumps on 1 January.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.sites.measured import put_logged, season_of, water_of_areas
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import SiteDays
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import Groups

AREA_SHARE = 0.5
"""Share of the variance of the temperature anomaly that an area has for itself; the rest is common to its geography."""

LAKE_WARMTH = 2.5
LAKE_DAMPING = 0.85
FLOW_THROUGH = (3.0, 16.0)
"""Flow-through water is that much warmer than the air over the year, follows that share of its season, and stays in
this range (degC)."""

RECIRCULATION_SD = 0.25
LAKE_SD = 0.8
LAKE_RHO = 0.95
SATURATION_SD = 3.0
SATURATION_RHO = 0.7
WEATHER_RHO = 0.7
SALINITY_SD = 0.08
FLOW_THROUGH_SD_YEAR = 0.5

_DAYS = 366
"""Days drawn for every year, so that leap years shift nothing."""


def site_days(scenario: Scenario, infrastructure: Infrastructure, year: int) -> SiteDays:
    """Water and weather of all sites (commissioned or not yet) on all days of ``year``, sorted by (day, site)."""
    days = timeline.year_days(year).days
    draw = _Draws(scenario.seed, year, days.size)
    water = _sea_water(scenario, infrastructure, days, draw)
    halls = _hall_water(scenario, infrastructure, days, draw)
    weather = _weather(scenario, infrastructure, days, draw)
    sea_sites = len(infrastructure.areas)
    place = np.r_[np.arange(sea_sites), sea_sites + infrastructure.halls.station.astype(np.int64)]
    sky = {name: values[place] for name, values in weather.items()}
    sky["wave_height"][sea_sites:] = 0.0
    columns = {name: np.concatenate([water[name], halls[name]]) for name in water} | sky
    # Rain that runs off the land lies on top of the sea.
    columns["salinity"][:sea_sites] -= 0.004 * np.minimum(sky["precipitation"][:sea_sites], 40.0)
    put_logged(scenario, days, columns)
    sites = place.size
    return SiteDays(
        day=np.repeat(days, sites),
        site=np.tile(np.arange(sites), days.size),
        **{name: np.ascontiguousarray(values.T).ravel() for name, values in columns.items()},
    )


class _Draws:
    """Standard normal AR1 series, one for each place (rows) and day of the year (columns), continuous over year
    borders."""

    def __init__(self, seed: int, year: int, days: int) -> None:
        self._seed, self._year, self._days = seed, year, days

    def ar1(self, process: str, places: Groups, rho: np.ndarray | float) -> np.ndarray:
        """Shape (places, days), stationary, variance 1; ``rho`` of all or of each place."""
        before = timeline.year_days(self._year - 1)
        noise = np.concatenate(
            [
                self._noise(process, self._year - 1, places)[:, : len(before)],
                self._noise(process, self._year, places)[:, : self._days],
            ],
            axis=1,
        )
        series = np.empty((noise.shape[1], len(places)))
        scale, level = np.sqrt(1.0 - np.square(rho)), np.zeros(len(places))
        for step, shock in enumerate(np.ascontiguousarray(noise.T)):
            level = rho * level + scale * shock
            series[step] = level
        return series[len(before) :].T

    def white(self, process: str, places: Groups) -> np.ndarray:
        """Uniforms without memory, shape (places, days)."""
        return places.uniforms(self._seed, f"climate.{process}", self._year, shape=(_DAYS,))[:, : self._days]

    def constant(self, process: str, places: Groups) -> np.ndarray:
        """One standard normal for each place for ever, shape (places, 1)."""
        return places.normals(self._seed, f"climate.{process}")[:, None]

    def yearly(self, process: str, places: Groups, days: np.ndarray) -> np.ndarray:
        """Standard normals of the middles of the years, joined by straight lines, shape (places, days)."""
        middles = [timeline.year_days(year).first + 182 for year in (self._year - 1, self._year, self._year + 1)]
        values = [
            places.normals(self._seed, f"climate.{process}", year)
            for year in (self._year - 1, self._year, self._year + 1)
        ]
        position = np.interp(days, middles, [0.0, 1.0, 2.0])
        low = np.minimum(position.astype(np.int64), 1)
        table = np.array(values)
        return (table[low] + (position - low)[:, None] * (table[low + 1] - table[low])).T

    def _noise(self, process: str, year: int, places: Groups) -> np.ndarray:
        return places.normals(self._seed, f"climate.{process}", year, shape=(_DAYS,))


def _season(days: np.ndarray, warmest_day: float) -> np.ndarray:
    return np.cos(2.0 * np.pi * (timeline.day_of_year(days) - warmest_day) / 365.25)


def sea_temperature_normal(scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray) -> np.ndarray:
    """Temperature to be expected at each area on ``days``, without year effects and weather, shape (areas, days),
    degC."""
    climates = [scenario.farm.geographies[one].climate for one in infrastructure.areas.geography]
    beyond = np.maximum(0.0, infrastructure.areas.latitude - np.array([one.cooling_from_latitude for one in climates]))
    cooling = np.array([one.cooling_per_degree for one in climates])
    mean = np.array([one.mean_temperature + one.warming for one in climates]) - cooling * beyond
    amplitude = np.array([one.temperature_amplitude for one in climates]) - 0.5 * cooling * beyond
    normal = mean[:, None] + amplitude[:, None] * _of_each([_season(days, one.warmest_day) for one in climates], days)
    for area, (climate, site) in enumerate(water_of_areas(scenario)):
        if site is not None:
            known = season_of(site, "temperature", days, normal[area] - climate.warming)
            normal[area] = known + climate.warming
    return normal


def _of_each(rows: list[np.ndarray], days: np.ndarray) -> np.ndarray:
    """Rows of days as an array (places, days), of no places too."""
    return np.array(rows).reshape(len(rows), days.size)


def hall_temperature_normal(scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray) -> np.ndarray:
    """The same for each hall, shape (halls, days), degC."""
    halls = range(len(infrastructure.halls))
    return _of_each([_hall_normal(scenario, infrastructure, hall, days) for hall in halls], days)


def _hall_normal(scenario: Scenario, infrastructure: Infrastructure, hall: int, days: np.ndarray) -> np.ndarray:
    halls = infrastructure.halls
    climate = scenario.farm.geographies[infrastructure.stations.geography[halls.station[hall]]].climate
    band = _recirculation_band(scenario, int(halls.container_type[hall]))
    if halls.recirculated[hall] and band is not None:
        return np.full(days.size, (band[0] + band[1]) / 2.0 + climate.warming)
    ambient = (
        climate.air_temperature_mean
        + LAKE_WARMTH
        + LAKE_DAMPING * climate.air_temperature_amplitude * _season(days, climate.warmest_day - 15)
    )
    return np.clip(ambient, *FLOW_THROUGH) + climate.warming


def _recirculation_band(scenario: Scenario, kind: int) -> tuple[float, float] | None:
    """Range of water temperatures of the stages in a container type; none where no stage names one."""
    names = set(scenario.farm.container_types[kind].stages)
    bands = [
        stage.temperature for stage in scenario.farm.stages if stage.name in names and stage.temperature is not None
    ]
    return (min(band.low for band in bands), max(band.high for band in bands)) if bands else None


def _sea_water(
    scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray, draw: _Draws
) -> dict[str, np.ndarray]:
    areas, specs = infrastructure.areas, scenario.farm.geographies
    climates = [specs[one].climate for one in areas.geography]
    year_effect = (
        draw.yearly("year_effect", infrastructure.geography_draws, days)[areas.geography]
        * np.array([one.year_effect_sd for one in climates])[:, None]
    )
    rho = np.array([spec.climate.anomaly_rho for spec in specs])
    common = draw.ar1("anomaly.common", infrastructure.geography_draws, rho)[areas.geography]
    own = draw.ar1("anomaly", infrastructure.area_draws, rho[areas.geography])
    anomaly = np.array([one.anomaly_sd for one in climates])[:, None] * (
        np.sqrt(1.0 - AREA_SHARE) * common + np.sqrt(AREA_SHARE) * own
    )
    place = 0.15 * draw.constant("place", infrastructure.area_draws)
    known = [site is not None and bool(site.temperature) for _, site in water_of_areas(scenario)]
    place[np.array(known, dtype=bool)] = 0.0
    low = np.array([one.salinity.low for one in climates])[:, None]
    high = np.array([one.salinity.high for one in climates])[:, None]
    normal = (low + high) / 2.0 + (high - low) / 2.0 * 0.7 * _season(days, 80.0)
    for area, (_, site) in enumerate(water_of_areas(scenario)):
        if site is not None:
            normal[area] = season_of(site, "salinity", days, normal[area])
    salinity = normal + SALINITY_SD * draw.ar1("salinity", infrastructure.area_draws, 0.95)
    return {
        "temperature": np.maximum(
            -1.0, sea_temperature_normal(scenario, infrastructure, days) + year_effect + anomaly + place
        ),
        "temperature_amplitude": np.clip(
            0.12 + 0.05 * _season(days, 180.0) + 0.02 * draw.constant("diel", infrastructure.area_draws), 0.05, 0.2
        ),
        "salinity": salinity,
        "oxygen_saturation": np.clip(
            99.0
            + 2.0 * _season(days, 130.0)
            + SATURATION_SD * draw.ar1("saturation", infrastructure.area_draws, SATURATION_RHO),
            85.0,
            112.0,
        ),
        "ph": np.clip(
            8.05 + 0.05 * _season(days, 130.0) + 0.03 * draw.ar1("ph", infrastructure.area_draws, 0.85), 7.8, 8.25
        ),
    }


def _hall_water(
    scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray, draw: _Draws
) -> dict[str, np.ndarray]:
    halls = infrastructure.halls
    normal = hall_temperature_normal(scenario, infrastructure, days)
    slow = draw.ar1("hall_temperature", infrastructure.hall_draws, 0.93)
    lake = draw.ar1("lake", infrastructure.station_draws, LAKE_RHO)[halls.station] * LAKE_SD
    geography = infrastructure.stations.geography[halls.station]
    lake += FLOW_THROUGH_SD_YEAR * draw.yearly("lake_year", infrastructure.geography_draws, days)[geography]
    warming = np.array([scenario.farm.geographies[one].climate.warming for one in geography])
    temperature = np.empty_like(normal)
    for hall in range(len(halls)):
        band = _recirculation_band(scenario, int(halls.container_type[hall]))
        if halls.recirculated[hall] and band is not None:
            temperature[hall] = np.clip(
                normal[hall] + RECIRCULATION_SD * slow[hall], band[0] + warming[hall], band[1] + warming[hall]
            )
        else:
            temperature[hall] = np.clip(
                normal[hall] + lake[hall], FLOW_THROUGH[0] + warming[hall], FLOW_THROUGH[1] + warming[hall]
            )
    recirculated = halls.recirculated[:, None]
    return {
        "temperature": temperature,
        "temperature_amplitude": np.broadcast_to(np.where(recirculated, 0.05, 0.15), temperature.shape),
        "salinity": np.zeros(temperature.shape),
        "oxygen_saturation": np.clip(
            98.0 + SATURATION_SD * draw.ar1("hall_saturation", infrastructure.hall_draws, SATURATION_RHO), 85.0, 105.0
        ),
        "ph": np.clip(
            np.where(recirculated, 7.1, 6.9) + 0.06 * draw.ar1("hall_ph", infrastructure.hall_draws, 0.9), 6.6, 7.6
        ),
    }


def _weather(
    scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray, draw: _Draws
) -> dict[str, np.ndarray]:
    """Weather at the areas, then at the stations."""
    geography = np.r_[infrastructure.areas.geography, infrastructure.stations.geography]
    climates = [scenario.farm.geographies[one].climate for one in geography]
    places = infrastructure.place_draws
    front = np.sqrt(0.7) * draw.ar1("front", infrastructure.geography_draws, WEATHER_RHO)[geography] + np.sqrt(
        0.3
    ) * draw.ar1("weather", places, WEATHER_RHO)
    winter = _season(days, 15.0)
    wind = np.array([one.wind_mean for one in climates])[:, None] * (1.0 + 0.25 * winter) * np.exp(0.45 * front - 0.10)
    exposure = np.clip(1.0 + 0.3 * draw.constant("exposure", places), 0.4, 1.8)
    rain = 0.8 * front + 0.6 * draw.ar1("rain", places, 0.4)
    amount = (
        np.array([one.precipitation_mean for one in climates])[:, None]
        * (1.0 + 0.3 * winter)
        * 0.56
        * np.maximum(0.0, rain + 0.5) ** 2
    )
    air = draw.ar1("air", infrastructure.geography_draws, 0.8)[geography]
    seasons = _of_each([_season(days, one.warmest_day - 20) for one in climates], days)
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
