"""What the tables of a year cost: ``python -m benchmarks.tables`` prints rows and processor time of each table.

Years of a scenario are simulated up to the one that is measured. Its rows are then written in this process, chunk by
chunk, into a lake that is thrown away. *Making* is the processor time of the rows of a table until they are handed
over, *loading* that of digesting and writing them. What a chunk or a year costs beyond its blocks (reading the ledger,
commits, checks of foreign keys) is in the total of its asset alone.
"""

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from time import process_time

from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.generation import record_years, recorders_in_order
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import BLOCK_ROWS, BlockRows, Recorder
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import DEFAULT_RELEASE, RELEASES, Release, tables_of
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange


@dataclass
class Cost:
    """Rows of a table, and the processor seconds of making and of loading them."""

    rows: int = 0
    making: float = 0.0
    loading: float = 0.0


Costs = dict[str, Cost]


@dataclass(frozen=True)
class Timed(Recorder):
    """A recorder that notes what each of its blocks costs in ``costs``, by table."""

    costs: Costs = field(default_factory=lambda: defaultdict(Cost))

    @classmethod
    def of(cls, recorder: Recorder, costs: Costs) -> "Timed":
        """A timed recorder that makes the same rows."""
        return cls(**{one.name: getattr(recorder, one.name) for one in fields(Recorder)}, costs=costs)

    def rows_of_days(self, year: YearInputs, days: DayRange, block_rows: BlockRows = BLOCK_ROWS) -> Iterator[Rows]:
        """Yield the recorder's rows of these days."""
        return self._noted(super().rows_of_days(year, days, block_rows))

    def rows_alive(self, year: YearInputs) -> Iterator[Rows]:
        """Yield the recorder's rows alive in the year."""
        return self._noted(super().rows_alive(year))

    def _noted(self, blocks: Iterator[Rows]) -> Iterator[Rows]:
        began = process_time()
        for block in blocks:
            made = process_time()
            yield block
            cost = self.costs[block.table]
            cost.rows += block.size
            cost.making += made - began
            cost.loading += process_time() - made
            began = process_time()


def measured(settings: Settings, year: int) -> tuple[Costs, dict[str, float]]:
    """The cost of each table of a year, and the processor seconds of each asset."""
    platform = Platform(settings)
    if year not in platform.ledgers.years():
        store_ledgers(platform, year)
    # What was built before is there already, as it is when years are written one after another.
    record_years(platform, range(platform.scenario.first_year, year), BEFORE_THE_FARM)
    costs: Costs = defaultdict(Cost)
    seconds = {}
    with platform.open() as warehouse:
        for recorder in recorders_in_order(platform.recorders):
            began = process_time()
            platform.writer(Timed.of(recorder, costs), warehouse, "benchmark").write(year)
            seconds[recorder.asset] = process_time() - began
    return costs, seconds


def text_of(costs: Costs, seconds: Mapping[str, float], release: Release) -> str:
    """The tables as rows of a Markdown table, largest first, then sums, then the assets, the dearest first."""
    histories = {name for name, table in tables_of(release).items() if table.versions_of}
    lines = ["| table | rows | making, s | loading, s |", "|---|---|---|---|"]
    for table, cost in sorted(costs.items(), key=lambda one: (-one[1].rows, one[0])):
        lines.append(_line(f"`{table}`", cost))
    lines.append(_line("all histories", _sum(cost for table, cost in costs.items() if table in histories)))
    lines.append(_line("all tables", _sum(costs.values())))
    lines += ["", "| asset | all of it, s |", "|---|---|"]
    lines += [f"| `{asset}` | {spent:.1f} |" for asset, spent in sorted(seconds.items(), key=lambda one: -one[1])]
    return "\n".join([*lines, f"| the whole year | {sum(seconds.values()):.1f} |"])


def _sum(costs: Iterable[Cost]) -> Cost:
    found = Cost()
    for one in costs:
        found = Cost(found.rows + one.rows, found.making + one.making, found.loading + one.loading)
    return found


def _line(name: str, cost: Cost) -> str:
    return f"| {name} | {cost.rows:,} | {cost.making:.1f} | {cost.loading:.1f} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--preset", default="bakkafrost", help="the scenario")
    parser.add_argument("--set", action="append", default=[], metavar="PATH=VALUE", help="an override of it")
    parser.add_argument("--year", type=int, default=2019, help="the year that is measured")
    parser.add_argument("--release", choices=RELEASES, default=DEFAULT_RELEASE)
    parser.add_argument("--ledger", help="folder of the ledgers, kept and used again; they are thrown away without it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        ledger = chosen.ledger or str(Path(place, "ledger"))
        settings = Settings(
            chosen.preset,
            tuple(chosen.set),
            f"parquet:///{place}/lake",
            ledger,
            LONG_AFTER,
            workers=1,
            release=chosen.release,
        )
        print(text_of(*measured(settings, chosen.year), chosen.release))
