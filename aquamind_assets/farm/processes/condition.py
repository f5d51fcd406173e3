"""Condition factor K = 100 W / L^3 (W in g, L in cm), and length from it.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``log_weight``, ``factor`` | ln g, g/cm3 x100 | mean K by weight: about 1.1 at sea transfer, 1.3-1.6 in adults (Moerkoere & Roervik 2001) |
| parameter | ``adult_exponent`` | 1 | K of adults grows with weight to this power |
| parameter | ``season_amplitude``, ``season_peak_day`` | 1, day | K at sea is best in autumn, lowest in spring (Moerkoere & Roervik 2001) |
| parameter | ``container_sd`` | 1 | sd of the log K of a container |
| parameter | ``sick_loss`` | 1 | share of K that a clinically sick fish lacks |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Condition:
    """Condition factor; arrays are over containers, (n,)."""

    log_weight: np.ndarray
    factor: np.ndarray
    adult_weight: float
    adult_factor: float
    adult_exponent: float
    season_amplitude: float
    season_peak_day: float
    container_sd: float
    sick_loss: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario: each stage's K is that of its middle weight, adults' K rises with weight
        through theirs."""
        spec, stages = scenario.biology.condition, scenario.farm.stages
        harvest = (scenario.farm.batches.harvest_weight_g.low + scenario.farm.batches.harvest_weight_g.high) / 2
        entry = np.array([stage.entry_weight_g for stage in stages] + [harvest])
        middle = np.sqrt(entry[:-1] * entry[1:])
        mean = np.array([stage.condition for stage in stages])
        at_entry = mean[-1] * (entry[Stage.ADULT] / middle[-1]) ** spec.adult_exponent
        return cls(
            log_weight=np.log(np.append(middle[:-1], entry[Stage.ADULT])),
            factor=np.append(mean[:-1], at_entry),
            adult_weight=float(middle[-1]),
            adult_factor=float(mean[-1]),
            adult_exponent=spec.adult_exponent,
            season_amplitude=spec.season_amplitude,
            season_peak_day=spec.season_peak_day,
            container_sd=spec.container_sd,
            sick_loss=spec.sick_loss,
        )

    def value(
        self,
        weight: np.ndarray,
        stage: np.ndarray,
        sick_share: np.ndarray,
        container_normal: np.ndarray,
        day_of_year: int,
    ) -> np.ndarray:
        """Mean condition factor, g/cm3 x100."""
        log_weight = np.log(weight)
        young = np.interp(log_weight, self.log_weight, self.factor)
        adult = self.adult_factor * np.exp(self.adult_exponent * (log_weight - np.log(self.adult_weight)))
        mean = np.where(log_weight > self.log_weight[-1], adult, young)
        swing = self.season_amplitude * np.cos(2 * np.pi * (day_of_year - self.season_peak_day) / 365.25)
        season = np.where(stage >= Stage.POST_SMOLT, 1.0 + swing, 1.0)
        return mean * season * np.exp(self.container_sd * container_normal) * (1.0 - self.sick_loss * sick_share)

    @staticmethod
    def length(weight: np.ndarray, condition: np.ndarray) -> np.ndarray:
        """Fork length, cm."""
        return np.cbrt(100.0 * weight / condition)
