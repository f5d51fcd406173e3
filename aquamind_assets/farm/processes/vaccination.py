"""Vaccination: once in a batch's life, in Parr or Smolt.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``shares`` | 1 | shares of the vaccines, and of no vaccine, among the batches (general knowledge) |
| parameter | ``days_before`` | day | days before the sea transfer it is given (specification) |
| parameter | ``failing`` | 1 | share of the batches in which a vaccine does not take (general knowledge) |
| parameter | ``onset`` | degC day | degree-days until it protects (general knowledge) |
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Vaccination:
    """Which vaccine a batch gets, and when; arrays are over batches, (b,)."""

    names: tuple[str, ...]
    """Keys of the vaccines, and ``""`` for none."""
    shares: tuple[float, ...]
    failing: np.ndarray
    days_before: np.ndarray
    onset: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        vaccines = scenario.health.vaccines
        return cls(
            names=(*(one.key for one in vaccines), ""),
            shares=(*(one.share for one in vaccines), max(0.0, 1.0 - math.fsum(one.share for one in vaccines))),
            failing=np.array([one.failing for one in vaccines]),
            days_before=np.array([one.days_before_transfer for one in vaccines], dtype=np.int64),
            onset=scenario.health.vaccine_onset_degree_days,
        )

    def due(
        self, vaccine: np.ndarray, stage: np.ndarray, days_to_transfer: np.ndarray, vaccinated: np.ndarray
    ) -> np.ndarray:
        """Whether batches are vaccinated today, bool: in Parr or Smolt, once, when the expected transfer is near
        enough."""
        young = (stage == Stage.PARR) | (stage == Stage.SMOLT)
        return (vaccine >= 0) & young & ~vaccinated & (days_to_transfer <= self.days_before[vaccine])

    def protects(self, degree_days_since: np.ndarray) -> np.ndarray:
        """Whether the immunity is there, bool."""
        return degree_days_since >= self.onset
