"""The Parquet files of a lake: their names, how they are encoded, reading and writing them.

A file holds rows of one table with ids of one calendar year, ``<table>/year=<year>/<first day>-<transaction>.parquet``,
and is never changed. Encodings by measurement (``benchmarks.lake_columns``): ids and instants as packed differences,
without which a reading takes twice the room; everything else as a dictionary, where values as split bytes take three
times the room; zstd at level 1, which is as small as level 3.

Belongs here: one file. Does not belong here: which files are in the lake (``transaction``), types (``columns``).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import days_of_ids, to_date, year_of_ids
from aquamind_assets.warehouse.lake.columns import arrow_schema, ids_of

ROW_GROUP = 600_000
"""Rows of a row group: a block of readings, and a read-ahead of some 5 MB for whoever reads one column."""

_DELTA = frozenset({"timestamptz"})


@dataclass(frozen=True)
class DataFile:
    """A file of rows.

    Attributes:
        name: its name in the lake.
        table: the table.
        year: calendar year of the ids; 0 for ids that AquaMind fixes.
        rows: how many rows it has.
        size: bytes.
        low: smallest id.
        high: largest id.
    """

    name: str
    table: str
    year: int
    rows: int
    size: int
    low: int
    high: int


class FileWriter:
    """Writes the rows of one table and year into a file of this machine; rows come in any order."""

    def __init__(self, spec: TableSpec, year: int, scratch: Path) -> None:
        self._spec, self.year, self.path = spec, year, scratch
        scratch.parent.mkdir(parents=True, exist_ok=True)
        self._schema = arrow_schema(spec)
        delta = {
            column.name: "DELTA_BINARY_PACKED"
            for column in spec.columns
            if column.kind in _DELTA or (column.name == spec.id_column and not spec.has_uuids)
        }
        self._writer = pq.ParquetWriter(
            scratch,
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in self._schema.names if name not in delta],
            column_encoding=delta,
            write_page_checksum=True,
        )
        self._waiting: list[pa.Table] = []
        self._rows = self._waiting_rows = 0
        self._low, self._high = np.iinfo(np.int64).max, np.iinfo(np.int64).min

    def write(self, rows: pa.Table) -> None:
        """Add rows."""
        low, high = _bounds(self._spec, rows)
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._rows += rows.num_rows
        self._waiting.append(rows)
        self._waiting_rows += rows.num_rows
        if self._waiting_rows >= ROW_GROUP // 2:
            self._flush()

    def close(self, transaction: str) -> DataFile:
        """Finish the file of at least one row."""
        self._flush()
        self._writer.close()
        table, narrow = self._spec.name, self._spec.narrow_id
        day = to_date(int(days_of_ids(np.array(self._low), narrow=narrow))).isoformat() if self.year else "fixed"
        name = f"{table}/year={self.year}/{day}-{transaction}.parquet"
        size = self.path.stat().st_size
        return DataFile(name, table, self.year, self._rows, size, int(self._low), int(self._high))

    def abandon(self) -> None:
        """Leave the file unfinished."""
        self._waiting.clear()
        self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            whole = pa.concat_tables(self._waiting) if len(self._waiting) > 1 else self._waiting[0]
            self._writer.write_table(whole.unify_dictionaries(), row_group_size=ROW_GROUP)
            self._waiting, self._waiting_rows = [], 0


def split_by_year(spec: TableSpec, rows: pa.Table) -> Iterator[tuple[int, pa.Table]]:
    """The rows of each calendar year of the ids."""
    first, last = year_of_ids(np.array(_bounds(spec, rows)), narrow=spec.narrow_id).tolist()
    if first == last:
        yield int(first), rows
        return
    years = year_of_ids(ids_of(spec, rows), narrow=spec.narrow_id)
    for year in np.unique(years).tolist():
        yield year, rows.filter(pa.array(years == year))


def _bounds(spec: TableSpec, rows: pa.Table) -> tuple[int, int]:
    """The smallest and the largest id of at least one row."""
    if spec.has_uuids:
        ids = ids_of(spec, rows)
        return int(ids.min()), int(ids.max())
    bounds = pc.min_max(rows.column(spec.id_column))
    return bounds["min"].as_py(), bounds["max"].as_py()


def read_batches(source: str | Any, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a file, a row group at a time, with the types of :func:`columns.arrow_schema`."""
    with pq.ParquetFile(source, page_checksum_verification=True) as file:
        for number in range(file.num_row_groups):
            yield file.read_row_group(number, columns=None if columns is None else list(columns), use_threads=False)


def fault(opened: Callable[[], str | Any], file: DataFile) -> str:
    """What is wrong with a file: a page that is not what its checksum says, or another number of rows; else ``""``."""
    try:
        rows = sum(part.num_rows for part in read_batches(opened()))
    except (OSError, ValueError) as error:
        return " ".join(str(error).split())
    return "" if rows == file.rows else f"has {rows} rows of {file.rows}"
