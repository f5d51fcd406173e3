"""What the fish eat: FCR x gain, with noise, cap and fasting.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``fcr`` | kg/kg | feed for each unit of gain, by stage (specification; at sea biological 1.1-1.2) |
| parameter | ``size_fcr`` | 1 | FCR in grow-out rises with weight to this power, to the stage's at harvest (general knowledge) |
| parameter | ``cap`` | 1/day | most feed in a day by stage, share of body weight (specification: a cap, not the ration) |
| parameter | ``maintenance`` | 1 | least feed offered on a feeding day, share of the cap (general knowledge) |
| parameter | ``sick_appetite`` | 1 | appetite of a sick fish relative to a healthy one (general knowledge) |
| parameter | ``noise_sd`` | 1 | sd of the log of a container's appetite on a day (suggested) |
| parameter | ``farm_sd``, ``farm_rho`` | 1 | sd and day-to-day correlation of the log appetite that a site has in common (general knowledge) |
| parameter | ``calm``, ``storm`` | m | waves from which on cages are fed less, and not at all (general knowledge) |
| state | ``farm_appetite`` | 1 | by site, renewed daily (:meth:`Appetite.next_farm`) |
| rate | :meth:`Appetite.feedable` | 1 | share of the day's feed that the sea lets through |
| rate | :meth:`Appetite.feed` | g/fish/day | feed eaten |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.farm.processes.quantiles import stationary_step
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class Appetite:
    """Feeding; arrays are over containers, (n,)."""

    fcr: np.ndarray
    """By stage; 0 without feed."""
    cap: np.ndarray
    size_fcr: float
    size_pivot: float
    maintenance: float
    sick_appetite: float
    noise_sd: float
    farm_sd: float
    farm_rho: float
    calm: float
    storm: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec, stages, plan = scenario.biology.appetite, scenario.farm.stages, scenario.farm.batches
        return cls(
            fcr=np.array([stage.fcr or 0.0 for stage in stages]),
            cap=np.array([(stage.max_feed_percent or 0.0) / 100 for stage in stages]),
            size_fcr=spec.size_fcr,
            size_pivot=(plan.harvest_weight_g.low + plan.harvest_weight_g.high) / 2,
            maintenance=spec.maintenance,
            sick_appetite=spec.sick_appetite,
            noise_sd=scenario.feed.demand_noise_sd,
            farm_sd=scenario.feed.farm_noise_sd,
            farm_rho=scenario.feed.farm_noise_rho,
            calm=scenario.feed.calm_wave_m,
            storm=scenario.feed.storm_wave_m,
        )

    def conversion(self, stage: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Biological feed conversion ratio, kg feed for each kg of gain."""
        size = np.where(stage == Stage.ADULT, np.power(weight / self.size_pivot, self.size_fcr), 1.0)
        return self.fcr[stage] * size

    def next_farm(self, previous: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Tomorrow's appetite that each site has in common, in units of one standard deviation, from today's."""
        return stationary_step(previous, normal, self.farm_rho, 1.0)

    def feedable(self, waves: np.ndarray, at_sea: np.ndarray) -> np.ndarray:
        """Share of the day's feed that can be given: all in tanks and in calm seas, nothing in a storm."""
        share = np.clip((self.storm - waves) / max(self.storm - self.calm, 1e-9), 0.0, 1.0)
        return np.where(at_sea, np.where(waves >= self.storm, 0.0, share), 1.0)

    def feed(
        self,
        weight: np.ndarray,
        gain: np.ndarray,
        stage: np.ndarray,
        sick_share: np.ndarray,
        fasting: np.ndarray,
        normal: np.ndarray,
        farm: np.ndarray | float = 0.0,
    ) -> np.ndarray:
        """Feed eaten by a fish in a day, g.

        Args:
            weight: mean weight, g.
            gain: growth of the day, g.
            stage: ``Stage``.
            sick_share: share of clinically sick fish; they eat less than they would need.
            fasting: bool, no feed.
            normal: the day's appetite of the container.
            farm: that of its site (:meth:`next_farm`).
        """
        variance = self.noise_sd**2 + self.farm_sd**2
        wanted = (
            self.conversion(stage, weight)
            * np.maximum(gain, 0.0)
            * np.exp(self.noise_sd * normal + self.farm_sd * farm - variance / 2)
        )
        most = self.cap[stage] * weight
        least = self.maintenance * most * (1.0 - (1.0 - self.sick_appetite) * sick_share)
        return np.where(fasting, 0.0, np.clip(wanted, least, most))
