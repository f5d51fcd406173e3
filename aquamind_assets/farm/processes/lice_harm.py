"""What lice do to the fish they sit on: deaths, lost appetite and growth.

A louse wounds the skin of its host, whose area grows with the weight to the power of two thirds; so a load in mobile
lice for each gram of fish, which the experiments report, is the less bearable the larger the fish is. Attached lice do
little harm. Deaths by lice are recorded as disease.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``lethal_load`` | lice/g | mobile lice for each gram of a smolt at which half of them die (Ives et al. 2023: .24; Taranger et al. 2015: .2-.3) |
| parameter | ``steepness`` | 1 | Hill exponent of dying (Taranger et al. 2015: a fifth dies at .1-.2, half at .2-.3, all above .3) |
| parameter | ``lethal_days`` | day | days in which these fish die (general knowledge) |
| parameter | ``reference_weight``, ``size_exponent`` | g, 1 | loads borne fall with weight to this power; above 150 g half die at .05-.10 (Taranger 2015) |
| parameter | ``growth_loss`` | 1 | greatest share of growth, and of the feed for it, that lice cost (general knowledge) |
| parameter | ``growth_load`` | lice/g | load that costs half of that (calibrated on Abolofia et al. 2017: 3.6-16.6 % of growth lost despite control) |
| parameter | ``usual_loss`` | 1 | growth lost on a treated farm: TGC as published contain it (measured on the farm) |
| rate | :meth:`LiceHarm.hazard` | 1/day | hazard of death |
| rate | :meth:`LiceHarm.growth_factor` | 1 | growth relative to that of fish with the usual lice |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class LiceHarm:
    """Harm by lice; arrays are over cages, (n,)."""

    lethal_load: float
    steepness: float
    lethal_days: float
    reference_weight: float
    size_exponent: float
    growth_loss: float
    growth_load: float
    usual_loss: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec = scenario.health.lice.harm
        return cls(
            lethal_load=spec.lethal_load,
            steepness=spec.steepness,
            lethal_days=spec.lethal_days,
            reference_weight=spec.reference_weight_g,
            size_exponent=spec.size_exponent,
            growth_loss=spec.growth_loss,
            growth_load=spec.growth_load,
            usual_loss=spec.usual_loss,
        )

    def load(self, mobile: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Mobile lice for each gram of fish, as a smolt would feel them.

        Args:
            mobile: pre-adult and adult lice on a fish.
            weight: mean weight, g.
        """
        return mobile / weight * np.power(weight / self.reference_weight, self.size_exponent)

    def hazard(self, load: np.ndarray) -> np.ndarray:
        """Hazard of death, 1/day.

        A load that lasts kills the share ``r / (1 + r)`` of the fish in ``lethal_days``, with ``r = (load /
        lethal_load) ** steepness``.
        """
        return np.log1p(np.power(load / self.lethal_load, self.steepness)) / self.lethal_days

    def growth_factor(self, load: np.ndarray) -> np.ndarray:
        """Growth relative to that of fish with the usual lice: above 1 with fewer of them, below 1 with more."""
        return (1.0 - self.growth_loss * load / (load + self.growth_load)) / (1.0 - self.usual_loss)
