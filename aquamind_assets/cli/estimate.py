"""``aquamind run --dry-run``: rows, size and time to expect.

The farm is simulated, the rows of some years are counted (``estimate_rows``), and a few days are written into a scratch
database that is deleted (``estimate_cost``): rows, bytes and seconds are measured, not guessed.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.contents import FIXED
from aquamind_assets.cli.estimate_cost import expected_cost
from aquamind_assets.cli.estimate_rows import expected_rows
from aquamind_assets.cli.formats import duration, short
from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.settings import Settings


@dataclass(frozen=True)
class Estimate:
    """What to expect of a run.

    Attributes:
        rows: rows of each asset in each year; under year 0 those of no year, whose ids AquaMind fixes.
        bytes: size of the database.
        seconds: time of the run.
        scenario: its name.
        database: its URL, the password hidden.
    """

    rows: dict[str, dict[int, int]]
    bytes: int
    seconds: float
    scenario: str
    database: str

    @property
    def total(self) -> int:
        """Rows in all."""
        return sum(sum(years.values()) for years in self.rows.values())

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return vars(self) | {"total_rows": self.total}


def estimate(settings: Settings, years: Sequence[int], report: Callable[[str], None] = lambda text: None) -> Estimate:
    """Simulate, count, and write a little into a scratch database; the real database and ledgers are not touched.
    ``report`` is called with what is being done."""
    settings = settings.settled(keep=False)
    with tempfile.TemporaryDirectory(prefix="aquamind-estimate-") as scratch:
        place = Path(scratch)
        lake = settings.database_url.kind == "lake"
        database = f"parquet:///{place / 'lake'}" if lake else f"sqlite:///{place / 'scratch.db'}"
        platform = Platform(replace(settings, database=database, ledger=str(place / "ledger")))
        began = time.perf_counter()
        store_ledgers(platform, max(years), report)
        simulating = time.perf_counter() - began
        report("Counting the rows")
        rows = expected_rows(platform, years)
        written = {asset: sum(counts.values()) for asset, counts in rows.items()}
        report("Writing a few days into a scratch database")
        size, seconds = expected_cost(
            platform, written, len(years), max(years), postgres=settings.database_url.kind == "postgres"
        )
    return Estimate(rows, size, simulating + seconds, platform.scenario.name, settings.database_name)


def show(expected: Estimate, console: Console) -> None:
    """Print the rows of each asset and year, and the totals."""
    years = sorted({year for counts in expected.rows.values() for year in counts} - {FIXED})
    fixed = any(FIXED in counts for counts in expected.rows.values())
    columns = [Column("expected rows"), *(Column(str(year), right=True) for year in years)]
    columns += [Column("fixed ids", right=True)] * fixed
    columns.append(Column("all", right=True))
    shown = [*years, FIXED] if fixed else years
    sums = {year: sum(counts.get(year, 0) for counts in expected.rows.values()) for year in shown}
    rows = [
        [name, *(short(counts[year]) if counts.get(year) else "·" for year in shown), short(sum(counts.values()))]
        for name, counts in [*expected.rows.items(), ("all", sums)]
    ]
    print_table(console, columns, rows, total=True)
    console.print(
        f"{expected.total:,} rows, about {expected.bytes / 1e6:,.0f} MB in {escape(expected.database)}, about"
        f" {duration(expected.seconds)}. Nothing was written.",
        highlight=False,
    )
