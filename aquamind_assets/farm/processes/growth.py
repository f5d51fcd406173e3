"""Growth by the thermal growth coefficient: W(t)^(1/3) = W(0)^(1/3) + TGC/1000 x sum of temperatures.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``tgc_low``, ``tgc_high`` | g^(1/3)/(degC day) x1000 | range of the TGC by geography and stage (specification; grow-out: 5 kg in 470-490 days) |
| parameter | ``batch_sd`` | same | sd between batches beyond the range (suggested) |
| parameter | ``undisturbed`` | 1 | growth at sea without fasting, sickness, want of oxygen: published TGC contain them (calibrated) |
| parameter | ``container_sd`` | 1 | sd of the log growth of a container within its batch (general knowledge) |
| parameter | ``size_exponent``, ``pivot_weight`` | 1, g | TGC x (W/pivot)^-exponent in grow-out (Aunsmo 2014); the pivot keeps its mean |
| parameter | ``season_amplitude``, ``season_peak_day`` | 1, day | growth by day length at sea (calibrated on monthly feed per biomass) |
| parameter | ``heat`` | degC | growth per degree falls from full to none between these (general knowledge) |
| parameter | ``oxygen_full``, ``oxygen_none`` | % saturation | for full and for no growth at 7 and 19 degC (general knowledge after Remen 2016) |
| parameter | ``sick_growth`` | 1 | growth of a sick fish relative to a healthy one (general knowledge) |
| parameter | ``fasting_loss`` | 1/day | weight lost on a fasting day (general knowledge) |
| parameter | ``cv_weight``, ``cv`` | g, 1 | spread of individual weights by weight, 12-30 % (suggested) |
| state | ``weight`` | g | mean weight |
| rate | :meth:`Growth.rate` | g^(1/3)/day | growth of the cube root of the weight |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.ledger.codes import Stage
from aquamind_assets.scenario.model import Scenario

_DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Growth:
    """Growth of fed fish; arrays are over containers, (n,), unless said otherwise."""

    tgc_low: np.ndarray
    """(geographies, stages); 0 before first feeding."""
    tgc_high: np.ndarray
    batch_sd: float
    undisturbed: float
    container_sd: float
    size_exponent: float
    pivot_weight: float
    season_amplitude: float
    season_peak_day: float
    heat: tuple[float, float]
    oxygen_full: tuple[float, float]
    oxygen_none: tuple[float, float]
    sick_growth: float
    fasting_loss: float
    cv_log_weight: np.ndarray
    cv: np.ndarray

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec, stages, plan = scenario.biology.growth, scenario.farm.stages, scenario.farm.batches
        ranges = [
            [(stage.tgc.low, stage.tgc.high) if stage.tgc else (0.0, 0.0) for stage in stages]
            for _ in scenario.farm.geographies
        ]
        for row, geography in zip(ranges, scenario.farm.geographies, strict=True):
            row[Stage.ADULT] = (geography.growout_tgc.low, geography.growout_tgc.high)
        tgc = np.array(ranges)
        entry = np.array([stage.entry_weight_g for stage in stages])
        harvest = (plan.harvest_weight_g.low + plan.harvest_weight_g.high) / 2
        return cls(
            tgc_low=tgc[:, :, 0],
            tgc_high=tgc[:, :, 1],
            batch_sd=spec.batch_sd,
            undisturbed=spec.undisturbed,
            container_sd=spec.container_sd,
            size_exponent=spec.size_exponent,
            pivot_weight=_pivot(entry[Stage.ADULT], harvest, spec.size_exponent),
            season_amplitude=spec.season_amplitude,
            season_peak_day=spec.season_peak_day,
            heat=(spec.heat.low, spec.heat.high),
            oxygen_full=(spec.oxygen_full.low, spec.oxygen_full.high),
            oxygen_none=(spec.oxygen_none.low, spec.oxygen_none.high),
            sick_growth=spec.sick_growth,
            fasting_loss=spec.fasting_loss,
            cv_log_weight=np.log(np.sqrt(entry * np.append(entry[1:], harvest))),
            cv=np.array([stage.weight_cv for stage in stages]),
        )

    def batch_tgc(
        self, geography: np.ndarray, stage: np.ndarray, range_u: np.ndarray, batch_normal: np.ndarray
    ) -> np.ndarray:
        """TGC x1000 of a batch in a stage: its place ``range_u`` (uniform) in the stage's range, and its own
        ``batch_normal``; 0 before first feeding."""
        low = self.tgc_low[geography, stage]
        tgc = low + (self.tgc_high[geography, stage] - low) * range_u + self.batch_sd * batch_normal
        return np.where(low > 0, np.maximum(tgc, 0.1), 0.0)

    def container_factor(self, container_normal: np.ndarray) -> np.ndarray:
        """Growth of a container within its batch, mean 1."""
        return np.exp(self.container_sd * container_normal - self.container_sd**2 / 2)

    def size_factor(self, weight: np.ndarray, stage: np.ndarray) -> np.ndarray:
        """Effect of size on the TGC: 1 before grow-out."""
        return np.where(stage == Stage.ADULT, np.power(weight / self.pivot_weight, -self.size_exponent), 1.0)

    def span(self, stage: int, weight: float, goal: float) -> float:
        """Growth-days x TGC from one weight (g) to another, g^(1/3): the difference of their cube roots, but in
        grow-out, where :meth:`size_factor` changes on the way.

        With x the cube root of the weight, dx = (x^3 / pivot)^-e d(sum), which is solved by a power of x.
        """
        if stage != Stage.ADULT:
            return float(np.cbrt(goal) - np.cbrt(weight))
        power = 3 * self.size_exponent + 1
        return float(
            (np.cbrt(goal) ** power - np.cbrt(weight) ** power) / (power * self.pivot_weight**self.size_exponent)
        )

    def season_factor(self, stage: np.ndarray, day_of_year: int) -> np.ndarray:
        """Effect of day length at sea, mean ``undisturbed`` over the year; hatcheries have lamps."""
        swing = self.season_amplitude * np.cos(2 * np.pi * (day_of_year - self.season_peak_day) / _DAYS_A_YEAR)
        return np.where(stage >= Stage.POST_SMOLT, self.undisturbed * (1.0 + swing), 1.0)

    def heat_factor(self, temperature: np.ndarray) -> np.ndarray:
        """Effect of water above the optimum, 1 to 0."""
        low, high = self.heat
        return np.clip((high - temperature) / (high - low), 0.0, 1.0)

    def oxygen_factor(self, saturation: np.ndarray, temperature: np.ndarray) -> np.ndarray:
        """Effect of oxygen saturation (%), 1 to 0; warm fish need more."""
        warm = np.clip((temperature - 7.0) / 12.0, 0.0, 1.2)
        full = self.oxygen_full[0] + (self.oxygen_full[1] - self.oxygen_full[0]) * warm
        none = self.oxygen_none[0] + (self.oxygen_none[1] - self.oxygen_none[0]) * warm
        return np.clip((saturation - none) / (full - none), 0.0, 1.0)

    def sickness_factor(self, sick_share: np.ndarray) -> np.ndarray:
        """Effect of the share of sick fish."""
        return 1.0 - (1.0 - self.sick_growth) * sick_share

    def rate(
        self,
        weight: np.ndarray,
        tgc: np.ndarray,
        stage: np.ndarray,
        temperature: np.ndarray,
        saturation: np.ndarray,
        sick_share: np.ndarray,
        fasting: np.ndarray,
        day_of_year: int,
    ) -> np.ndarray:
        """Growth of the cube root of the weight, g^(1/3)/day.

        Args:
            weight: mean weight, g.
            tgc: TGC x1000 of the batch (:meth:`batch_tgc`) times the container's factor.
            stage: ``Stage``.
            temperature: degC.
            saturation: oxygen in the container, % of saturation.
            sick_share: share of clinically sick fish.
            fasting: bool; fasted fish lose a little weight.
            day_of_year: 1..366.
        """
        growth = (
            tgc
            * 1e-3
            * np.maximum(temperature, 0.0)
            * self.heat_factor(temperature)
            * self.oxygen_factor(saturation, temperature)
        )
        growth *= (
            self.size_factor(weight, stage) * self.season_factor(stage, day_of_year) * self.sickness_factor(sick_share)
        )
        return np.where(fasting, -self.fasting_loss / 3 * np.cbrt(weight), growth) * (tgc > 0)

    def grown(self, weight: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Weight a day later, g."""
        return np.maximum(np.cbrt(weight) + rate, 0.1) ** 3

    def weight_cv(self, weight: np.ndarray) -> np.ndarray:
        """Coefficient of variation of individual weights, from the mean weight: the stages' values, joined smoothly."""
        return np.interp(np.log(weight), self.cv_log_weight, self.cv)


def _pivot(entry: float, harvest: float, exponent: float) -> float:
    """Weight at which the size factor is 1, so that the time from entry to harvest weight is that of a constant TGC.

    With x = W^(1/3), dx/dt ~ (x/pivot)^(-3e), the time is the integral of (x/pivot)^(3e) dx, which must be harvest_x -
    entry_x.
    """
    power = 3 * exponent
    low, high = np.cbrt(entry), np.cbrt(harvest)
    mean = (high ** (power + 1) - low ** (power + 1)) / ((power + 1) * (high - low))
    return float(mean ** (1 / exponent)) if exponent > 0 else float(np.sqrt(entry * harvest))
