"""The first years of any farm, written into a SQLite database and judged by all laws."""

from pathlib import Path

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.registry import judge
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.simulation import SimulatedYear, simulate_years
from aquamind_assets.pipeline.writing import YearWriter
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.farm.laws import all_laws
from aquamind_assets_tests.farm.simulated import History
from aquamind_assets_tests.release_2025_08 import LAWS, RECORDERS


def assert_all_laws(scenario: Scenario, years: int, folder: Path) -> History:
    """Simulate and write the first years, and assert that every law holds in the ledger and in the tables."""
    built = build(scenario)
    first = scenario.first_year
    made: list[SimulatedYear] = list(simulate_years(scenario, built, range(first, first + years)))
    ledgers: dict[int, Ledger] = {one.ledger.year: one.ledger for one in made}
    past = History(scenario, built, [one.ledger for one in made], [one.closing for one in made])
    all_laws(past)

    def inputs(year: int, last_year: int, through: int | None = None) -> YearInputs:
        lives = lives_of([ledgers[one] for one in range(year, last_year + 1)])
        return YearInputs(scenario, built, made[year - first].climate, ledgers[year], lives, release="2025-08")

    with open_warehouse(f"sqlite:///{folder / 'farm.db'}", "2025-08") as warehouse:
        warehouse.prepare()
        for year in ledgers:
            for recorder in recorders_in_order(RECORDERS):
                YearWriter(recorder, inputs, warehouse, "fingerprint", "run").write(year)
        for year in ledgers:
            for verdict in judge(LAWS, Evidence(scenario, built, year, ledgers.get, warehouse, max_rows=None)):
                assert not verdict.result.violations, (verdict.law.asset, verdict.law.name, str(verdict.result))
    return past
