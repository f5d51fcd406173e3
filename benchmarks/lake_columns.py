"""What a lake's encodings cost: ``python -m benchmarks.lake_columns``.

Some days of readings of a simulated farm are written as Parquet in several ways, and read by pandas, Polars and DuckDB.
A line has the bytes of a reading, and the processor time of writing it and of reading its value, the best of some
repetitions. The first line is what the lake does; the ratio behind a figure is to it.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console

from aquamind_assets.cli.tables import Column, print_table
from aquamind_assets.tables.releases import DEFAULT_RELEASE, tables_of
from aquamind_assets.timeline import DayRange
from aquamind_assets.warehouse.lake.columns import arrow_table
from aquamind_assets.warehouse.lake.data_files import FileWriter
from benchmarks.source import READINGS, Source

PACKED = ("id", "reading_time", "created_at")
"""Columns that the lake writes as packed differences."""


def as_the_lake(rows: pa.Table, path: Path) -> None:
    """Write the rows as a file of the lake."""
    writer = FileWriter(tables_of(DEFAULT_RELEASE)[READINGS], 0, path)
    writer.write(rows)
    writer.close("measured")


def written(**options: object) -> Callable[[pa.Table, Path], None]:
    """Write the rows with pyarrow, with these options beside the lake's."""

    def write(rows: pa.Table, path: Path) -> None:
        packed = {name: "DELTA_BINARY_PACKED" for name in PACKED}
        lake = {"compression": "zstd", "compression_level": 1, "column_encoding": packed, "write_page_checksum": True}
        chosen = lake | options
        encoded = chosen["column_encoding"]
        assert isinstance(encoded, dict)
        chosen["use_dictionary"] = [name for name in rows.column_names if name not in encoded]
        pq.write_table(rows, path, row_group_size=600_000, **chosen)

    return write


def as_decimals(rows: pa.Table) -> pa.Table:
    """The rows with their values as DECIMAL."""
    column = tables_of(DEFAULT_RELEASE)[READINGS].by_name["value"]
    kind = pa.decimal128(10, column.scale or 0)
    return rows.set_column(rows.column_names.index("value"), "value", rows.column("value").cast(kind))


def cost(work: Callable[[], object], rows: int, repeats: int) -> float:
    """Processor time of a reading, us: the best of some repetitions."""
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best / rows * 1e6


def measure(rows: pa.Table, repeats: int, folder: Path) -> list[tuple[str, list[float]]]:
    """For each way of writing: bytes, and the cost of writing and of reading with each engine."""
    packed = {name: "DELTA_BINARY_PACKED" for name in PACKED}
    ways: dict[str, tuple[pa.Table, Callable[[pa.Table, Path], None]]] = {
        "the lake: doubles, zstd 1": (rows, as_the_lake),
        "zstd 3": (rows, written(compression_level=3)),
        "values as split bytes": (rows, written(column_encoding=packed | {"value": "BYTE_STREAM_SPLIT"})),
        "values as DECIMAL": (as_decimals(rows), written()),
        "ids as a dictionary": (rows, written(column_encoding={})),
    }
    path = folder / "measured.parquet"
    found = []
    for name, (table, write) in ways.items():
        writing = cost(lambda table=table, write=write: write(table, path), table.num_rows, repeats)
        engines: list[Callable[[], object]] = [
            lambda: pd.read_parquet(path, columns=["value"]),
            lambda: pl.read_parquet(path, columns=["value"]),
            lambda: duckdb.sql(f"SELECT value FROM read_parquet('{path}')").to_arrow_table(),
        ]
        reading = [cost(engine, table.num_rows, repeats) for engine in engines]
        found.append((name, [path.stat().st_size / table.num_rows, writing, *reading]))
    return found


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="bakkafrost", help="preset or file (default: %(default)s)")
    parser.add_argument("--days", type=int, default=6, help="days of readings (default: %(default)s)")
    parser.add_argument("--repeats", type=int, default=3, help="the best counts (default: %(default)s)")
    given = parser.parse_args()
    source = Source.simulated(given.scenario)
    blocks = source.blocks(DayRange(source.first_day, source.first_day + given.days))
    rows = pa.concat_tables([arrow_table(block) for block in blocks]).unify_dictionaries()
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        found = measure(rows, given.repeats, Path(folder))
    first = found[0][1]
    shown = [
        (name, *(f"{value:.3f} ({value / of:.2f})" for value, of in zip(values, first, strict=True)))
        for name, values in found
    ]
    headings = ("B/reading", "write µs", "pandas µs", "Polars µs", "DuckDB µs")
    console = Console()
    console.print(f"{rows.num_rows:,} readings; in brackets: divided by the first line")
    print_table(console, [Column("written as"), *(Column(heading, right=True) for heading in headings)], shown)


if __name__ == "__main__":
    main()
