import numpy as np
import pytest

from aquamind_assets.farm.processes.lice import ADULT_FEMALE, ADULT_MALE, Lice
from aquamind_assets.farm.processes.lice_count import LiceCount
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario


def test_counts_are_negative_binomial_with_the_stated_spread(scenario: Scenario) -> None:
    process, n = LiceCount.from_scenario(scenario), 20_000
    state = np.tile(Lice.from_scenario(scenario).clean(1), (n, 1))
    state[:, ADULT_FEMALE], state[:, ADULT_MALE], state[:, 0] = 0.5, 1.0, 2.0
    count = process.count(state, np.ones(n), np.random.default_rng(9).random((n, 5)))
    assert process.fish == 20
    assert count.adult_female.mean() == pytest.approx(10, rel=0.03)
    assert count.adult_female.var() == pytest.approx(10 + 100 / (20 * 0.131), rel=0.1)
    assert count.adult_male.var() == pytest.approx(20 + 400 / (20 * 0.144), rel=0.1)
    assert 0.12 * 40 < count.juvenile.mean() < 0.17 * 40


def test_fish_that_are_caught_carry_more_or_fewer_lice_than_all_and_the_cages_of_a_farm_alike() -> None:
    scenario = load_scenario("bakkafrost", ["health.lice.catch_sd=0.8"])
    process = LiceCount.from_scenario(scenario)
    rng = np.random.default_rng(10)
    farm, cages = rng.normal(size=200_000), rng.normal(size=(2, 200_000))
    caught = [process.caught(farm, one) for one in cages]
    assert caught[0].mean() == pytest.approx(1, abs=0.02)
    assert np.log(caught[0]).std() == pytest.approx(0.8, rel=0.02)
    assert np.corrcoef(np.log(caught))[0, 1] > 0.5
    state = np.tile(Lice.from_scenario(scenario).clean(1), (3, 1))
    state[:, ADULT_FEMALE] = 2.0
    few, usual, many = process.count(state, np.array([0.5, 1.0, 2.0]), np.full((3, 5), 0.5)).adult_female
    assert few < usual < many
    alike = LiceCount.from_scenario(load_scenario("bakkafrost", ["health.lice.catch_sd=0"]))
    assert (alike.caught(farm, cages[0]) == 1).all()
