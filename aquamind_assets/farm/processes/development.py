"""Eggs and alevins: development by degree-days, weight on the yolk, expected losses.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``hatch`` | degC day | fertilisation to hatch, 500 at 6-8 degC (AquaGen 2008) |
| parameter | ``first_feeding`` | degC day | fertilisation to first feeding, 850-900 at 9.4-10 degC |
| parameter | ``egg_loss``, ``alevin_loss`` | 1 | losses until hatch and from hatch to first feeding (specification: .15, .08) |
| parameter | ``egg_weight``, ``hatch_weight``, ``fry_weight`` | g | at fertilisation, hatch and first feeding (specification) |
| state | ``degree_days`` | degC day | sum of daily mean temperatures since fertilisation |
| rate | :meth:`Development.rate` | degC day/day | development of a day |
| rate | :meth:`Development.hazard` | 1/day | expected losses of a day; adds up to the stage's losses whatever the temperature |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Development:
    """Development before first feeding; all arrays have one shape (n,)."""

    hatch: float
    first_feeding: float
    egg_hazard: float
    """Hazard for each degree-day before hatch, 1/(degC day)."""
    alevin_hazard: float
    egg_weight: float
    hatch_weight: float
    fry_weight: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        eggs, stages = scenario.farm.eggs, scenario.farm.stages
        return cls(
            hatch=eggs.hatch_degree_days,
            first_feeding=eggs.first_feeding_degree_days,
            egg_hazard=float(-np.log1p(-eggs.egg_loss) / eggs.hatch_degree_days),
            alevin_hazard=float(
                -np.log1p(-eggs.alevin_loss) / (eggs.first_feeding_degree_days - eggs.hatch_degree_days)
            ),
            egg_weight=stages[0].entry_weight_g,
            hatch_weight=eggs.alevin_weight_g,
            fry_weight=max(stages[1].entry_weight_g, eggs.alevin_weight_g),
        )

    def rate(self, temperature: np.ndarray) -> np.ndarray:
        """Degree-days of a day; none below 0 degC."""
        return np.maximum(temperature, 0.0)

    def weight(self, degree_days: np.ndarray) -> np.ndarray:
        """Mean wet weight, g: eggs swell a little, alevins take up water while they use their yolk."""
        return np.interp(
            degree_days, [0.0, self.hatch, self.first_feeding], [self.egg_weight, self.hatch_weight, self.fry_weight]
        )

    def hazard(self, degree_days: np.ndarray, temperature: np.ndarray) -> np.ndarray:
        """Expected hazard of the coming day, 1/day, from the degree-days at its start."""
        end = np.minimum(degree_days + self.rate(temperature), self.first_feeding)
        as_egg = np.maximum(np.minimum(end, self.hatch) - np.minimum(degree_days, self.hatch), 0.0)
        as_alevin = np.maximum(np.maximum(end, self.hatch) - np.maximum(degree_days, self.hatch), 0.0)
        return self.egg_hazard * as_egg + self.alevin_hazard * as_alevin
