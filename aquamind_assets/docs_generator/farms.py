"""The farms that the documents are about, made without Dagster.

Belongs here: simulating a preset's years, and recording them into a database in the order of their references. Does not
belong here: what is read from them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import TopologicalSorter
from pathlib import Path

import numpy as np

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.model import ContainerDays, Ledger, LiceCounts, Movements, SiteDays, Treatments
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.writing import write_year
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, year_days

LONG_AFTER = date(2030, 1, 1)
"""The day that counts as today when a document's farm is made: every year of it is over."""


@dataclass(frozen=True)
class SimulatedYears:
    """The simulated years of a scenario, in order."""

    scenario: Scenario
    infrastructure: Infrastructure
    climates: tuple[SiteDays, ...]
    ledgers: tuple[Ledger, ...]

    @property
    def container_days(self) -> ContainerDays:
        """Those of all years, sorted by (day, container)."""
        return ContainerDays.concat([ledger.container_days for ledger in self.ledgers])

    @property
    def movements(self) -> Movements:
        """Those of all years, sorted by day."""
        return Movements.concat([ledger.movements for ledger in self.ledgers])

    @property
    def lice_counts(self) -> LiceCounts:
        """Those of all years, sorted by day."""
        return LiceCounts.concat([ledger.lice_counts for ledger in self.ledgers])

    @property
    def treatments(self) -> Treatments:
        """Those of all years, each as it stands in the year in which it was given, sorted by day."""
        given = [
            ledger.treatments.take(ledger.treatments.day >= year_days(ledger.year).first) for ledger in self.ledgers
        ]
        return Treatments.concat(given)


def simulate(preset: str, changes: Sequence[str] = (), last_year: int | None = None) -> SimulatedYears:
    """The history of a preset with ``path=value`` changes, up to ``last_year`` or to its end."""
    scenario = load_scenario(preset, changes)
    infrastructure, state = build(scenario), None
    climates, ledgers = [], []
    for year in range(scenario.first_year, (last_year or scenario.last_year) + 1):
        climates.append(site_days(scenario, infrastructure, year))
        ledger, state = simulate_year(scenario, infrastructure, climates[-1], state, year)
        ledgers.append(ledger)
    return SimulatedYears(scenario, infrastructure, tuple(climates), tuple(ledgers))


def store(platform: Platform, last_year: int) -> None:
    """Simulate the platform's years and keep their ledgers."""
    state = None
    for year in range(platform.scenario.first_year, last_year + 1):
        climate = site_days(platform.scenario, platform.infrastructure, year)
        platform.ledgers.write_climate(year, climate)
        ledger, state = simulate_year(platform.scenario, platform.infrastructure, climate, state, year)
        platform.ledgers.write(ledger, state)


def record(
    platform: Platform, years: Iterable[int], assets: Iterable[str] | None = None, days: DayRange | None = None
) -> None:
    """Write the stored years' rows into the platform's database, all assets or only some, and of events only ``days``
    if they are given."""
    wanted = set(RECORDERS if assets is None else assets)
    with platform.open() as warehouse:
        for year in years:
            for recorder in in_order():
                if recorder.asset in wanted:
                    write_year(
                        recorder,
                        platform.inputs_for(recorder, year, warehouse.latest_year(recorder.asset)),
                        warehouse,
                        platform.fingerprint,
                        "documents",
                        Progress(),
                        days,
                    )


def in_order() -> list[Recorder]:
    """All recorders, each after those its rows point to."""
    order = TopologicalSorter({name: recorder.upstream for name, recorder in RECORDERS.items()})
    return [RECORDERS[name] for name in order.static_order()]


def platform_in(place: Path, preset: str, database: str | None = None) -> Platform:
    """A platform whose ledgers, and database unless one is given, lie in ``place``."""
    return Platform(
        Settings(preset, (), database or f"sqlite:///{place / 'aquamind.db'}", str(place / "ledger"), LONG_AFTER)
    )


def behaviour(history: SimulatedYears) -> str:
    """Twelve hex digits that change when the farm behaves otherwise: made of counted fish and weighed feed, so not of a
    processor's last digits."""
    fish = history.container_days
    mixed = np.stack([fish.day.astype(np.int64), fish.container.astype(np.int64), fish.closing, fish.feed_g])
    factors = np.array([1_000_003, 7_919, 104_729, 15_485_863], dtype=np.uint64)[:, None]
    with np.errstate(over="ignore"):
        hashed = (mixed.astype(np.uint64) * factors).sum(axis=0, dtype=np.uint64)
        hashed ^= hashed >> np.uint64(29)
        return f"{int((hashed * np.uint64(0x9E3779B97F4A7C15)).sum(dtype=np.uint64)):016x}"[:12]
