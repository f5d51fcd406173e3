import numpy as np
import pytest

from aquamind_assets.farm.processes.appetite import Appetite
from aquamind_assets.farm.processes.condition import Condition
from aquamind_assets.farm.processes.development import Development
from aquamind_assets.farm.processes.growth import Growth
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

NO, YES = np.zeros(1, dtype=bool), np.ones(1, dtype=bool)


def days_to(growth: Growth, start: float, end: float, tgc: float, stage: Stage, temperature: float) -> float:
    """Days from one weight to another, averaged over all days of the year to begin on."""
    first = np.arange(1, 366, 5)
    weight, needed = np.full(first.size, start), np.zeros(first.size)
    for day in range(2000):
        running = weight < end
        if not running.any():
            break
        season = np.array([growth.season_factor(np.array([stage]), int((one + day) % 365) + 1)[0] for one in first])
        flat = growth.rate(
            weight,
            np.full(first.size, tgc),
            np.full(first.size, stage),
            np.full(first.size, temperature),
            np.full(first.size, 95.0),
            np.zeros(first.size),
            np.zeros(first.size, dtype=bool),
            1,
        )
        flat *= season / growth.season_factor(np.array([stage]), 1)[0]
        weight = np.where(running, growth.grown(weight, flat), weight)
        needed += running
    return float(needed.mean())


@pytest.mark.parametrize(
    ("stage", "start", "end", "tgc"),
    [(Stage.FRY, 0.5, 5, 0.85), (Stage.PARR, 5, 50, 1.83), (Stage.SMOLT, 50, 100, 0.89)],
)
def test_ninety_days_at_twelve_degrees_take_the_tgc_that_the_formula_says(
    scenario: Scenario, stage: Stage, start: float, end: float, tgc: float
) -> None:
    assert days_to(Growth.from_scenario(scenario), start, end, tgc, stage, 12.0) == pytest.approx(90, abs=1)


def test_grow_out_takes_as_long_as_with_a_constant_tgc(scenario: Scenario) -> None:
    growth = Growth.from_scenario(scenario)
    constant = (np.cbrt(5000) - np.cbrt(500)) / (2.15e-3 * 9.0 * growth.undisturbed)
    assert days_to(growth, 500, 5000, 2.15, Stage.ADULT, 9.0) == pytest.approx(constant, rel=0.02)


def test_tgc_falls_with_size_in_grow_out(scenario: Scenario) -> None:
    growth = Growth.from_scenario(scenario)
    small, large = growth.size_factor(np.array([500.0, 5000.0]), np.full(2, Stage.ADULT))
    assert small > 1.05
    assert large < 0.97
    assert growth.size_factor(np.array([20.0]), np.array([Stage.PARR])).tolist() == [1.0]


def rate(
    growth: Growth,
    *,
    temperature: float = 9.0,
    saturation: float = 95.0,
    sick: float = 0.0,
    fasting: np.ndarray = NO,
    day: int = 100,
) -> float:
    one = np.ones(1)
    return float(
        growth.rate(
            2000 * one,
            2.1 * one,
            np.array([Stage.ADULT]),
            temperature * one,
            saturation * one,
            sick * one,
            fasting,
            day,
        )[0]
    )


def test_oxygen_heat_sickness_and_fasting_lower_growth(scenario: Scenario) -> None:
    growth = Growth.from_scenario(scenario)
    full = rate(growth)
    assert rate(growth, saturation=110) == full
    assert 0 < rate(growth, saturation=40) < full
    assert rate(growth, saturation=15) == 0
    assert (
        rate(growth, temperature=15, saturation=60) / rate(growth, temperature=15) < rate(growth, saturation=60) / full
    )
    assert rate(growth, sick=0.5) == pytest.approx(full * 0.6)
    assert rate(growth, fasting=YES) < 0
    assert rate(growth, temperature=19) < rate(growth, temperature=14)
    assert rate(growth, temperature=-1) == 0


def test_season_has_mean_one_and_no_hold_on_hatcheries(scenario: Scenario) -> None:
    growth = Growth.from_scenario(scenario)
    days = [growth.season_factor(np.array([Stage.ADULT, Stage.PARR]), day) for day in range(1, 366)]
    assert np.mean(days, axis=0) == pytest.approx([growth.undisturbed, 1], abs=2e-3)
    assert np.ptp(np.array(days)[:, 1]) == 0
    assert days[239][0] > days[49][0]


def test_batch_tgc_stays_near_the_stated_range(scenario: Scenario) -> None:
    growth = Growth.from_scenario(scenario)
    rng = np.random.default_rng(1)
    n = 20_000
    faroes = growth.batch_tgc(np.zeros(n, dtype=int), np.full(n, Stage.ADULT), rng.random(n), rng.normal(size=n))
    stated = scenario.farm.geographies[0].growout_tgc
    assert faroes.mean() == pytest.approx((stated.low + stated.high) / 2, abs=0.005)
    spread = np.hypot((stated.high - stated.low) / np.sqrt(12), scenario.biology.growth.batch_sd)
    assert faroes.std() == pytest.approx(spread, abs=0.005)
    assert growth.batch_tgc(np.array([0]), np.array([Stage.EGG_ALEVIN]), np.array([0.5]), np.array([0.0])).tolist() == [
        0.0
    ]


def test_weights_spread_by_twelve_to_thirty_percent(scenario: Scenario) -> None:
    cv = Growth.from_scenario(scenario).weight_cv(np.geomspace(0.1, 6000, 200))
    assert cv.min() >= 0.12
    assert cv.max() <= 0.30


def test_eggs_hatch_and_feed_by_degree_days_and_lose_what_the_specification_says(scenario: Scenario) -> None:
    development = Development.from_scenario(scenario)
    for temperature in (6.0, 8.0, 9.7, 14.0):
        degree_days, log_alive, days, hatch_day = np.zeros(1), 0.0, 0, 0
        while degree_days[0] < development.first_feeding:
            log_alive -= development.hazard(degree_days, np.array([temperature]))[0]
            degree_days = degree_days + development.rate(np.array([temperature]))
            days += 1
            hatch_day = hatch_day or (days if degree_days[0] >= development.hatch else 0)
        assert hatch_day == int(np.ceil(500 / temperature))
        assert np.exp(log_alive) == pytest.approx(0.85 * 0.92)
    assert 85 <= np.ceil(development.first_feeding / 9.7) <= 95


def test_eggs_and_alevins_get_heavier_until_they_are_fry(scenario: Scenario) -> None:
    development = Development.from_scenario(scenario)
    weight = development.weight(np.linspace(0, 1000, 50))
    assert (np.diff(weight) >= 0).all()
    assert weight[0] == scenario.farm.stages[0].entry_weight_g
    assert weight[-1] == scenario.farm.stages[1].entry_weight_g


def test_condition_is_about_one_point_one_at_sea_transfer_and_above_one_point_three_in_adults(
    scenario: Scenario,
) -> None:
    condition = Condition.from_scenario(scenario)
    none = np.zeros(1)
    for day in range(1, 366, 30):
        assert 0.95 <= condition.value(np.array([100.0]), np.array([Stage.SMOLT]), none, none, day)[0] <= 1.2
        for weight in (1200.0, 3000.0, 5500.0):
            assert 1.3 <= condition.value(np.array([weight]), np.array([Stage.ADULT]), none, none, day)[0] <= 1.6
    healthy, sick = condition.value(np.full(2, 2000.0), np.full(2, Stage.ADULT), np.array([0.0, 0.5]), np.zeros(2), 100)
    assert sick < healthy


def test_length_is_the_inverse_of_the_condition_factor() -> None:
    length = Condition.length(np.array([5000.0]), np.array([1.4]))
    assert 100 * 5000 / length[0] ** 3 == pytest.approx(1.4)
    assert 65 < length[0] < 75


def test_feed_is_conversion_times_gain_up_to_the_cap(scenario: Scenario) -> None:
    appetite = Appetite.from_scenario(scenario)
    weight, stage = np.full(4, 2000.0), np.full(4, Stage.ADULT)
    gain = np.array([10.0, 500.0, 0.0, 10.0])
    feed = appetite.feed(weight, gain, stage, np.zeros(4), np.array([False, False, False, True]), np.zeros(4))
    assert feed[0] == pytest.approx(10 * appetite.conversion(stage, weight)[0], rel=0.01)
    assert feed[1] == pytest.approx(0.015 * 2000)
    assert 0 < feed[2] < 0.002 * 2000
    assert feed[3] == 0
    assert appetite.conversion(np.array([Stage.POST_SMOLT, Stage.ADULT]), np.array([300.0, 5000.0])) == pytest.approx(
        [1.1, 1.2]
    )


def test_a_days_feed_varies_by_some_tenths_around_what_growth_needs(scenario: Scenario) -> None:
    appetite = Appetite.from_scenario(scenario)
    n = 20_000
    feed = appetite.feed(
        np.full(n, 2000.0),
        np.full(n, 10.0),
        np.full(n, Stage.ADULT),
        np.zeros(n),
        np.zeros(n, bool),
        *np.random.default_rng(2).normal(size=(2, n)),
    )
    assert feed.mean() == pytest.approx(
        10 * appetite.conversion(np.array([Stage.ADULT]), np.array([2000.0]))[0], rel=0.01
    )
    assert np.log(feed).std() == pytest.approx(np.hypot(appetite.noise_sd, appetite.farm_sd), rel=0.05)
    assert 0.1 < np.log(feed).std() < 0.2


def test_cages_are_not_fed_in_a_storm_and_less_in_rough_seas(scenario: Scenario) -> None:
    appetite = Appetite.from_scenario(scenario)
    waves, at_sea = np.array([0.5, 2.5, 4.0, 4.0]), np.array([True, True, True, False])
    share = appetite.feedable(waves, at_sea)
    assert share[0] == 1
    assert 0 < share[1] < 1
    assert share[2] == 0
    assert share[3] == 1


def test_eggs_eat_nothing(scenario: Scenario) -> None:
    one = np.ones(1)
    assert Appetite.from_scenario(scenario).feed(
        0.1 * one, 0.01 * one, np.array([Stage.EGG_ALEVIN]), 0 * one, NO, 0 * one
    ).tolist() == [0.0]


def test_growth_follows_the_scenario() -> None:
    changed = Growth.from_scenario(
        load_scenario("bakkafrost", ["biology.growth.size_exponent=0", "biology.growth.sick_growth=1"])
    )
    assert changed.size_factor(np.array([500.0, 5000.0]), np.full(2, Stage.ADULT)).tolist() == [1.0, 1.0]
    assert rate(changed, sick=0.9) == rate(changed)
