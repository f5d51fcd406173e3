"""Looks ahead: when a batch will be where, and how many fish it will be by then.

Belongs here: the forecast of a batch's way from its present state, by climate normals and middle growth. Does not
belong here: places (``space``) and anything that happens.

A batch's way through freshwater is a list of container steps: the egg stage may have several (trays, then start tanks),
every later stage one. A farmer knows neither next year's weather nor the batch's own growth, so a forecast uses
neither.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from aquamind_assets import timeline
from aquamind_assets.farm.processes.growth import Growth
from aquamind_assets.farm.sites import climate
from aquamind_assets.ledger.codes import Stage
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.scenario.stages import STAGE_NAMES

HORIZON_DAYS = 6 * 366
GROWTH_SEEN = 0.97
"""Growth over a stage relative to middle TGC x normal temperature: fasting and sickness lower it, long days in warm
water raise it (measured on the farm)."""

SPLITTING_SHARE = 0.8
"""Fish stand in their first cages until this share of the weight of the first step of the legal density."""


@dataclass(frozen=True)
class Step:
    """One container step in freshwater: the stage and the container types it may stand in."""

    stage: int
    kinds: tuple[int, ...]


def container_steps(scenario: Scenario, geography: int) -> list[Step] | None:
    """The container steps of a geography's stations, or None where a stage has no containers."""
    kinds = scenario.farm.container_types
    present = {hall.container_type for hall in scenario.farm.geographies[geography].station_halls}
    steps = []
    for stage in (Stage.EGG_ALEVIN, Stage.FRY, Stage.PARR, Stage.SMOLT):
        fitting = tuple(
            row
            for row, kind in enumerate(kinds)
            if STAGE_NAMES[stage] in kind.stages and kind.key in present and kind.place == "hall"
        )
        if not fitting:
            return None
        if stage == Stage.EGG_ALEVIN:
            # Trays, then the start tanks they hatch into; not by place in the list.
            order = sorted(
                fitting, key=lambda row: (kinds[row].category != "TRAY", kinds[row].volume_m3, kinds[row].key)
            )
            steps += [Step(stage, (row,)) for row in order[:2]]
        else:
            steps.append(Step(stage, fitting))
    return steps


@dataclass(frozen=True)
class Standing:
    """Where a batch is."""

    geography: int
    step: int
    """Freshwater step; one above the last at sea."""
    progress: float
    """Degree-days before first feeding, mean weight (g) after it."""
    fish: float
    target_weight: float
    """Target weight at harvest, g."""
    adult_day: int
    """Day it became Adult, or -1."""
    smolt_weight: float
    """Weight at which it goes to sea, g."""


@dataclass(frozen=True)
class Way:
    """Forecast days of a batch. ``steps`` holds the first day of each freshwater step (of the present one: the day of
    the forecast)."""

    steps: dict[int, int]
    fish: dict[int, float]
    """Fish expected at the start of each freshwater step."""
    sea: int
    sea_fish: float
    splitting: int
    adult: int
    harvest: int
    harvest_fish: float


@dataclass(frozen=True)
class HarvestWindow:
    """Forecast days of the harvest of fish at sea, and how many they will be."""

    earliest: int
    """They are old and heavy enough."""
    ripe: int
    """They have their target weight."""
    latest: int
    """They are too old or too heavy to wait on."""
    fish: float
    """Fish on the day they are ripe."""


@dataclass(frozen=True)
class Forecaster:
    """Climate normals as running sums of degree-days from ``first_day`` on."""

    first_day: int
    halls: np.ndarray
    """(halls, days + 1)"""
    sea: np.ndarray
    """Those of the sea, more on long days as fish grow faster then, (geographies, days + 1)."""
    tgc: np.ndarray
    """Middle TGC x1000, (geographies, stages)."""
    scenario: Scenario
    growth: Growth

    @classmethod
    def of(cls, scenario: Scenario, infrastructure: Infrastructure, first_day: int) -> Self:
        """A forecaster good for ``HORIZON_DAYS`` from ``first_day``."""
        days = np.arange(first_day, first_day + HORIZON_DAYS)
        halls = climate.hall_temperature_normal(scenario, infrastructure, days)
        areas = climate.sea_temperature_normal(scenario, infrastructure, days)
        of_geography = [infrastructure.areas.geography == row for row in range(len(scenario.farm.geographies))]
        sea = np.array([areas[mine].mean(axis=0) if mine.any() else np.zeros(days.size) for mine in of_geography])
        tgc = np.array(
            [
                [(stage.tgc.low + stage.tgc.high) / 2 if stage.tgc else 0.0 for stage in scenario.farm.stages]
                for _ in scenario.farm.geographies
            ]
        )
        tgc[:, Stage.ADULT] = [(spec.growout_tgc.low + spec.growout_tgc.high) / 2 for spec in scenario.farm.geographies]
        growth = Growth.from_scenario(scenario)
        stage = np.array([Stage.ADULT])
        season = np.array([float(growth.season_factor(stage, day)[0]) for day in range(1, 367)])
        sea = sea * season[timeline.day_of_year(days) - 1] / growth.undisturbed
        return cls(first_day, _running(halls), _running(sea), tgc, scenario, growth)

    def adult_since(self, geography: int, day: int, weight: float) -> int:
        """Day on which fish that weigh ``weight`` (g) in the sea on ``day`` became Adult, by a year's mean growth."""
        entry = self.scenario.farm.stages[Stage.ADULT].entry_weight_g
        daily = self.sea[geography, 365] / 365 * self.tgc[geography, Stage.ADULT] * 1e-3 * GROWTH_SEEN
        return day - int(self.growth.span(Stage.ADULT, entry, weight) / max(daily, 1e-6))

    def way(self, batch: Standing, halls: dict[int, int], stages: dict[int, int], day: int) -> Way:
        """The forecast of a batch.

        Args:
            batch: where it is today.
            halls: a hall of each freshwater step from the present one on; empty at sea.
            stages: the stage of each of these steps.
            day: today.
        """
        farm, eggs = self.scenario.farm, self.scenario.farm.eggs
        geography, fish, degree_days = batch.geography, batch.fish, batch.progress
        steps, numbers = {}, {}
        weight = batch.progress if stages.get(batch.step) != Stage.EGG_ALEVIN else farm.stages[Stage.FRY].entry_weight_g
        egg_steps = [one for one in stages if stages[one] == Stage.EGG_ALEVIN]
        for one, hall in halls.items():
            steps[one], numbers[one] = day, fish
            stage = stages[one]
            if stage == Stage.EGG_ALEVIN:
                hatching = len(egg_steps) > 1 and one == egg_steps[0]
                goal = eggs.hatch_degree_days if hatching else eggs.first_feeding_degree_days
                day = self._after(self.halls[hall], day, max(0.0, goal - degree_days))
                if degree_days < eggs.hatch_degree_days:
                    fish *= 1 - eggs.egg_loss
                if not hatching:
                    fish *= 1 - eggs.alevin_loss
                degree_days = max(degree_days, goal)
            else:
                goal = batch.smolt_weight if stage == Stage.SMOLT else farm.stages[stage + 1].entry_weight_g
                day = self._grown(self.halls[hall], geography, stage, day, weight, goal)
                weight = max(weight, goal)
                fish *= 1 - farm.stages[stage].mortality
        return self._sea_way(batch, steps, numbers, day, weight, fish)

    def _sea_way(
        self, batch: Standing, steps: dict[int, int], numbers: dict[int, float], day: int, weight: float, fish: float
    ) -> Way:
        farm, sea = self.scenario.farm, self.sea[batch.geography]
        day = day if not steps else self._open_month(day)
        post, grow_out = farm.stages[Stage.POST_SMOLT], farm.stages[Stage.ADULT]
        adult = self._grown(sea, batch.geography, Stage.POST_SMOLT, day, weight, grow_out.entry_weight_g)
        adult_fish = fish * (1 - post.mortality) ** ((adult - day) / 30)
        ripe = self._grown(
            sea, batch.geography, Stage.ADULT, adult, max(weight, grow_out.entry_weight_g), batch.target_weight
        )
        since = batch.adult_day if batch.adult_day >= 0 else adult
        harvest = max(
            day, int(np.clip(ripe, since + farm.batches.growout_days.low, since + farm.batches.growout_days.high))
        )
        limit = farm.sea_density[0].below_weight_g if len(farm.sea_density) > 1 else batch.target_weight
        splitting = self._reaches(batch.geography, day, weight, adult, SPLITTING_SHARE * limit)
        harvest_fish = adult_fish * (1 - grow_out.mortality) ** ((harvest - adult) / 30)
        return Way(steps, numbers, day, fish, min(max(splitting, day), harvest), adult, harvest, harvest_fish)

    def harvest(self, batch: Standing, early: float, late: float, day: int) -> HarvestWindow:
        """When fish at sea can be harvested.

        Args:
            batch: where it is today.
            early: share of its target weight from which on it can be harvested.
            late: share of its target weight from which on it should have been.
            day: today.
        """
        grow_out, window = self.scenario.farm.stages[Stage.ADULT], self.scenario.farm.batches.growout_days
        geography, weight, adult = batch.geography, batch.progress, batch.adult_day
        if adult < 0:
            adult = self._grown(self.sea[geography], geography, Stage.POST_SMOLT, day, weight, grow_out.entry_weight_g)
            day, weight = max(day, adult), max(weight, grow_out.entry_weight_g)
        earliest, ripe, latest = (
            int(
                np.clip(
                    self._grown(self.sea[geography], geography, Stage.ADULT, day, weight, share * batch.target_weight),
                    adult + window.low,
                    adult + window.high,
                )
            )
            for share in (early, 1.0, late)
        )
        fish = batch.fish * (1 - grow_out.mortality) ** (max(ripe - day, 0) / 30)
        return HarvestWindow(earliest, ripe, latest, fish)

    def _open_month(self, day: int) -> int:
        """``day``, or the first day after it in a month in which smolts go to sea."""
        while timeline.to_date(day).month not in self.scenario.farm.batches.sea_transfer_months:
            day += 1
        return day

    def _reaches(self, geography: int, day: int, weight: float, adult: int, goal: float) -> int:
        """Day on which fish that enter the sea on ``day`` weigh ``goal``."""
        entry = self.scenario.farm.stages[Stage.ADULT].entry_weight_g
        if goal <= entry:
            return self._grown(self.sea[geography], geography, Stage.POST_SMOLT, day, weight, goal)
        return self._grown(self.sea[geography], geography, Stage.ADULT, adult, max(weight, entry), goal)

    def _grown(self, sums: np.ndarray, geography: int, stage: int, day: int, weight: float, goal: float) -> int:
        if weight >= goal:
            return day
        growth = (
            self.tgc[geography, stage]
            * 1e-3
            * GROWTH_SEEN
            * (self.scenario.biology.growth.undisturbed if stage >= Stage.POST_SMOLT else 1.0)
        )
        return self._after(sums, day, self.growth.span(stage, weight, goal) / growth)

    def _after(self, sums: np.ndarray, day: int, degree_days: float) -> int:
        """First day on which ``degree_days`` have gathered since ``day``."""
        start = min(max(day - self.first_day, 0), sums.size - 1)
        return day + int(np.searchsorted(sums, sums[start] + degree_days)) - start


def _running(temperature: np.ndarray) -> np.ndarray:
    return np.concatenate(
        [np.zeros((temperature.shape[0], 1)), np.cumsum(np.maximum(temperature, 0.0), axis=1)], axis=1
    )
