"""Three years of a small farm, written into a database year by year, for tests of laws."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.registry import SIMULATED, Law
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.writing import YearWriter
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.farm.simulated import History, history
from aquamind_assets_tests.release_2025_08 import LAWS, RECORDERS

YEARS = 3
CHANGES = ("water.readings_per_day=2",)


def farm() -> History:
    """The farm that is written. Its third year has transfers, harvests, vaccination and lice."""
    return history("tiny", YEARS, CHANGES)


def inputs(year: int, last_year: int, through: int | None = None) -> YearInputs:
    """The inputs of a year as of the end of another one, whose last day ``through`` is."""
    past = farm()
    first = past.scenario.first_year
    ledgers = past.ledgers[year - first : last_year + 1 - first]
    climate = site_days(past.scenario, past.infrastructure, year)
    return YearInputs(past.scenario, past.infrastructure, climate, ledgers[0], lives_of(ledgers), release="2025-08")


def write(warehouse: Warehouse, year: int, assets: Iterable[str] | None = None) -> None:
    """Write some assets of a year, or all."""
    for recorder in recorders_in_order(RECORDERS, assets):
        YearWriter(recorder, inputs, warehouse, "fingerprint", "run").write(year)


def write_all(warehouse: Warehouse) -> None:
    """All years in order."""
    warehouse.prepare()
    for ledger in farm().ledgers:
        write(warehouse, ledger.year)


def evidence(warehouse: Warehouse, year: int, *, with_ledger: bool = True, max_rows: int | None = None) -> Evidence:
    """Return the evidence of a year in the database, by default for checking every row."""
    past = farm()
    ledgers: dict[int, Ledger] = {ledger.year: ledger for ledger in past.ledgers} if with_ledger else {}
    return Evidence(past.scenario, past.infrastructure, year, ledgers.get, warehouse, max_rows)


TABLE_LAWS = [law for law in LAWS if law.asset != SIMULATED]


def law_named(asset: str, name: str) -> Law:
    """Return a law by its asset and its name."""
    return next(law for law in LAWS if (law.asset, law.name) == (asset, name))


@dataclass
class Written:
    """The database with all years in it."""

    warehouse: Warehouse

    @contextmanager
    def changed(self, *statements: str) -> Iterator[None]:
        """Run statements and undo their changes afterwards."""
        database = self.warehouse.database
        with suppress(_Undone), database.transaction():
            for statement in statements:
                assert database.execute(statement) > 0, f"changes nothing: {statement}"
            yield
            raise _Undone


class _Undone(Exception):
    """Takes a transaction back."""
