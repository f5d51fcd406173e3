"""Deaths: hazards by cause, and how many fish they take.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``freshwater_hazard`` | 1/day | background by stage, from the stage's loss and nominal duration (specification) |
| parameter | ``sea_low``, ``sea_high``, ``sea_days``, ``sea_rise`` | 1/day, day, 1 | background at sea: from the transfer on it rises with the time at sea to this power, up to the end of grow-out, as damage to hearts, gills and skin adds up (Szewczyk et al.: lowest in months 1-2, several times that in months 13-15) |
| parameter | ``stage_base`` | 1/day | the specification's all-cause base, which a disease multiplies (Post-Smolt 1.5, Adult .8 % a month) |
| parameter | ``transfer_peak``, ``transfer_decay`` | 1, day | h x (1 + peak exp(-t/decay)) after sea transfer (suggested form: 8 and 12 d; calibrated) |
| parameter | ``farm_sd``, ``farm_rho`` | 1 | farm-week effect: AR1 of the log hazard (suggested form, sd calibrated) |
| parameter | ``container_sd`` | 1 | container effect on the log hazard (suggested form, sd calibrated) |
| parameter | ``batch_share`` | 1 | share of its variance that all containers of a batch have in common (calibrated) |
| parameter | ``effects_scale`` | 1 | those effects on eggs and alevins and in freshwater, relative to the sea, by stage (general knowledge) |
| parameter | ``handling_decay`` | day | deaths after handling, over seven days (general knowledge) |
| parameter | ``handling_farm_share`` | 1 | power with which the farm-week effect reaches into handling losses (calibrated) |
| parameter | ``overdispersion`` | 1 | intra-class correlation of a day's deaths in a container |
| parameter | ``seen`` | 1 | share of the background deaths put down to a cause while its signs are seen; the others are of unknown cause (calibrated) |
| state | ``farm_effect`` | 1 | by site, renewed weekly (:meth:`Mortality.next_farm_effect`) |
| rate | :meth:`Mortality.background` | 1/day | hazard without outbreaks, handling and events |
| rate | :func:`deaths` | fish/day | deaths of a day |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets.farm.processes.quantiles import apportion, beta_binomial_quantile, stationary_step
from aquamind_assets.ledger.codes import Cause, Stage
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.mortality import CauseName

_DAYS_A_MONTH = 30.0
PULSE_DAYS = 7
"""Days over which the fish that handling harms die."""


def deaths(count: np.ndarray, hazard: np.ndarray, u: np.ndarray, overdispersion: float) -> np.ndarray:
    """Deaths of a day, int64 in [0, count]: the beta-binomial quantile at ``u`` of fish that die with probability 1 -
    exp(-hazard).

    Never falls when ``hazard`` or ``u`` rises, so that two scenarios with one seed differ only where the hazard does.
    """
    return beta_binomial_quantile(count, -np.expm1(-hazard), u, overdispersion)


def by_cause(total: np.ndarray, hazards: np.ndarray, u: np.ndarray) -> np.ndarray:
    """The deaths ``total`` (n,) shared among the causes' ``hazards`` (n, causes); int64 (n, causes) whose rows add up
    exactly."""
    return apportion(total, hazards, u)


@dataclass(frozen=True)
class Mortality:
    """Hazards of death; arrays are over containers, (n,), unless said otherwise."""

    freshwater_hazard: np.ndarray
    """By stage; 0 for eggs and alevins (``development``) and at sea."""
    stage_base: np.ndarray
    sea_low: float
    sea_high: float
    sea_days: float
    """Days at sea on which the background is ``sea_high``."""
    sea_rise: float
    transfer_peak: float
    transfer_decay: float
    farm_sd: float
    farm_rho: float
    container_sd: float
    batch_share: float
    effects_scale: np.ndarray
    """By stage."""
    handling_farm_share: float
    overdispersion: float
    pulse: np.ndarray
    """Share of a handling loss that falls on each day after it, (PULSE_DAYS,)."""
    cause_shares: np.ndarray
    """(freshwater or sea, causes)."""
    transfer_loss: tuple[float, float]
    seen: np.ndarray | None
    """Share of the background deaths that is put down to each cause while its signs are seen, (causes,); none where
    ``cause_shares`` hold every day."""

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        spec, stages = scenario.health.mortality, scenario.farm.stages
        base = np.zeros(len(stages))
        for row, stage in enumerate(stages):
            days = (
                (stage.nominal_days.low + stage.nominal_days.high) / 2
                if stage.mortality_basis == "stage"
                else _DAYS_A_MONTH
            )
            base[row] = -np.log1p(-min(stage.mortality, 1 - 1e-9)) / days
        young = np.array([Stage.FRY <= row <= Stage.SMOLT for row in range(len(stages))])
        weights = np.exp(-np.arange(PULSE_DAYS) / spec.handling_decay_days)
        return cls(
            freshwater_hazard=np.where(young, base, 0.0),
            stage_base=base,
            sea_low=-float(np.log1p(-spec.sea_background.low)) / _DAYS_A_MONTH,
            sea_high=-float(np.log1p(-spec.sea_background.high)) / _DAYS_A_MONTH,
            sea_days=scenario.farm.batches.growout_days.high,
            sea_rise=spec.sea_rise,
            transfer_peak=spec.transfer_peak,
            transfer_decay=spec.transfer_decay_days,
            farm_sd=spec.farm_week_sd,
            farm_rho=spec.farm_week_rho,
            container_sd=spec.container_sd,
            batch_share=spec.batch_share,
            effects_scale=np.where(
                young, spec.freshwater_effects, np.where(np.arange(len(stages)) < Stage.FRY, spec.egg_effects, 1.0)
            ),
            handling_farm_share=spec.handling_farm_share,
            overdispersion=spec.overdispersion,
            pulse=weights / weights.sum(),
            cause_shares=np.stack([_shares(spec.cause_shares_freshwater), _shares(spec.cause_shares_sea)]),
            transfer_loss=(spec.transfer_loss.low, spec.transfer_loss.high),
            seen=None
            if spec.signs is None
            else np.array([getattr(spec.signs, cause.name.lower(), 0.0) for cause in Cause]),
        )

    def next_farm_effect(self, previous: np.ndarray, normal: np.ndarray) -> np.ndarray:
        """The farm effect of the next week by site, in units of one standard deviation, from last week's; start with a
        normal."""
        return stationary_step(previous, normal, self.farm_rho, 1.0)

    def background(
        self,
        stage: np.ndarray,
        days_at_sea: np.ndarray,
        farm_effect: np.ndarray,
        container_normal: np.ndarray,
    ) -> np.ndarray:
        """Background hazard, 1/day, after first feeding (eggs and alevins: ``Development.hazard``, see
        :meth:`effects`).

        Args:
            stage: ``Stage``.
            days_at_sea: days since the sea transfer; anything in freshwater.
            farm_effect: state of the container's site (:meth:`next_farm_effect`).
            container_normal: the container's own effect, drawn once for each stay.
        """
        aged = np.clip(days_at_sea / self.sea_days, 0.0, 1.0) ** self.sea_rise
        at_sea = stage >= Stage.POST_SMOLT
        after_transfer = 1.0 + self.transfer_peak * np.exp(-np.maximum(days_at_sea, 0) / self.transfer_decay)
        base = np.where(
            at_sea,
            (self.sea_low + (self.sea_high - self.sea_low) * aged) * after_transfer,
            self.freshwater_hazard[stage],
        )
        return base * self.effects(stage, farm_effect, container_normal)

    def of_stay(self, batch_normal: float, own_normal: float) -> float:
        """The container effect of a stay, standard normal: partly that of its batch, partly its own."""
        return float(np.sqrt(self.batch_share) * batch_normal + np.sqrt(1.0 - self.batch_share) * own_normal)

    def effects(self, stage: np.ndarray, farm_effect: np.ndarray, container_normal: np.ndarray) -> np.ndarray:
        """Factor of farm-week and container on the background, mean 1."""
        scale = self.effects_scale[stage]
        variance = self.farm_sd**2 + self.container_sd**2
        return np.exp(
            scale * (self.farm_sd * farm_effect + self.container_sd * container_normal) - scale * scale * variance / 2
        )

    def handling(
        self, loss: np.ndarray, days_since: np.ndarray, stage: np.ndarray, farm_effect: np.ndarray
    ) -> np.ndarray:
        """Hazard of a handling that takes the share ``loss`` of the fish over seven days, 1/day; 0 before it and after
        them.

        Fish of a farm in a bad week stand it worse: the loss is what it is on the average over farms and weeks.

        Args:
            loss: expected share lost, (n,).
            days_since: whole days since the handling (0 on its day); anything outside 0..6 for none.
            stage: ``Stage``.
            farm_effect: state of the container's site (:meth:`next_farm_effect`).
        """
        running = (days_since >= 0) & (days_since < PULSE_DAYS)
        day = np.where(running, days_since, 0).astype(np.intp)
        scale = self.handling_farm_share * self.farm_sd * self.effects_scale[stage]
        strain = np.exp(scale * farm_effect - scale * scale / 2)
        return np.where(running, -np.log1p(-np.minimum(loss, 0.999)) * self.pulse[day] * strain, 0.0)

    def hazards(
        self,
        stage: np.ndarray,
        background: np.ndarray,
        disease: np.ndarray,
        handling: np.ndarray,
        events: np.ndarray | None = None,
        signs: np.ndarray | None = None,
    ) -> np.ndarray:
        """Hazards by cause, (n, causes), 1/day.

        Args:
            stage: ``Stage``.
            background: background hazard, shared among the causes.
            disease: extra hazard of running outbreaks.
            handling: hazard of treatments, transfers and grading.
            events: hazards of acute events by cause, (n, causes).
            signs: whether the signs of each cause are seen, bool (n, causes); without a meaning where every day's
                background deaths have the same shares.
        """
        shares = self.cause_shares[(stage >= Stage.POST_SMOLT).astype(np.intp)]
        if self.seen is not None and signs is not None:
            shares = self.shares(signs)
        total = background[:, None] * shares
        total[:, Cause.DISEASE] += disease
        total[:, Cause.HANDLING] += handling
        return total if events is None else total + events

    def shares(self, signs: np.ndarray) -> np.ndarray:
        """Shares of the background deaths by cause where ``signs`` are seen, (n, causes); rows add up to 1."""
        shares = np.where(signs, 0.0 if self.seen is None else self.seen, 0.0)
        known = shares.sum(axis=1, keepdims=True)
        shares /= np.maximum(known, 1.0)
        shares[:, Cause.UNKNOWN] += np.maximum(1.0 - known[:, 0], 0.0)
        return shares

    def lost_in_transfer(self, u: np.ndarray) -> np.ndarray:
        """Share of the fish that a transfer costs."""
        low, high = self.transfer_loss
        return low + (high - low) * u


def _shares(spec: Mapping[CauseName, float]) -> np.ndarray:
    by_name = {str(name): share for name, share in spec.items()}
    shares = np.array([by_name.get(cause.name.lower(), 0.0) for cause in Cause])
    return shares / shares.sum()
