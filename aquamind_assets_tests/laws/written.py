"""Three years of a small farm, written into a database year by year, for tests of laws."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from aquamind_assets.farm.sites.climate import site_days
from aquamind_assets.laws.evidence import Evidence
from aquamind_assets.laws.registry import LAWS, SIMULATED, Law
from aquamind_assets.ledger.lives import lives_of
from aquamind_assets.ledger.model import Ledger
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.writing import write_year
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.farm.simulated import History, history

YEARS = 3
CHANGES = ("water.readings_per_day=2",)


def farm() -> History:
    """The farm that is written. Its third year has transfers, harvests, vaccination and lice."""
    return history("tiny", YEARS, CHANGES)


def write(warehouse: Warehouse, past: History, year: int, through: int, assets: Iterable[str] = RECORDERS) -> None:
    """Write a year of a farm that is simulated up to the end of year ``through``."""
    index = year - past.scenario.first_year
    ledgers = past.ledgers[index : through - past.scenario.first_year + 1]
    climate = site_days(past.scenario, past.infrastructure, year)
    inputs = YearInputs(past.scenario, past.infrastructure, climate, ledgers[0], lives_of(ledgers))
    for asset in sorted(assets, key=_depth):
        write_year(RECORDERS[asset], inputs, warehouse, "fingerprint", "run", Progress())


def _depth(asset: str) -> int:
    """Return how many assets must be written before this one, one after the other."""
    return 1 + max((_depth(one) for one in RECORDERS[asset].upstream), default=0)


def write_all(warehouse: Warehouse) -> None:
    """Write all years, each right after it is simulated."""
    past = farm()
    warehouse.prepare()
    for ledger in past.ledgers:
        write(warehouse, past, ledger.year, ledger.year)


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
