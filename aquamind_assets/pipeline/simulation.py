"""The loop that simulates years one after another.

Belongs here: each year from the closing state of the year before, with its water and weather, stored or not. Does not
belong here: one year (``farm.engine``), recording rows (``generation``), the process beside (``ahead``).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.ledgers import CLIMATE, FARM
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.state import FarmState
from aquamind_assets.ledger.store import LedgerMissing, StoredPart
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario


@dataclass(frozen=True)
class SimulatedYear:
    """A year's water and weather, its ledger, and the state it closes with."""

    climate: SiteDays
    ledger: Ledger
    closing: FarmState

    def inputs(self, scenario: Scenario, infrastructure: Infrastructure) -> YearInputs:
        """The inputs of the year's recorders, with everything as it stands on the ledger's last day."""
        return YearInputs(scenario, infrastructure, self.climate, self.ledger, lives_of([self.ledger]))


def simulate_years(
    scenario: Scenario, infrastructure: Infrastructure, years: Iterable[int], through: int | None = None
) -> Iterator[SimulatedYear]:
    """Simulate consecutive years from the scenario's first one on; each is handed over before the next one starts.

    Args:
        scenario: the scenario.
        infrastructure: everything built for it, ``farm.sites.infrastructure.build(scenario)``.
        years: the years, in order.
        through: last day to simulate, a day number in the last of the years; None for whole years.
    """
    state: FarmState | None = None
    last = max(years := list(years), default=0)
    for year in years:
        climate = site_days(scenario, infrastructure, year)
        ledger, state = simulate_year(scenario, infrastructure, climate, state, year, through if year == last else None)
        yield SimulatedYear(climate, ledger, state)


def store_climate(platform: Platform, year: int) -> tuple[SiteDays, StoredPart]:
    """Make a year's water and weather, and store it.

    Raises:
        PlaceFull, FileUnusable: the place of the ledgers cannot be written.
    """
    climate = site_days(platform.scenario, platform.infrastructure, year)
    return climate, platform.ledgers.write_climate(year, climate)


def store_year(platform: Platform, year: int, through: int | None = None) -> tuple[SimulatedYear, StoredPart]:
    """Simulate a year whose water and weather are stored, and store it.

    Args:
        platform: whose ledgers.
        year: the calendar year.
        through: last day to simulate, a day number; None as far as the year is over or was simulated before.

    Raises:
        LedgerMissing: its climate or the year before is not stored.
        YearNotBegun: no day of it is over.
        PlaceFull, FileUnusable: the place of the ledgers cannot be written.
    """
    if through is None:
        known = platform.ledgers.store.about(year, FARM)
        through = max(platform.through(year), known.through if known else 0)
    climate, opening = platform.ledgers.climate(year), platform.ledgers.opening(year)
    ledger, closing = simulate_year(platform.scenario, platform.infrastructure, climate, opening, year, through)
    return SimulatedYear(climate, ledger, closing), platform.ledgers.write(ledger, closing)


def store_climate_once(platform: Platform, year: int) -> tuple[SiteDays, StoredPart]:
    """As :func:`store_climate`, but taken over where a process beside has stored it."""
    if platform.beside is not None and platform.beside.simulated(year):
        with suppress(LedgerMissing):
            return platform.ledgers.climate(year), platform.ledgers.about(year, CLIMATE)
    return store_climate(platform, year)


def store_year_once(platform: Platform, year: int) -> tuple[SimulatedYear, StoredPart]:
    """As :func:`store_year`, but taken over where a process beside has stored it."""
    beside = platform.beside is not None and platform.beside.simulated(year)
    return (_taken_over(platform, year) if beside else None) or store_year(platform, year)


def _taken_over(platform: Platform, year: int) -> tuple[SimulatedYear, StoredPart] | None:
    """The stored year; None where it is not what this process would store: its scenario's file was changed meanwhile,
    or a day has ended since."""
    ledgers = platform.ledgers
    try:
        simulated = SimulatedYear(ledgers.climate(year), ledgers.ledger(year), ledgers.closing(year))
        stored = ledgers.about(year)
    except LedgerMissing:
        return None
    return (simulated, stored) if stored.through >= platform.through(year) else None


def store_ledgers(platform: Platform, last_year: int, report: Callable[[str], None] = lambda text: None) -> None:
    """Simulate the platform's years up to ``last_year``, as far as they are over, and store their ledgers. ``report``
    is called with what is being done."""
    for year in range(platform.scenario.first_year, last_year + 1):
        report(f"Simulating {year}")
        store_climate(platform, year)
        store_year(platform, year, platform.through(year))
