"""One transaction's files: those that it adds and those that it takes out of the lake.

New files are written into a folder of the transaction. They get their names just before the commit; what a commit took
out is removed after it. Whoever dies in between leaves files that no commit names: the next writer removes them.

Belongs here: writing, deleting and counting rows within a transaction. Does not belong here: commits (``log``), the
order of it all (``database``).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.warehouse.lake import data_files
from aquamind_assets.warehouse.lake.columns import arrow_table, ids_of, referenced_ids
from aquamind_assets.warehouse.lake.data_files import DataFile, FileWriter
from aquamind_assets.warehouse.lake.log import Log
from aquamind_assets.warehouse.lake.places import Place

FILE_TABLE = "lake_file"
CREATE_FILE_TABLE = (
    f"CREATE TABLE {FILE_TABLE} (table_name varchar(100) NOT NULL, id_year integer NOT NULL, name varchar(300) NOT NULL"
    " PRIMARY KEY, row_count bigint NOT NULL, bytes bigint NOT NULL, low_id bigint NOT NULL, high_id bigint NOT NULL)"
)


def files_of(log: Log, table: str | None = None) -> list[DataFile]:
    """The files in the lake, of one table or of all, in order of their ids."""
    # Names begin with the table, and are the key: a condition on them reads that table's lines alone.
    condition, params = ("", ()) if table is None else ("WHERE name > ? AND name < ?", (f"{table}/", f"{table}0"))
    found = log.query(
        f"SELECT name, table_name, id_year, row_count, bytes, low_id, high_id FROM {FILE_TABLE} {condition}"
        " ORDER BY table_name, low_id, name",
        params,
    )
    return [DataFile(*row) for row in found]


class Transaction:
    """The files of one transaction.

    Attributes:
        tables: the tables of the lake.
        referenced: by table, ids that rows of the transaction refer to.
        deleted_from: tables that rows were deleted from.
        written: tables and years whose files the transaction changed.
        emptied: table and ids ``low <= id < high`` that no other transaction may fill.
    """

    def __init__(self, place: Place, log: Log, tables: Mapping[str, TableSpec]) -> None:
        self._place, self._log, self.tables = place, log, tables
        self._id = uuid4().hex[:12]
        self._staged: dict[str, Path] = {}
        self._published = False
        self._removed: list[str] = []
        self._numbers = count()
        self._held = ExitStack()
        self._folder = self._held.enter_context(place.living(self._id))
        self.referenced: dict[str, np.ndarray] = {}
        self.deleted_from: set[str] = set()
        self._there_at_first: frozenset[str] | None = None
        self.written: set[tuple[str, int]] = set()
        self.emptied: list[tuple[str, int, int]] = []

    def end(self) -> None:
        """Remove what is unfinished."""
        self._held.close()

    def source(self, file: DataFile) -> str | Any:
        """Where the rows of a file are read."""
        staged = self._unpublished(file)
        return str(staged) if staged else opened(self._place, file)

    def location(self, file: DataFile) -> str:
        """The same for DuckDB."""
        staged = self._unpublished(file)
        return str(staged) if staged else self._place.location(file.name)

    def _unpublished(self, file: DataFile) -> Path | None:
        """Where a file of this transaction is before it is published."""
        return None if self._published else self._staged.get(file.name)

    def load(self, blocks: Iterable[Rows]) -> None:
        """Write the rows of all blocks into new files."""
        self._write((block.table, arrow_table(block)) for block in blocks)

    def add_rows(self, table: str, parts: Iterator[pa.Table]) -> None:
        """Write rows of one table into new files."""
        self._write((table, part) for part in parts)

    def _write(self, parts: Iterable[tuple[str, pa.Table]]) -> None:
        writers: dict[tuple[str, int], FileWriter] = {}
        try:
            for table, part in parts:
                for year, rows in data_files.split_by_year(self.tables[table], part):
                    if (table, year) not in writers:
                        path = self._folder / f"{next(self._numbers)}.parquet"
                        writers[table, year] = FileWriter(self.tables[table], year, path)
                    writers[table, year].write(rows)
        except BaseException:
            for writer in writers.values():
                writer.abandon()
            raise
        for writer in writers.values():
            self._add(writer)

    def _add(self, writer: FileWriter) -> None:
        file = writer.close(f"{self._id}{next(self._numbers):02d}")
        self._staged[file.name] = writer.path
        values = (file.table, file.year, file.name, file.rows, file.size, file.low, file.high)
        self._log.execute(f"INSERT INTO {FILE_TABLE} VALUES (?, ?, ?, ?, ?, ?, ?)", values, rows=1)
        self.written.add((file.table, file.year))

    def take_out(self, file: DataFile) -> None:
        """Take a file out of the lake."""
        self._log.execute(f"DELETE FROM {FILE_TABLE} WHERE name = ?", (file.name,), rows=1)
        staged = self._staged.pop(file.name, None)
        if staged is None:
            self._removed.append(file.name)
        else:
            staged.unlink()
        self.written.add((file.table, file.year))

    def delete_range(self, table: str, low: int, high: int) -> int:
        """Delete the rows with ``low <= id < high``; how many there were."""
        self.emptied.append((table, low, high))
        deleted = 0
        for file in files_of(self._log, table):
            if file.low >= low and file.high < high:
                deleted += file.rows
                self.take_out(file)
            elif file.low < high and file.high >= low:
                deleted += self._rewrite(file, lambda ids: (ids < low) | (ids >= high))
        if deleted:
            self._note_deleted(table)
        return deleted

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """Delete the rows with these ids, ascending; how many there were."""
        deleted = 0
        for file in files_of(self._log, table):
            there = ids[np.searchsorted(ids, file.low) : np.searchsorted(ids, file.high, "right")]
            if there.size:
                deleted += self._rewrite(file, lambda found, there=there: ~np.isin(found, there))
        if deleted:
            self._note_deleted(table)
        return deleted

    def _note_deleted(self, table: str) -> None:
        """Note that rows of a table are deleted, and which files were in the lake then."""
        self.deleted_from.add(table)
        if self._there_at_first is None:
            self._there_at_first = frozenset(file.name for file in files_of(self._log))

    def _rewrite(self, file: DataFile, stays: Any) -> int:
        """Keep only some rows of a file, by their ids; how many are gone."""
        spec = self.tables[file.table]
        ids = np.concatenate([ids_of(spec, part) for part in self._read(file, [spec.id_column])])
        left = int(np.count_nonzero(stays(ids)))
        if left == file.rows:
            return 0
        if left:
            parts = (part.filter(pa.array(stays(ids_of(spec, part)))) for part in self._read(file))
            self.add_rows(file.table, (part for part in parts if part.num_rows))
        self.take_out(file)
        return file.rows - left

    def _read(self, file: DataFile, columns: list[str] | None = None) -> Iterator[pa.Table]:
        return data_files.read_batches(self.source(file), columns)

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """Which of the ids, ascending, the table does not have."""
        try:
            return self._missing(table, ids)
        except FileNotFoundError:
            # Another commit has replaced the file since this transaction began.
            if not self._log.rebase():
                raise
            return self._missing(table, ids)

    def _missing(self, table: str, ids: np.ndarray) -> np.ndarray:
        spec, missing = self.tables[table], ids
        for file in files_of(self._log, table):
            if missing.size and file.low <= missing[-1] and file.high >= missing[0]:
                for part in self._read(file, [spec.id_column]):
                    missing = np.setdiff1d(missing, ids_of(spec, part), assume_unique=True)
        return missing

    def merge(self, files: list[DataFile]) -> None:
        """Make one file of several of a table and year."""
        self.add_rows(files[0].table, (part for file in files for part in self._read(file)))
        for file in files:
            self.take_out(file)

    def filled_by_others(self) -> str | None:
        """A table in which others have added rows in the place of those that this transaction deleted; None if there is
        none."""
        for table, low, high in self.emptied:
            spec = self.tables[table]
            for file in files_of(self._log, table):
                if file.name in self._staged or file.low >= high or file.high < low:
                    continue
                for part in self._read(file, [spec.id_column]):
                    ids = ids_of(spec, part)
                    if ((ids >= low) & (ids < high)).any():
                        return table
        return None

    def referred_to_by_others(self, table: str, child: str, column: str) -> np.ndarray:
        """Distinct ids of a table, ascending, that a foreign key of another holds in rows which others have added since
        this transaction began to delete."""
        before = self._staged.keys() | (self._there_at_first or frozenset())
        found = [
            referenced_ids(self.tables[child].by_name[column], part)
            for file in files_of(self._log, child)
            if file.name not in before
            for part in self._read(file, [column])
        ]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def publish(self) -> None:
        """Give the new files their names: the last thing before the commit."""
        for name, staged in self._staged.items():
            self._place.publish(staged, name)
        self._published = True
        self._place.settle(list(self._staged))

    def withdraw(self) -> None:
        """Remove files that were published for a commit that was not made."""
        for name, staged in self._staged.items():
            if not staged.exists():
                self._place.remove(name)

    def remove_replaced(self) -> None:
        """Remove what the commit took out."""
        for name in self._removed:
            self._place.remove(name)


def opened(place: Place, file: DataFile) -> str | Any:
    """A file of the lake as pyarrow reads it."""
    location = place.location(file.name)
    return location if place.filesystem is None else place.filesystem.open(location, "rb", cache_type="readahead")
