import numpy as np
import pytest

from aquamind_assets.farm.processes.lice_harm import LiceHarm
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario

SMOLT = 60.0


def dead(harm: LiceHarm, lice_per_gram: float, weight: float = SMOLT) -> float:
    """Share of fish of a weight that die within the lethal days of a load that lasts."""
    load = harm.load(np.array([lice_per_gram * weight]), np.array([weight]))
    return float(-np.expm1(-harm.hazard(load)[0] * harm.lethal_days))


def test_smolts_die_at_the_published_loads(scenario: Scenario) -> None:
    harm = LiceHarm.from_scenario(scenario)
    assert dead(harm, 0.08) < 0.03
    assert dead(harm, 0.15) == pytest.approx(0.2, abs=0.1)
    assert dead(harm, 0.24) == pytest.approx(0.5)
    assert dead(harm, 0.4) > 0.8


def test_larger_fish_bear_fewer_lice_for_each_gram_and_more_lice(scenario: Scenario) -> None:
    harm = LiceHarm.from_scenario(scenario)
    assert 0.4 < dead(harm, 0.10, 1000) < 0.7
    assert dead(harm, 0.10, SMOLT) < 0.1
    mobile = np.full(3, 20.0)
    hazard = harm.hazard(harm.load(mobile, np.array([100.0, 1000.0, 4000.0])))
    assert hazard[0] > 10 * hazard[1] > 100 * hazard[2] > 0


def test_a_few_lice_cost_growth_before_they_cost_lives(scenario: Scenario) -> None:
    harm = LiceHarm.from_scenario(scenario)
    load = harm.load(np.array([0.0, 1.5, 1e6]), np.array([2000.0, 2000.0, 2000.0]))
    growth, hazard = harm.growth_factor(load) * (1 - harm.usual_loss), harm.hazard(load)
    assert growth[0] == 1
    assert hazard[0] == 0
    assert 0.83 < growth[1] < 0.964
    assert hazard[1] < 1e-6
    assert growth[2] == pytest.approx(1 - harm.growth_loss, abs=1e-3)


def test_harm_can_be_switched_off() -> None:
    harm = LiceHarm.from_scenario(
        load_scenario(
            "bakkafrost",
            ["health.lice.harm.growth_loss=0", "health.lice.harm.usual_loss=0", "health.lice.harm.lethal_load=10"],
        )
    )
    load = harm.load(np.array([30.0]), np.array([1000.0]))
    assert harm.growth_factor(load)[0] == 1
    assert harm.hazard(load)[0] < 1e-6
