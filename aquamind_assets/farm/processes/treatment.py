"""Treatments: who is treated, how, how well it works and what it costs in fish.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``threshold``, ``interval`` | per fish, day | treated above .5 adult females in the last count, 14 days after the last (specification) |
| parameter | ``preference`` | 1 | relative use of each method against lice |
| parameter | ``coldest``, ``warmest`` | degC | water in which a method is used (general knowledge) |
| parameter | ``logit_median``, ``logit_sd`` | 1 | efficacy on mobile lice: thermal .86, freshwater .79, mechanical .51 median (suggested) |
| parameter | ``attached_factor`` | 1 | efficacy on attached lice relative to mobile ones (general knowledge) |
| parameter | ``loss_low``, ``loss_high`` | 1 | share of the fish lost over seven days (suggested) |
| parameter | ``for_disease`` | | methods against each disease, first choice first (specification), but those not used in a country |
| rate | :meth:`Treatment.efficacy` | 1 | share of mobile lice removed |
| rate | :meth:`Treatment.fish_loss` | 1 | share of the fish lost over seven days |
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.scenario.model import Scenario
from aquamind_assets.streams import ByName, choose

_Z90 = 1.2815515655446004
_FIRST_CHOICE = 0.7
_SICK_LOSS = 2.0
"""Extra loss of a treated container in which every fish is sick, times the healthy one's (general knowledge)."""


@dataclass(frozen=True)
class Treatment:
    """Treatments, t of them, in the scenario's order; arrays are over treated containers, (m,), unless said
    otherwise."""

    keys: tuple[str, ...]
    """Their names, which draws are keyed by."""
    threshold: float
    interval: int
    preference: np.ndarray
    coldest: np.ndarray
    warmest: np.ndarray
    logit_median: np.ndarray
    logit_sd: np.ndarray
    attached_factor: np.ndarray
    chemical: np.ndarray
    loss_low: np.ndarray
    loss_high: np.ndarray
    used: np.ndarray
    """Whether a treatment is used, bool (geographies, t)."""
    for_disease: tuple[tuple[tuple[int, ...], ...], ...]
    """Treatments of each disease in each geography, first choice first."""
    duration_days: np.ndarray
    withholding_days: np.ndarray
    fasting_days: np.ndarray
    cost_per_kg: np.ndarray

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        health = scenario.health
        specs, keys = health.treatments, [one.key for one in health.treatments]
        efficacy = np.array(
            [(one.lice_efficacy.low, one.lice_efficacy.high) if one.lice_efficacy else (0.5, 0.5) for one in specs]
        )
        logit = np.log(np.clip(efficacy, 1e-6, 1 - 1e-6) / (1 - np.clip(efficacy, 1e-6, 1 - 1e-6)))
        return cls(
            keys=tuple(keys),
            threshold=health.lice.threshold,
            interval=health.lice.min_days_between_treatments,
            preference=np.array([health.lice.treatments.get(key, 0.0) for key in keys]),
            coldest=np.array([one.temperature.low for one in specs]),
            warmest=np.array([one.temperature.high for one in specs]),
            logit_median=logit[:, 0],
            logit_sd=(logit[:, 1] - logit[:, 0]) / _Z90,
            attached_factor=np.array([one.attached_factor for one in specs]),
            chemical=np.array([one.kind == "medication" for one in specs]),
            loss_low=np.array([one.fish_loss.low for one in specs]),
            loss_high=np.array([one.fish_loss.high for one in specs]),
            used=np.array(
                [[key not in place.unused_treatments for key in keys] for place in scenario.farm.geographies]
            ).reshape(-1, len(keys)),
            for_disease=tuple(
                tuple(
                    tuple(keys.index(key) for key in one.treatments if key not in place.unused_treatments)
                    for one in health.diseases
                )
                for place in scenario.farm.geographies
            ),
            duration_days=np.array([one.duration_days for one in specs], dtype=np.int64),
            withholding_days=np.array([one.withholding_days for one in specs], dtype=np.int64),
            fasting_days=np.array([one.fasting_days for one in specs], dtype=np.int64),
            cost_per_kg=np.array([one.cost_per_kg for one in specs]),
        )

    def due(self, last_count: np.ndarray, days_since_last: np.ndarray) -> np.ndarray:
        """Whether containers are to be treated against lice, bool (n,).

        Args:
            last_count: adult females per fish of the last count; below 0 without one.
            days_since_last: days since the container's last lice treatment; large without one.
        """
        return (last_count > self.threshold) & (days_since_last >= self.interval) & bool(self.preference.any())

    def choose(
        self, geography: np.ndarray, temperature: np.ndarray, resistance: np.ndarray, u: np.ndarray
    ) -> np.ndarray:
        """Method against lice, row of the scenario's treatments or -1 where none suits the water; int64 (m,).

        Args:
            geography: rows in Geographies.
            temperature: degC.
            resistance: share of resistant lice; chemical methods are chosen less the more there are.
            u: uniforms of each method, (m, t).
        """
        suits = (temperature[:, None] >= self.coldest) & (temperature[:, None] <= self.warmest) & self.used[geography]
        weights = np.where(suits, self.preference, 0.0) * np.where(self.chemical, 1.0 - resistance[:, None], 1.0)
        return choose(u, weights)

    def choose_for_disease(self, geography: int, disease: int, u: float, others: ByName) -> int:
        """Method against a disease: the first choice in seven of ten cases (``u``), else one of the others, drawn by
        their names; -1 where none is used."""
        first, *rest = self.for_disease[geography][disease] or (-1,)
        return first if u < _FIRST_CHOICE or not rest else rest[others.choose([self.keys[row] for row in rest])]

    def efficacy(self, method: np.ndarray, resistance: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """Share of mobile lice removed; chemical methods spare resistant lice."""
        drawn = 1.0 / (1.0 + np.exp(-(self.logit_median[method] + self.logit_sd[method] * normal)))
        return drawn * np.where(self.chemical[method], 1.0 - resistance, 1.0)

    def fish_loss(self, method: np.ndarray, sick_share: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Share of the fish that the handling costs over seven days (``Mortality.handling``); sick fish stand it
        worse."""
        drawn = self.loss_low[method] + (self.loss_high[method] - self.loss_low[method]) * u
        return np.minimum(drawn * (1.0 + _SICK_LOSS * sick_share), 0.5)
