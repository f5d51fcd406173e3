"""The loop that simulates years one after another.

Belongs here: each year from the closing state of the year before, with its water and weather. Does not belong here: one
year (``farm.engine``), recording rows (``generation``).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger, SiteDays
from aquamind_assets.ledger.state import FarmState
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


def store_ledgers(platform: Platform, last_year: int, report: Callable[[str], None] = lambda text: None) -> None:
    """Simulate the platform's years up to ``last_year``, as far as they are over, and store their ledgers. ``report``
    is called with what is being done."""
    for year in range(platform.scenario.first_year, last_year + 1):
        report(f"Simulating {year}")
        climate = site_days(platform.scenario, platform.infrastructure, year)
        platform.ledgers.write_climate(year, climate)
        opening = platform.ledgers.opening(year)
        through = platform.through(year)
        ledger, closing = simulate_year(platform.scenario, platform.infrastructure, climate, opening, year, through)
        platform.ledgers.write(ledger, closing)
