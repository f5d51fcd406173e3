import numpy as np
import pytest

from aquamind_assets.farm.processes.outside_lice import OutsideLice
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

SUMMER, AUTUMN = 110, 290


def test_outside_pressure_varies_as_stated(scenario: Scenario) -> None:
    outside, spec = OutsideLice.from_scenario(scenario), scenario.health.lice
    rng = np.random.default_rng(8)
    series = [spec.external_sd * rng.normal(size=3000)]
    for _ in range(7):
        series.append(outside.next(series[-1], rng.normal(size=3000)))
    assert series[-1].std() == pytest.approx(spec.external_sd, rel=0.05)
    assert np.corrcoef(series[0], series[-1])[0, 1] == pytest.approx(spec.external_rho, abs=0.03)


def test_the_pressure_has_its_median_its_most_and_its_season() -> None:
    outside = OutsideLice.from_scenario(
        load_scenario("bakkafrost", [f"health.lice.outside_peak_day={AUTUMN}", "health.lice.outside_season=1.0"])
    )
    one = np.ones(1)
    usual = [float(outside.pressure(0 * one, one, day)[0]) for day in (AUTUMN, SUMMER)]
    assert usual[0] > 5 * usual[1]
    assert np.sqrt(usual[0] * usual[1]) == pytest.approx(outside.median, rel=0.02)
    worst = float(outside.pressure(50 * one, one, AUTUMN)[0])
    assert worst == pytest.approx(outside.most * np.e, rel=1e-3), "however high the state"


def test_a_quiet_site_stays_quiet_in_the_worst_weeks_too(scenario: Scenario) -> None:
    outside = OutsideLice.from_scenario(scenario)
    normal = np.sort(np.random.default_rng(11).normal(size=2001))
    reach = outside.reach(normal)
    assert (np.diff(reach) >= 0).all()
    assert reach[1000] == pytest.approx(1, abs=0.1)
    assert reach.max() <= 2
    assert 0.05 < (reach < 0.01).mean() < 0.4, "some sites hardly see a louse"
    worst = outside.pressure(np.full(2001, 50.0), reach, AUTUMN)
    np.testing.assert_allclose(worst / worst.max(), reach / reach.max())
    alike = OutsideLice.from_scenario(load_scenario("bakkafrost", ["health.lice.site_sd=0"]))
    assert (alike.reach(normal) == 1).all()
