"""Water and weather against published figures (domain: Dam et al. 2000, slim's Fyne farm, Szewczyk et al.), and from
year to year."""

from itertools import pairwise

import numpy as np
import pytest

from aquamind_assets import timeline
from aquamind_assets.farm.sites.climate import sea_temperature_normal, site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import SiteDays
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

YEARS = range(2015, 2025)
FAROES = (6.9, 6.3, 6.3, 6.8, 7.7, 8.8, 9.8, 10.3, 10.3, 9.7, 8.8, 7.8)
SCOTLAND = (8.2, 7.5, 7.4, 8.2, 9.6, 11.3, 13.1, 13.7, 13.6, 12.8, 11.7, 9.8)


@pytest.fixture(scope="module")
def decade() -> tuple[Scenario, Infrastructure, list[SiteDays]]:
    scenario = load_scenario("bakkafrost")
    infrastructure = build(scenario)
    return scenario, infrastructure, [site_days(scenario, infrastructure, year) for year in YEARS]


def _grid(values: np.ndarray, infrastructure: Infrastructure) -> np.ndarray:
    return values.reshape(-1, len(infrastructure.sites)).astype(float)


def _sea_temperature(
    decade: tuple[Scenario, Infrastructure, list[SiteDays]], geography: int
) -> tuple[np.ndarray, np.ndarray]:
    _, infrastructure, years = decade
    here = np.flatnonzero((infrastructure.sites.area >= 0) & (infrastructure.sites.geography == geography))
    if geography == 1:
        here = here[infrastructure.areas.latitude[here] < 58.5]
    grid = np.concatenate([_grid(year.temperature, infrastructure)[:, here] for year in years])
    days = np.concatenate([timeline.year_days(year).days for year in YEARS])
    return days, grid


@pytest.mark.parametrize(("geography", "published", "band"), [(0, FAROES, 0.8), (1, SCOTLAND, 1.0)])
def test_monthly_sea_temperature(
    decade: tuple[Scenario, Infrastructure, list[SiteDays]], geography: int, published: tuple[float, ...], band: float
) -> None:
    days, grid = _sea_temperature(decade, geography)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(int) % 12
    measured = np.array([grid[month == one].mean() for one in range(12)])
    assert np.abs(measured - published).max() < band


def test_weekly_anomaly_varies_and_persists(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    scenario, infrastructure, years = decade
    sea = infrastructure.sites.area >= 0
    parts = []
    for year, water in zip(YEARS, years, strict=True):
        normal = sea_temperature_normal(scenario, infrastructure, timeline.year_days(year).days).T
        anomaly = _grid(water.temperature, infrastructure)[:, sea] - normal
        anomaly -= anomaly.mean(axis=0)
        parts.append(anomaly[:364].reshape(52, 7, -1).mean(axis=1))
    spread = np.mean([part.std(axis=0).mean() for part in parts])
    lag = np.mean(
        [
            np.mean([np.corrcoef(part[:-1, site], part[1:, site])[0, 1] for site in range(0, part.shape[1], 7)])
            for part in parts
        ]
    )
    assert 0.21 < spread < 0.41
    assert 0.37 < lag < 0.78


def test_years_join_without_a_step(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    _, infrastructure, years = decade
    sea = infrastructure.sites.area >= 0
    grids = [_grid(year.temperature, infrastructure)[:, sea] for year in years]
    usual = np.concatenate([np.abs(np.diff(grid, axis=0)) for grid in grids]).mean()
    border = np.mean([np.abs(after[0] - before[-1]).mean() for before, after in pairwise(grids)])
    assert border < 1.5 * usual


def test_a_year_is_a_function_of_the_year_alone(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    scenario, infrastructure, years = decade
    again = site_days(scenario, infrastructure, 2019)
    for name, values in again.columns().items():
        np.testing.assert_array_equal(values, getattr(years[4], name))


def test_neighbouring_areas_share_their_weather(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    scenario, infrastructure, years = decade
    normal = sea_temperature_normal(scenario, infrastructure, timeline.year_days(2015).days).T
    anomaly = _grid(years[0].temperature, infrastructure)[:, : len(infrastructure.areas)] - normal
    here = infrastructure.areas.geography == 0
    together = np.corrcoef(anomaly[:, here].T)[np.triu_indices(int(here.sum()), 1)].mean()
    apart = np.corrcoef(anomaly.T)[np.ix_(here, ~here)].mean()
    assert 0.2 < together < 0.95
    assert together > apart + 0.2


def test_water_stays_in_its_ranges(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    _, infrastructure, years = decade
    hall = infrastructure.sites.hall >= 0
    recirculated = np.zeros(len(infrastructure.sites), dtype=bool)
    recirculated[hall] = infrastructure.halls.recirculated[infrastructure.sites.hall[hall]]
    for year in years:
        temperature, salinity = _grid(year.temperature, infrastructure), _grid(year.salinity, infrastructure)
        assert temperature[:, recirculated].min() >= 9.4 - 1e-5
        assert temperature[:, recirculated].max() <= 14 + 1e-5
        flowing = temperature[:, hall & ~recirculated]
        assert flowing.min() >= 3
        assert flowing.max() <= 16
        assert flowing.max() - flowing.min() > 4
        assert np.all(salinity[:, hall] == 0)
        faroes = ~hall & (infrastructure.sites.geography == 0)
        assert np.all((salinity[:, faroes] > 33) & (salinity[:, faroes] < 36))
        assert np.all((salinity[:, ~hall] > 25) & (salinity[:, ~hall] < 36))
        assert np.all(_grid(year.wave_height, infrastructure)[:, hall] == 0)
        assert np.all((year.cloud_cover >= 0) & (year.cloud_cover <= 100))
        assert np.all((year.wind_direction >= 0) & (year.wind_direction < 360))
        assert np.all(year.precipitation >= 0)


def test_wind_is_windier_in_winter_and_makes_the_waves(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    scenario, infrastructure, years = decade
    faroes = (infrastructure.sites.area >= 0) & (infrastructure.sites.geography == 0)
    wind = np.concatenate([_grid(year.wind_speed, infrastructure)[:360, faroes] for year in years])
    waves = np.concatenate([_grid(year.wave_height, infrastructure)[:360, faroes] for year in years])
    assert abs(wind.mean() - scenario.farm.geographies[0].climate.wind_mean) < 1.5
    season = wind.reshape(len(years), 360, -1).mean(axis=(0, 2))
    assert season[:60].mean() > 1.2 * season[150:240].mean()
    assert np.mean([np.corrcoef(wind[:, area], waves[:, area])[0, 1] for area in range(wind.shape[1])]) > 0.8


def test_the_rain_is_the_scenarios(decade: tuple[Scenario, Infrastructure, list[SiteDays]]) -> None:
    scenario, infrastructure, years = decade
    rain = np.concatenate([_grid(year.precipitation, infrastructure) for year in years])
    for geography, spec in enumerate(scenario.farm.geographies):
        here = infrastructure.sites.geography == geography
        assert rain[:, here].mean() == pytest.approx(spec.climate.precipitation_mean, rel=0.1)


def test_warming_is_added_to_every_water_and_to_nothing_else() -> None:
    plain = load_scenario("demo")
    warm = load_scenario("demo", ["farm.geographies.Faroe Islands.climate.warming=1.5"])
    infrastructure = build(plain)
    one, other = site_days(plain, infrastructure, 2016), site_days(warm, infrastructure, 2016)
    faroes = infrastructure.sites.geography[one.site] == 0
    np.testing.assert_allclose(other.temperature[faroes] - one.temperature[faroes], 1.5, atol=1e-4)
    np.testing.assert_array_equal(other.temperature[~faroes], one.temperature[~faroes])
    for name in ("salinity", "ph", "wind_speed", "precipitation", "oxygen_saturation"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
