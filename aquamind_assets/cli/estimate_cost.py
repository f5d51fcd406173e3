"""The bytes and seconds that a run would take, measured by writing some days of its last year.

The days are written into a scratch database in SQLite; PostgreSQL's size and time follow from measured ratios.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from aquamind_assets.cli.estimate_rows import DENSE
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.timeline import DayRange, chunks_of, year_days

WRITTEN_DAYS = 6
MANY_ROWS = 1000
DAGSTER_S_PER_STEP = 0.08
STEPS_BESIDE_RECORDERS = 3
POSTGRES_EMPTY_BYTES = 11_000_000
POSTGRES_SIZE = 1.2
POSTGRES_SIZE_DENSE = 1.6
POSTGRES_SECONDS = 1.4
"""PostgreSQL against SQLite, measured: the size of an empty database with AquaMind's tables, the size of rows (readings
have one index on SQLite and eight on PostgreSQL: 1.47 times as large at full scale, 1.67 times in the small partitions
of the smallest farm), and the time to write them."""


@dataclass(frozen=True)
class Measured:
    """The cost of writing some days, or all living rows of a year."""

    rows: int
    bytes: int
    seconds: float
    chunks_a_year: int

    @property
    def bytes_per_row(self) -> float:
        """Bytes of the database's file per row, indexes included."""
        return self.bytes / self.rows if self.rows else 0.0

    def seconds_for(self, rows: int, years: int) -> float:
        """Seconds for so many rows; where there are few, the time of a chunk, however empty it is."""
        return self.seconds * (rows / self.rows if self.rows >= MANY_ROWS else self.chunks_a_year * years)


def expected_cost(
    platform: Platform, written: Mapping[str, int], years: int, last: int, *, postgres: bool
) -> tuple[int, float]:
    """Bytes and seconds for so many rows of each asset in so many years, of which ``last`` is the last; the ledgers are
    stored. ``platform`` is that of the scratch database."""
    empty = _empty_size(platform)
    measured = _measure(platform, last)
    sizes = {asset: measured[asset].bytes_per_row * rows for asset, rows in written.items()}
    size = empty + sum(sizes.values())
    seconds = sum(measured[asset].seconds_for(rows, years) for asset, rows in written.items())
    if postgres:
        seconds *= POSTGRES_SECONDS
        size = POSTGRES_EMPTY_BYTES + sum(
            bytes_ * (POSTGRES_SIZE_DENSE if asset == DENSE else POSTGRES_SIZE) for asset, bytes_ in sizes.items()
        )
    return int(size), seconds + DAGSTER_S_PER_STEP * (len(platform.recorders) + STEPS_BESIDE_RECORDERS) * years


def _measure(platform: Platform, year: int) -> dict[str, Measured]:
    """The cost of each asset, from writing some days of a year into the scratch database."""
    measured = {}
    end = platform.inputs_for(platform.recorders[DENSE], year).days.end
    days = DayRange(max(year_days(year).first, end - WRITTEN_DAYS), end)
    for built in range(platform.scenario.first_year, year):
        for asset in BEFORE_THE_FARM:
            _write(platform, platform.recorders[asset], built, None)
    for asset in (recorder.asset for recorder in recorders_in_order(platform.recorders)):
        before, began = _closed_size(platform), time.perf_counter()
        rows = _write(platform, platform.recorders[asset], year, None if asset in BEFORE_THE_FARM else days)
        took = time.perf_counter() - began
        chunks = len(chunks_of(year)) if platform.recorders[asset].kind == "chunked" else 1
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
    """Size of the scratch database while no connection is open, so that nothing of it waits in its log."""
    path = platform.settings.database_url.path
    assert path is not None, "the scratch database is a file or a folder"
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())
