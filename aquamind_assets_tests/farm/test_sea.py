"""The sea at the sites: tides, layers, fronts, run-off, and what a scenario decides about them."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aquamind_assets import timeline
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.farm.sites.sea import LEAD_DAYS, Sea, run_off
from aquamind_assets.farm.sites.sea_motion import HOURS, M2_HOURS, S2_HOURS, Motion
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.loading import ScenarioError, load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.timeline import DayRange, year_days

SCENARIO = load_scenario("bakkafrost")
PLACES = build(SCENARIO)
YEAR = 2018

SITE = "{name: Quarry Point, latitude: 56.0, longitude: -5.3, cages: {cage_large: 2}%s}"


def tide_alone() -> tuple[Scenario, Infrastructure]:
    ranges = "{fronts_per_year: {low: 0, high: 0}, tide_m: {low: 1, high: 1}}"
    scenario = load_scenario(
        "tiny", [f"farm.geographies.{name}.sea={ranges}" for name in ("Faroe Islands", "Scotland")]
    )
    return scenario, build(scenario)


def test_the_tide_has_the_periods_of_moon_and_sun() -> None:
    lift = Motion(*tide_alone(), year_days(YEAR)).lift
    power = np.abs(np.fft.rfft(lift, axis=1)) ** 2
    period = lift.shape[1] / np.maximum(np.arange(power.shape[1]), 1)
    for area in power:
        first, second = period[np.argsort(area)[::-1]][
            [0, np.argmax(np.abs(period[np.argsort(area)[::-1]] - M2_HOURS) > 0.2)]
        ]
        assert first == pytest.approx(M2_HOURS, abs=0.02)
        assert second == pytest.approx(S2_HOURS, abs=0.02)


def test_springs_follow_new_and_full_moon_and_neaps_the_half_moons() -> None:
    scenario, places = tide_alone()
    full = timeline.day_number(datetime.date(2018, 1, 31))

    def height(day: int) -> float:
        return float(np.abs(Motion(scenario, places, DayRange(day, day + 2)).lift).max())

    springs, neaps = [full + 1, full + 16], [full + 8, full + 23]
    assert min(map(height, springs)) > 1.3 * max(map(height, neaps))


def test_sites_of_a_coast_have_the_tide_at_different_times() -> None:
    lift = Motion(*tide_alone(), DayRange(17600, 17615)).lift
    assert (np.abs(lift[0] - lift[1]) > 0.1).mean() > 0.3


@settings(max_examples=10, deadline=None)
@given(first=st.integers(0, 364), length=st.integers(1, 40))
def test_a_movement_is_a_function_of_the_moment(first: int, length: int) -> None:
    days = year_days(YEAR)
    whole = Motion(SCENARIO, PLACES, days)
    part = DayRange(days.first + first, min(days.first + first + length, days.end))
    alone = Motion(SCENARIO, PLACES, part)
    cut = slice(first * HOURS, (part.end - days.first) * HOURS)
    np.testing.assert_array_equal(alone.lift, whole.lift[:, cut])
    np.testing.assert_array_equal(alone.stagnation, whole.stagnation[:, cut])


def test_a_front_goes_on_over_the_border_of_years() -> None:
    before = Motion(SCENARIO, PLACES, year_days(YEAR - 1)).lift
    after = Motion(SCENARIO, PLACES, year_days(YEAR)).lift
    step = np.abs(after[:, 0] - before[:, -1])
    usual = np.abs(np.diff(after, axis=1))
    assert np.median(step) < 3 * np.median(usual)
    assert step.max() < usual.max()


def test_fronts_are_rare_and_sudden() -> None:
    change = np.diff(Motion(SCENARIO, PLACES, year_days(YEAR)).lift[:, ::3], axis=1)
    square, fourth = (change**2).mean(axis=1), (change**4).mean(axis=1)
    assert np.median(fourth / square**2 - 3) > 20
    # Up as often as down: the mean of a year stays about where it was.
    assert abs(Motion(SCENARIO, PLACES, year_days(YEAR)).lift.mean()) < 0.3


def test_water_that_stands_is_as_usual_on_average() -> None:
    stagnation = np.concatenate([Motion(SCENARIO, PLACES, year_days(year)).stagnation for year in (2018, 2019)], axis=1)
    np.testing.assert_allclose(stagnation.mean(axis=1), 1.0, atol=0.01)
    assert stagnation.min() < 0.8
    assert stagnation.max() > 1.15


def test_run_off_follows_rain_and_forgets_it() -> None:
    rain = np.full((1, LEAD_DAYS + 90), 4.0)
    rain[0, LEAD_DAYS + 10] = 80.0
    flow = run_off(rain, np.array([4.0]))[0]
    np.testing.assert_allclose(flow[:10], 1.0)
    assert flow.argmax() == 10
    assert flow[10] > 2
    assert np.all(np.diff(flow[10:]) < 0)
    assert flow[80] == pytest.approx(1.0, abs=0.01)


def salinity_of(scenario: Scenario, years: range) -> tuple[np.ndarray, np.ndarray]:
    """Salinity of the Scottish areas and their rain, (days, areas)."""
    places = build(scenario)
    here = np.flatnonzero(places.areas.geography == 1)
    parts = [site_days(scenario, places, year) for year in years]
    sites = len(places.sites)
    return tuple(
        np.concatenate([getattr(part, name).reshape(-1, sites)[:, here] for part in parts]).astype(float)
        for name in ("salinity", "precipitation")
    )


def test_scottish_salinity_falls_after_rain_and_is_lowest_in_winter() -> None:
    salinity, rain = salinity_of(SCENARIO, range(2015, 2021))
    week = np.cumsum(rain, axis=0)
    wet = (week[7:] - week[:-7])[:-1]
    after = salinity[8:]
    together = [np.corrcoef(wet[:, area], after[:, area])[0, 1] for area in range(wet.shape[1])]
    assert np.median(together) < -0.5
    month = np.arange("2015-01-01", "2021-01-01", dtype="datetime64[D]").astype("datetime64[M]").astype(int) % 12
    mean = np.array([salinity[month == one].mean() for one in range(12)])
    assert mean[[11, 0, 1]].mean() < mean[[5, 6, 7]].mean() - 0.2
    assert salinity.min() > 25
    assert 27 < np.percentile(salinity, 1) < 31.5
    assert 34.2 < np.percentile(salinity, 99) < 35


def test_without_rain_nothing_is_diluted() -> None:
    dry = load_scenario("tiny", ["farm.geographies.Scotland.climate.precipitation_mean=0"])
    assert salinity_of(dry, range(2018, 2019))[0].min() > 33.7


def test_waves_mix_the_layers() -> None:
    calm = Sea.of(SCENARIO, PLACES)
    days, areas = year_days(YEAR).days, len(PLACES.areas)
    waves = np.full((areas, LEAD_DAYS + days.size), 0.3)
    waves[:, LEAD_DAYS + 200 :] = 6.0
    gradient = calm.stratified(days, waves)
    assert np.all(gradient[:, 206] < 0.3 * gradient[:, 199])
    assert np.all(gradient[:, 10] < 0.3 * gradient[:, 199])


def test_sites_differ_within_the_ranges_of_their_geography() -> None:
    sea = Sea.of(SCENARIO, PLACES)
    for geography, spec in enumerate(SCENARIO.farm.geographies):
        here = PLACES.areas.geography == geography
        for name in ("stratification", "tide_m", "fronts_per_year", "front_m", "runoff"):
            allowed, values = getattr(spec.sea, name), getattr(sea, name)[here]
            assert allowed.low <= values.min() < values.max() <= allowed.high
            assert np.unique(values).size == here.sum()
    scotland = PLACES.areas.geography == 1
    assert np.corrcoef(sea.stratification[scotland], sea.runoff[scotland])[0, 1] > 0.2


def test_a_known_site_has_its_own_values_and_leaves_the_others_as_they_were() -> None:
    def farm(sea: str) -> tuple[Scenario, Infrastructure]:
        scenario = load_scenario("tiny", [f"farm.geographies.Scotland.sites=[{SITE % sea}]"])
        return scenario, build(scenario)

    plain, known = farm(""), farm(", sea: {tide_m: 2.5, runoff: 0}")
    area = list(known[1].areas.name).index("Quarry Point")
    one, other = Sea.of(*plain), Sea.of(*known)
    assert (other.tide_m[area], other.runoff[area]) == (2.5, 0.0)
    assert other.stratification[area] == one.stratification[area]
    others = np.arange(len(one.tide_m)) != area
    np.testing.assert_array_equal(one.tide_m[others], other.tide_m[others])
    first, second = (site_days(*farm_, YEAR) for farm_ in (plain, known))
    mine = first.site == area
    np.testing.assert_array_equal(first.temperature[~mine], second.temperature[~mine])
    assert (second.salinity[mine] > first.salinity[mine]).all()


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ("farm.geographies.Scotland.sea.tide_m={low: 2, high: 1}", ["tide_m", "low 2 is above high 1"]),
        ("farm.geographies.Scotland.sea.runoff={low: 0, high: 50}", ["runoff", "high 50", "0 to 20"]),
        (
            f"farm.geographies.Scotland.sites=[{SITE % ', sea: {stratification: 3}'}]",
            ["Quarry Point", "stratification", "3"],
        ),
    ],
)
def test_a_wrong_value_is_named(change: str, parts: list[str]) -> None:
    with pytest.raises(ScenarioError) as error:
        load_scenario("bakkafrost", [change])
    for part in parts:
        assert part in str(error.value)


def test_a_farm_without_a_sea_has_no_movements() -> None:
    scenario = load_scenario("tiny", ["farm.geographies.Scotland.areas=0"])
    places = build(scenario)
    assert Motion(scenario, places, year_days(YEAR)).lift.shape == (len(places.areas), 365 * HOURS)
