"""Simulated histories for the tests of the farm: short, real, those of presets simulated once."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import ContainerDays, Ledger
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets_tests.simulated_once import simulated_once


@dataclass(frozen=True)
class History:
    """Years of one farm."""

    scenario: Scenario
    infrastructure: Infrastructure
    ledgers: list[Ledger]
    states: list[FarmState]

    @property
    def container_days(self) -> ContainerDays:
        """The container-days of all years."""
        return ContainerDays.concat([ledger.container_days for ledger in self.ledgers])


@lru_cache(maxsize=8)
def history(preset: str, years: int, changes: tuple[str, ...] = ()) -> History:
    """The first ``years`` of a preset."""
    scenario = load_scenario(preset, changes)
    infrastructure = build(scenario)
    chosen = list(scenario.years)[:years]
    as_preset = scenario.farm_fingerprint() == load_scenario(preset).farm_fingerprint()
    made = (simulated_once if as_preset else simulate_years)(scenario, infrastructure, chosen)
    made = list(made)
    return History(scenario, infrastructure, [one.ledger for one in made], [one.closing for one in made])


def deaths(days: ContainerDays) -> np.ndarray:
    """Deaths of all causes, by row."""
    return np.sum([values for name, values in days.columns().items() if name.startswith("deaths_")], axis=0)


def active_batches(past: History, first_day: int) -> np.ndarray:
    """Batches that live on each day from ``first_day`` to the end of the history."""
    amounts = []
    for ledger in past.ledgers:
        first = int(np.datetime64(f"{ledger.year}-01-01", "D").astype(int))
        days = np.arange(max(first, first_day), ledger.through + 1)[:, None]
        batches = ledger.batches
        amounts.append(((batches.start_day <= days) & ((batches.end_day < 0) | (batches.end_day >= days))).sum(axis=1))
    return np.concatenate(amounts)
