"""Lice from outside the farm: the pressure that wild fish and other farms put on each sea area, day by day.

Most weeks bring few lice, some bring very many, and no week more than ``most``. What drifts along the coast reaches
sites unequally, for good: some lie far from others or are flushed by oceanic water, and count no lice for months.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``median``, ``sd``, ``rho`` | per fish and day, 1 | at 1 kg and 9 degC: median, log AR1 by area (calibrated) |
| parameter | ``most`` | per fish and day | what it comes near to at its highest (general knowledge) |
| parameter | ``site_sd`` | 1 | logit of the share that reaches an area, for good: sd between areas (calibrated) |
| parameter | ``season``, ``peak_day`` | 1, day | log swing over the year (general knowledge) |
| state | ``outside`` (areas,) | 1 | log of the pressure relative to its median |
| rate | :meth:`OutsideLice.pressure` | per fish and day | lice that settle on a fish of 1 kg at 9 degC |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.farm.processes.quantiles import stationary_step
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class OutsideLice:
    """The pressure from outside; arrays over areas."""

    median: float
    most: float
    sd: float
    rho: float
    """From day to day."""
    site_sd: float
    season: float
    peak_day: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec = scenario.health.lice
        return cls(
            median=spec.external_pressure,
            most=spec.external_most,
            sd=spec.external_sd,
            rho=spec.external_rho ** (1 / 7),
            site_sd=spec.site_sd,
            season=spec.outside_season,
            peak_day=spec.outside_peak_day,
        )

    def next(self, previous: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """The state a day later; start with ``sd`` times a normal."""
        return stationary_step(previous, normal, self.rho, self.sd)

    def reach(self, normal: np.ndarray) -> np.ndarray:
        """What of the pressure reaches areas, for good, relative to the median area: from near 0 to 2."""
        return 2.0 / (1.0 + np.exp(-self.site_sd * normal))

    def pressure(self, outside: np.ndarray, reach: np.ndarray, day_of_year: int) -> np.ndarray:
        """Lice that settle today on a fish of 1 kg at 9 degC, per fish.

        Args:
            outside: the state.
            reach: :meth:`reach` of the areas.
            day_of_year: 1..366.
        """
        season = np.exp(self.season * np.cos(2 * np.pi * (day_of_year - self.peak_day) / 365.25))
        drifting = self.median * np.exp(outside)
        return reach * season * drifting / (1.0 + drifting / self.most)
