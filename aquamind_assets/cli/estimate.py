"""``aquamind run --dry-run``: what a run would make, before it makes it.

The farm is simulated (that is quick, and tells which fish are where), a few years' rows are counted, and a few days of
the last year are really written, into a scratch database that is thrown away: so rows, bytes and seconds are measured,
not guessed. Years between the counted ones follow their container-days.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from aquamind_assets.cli.progress_bar import duration, short
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, chunks_of, id_range, year_days

COUNTED_YEARS = 3
WRITTEN_DAYS = 6
MANY_ROWS = 1000
FOLLOW_FISH = ("batch", "inventory", "health")
"""Groups whose rows go with the number of container-days; the others' go with time."""

DENSE = "environmental_readings"
"""The recorder with nearly all rows, each day much like the next: twelve days of a year are counted instead of all."""

DAGSTER_S_PER_STEP = 0.08
POSTGRES_EMPTY_BYTES = 11_000_000
POSTGRES_SIZE = 1.2
POSTGRES_SIZE_DENSE = 1.6
POSTGRES_SECONDS = 1.4
"""PostgreSQL against SQLite, measured: the size of an empty database with AquaMind's tables, the size of rows (readings
have one index on SQLite and eight on PostgreSQL: 1.47 times as large at full scale, 1.67 times in the small partitions
of the smallest farm), and the time to write them."""


@dataclass(frozen=True)
class Measured:
    """What writing some days, or all that lives in a year, took."""

    rows: int
    bytes: int
    seconds: float
    chunks_a_year: int

    @property
    def bytes_per_row(self) -> float:
        """Bytes of the database's file a row, indexes included."""
        return self.bytes / self.rows if self.rows else 0.0

    def seconds_for(self, rows: int, years: int) -> float:
        """Seconds for so many rows; where there are few, what a chunk takes however empty it is."""
        return self.seconds * (rows / self.rows if self.rows >= MANY_ROWS else self.chunks_a_year * years)


@dataclass(frozen=True)
class Estimate:
    """Rows of each asset in each year, bytes and seconds to expect."""

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

    def show(self, console: Console) -> None:
        """Print it."""
        years = sorted({year for counts in self.rows.values() for year in counts})
        table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
        table.add_column("expected rows", no_wrap=True)
        for year in years:
            table.add_column(str(year), justify="right", no_wrap=True)
        for asset, counts in self.rows.items():
            table.add_row(asset, *(short(counts.get(year, 0)) for year in years))
        console.print(table)
        console.print(
            f"{self.total:,} rows, about {self.bytes / 1e6:,.0f} MB in {self.database}, about {duration(self.seconds)}."
            " Nothing was written.",
            highlight=False,
        )


def estimate(settings: Settings, years: Sequence[int]) -> Estimate:
    """Simulate, count and write a little on the side; the real database and ledgers are not touched."""
    settings = settings.settled(keep=False)
    with tempfile.TemporaryDirectory(prefix="aquamind-estimate-") as scratch:
        platform = Platform(
            replace(
                settings, database=f"sqlite:///{Path(scratch) / 'scratch.db'}", ledger=str(Path(scratch) / "ledger")
            )
        )
        began = time.perf_counter()
        store_ledgers(platform, max(years))
        simulating = time.perf_counter() - began
        weights = {year: float(len(platform.ledgers.ledger(year).container_days)) for year in years}
        counted = {year: _count(platform, year) for year in _spread(years)}
        rows = {}
        for asset, recorder in RECORDERS.items():
            follows = weights if recorder.group in FOLLOW_FISH else dict.fromkeys(years, 1.0)
            rows[asset] = _between({year: counts[asset] for year, counts in counted.items()}, follows)
        empty = _empty_size(platform)
        measured = _measure(platform, max(years))
    postgres = not settings.database.startswith("sqlite")
    written = {asset: sum(counts.values()) for asset, counts in rows.items()}
    sizes = {asset: measured[asset].bytes_per_row * count for asset, count in written.items()}
    size = empty + sum(sizes.values())
    if postgres:
        size = POSTGRES_EMPTY_BYTES + sum(
            value * (POSTGRES_SIZE_DENSE if asset == DENSE else POSTGRES_SIZE) for asset, value in sizes.items()
        )
    seconds = sum(measured[asset].seconds_for(count, len(years)) for asset, count in written.items()) * (
        POSTGRES_SECONDS if postgres else 1
    )
    overhead = DAGSTER_S_PER_STEP * (len(RECORDERS) + 3) * len(years)
    return Estimate(rows, int(size), simulating + seconds + overhead, platform.scenario.name, settings.database_name)


def _spread(years: Sequence[int]) -> list[int]:
    """The first, the last and what lies evenly between."""
    places = np.linspace(0, len(years) - 1, min(COUNTED_YEARS, len(years))).round().astype(int)
    return [years[place] for place in np.unique(places)]


def _count(platform: Platform, year: int) -> dict[str, int]:
    return {asset: _rows_of(recorder, platform.inputs_for(recorder, year)) for asset, recorder in RECORDERS.items()}


def _rows_of(recorder: Recorder, inputs: YearInputs) -> int:
    """Rows of a year: all of them counted, but for the dense recorder."""
    if recorder.kind == "living":
        low = year_days(inputs.year)
        return sum(_of_year(rows.ids, low) for rows in recorder.rows_alive(inputs))
    whole = inputs.days
    if recorder.asset != DENSE:
        return sum(rows.size for rows in recorder.rows_of_days(inputs, whole))
    days = np.unique(np.linspace(whole.first, whole.end - 1, 12).astype(int))
    sample = [
        sum(rows.size for rows in recorder.rows_of_days(inputs, DayRange(int(day), int(day) + 1))) for day in days
    ]
    return int(np.mean(sample) * len(whole))


def _of_year(ids: np.ndarray, days: DayRange) -> int:
    """How many of the ids are of rows that began in this year: living rows are written again every year, but are there
    once."""
    wide, narrow = id_range(days), id_range(days, narrow=True)
    low, high = wide if ids.size and ids.max() > narrow[1] else narrow
    return int(((ids >= low) & (ids < high)).sum())


def _between(counted: Mapping[int, int], weights: Mapping[int, float]) -> dict[int, int]:
    """Rows of all years: as counted, else by the year's weight times what lies between the counted years' rows for a
    weight of 1."""
    known = sorted(counted)
    per_day = [counted[year] / max(weights[year], 1) for year in known]
    return {
        year: counted[year] if year in counted else round(float(np.interp(year, known, per_day)) * weight)
        for year, weight in weights.items()
    }


def _measure(platform: Platform, year: int) -> dict[str, Measured]:
    """What each asset takes, from writing some days of a year into the scratch database."""
    measured = {}
    end = platform.inputs_for(RECORDERS[DENSE], year).days.end
    days = DayRange(max(year_days(year).first, end - WRITTEN_DAYS), end)
    for built in range(platform.scenario.first_year, year):
        for asset in BEFORE_THE_FARM:
            _write(platform, RECORDERS[asset], built, None)
    for asset in (recorder.asset for recorder in recorders_in_order()):
        before, began = _closed_size(platform), time.perf_counter()
        rows = _write(platform, RECORDERS[asset], year, None if asset in BEFORE_THE_FARM else days)
        took = time.perf_counter() - began
        chunks = len(chunks_of(year)) if RECORDERS[asset].kind == "chunked" else 1
        measured[asset] = Measured(rows, _closed_size(platform) - before, took, chunks)
    return measured


def _write(platform: Platform, recorder: Recorder, year: int, days: DayRange | None) -> int:
    with platform.open() as warehouse:
        return platform.writer(recorder, warehouse, "dry run").write(year, days).rows


def _empty_size(platform: Platform) -> int:
    """Size of the scratch database with nothing but AquaMind's tables in it."""
    with platform.open():
        pass
    return _closed_size(platform)


def _closed_size(platform: Platform) -> int:
    """Size of the scratch database when nobody has it open, so that nothing of it waits in its log."""
    return Path(platform.settings.database.removeprefix("sqlite:///")).stat().st_size
