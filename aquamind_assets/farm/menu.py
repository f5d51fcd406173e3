"""Which feed fish get.

Belongs here: the choice by stage and weight. Does not belong here: how much (``processes.appetite``) and out of which silo (``supply``).
"""

import numpy as np

from aquamind_assets.scenario.farm import STAGE_NAMES
from aquamind_assets.scenario.model import Scenario


class Menu:
    """Which feed a fish gets: the last one of its stage whose weight it has reached."""

    def __init__(self, scenario: Scenario) -> None:
        feeds = scenario.feed.feeds
        self._of_stage = []
        for name in STAGE_NAMES:
            rows = sorted((row for row, feed in enumerate(feeds) if name in feed.stages), key=lambda row: feeds[row].from_weight_g)
            self._of_stage.append((np.array([feeds[row].from_weight_g for row in rows]), np.array(rows, dtype=np.int64)))

    def feed(self, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Row of the scenario's feeds, -1 where fish of that stage and weight get none; (n,)."""
        chosen = np.full(stage.size, -1)
        for number, (weights, rows) in enumerate(self._of_stage):
            here = np.flatnonzero(stage == number)
            if here.size and rows.size:
                place = np.searchsorted(weights, weight[here], side="right") - 1
                chosen[here] = np.where(place >= 0, rows[place], -1)
        return chosen
