"""The weight at which a batch goes to sea.

Belongs here: the target weight of a batch's smolts. Does not belong here: growth, and when they go (``moves``).

Hatcheries grow larger smolts from year to year (``smolt_trend``), and no two batches go to sea at the same weight.
"""

import numpy as np

from aquamind_assets.farm.draws import batch_draws
from aquamind_assets.farm.trend import factor_on
from aquamind_assets.scenario.model import Scenario

HEAVIEST = 0.5
"""Smolts go to sea below this share of the lightest harvest weight, whatever the trend."""

LIGHTEST = 1.05
"""Smolts go to sea above so many times the weight at which they entered the stage."""

_MOST_NORMAL = 2.5


def smolt_weight(scenario: Scenario, geography: int, sequence: int, start_day: np.ndarray | int) -> np.ndarray:
    """Mean weight (g) at which the batch with this running number goes to sea, if it starts on ``start_day``; shape of
    ``start_day``."""
    plan, stages = scenario.farm.batches, scenario.farm.stages
    normal = float(np.clip(batch_draws(scenario.seed, sequence).smolt_normal, -_MOST_NORMAL, _MOST_NORMAL))
    weight = plan.smolt_weight_g * trend(scenario, geography, start_day) * np.exp(plan.smolt_weight_sd * normal)
    smolt = next(stage for stage in stages if stage.name == "Smolt").entry_weight_g
    return np.clip(weight, LIGHTEST * smolt, max(HEAVIEST * plan.harvest_weight_g.low, plan.smolt_weight_g))


def trend(scenario: Scenario, geography: int, day: np.ndarray | int) -> np.ndarray:
    """Factor of the trend on a day, shape of ``day``."""
    return factor_on(scenario.farm.geographies[geography].smolt_trend, day)
