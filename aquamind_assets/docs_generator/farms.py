"""The farms of the documents, simulated without Dagster.

Belongs here: simulating a preset's years, and recording them into a database in the order of their references. Does not
belong here: reading the results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import ContainerDays, Ledger, LiceCounts, Movements, SiteDays, Treatments
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import simulate_years
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import Release
from aquamind_assets.timeline import year_days

LONG_AFTER = date(2030, 1, 1)
"""The current day for a document's farm: all its years are over."""


@dataclass(frozen=True)
class SimulatedYears:
    """The simulated years of a scenario, in order."""

    scenario: Scenario
    infrastructure: Infrastructure
    climates: tuple[SiteDays, ...]
    ledgers: tuple[Ledger, ...]

    @property
    def container_days(self) -> ContainerDays:
        """The container-days of all years, sorted by (day, container)."""
        return ContainerDays.concat([ledger.container_days for ledger in self.ledgers])

    @property
    def movements(self) -> Movements:
        """The movements of all years, sorted by day."""
        return Movements.concat([ledger.movements for ledger in self.ledgers])

    @property
    def lice_counts(self) -> LiceCounts:
        """The lice counts of all years, sorted by day."""
        return LiceCounts.concat([ledger.lice_counts for ledger in self.ledgers])

    @property
    def treatments(self) -> Treatments:
        """The treatments of all years, each as of the year in which it was given, sorted by day."""
        given = [
            ledger.treatments.take(ledger.treatments.day >= year_days(ledger.year).first) for ledger in self.ledgers
        ]
        return Treatments.concat(given)


def simulate(preset: str, changes: Sequence[str] = (), last_year: int | None = None) -> SimulatedYears:
    """Return the history of a preset with ``path=value`` changes, up to ``last_year`` or to its end."""
    scenario = load_scenario(preset, changes)
    infrastructure = build(scenario)
    years = range(scenario.first_year, (last_year or scenario.last_year) + 1)
    simulated = list(simulate_years(scenario, infrastructure, years))
    return SimulatedYears(
        scenario, infrastructure, tuple(one.climate for one in simulated), tuple(one.ledger for one in simulated)
    )


def platform_in(place: Path, preset: str, release: Release) -> Platform:
    """Return a platform whose ledgers and database, of a release, are in ``place``."""
    database = f"sqlite:///{place / 'aquamind.db'}"
    return Platform(Settings(preset, (), database, str(place / "ledger"), LONG_AFTER, release=release))


def behaviour(history: SimulatedYears) -> str:
    """Return twelve hex digits that change when the farm behaves differently. They are computed from counted fish and
    weighed feed, so they do not depend on a processor's last digits."""
    fish = history.container_days
    mixed = np.stack([fish.day.astype(np.int64), fish.container.astype(np.int64), fish.closing, fish.feed_g])
    factors = np.array([1_000_003, 7_919, 104_729, 15_485_863], dtype=np.uint64)[:, None]
    with np.errstate(over="ignore"):
        hashed = (mixed.astype(np.uint64) * factors).sum(axis=0, dtype=np.uint64)
        hashed ^= hashed >> np.uint64(29)
        return f"{int((hashed * np.uint64(0x9E3779B97F4A7C15)).sum(dtype=np.uint64)):016x}"[:12]
