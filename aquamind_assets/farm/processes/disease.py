"""The diseases: outbreaks at sites, spread among their containers, course, sickness, deaths, diagnosis.

A site's outbreak (*event*) begins in one container and reaches the next one every 10-20 days. Each *infection* is one
container's share in it. The engine keeps the running infections as columns (m,) and asks this module for rates.

| kind | name | unit | meaning and source |
|---|---|---|---|
| parameter | ``yearly`` | 1/year | probability of an outbreak at a site, by geography and disease (specification x the geography's scale) |
| parameter | ``season`` | 1 | 1.5 in the peak months, .5 outside them, 1 without a season (specification) |
| parameter | ``min_temperature`` | degC | no outbreak in colder water (specification) |
| parameter | ``stages`` | bool | stages that fall ill (specification) |
| parameter | ``onset`` | day | days in the water until the risk is full (general knowledge) |
| parameter | ``protection`` | 1 | share by which a vaccine lowers the hazard (specification) |
| parameter | ``days`` | day | shortest and longest infection of a container (specification) |
| parameter | ``factor`` | 1 | mortality at the peak, times the stage's base (specification) |
| parameter | ``recovery`` | 1 | share of treatments that succeed; they lower the impact by half of it on average (specification) |
| parameter | ``again_days`` | day | from which on fish that are still ill are treated again, 0: never (scenario) |
| parameter | ``companions`` | 1 | probability that an infection brings another along (specification) |
| parameter | ``severity_sd`` | 1 | sd of the log severity, median 1 (general knowledge) |
| parameter | ``sick_share`` | 1 | sick fish at the peak for each unit of ``factor`` above 1 (general knowledge) |
| rate | :meth:`Disease.site_hazard` | 1/day | outbreaks |
| rate | :meth:`Disease.impact` | 1 | course x severity x treatment |
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from aquamind_assets.ledger.codes import Outcome, Stage
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES

_BUILT_UP, _HELD = 0.3, 0.7
_MOST_SICK = 0.9
_DAYS_A_YEAR = 365.25

_RELIEF_SPREAD = 0.3
_FULL = 0.675
"""A treatment succeeds if it helps more than this times the mean of those that succeed: between the two kinds."""


@dataclass(frozen=True)
class Disease:
    """The diseases of a scenario; d of them, in its order."""

    keys: tuple[str, ...]
    """Their names, which draws are keyed by."""
    yearly: np.ndarray
    """(geographies, d)."""
    season: np.ndarray
    """(13, d), by month 1..12."""
    min_temperature: np.ndarray
    stages: np.ndarray
    """(stages, d), bool."""
    onset: np.ndarray
    protection: np.ndarray
    """(vaccines + 1, d); the last row, reached by vaccine -1, is no vaccine."""
    days: np.ndarray
    """(d, 2)."""
    factor: np.ndarray
    recovery: np.ndarray
    again_days: np.ndarray
    companions: np.ndarray
    """(d, d): probability that row brings column along."""
    reportable: np.ndarray
    depopulate: np.ndarray
    severity_sd: float
    sick_share: float
    carrier_detection: float
    spread_days: tuple[float, float]
    event_days: int
    treatment_delay: tuple[float, float]
    depopulation_days: int

    @classmethod
    def from_scenario(cls, scenario: Scenario) -> Self:
        """The parameters of a scenario."""
        health = scenario.health
        diseases, spec = health.diseases, health.outbreaks
        keys = [one.key for one in diseases]
        protection = np.zeros((len(health.vaccines) + 1, len(keys)))
        for row, vaccine in enumerate(health.vaccines):
            protection[row] = [vaccine.efficacy if key in vaccine.diseases else 0.0 for key in keys]
        season = np.ones((13, len(keys)))
        for column, one in enumerate(diseases):
            if one.peak_months:
                season[:, column] = health.off_peak_factor
                season[one.peak_months, column] = health.peak_factor
        return cls(
            keys=tuple(keys),
            yearly=np.array(
                [
                    [one.yearly_probability * place.disease_scale.get(one.key, 1.0) for one in diseases]
                    for place in scenario.farm.geographies
                ]
            ),
            season=season,
            min_temperature=np.array([one.min_temperature for one in diseases]),
            stages=np.array([[name in one.stages for one in diseases] for name in STAGE_NAMES]),
            onset=np.array([float(one.onset_days) for one in diseases]),
            protection=protection,
            days=np.array([[one.days.low, one.days.high] for one in diseases]),
            factor=np.array([one.mortality_factor for one in diseases]),
            recovery=np.array([one.recovery for one in diseases]),
            again_days=np.array([one.treated_again_days for one in diseases], dtype=np.int64),
            companions=np.array([[one.coinfection.get(key, 0.0) for key in keys] for one in diseases]),
            reportable=np.array([one.reportable for one in diseases]),
            depopulate=np.array([one.depopulate for one in diseases]),
            severity_sd=spec.severity_sd,
            sick_share=spec.sick_share,
            carrier_detection=spec.carrier_detection,
            spread_days=(spec.spread_days.low, spec.spread_days.high),
            event_days=spec.event_days,
            treatment_delay=(spec.treatment_delay.low, spec.treatment_delay.high),
            depopulation_days=spec.depopulation_days,
        )

    def susceptibility(
        self,
        stage: np.ndarray,
        vaccine: np.ndarray,
        days_in_water: np.ndarray,
        temperature: np.ndarray,
        infected: np.ndarray,
    ) -> np.ndarray:
        """Relative risk of each container and disease, (n, d), 0..1.

        Args:
            stage: ``Stage``, (n,).
            vaccine: row of the vaccine that protects by now, or -1, (n,).
            days_in_water: days since the sea transfer, in freshwater since first feeding, (n,).
            temperature: degC, (n,).
            infected: running infections, bool (n, d).
        """
        exposed = np.clip((days_in_water[:, None] + 1.0) / (self.onset + 1.0), 0.0, 1.0)
        warm = temperature[:, None] >= self.min_temperature
        return np.where(self.stages[stage] & warm & ~infected, (1.0 - self.protection[vaccine]) * exposed, 0.0)

    def site_hazard(
        self, susceptibility: np.ndarray, site: np.ndarray, geography: np.ndarray, month: int
    ) -> np.ndarray:
        """Hazard of a new outbreak at each site, (sites, d), 1/day: that of the mean container there.

        Args:
            susceptibility: :meth:`susceptibility`, (n, d).
            site: site of each container, (n,).
            geography: geography of each site, (sites,).
            month: 1..12.
        """
        sites, diseases = geography.size, self.factor.size
        cells = (site[:, None] * diseases + np.arange(diseases)).ravel()
        total = np.bincount(cells, weights=susceptibility.ravel(), minlength=sites * diseases).reshape(sites, diseases)
        containers = np.maximum(np.bincount(site, minlength=sites), 1)
        rate = -np.log1p(-np.minimum(self.yearly, 0.999)) / _DAYS_A_YEAR
        return rate[geography] * self.season[month] * total / containers[:, None]

    def begins(self, hazard: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Whether something with this hazard happens today; bool, shape of ``hazard``."""
        return u < -np.expm1(-hazard)

    def duration(self, disease: np.ndarray, u: np.ndarray) -> np.ndarray:
        """Whole days that infections last, int64 (m,)."""
        low, high = self.days[disease, 0], self.days[disease, 1]
        return np.rint(low + (high - low) * u).astype(np.int64)

    def severity(self, normal: np.ndarray) -> np.ndarray:
        """Severity of infections, log-normal with median 1: most outbreaks are as the table says, a few are grave."""
        return np.exp(self.severity_sd * normal)

    def days_to_next(self, u: np.ndarray) -> np.ndarray:
        """Whole days until an outbreak reaches the next container of its site, int64."""
        low, high = self.spread_days
        return np.floor(low + (high - low + 1.0) * u).astype(np.int64)

    @cached_property
    def rank(self) -> np.ndarray:
        """Place of each disease in the order of their names, int64 (d,)."""
        return np.argsort(np.argsort(np.array(self.keys, dtype=object)))

    def companions_of(self, disease: int) -> list[int]:
        """Diseases that an infection may bring along, in the order of their names. They need no season and no stage of
        their own."""
        return sorted(np.flatnonzero(self.companions[disease] > 0).tolist(), key=self.keys.__getitem__)

    def course(self, days_since_start: np.ndarray, duration: np.ndarray) -> np.ndarray:
        """Shape of an infection over its days: up over the first 30 %, 1 until 70 %, then down to 0; 0 outside."""
        progress = (days_since_start + 0.5) / np.maximum(duration, 1)
        up = progress / _BUILT_UP
        down = (1.0 - progress) / (1.0 - _HELD)
        return np.clip(np.minimum(up, down), 0.0, 1.0)

    def impact(
        self,
        disease: np.ndarray,
        days_since_start: np.ndarray,
        duration: np.ndarray,
        severity: np.ndarray,
        relief: np.ndarray,
    ) -> np.ndarray:
        """Course x severity, lowered by ``relief``, the share that treatment takes away, (m,)."""
        return self.course(days_since_start, duration) * severity * (1.0 - relief)

    def relief(self, disease: int, u: float) -> float:
        """Share by which a treatment lowers an infection's impact, from a uniform; half the recovery rate on average.

        The recovery rate is the share of treatments that succeed; half of the others help half as much, the rest not at
        all. Those that help differ by up to ``_RELIEF_SPREAD`` (general knowledge).
        """
        recovery = float(self.recovery[disease])
        partly = (1.0 + recovery) / 2
        if u < recovery:
            return self.full_relief(disease) * _spread(u / recovery)
        return self.full_relief(disease) / 2 * _spread((u - recovery) / (partly - recovery)) if u < partly else 0.0

    def full_relief(self, disease: int) -> float:
        """Mean of :meth:`relief` over the treatments that succeed."""
        recovery = float(self.recovery[disease])
        return recovery / 2 / (recovery + (1.0 - recovery) / 4) if recovery else 0.0

    def outcome(self, disease: int, relief: float) -> Outcome:
        """What is made of a treatment that lowered an infection's impact by ``relief``."""
        if relief <= 0.0:
            return Outcome.UNSUCCESSFUL
        return Outcome.SUCCESSFUL if relief > _FULL * self.full_relief(disease) else Outcome.PARTIAL

    def sick(self, disease: np.ndarray, impact: np.ndarray) -> np.ndarray:
        """Share of the container's fish that are clinically sick, (m,)."""
        return np.minimum(self.sick_share * (self.factor[disease] - 1.0) * impact, _MOST_SICK)

    def hazard(self, disease: np.ndarray, impact: np.ndarray, stage_base: np.ndarray) -> np.ndarray:
        """Extra hazard, 1/day, (m,); ``stage_base`` is the all-cause base of the container's stage
        (``Mortality.stage_base``)."""
        return stage_base * (self.factor[disease] - 1.0) * impact

    def detection_hazard(self, sick: np.ndarray) -> np.ndarray:
        """Hazard of diagnosis, 1/day, from the share of sick fish."""
        return self.carrier_detection * sick

    def treated_after(self, u: np.ndarray) -> np.ndarray:
        """Whole days from diagnosis to treatment, int64."""
        low, high = self.treatment_delay
        return np.floor(low + (high - low + 1.0) * u).astype(np.int64)

    def susceptible_stage(self, stage: np.ndarray, disease: np.ndarray) -> np.ndarray:
        """Whether fish of that stage catch that disease from a neighbour, bool (m,)."""
        return self.stages[stage, disease] & (stage > Stage.EGG_ALEVIN)


def _spread(u: float) -> float:
    return 1.0 + _RELIEF_SPREAD * (1.0 - 2.0 * u)
