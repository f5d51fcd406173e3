"""Water of every site and day, with the weather above it.

Belongs here: the sea and the freshwater of halls on each day. Does not belong here: movements within a day
(``sea_motion``), the sky (``weather``), what fish do to their water (``farm.sites.oxygen``).

| driver | form | source |
|---|---|---|
| sea temperature | mean + amplitude cos(2 pi (d - warmest) / 365.25) + year effect + AR1, half of it the geography's, + the day's mean of what tide and fronts lift | Dam et al. 2000; Szewczyk et al. |
| layers | midsummer's gradient of the site, mixed by waves | ``sea`` |
| salinity | of the sea outside, drawn for each site in the climate's range, + AR1, diluted by the run-off of the last weeks' rain | ``sea`` |
| saturation of incoming water | 100 % + season + AR1 (sd 3 %), lower in water from below, in tanks aerated to 80-105 % | suggested form |
| recirculated halls | middle of the stage's range + slow AR1, kept inside the range | suggested form |
| flow-through halls | air temperature's season, damped and lifted by the lake, + AR1, kept in 3-16 degC | suggested form |

A year is computed alone (``series``). Year effects are drawn for the middle of each year and joined by straight lines,
so that nothing jumps on 1 January.
"""

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.sites.measured import put_logged, season_of, water_of_areas
from aquamind_assets.farm.sites.sea import HALOCLINE, LEAD_DAYS, Sea, run_off, usual_run_off
from aquamind_assets.farm.sites.sea_motion import Motion, daily
from aquamind_assets.farm.sites.series import Series, season
from aquamind_assets.farm.sites.weather import weather
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import SiteDays
from aquamind_assets.scenario.model import Scenario

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
SALINITY_SD = 0.06
FLOW_THROUGH_SD_YEAR = 0.5

SATURATION_PER_DEGREE = 4.0
"""How much less oxygen water from below has for each degC that it is colder, % of saturation (general knowledge)."""


def site_days(scenario: Scenario, infrastructure: Infrastructure, year: int) -> SiteDays:
    """Water and weather of all sites (commissioned or not yet) on all days of ``year``, sorted by (day, site)."""
    days = timeline.year_days(year).days
    draw = Series(scenario.seed, year)
    early = weather(scenario, infrastructure, Series(scenario.seed, year, LEAD_DAYS))
    sea_sites = len(infrastructure.areas)
    water = _sea_water(
        scenario, infrastructure, draw, early["precipitation"][:sea_sites], early["wave_height"][:sea_sites]
    )
    halls = _hall_water(scenario, infrastructure, draw)
    place = np.r_[np.arange(sea_sites), sea_sites + infrastructure.halls.station.astype(np.int64)]
    sky = {name: values[place, LEAD_DAYS:] for name, values in early.items()}
    sky["wave_height"][sea_sites:] = 0.0
    columns = {name: np.concatenate([water[name], halls[name]]) for name in water} | sky
    put_logged(scenario, days, columns)
    sites = place.size
    return SiteDays(
        day=np.repeat(days, sites),
        site=np.tile(np.arange(sites), days.size),
        **{name: np.ascontiguousarray(values.T).ravel() for name, values in columns.items()},
    )


def sea_temperature_normal(scenario: Scenario, infrastructure: Infrastructure, days: np.ndarray) -> np.ndarray:
    """Temperature to be expected at each area on ``days``, without year effects and weather, shape (areas, days),
    degC."""
    climates = [scenario.farm.geographies[one].climate for one in infrastructure.areas.geography]
    beyond = np.maximum(0.0, infrastructure.areas.latitude - np.array([one.cooling_from_latitude for one in climates]))
    cooling = np.array([one.cooling_per_degree for one in climates])
    mean = np.array([one.mean_temperature + one.warming for one in climates]) - cooling * beyond
    amplitude = np.array([one.temperature_amplitude for one in climates]) - 0.5 * cooling * beyond
    normal = mean[:, None] + amplitude[:, None] * _of_each([season(days, one.warmest_day) for one in climates], days)
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
        + LAKE_DAMPING * climate.air_temperature_amplitude * season(days, climate.warmest_day - 15)
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
    scenario: Scenario, infrastructure: Infrastructure, draw: Series, rain: np.ndarray, waves: np.ndarray
) -> dict[str, np.ndarray]:
    """Water of the areas; ``rain`` and ``waves`` are of the days and of :data:`LEAD_DAYS` before them."""
    days, sea = draw.days, Sea.of(scenario, infrastructure)
    motion = Motion(scenario, infrastructure, timeline.DayRange(int(days[0]), int(days[-1]) + 1))
    stratification = sea.stratified(days, waves)
    lifted = daily(motion.effect(-stratification.T))
    outside, salinity = _salinity(scenario, infrastructure, draw, sea, rain)
    halocline = HALOCLINE * np.maximum(outside - salinity, 0.0) * sea.calm(waves)
    saturation = (
        99.0
        + 2.0 * season(days, 130.0)
        + SATURATION_SD * draw.ar1("saturation", infrastructure.area_draws, SATURATION_RHO)
        + SATURATION_PER_DEGREE * lifted
    )
    return {
        "temperature": np.maximum(-1.0, _sea_temperature(scenario, infrastructure, draw) + lifted),
        "temperature_amplitude": np.clip(
            0.12 + 0.05 * season(days, 180.0) + 0.02 * draw.constant("diel", infrastructure.area_draws), 0.05, 0.2
        ),
        "stratification": stratification,
        "salinity": np.maximum(0.0, salinity + daily(motion.effect(halocline.T))),
        "halocline": halocline,
        "oxygen_saturation": np.clip(saturation, 85.0, 112.0),
        "stagnation": daily(motion.stagnation),
        "ph": np.clip(
            8.05 + 0.05 * season(days, 130.0) + 0.03 * draw.ar1("ph", infrastructure.area_draws, 0.85), 7.8, 8.25
        ),
    }


def _sea_temperature(scenario: Scenario, infrastructure: Infrastructure, draw: Series) -> np.ndarray:
    """Temperature of the areas without movements of the sea, (areas, days), degC."""
    areas, specs = infrastructure.areas, scenario.farm.geographies
    climates = [specs[one].climate for one in areas.geography]
    year_effect = (
        draw.yearly("year_effect", infrastructure.geography_draws)[areas.geography]
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
    return sea_temperature_normal(scenario, infrastructure, draw.days) + year_effect + anomaly + place


def _salinity(
    scenario: Scenario, infrastructure: Infrastructure, draw: Series, sea: Sea, rain: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Salinity of the sea outside, and at the areas without movements of the sea, (areas, days), ppt.

    Measured salinity contains the usual run-off, so only what differs from it dilutes the water there.
    """
    days, climates = draw.days, [climate for climate, _ in water_of_areas(scenario)]
    outside = np.repeat(sea.salinity[:, None], days.size, axis=1)
    outside += SALINITY_SD * draw.ar1("salinity", infrastructure.area_draws, 0.95)
    flow = run_off(rain, np.array([one.precipitation_mean for one in climates]))
    salinity = sea.diluted(outside, flow)
    for area, (_, site) in enumerate(water_of_areas(scenario)):
        if site is not None and site.salinity:
            known = season_of(site, "salinity", days, outside[area])
            salinity[area] = known + salinity[area] - sea.diluted(outside, usual_run_off(days)[None])[area]
    return outside, salinity


def _hall_water(scenario: Scenario, infrastructure: Infrastructure, draw: Series) -> dict[str, np.ndarray]:
    days, halls = draw.days, infrastructure.halls
    normal = hall_temperature_normal(scenario, infrastructure, days)
    slow = draw.ar1("hall_temperature", infrastructure.hall_draws, 0.93)
    lake = draw.ar1("lake", infrastructure.station_draws, LAKE_RHO)[halls.station] * LAKE_SD
    geography = infrastructure.stations.geography[halls.station]
    lake += FLOW_THROUGH_SD_YEAR * draw.yearly("lake_year", infrastructure.geography_draws)[geography]
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
        "stratification": np.zeros(temperature.shape),
        "salinity": np.zeros(temperature.shape),
        "halocline": np.zeros(temperature.shape),
        "stagnation": np.ones(temperature.shape),
        "oxygen_saturation": np.clip(
            98.0 + SATURATION_SD * draw.ar1("hall_saturation", infrastructure.hall_draws, SATURATION_RHO), 85.0, 105.0
        ),
        "ph": np.clip(
            np.where(recirculated, 7.1, 6.9) + 0.06 * draw.ar1("hall_ph", infrastructure.hall_draws, 0.9), 6.6, 7.6
        ),
    }
