"""Farms whose years are simulated once for all tests and all processes of a test run.

A dozen rooms look at the first years of the same few farms. A year is kept as a file in the folder of the test run,
under the scenario and the code that decide it, and whoever needs it next reads it there. What is about simulating
itself simulates for itself (``simulate_years``, ``store_ledgers``).
"""

import os
import pickle
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

from aquamind_assets.farm.engine import simulate_year
from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.ledger.infrastructure import Infrastructure
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import ledger_code
from aquamind_assets.pipeline.simulation import SimulatedYear
from aquamind_assets.scenario.model import Scenario

PLACE = "PYTEST_SIMULATED_YEARS"
"""The variable that holds the folder of this test run; set once, by the first process."""


def simulated_once(scenario: Scenario, infrastructure: Infrastructure, years: Iterable[int]) -> list[SimulatedYear]:
    """The scenario's years from its first one on, whole, in order; ``infrastructure`` is the scenario's."""
    folder = Path(os.environ[PLACE]) / f"{scenario.farm_fingerprint()}-{ledger_code()}"
    folder.mkdir(parents=True, exist_ok=True)
    made: list[SimulatedYear] = []
    with FileLock(folder / "lock"):
        for year in years:
            file = folder / f"{year}.pickle"
            if file.exists():
                made.append(pickle.loads(file.read_bytes()))
            else:
                climate = site_days(scenario, infrastructure, year)
                opening = made[-1].closing if made else None
                made.append(SimulatedYear(climate, *simulate_year(scenario, infrastructure, climate, opening, year)))
                file.write_bytes(pickle.dumps(made[-1]))
    return made


def store_once(platform: Platform, last_year: int) -> None:
    """Store the ledgers of the platform's years up to ``last_year``, all of them over, as ``store_ledgers`` does."""
    years = range(platform.scenario.first_year, last_year + 1)
    for one in simulated_once(platform.scenario, platform.infrastructure, years):
        platform.ledgers.write_climate(one.ledger.year, one.climate)
        platform.ledgers.write(one.ledger, one.closing)
