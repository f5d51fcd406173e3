"""Counting lice: what people see on a sample of a cage's fish.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``fish`` | fish | looked at in a count (specification) |
| parameter | ``seen`` | 1 | lowest and highest probability that an attached louse is seen (suggested form) |
| parameter | ``catch_sd`` | 1 | sd of the log of the lice on fish that are caught for a count, relative to all fish (calibrated) |
| rate | :meth:`LiceCount.caught` | 1 | lice on the fish that are caught, relative to all |
| rate | :meth:`LiceCount.count` | lice | what is counted |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.farm.processes.lice import ADULT_FEMALE, ADULT_MALE, Lice
from aquamind_assets.farm.processes.quantiles import negative_binomial_quantile
from aquamind_assets.scenario.model import Scenario

COUNT_DRAWS = ("females", "males", "preadults", "attached", "seen")
"""What chance decides in a count: the lice of each kind, and how well attached ones are seen."""

_SIZE_ATTACHED, _SIZE_MOBILE, _SIZE_FEMALE = 0.035, 0.144, 0.131
"""Size of the negative binomial for each fish counted (suggested)."""

_CATCH_OF_FARM = 0.95
"""Share of the variance of a catch that a farm's cages have in common on a day (calibrated: cages deloused together)."""


@dataclass(frozen=True)
class Count:
    """What a count of a sample of fish saw; totals over the fish, int64 (m,)."""

    adult_female: np.ndarray
    adult_male: np.ndarray
    juvenile: np.ndarray


@dataclass(frozen=True)
class LiceCount:
    """How lice are counted; arrays are over the cages counted, (m,)."""

    fish: int
    seen: tuple[float, float]
    catch_sd: float

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec = scenario.health.lice
        return cls(spec.fish_per_count, (spec.chalimus_seen.low, spec.chalimus_seen.high), spec.catch_sd)

    def caught(self, of_farm: np.ndarray, of_cage: np.ndarray) -> np.ndarray:
        """Lice on the fish that are caught for a count, relative to all fish of the cage; mean 1.

        Which fish come to the surface to be caught depends on light, current and feeding, and how many lice stay on
        them on the crew: most of that is alike in all cages of a farm on a day. The rest is of the crowd in the net.

        Args:
            of_farm: normals of the day, one for all cages of a farm.
            of_cage: normals of the day and cage.
        """
        normal = np.sqrt(_CATCH_OF_FARM) * of_farm + np.sqrt(1.0 - _CATCH_OF_FARM) * of_cage
        return np.exp(self.catch_sd * normal - self.catch_sd**2 / 2)

    def count(self, lice: np.ndarray, caught: np.ndarray, u: np.ndarray) -> Count:
        """What is counted on ``fish`` fish.

        Args:
            lice: state of the lice (``Lice``), (m, WIDTH).
            caught: :meth:`caught`.
            u: uniforms, (m, 5), one for each of :data:`COUNT_DRAWS`.
        """
        low, high = self.seen
        seen = low + (high - low) * u[:, 4]
        return Count(
            adult_female=self._counted(lice[:, ADULT_FEMALE] * caught, _SIZE_FEMALE, u[:, 0]),
            adult_male=self._counted(lice[:, ADULT_MALE] * caught, _SIZE_MOBILE, u[:, 1]),
            juvenile=self._counted(Lice.preadult(lice) * caught, _SIZE_MOBILE, u[:, 2])
            + self._counted(Lice.attached(lice) * seen * caught, _SIZE_ATTACHED, u[:, 3]),
        )

    def _counted(self, per_fish: np.ndarray, size: float, u: np.ndarray) -> np.ndarray:
        return negative_binomial_quantile(np.full(per_fish.shape, size * self.fish), per_fish * self.fish, u)
