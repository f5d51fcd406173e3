"""Which feed fish get.

Belongs here: the choice by stage and weight. Does not belong here: how much (``processes.appetite``) and out of which silo (``supply``).
"""

import numpy as np

from aquamind_assets.scenario.farm import STAGE_NAMES
from aquamind_assets.scenario.model import Scenario

_STAGE_STEP = 1e9
"""More than any weight in g: stage and weight become one number."""


class Menu:
    """Which feed a fish gets: the last one of its stage whose weight it has reached."""

    def __init__(self, scenario: Scenario) -> None:
        choices = [(STAGE_NAMES.index(name) * _STAGE_STEP + feed.from_weight_g, row) for row, feed in enumerate(scenario.feed.feeds) for name in feed.stages]
        # Every stage begins with no feed.
        choices = sorted(choices + [(stage * _STAGE_STEP - 1.0, -1) for stage in range(len(STAGE_NAMES))])
        self._from = np.array([place for place, _ in choices])
        self._feed = np.array([row for _, row in choices])

    def feed(self, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Row of the scenario's feeds, -1 where fish of that stage and weight get none; (n,)."""
        return self._feed[np.searchsorted(self._from, stage * _STAGE_STEP + weight, side="right") - 1]
