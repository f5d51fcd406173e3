"""Which feed fish get, and how long they will go on getting it.

Belongs here: the choice by stage and weight. Does not belong here: how much (``processes.appetite``) and out of which
silo (``supply``).
"""

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES

_STAGE_STEP = 1e9
"""More than any weight in g: stage and weight become one number."""


class Menu:
    """Which feed a fish gets: the last one of its stage whose weight it has reached."""

    def __init__(self, scenario: Scenario) -> None:
        choices = [
            (STAGE_NAMES.index(name) * _STAGE_STEP + feed.from_weight_g, feed.name, row)
            for row, feed in enumerate(scenario.feed.feeds)
            for name in feed.stages
        ]
        # Every stage begins with no feed.
        choices = sorted(choices + [(stage * _STAGE_STEP - 1.0, "", -1) for stage in range(len(STAGE_NAMES))])
        self._from = np.array([place for place, _, _ in choices])
        self._feed = np.array([row for _, _, row in choices])
        plan, entry = scenario.farm.batches, [stage.entry_weight_g for stage in scenario.farm.stages]
        self._stage_end = np.array(
            # Smolts leave at the weight of their batch.
            [*entry[1 : Stage.SMOLT + 1], np.inf, entry[Stage.ADULT], plan.harvest_weight_g.high]
        )

    def feed(self, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Row of the scenario's feeds, -1 where fish of that stage and weight get none; (n,)."""
        return self._feed[np.searchsorted(self._from, stage * _STAGE_STEP + weight, side="right") - 1]

    def up_to(self, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Weight (g) at which fish of that stage and weight will get another feed, or leave the stage; (n,)."""
        place = stage * _STAGE_STEP + weight
        following = np.append(self._from, np.inf)[np.searchsorted(self._from, place, side="right")]
        return np.minimum(self._stage_end[stage], following - stage * _STAGE_STEP)
