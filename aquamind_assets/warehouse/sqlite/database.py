"""The warehouse in one SQLite file: no server, a laptop is enough.

Write-ahead logging, so readers are never kept waiting. SQLite has one writer at a time: a lock file beside the database
lets the second one wait for the end of the first one's chunk instead of failing when it is busy.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from aquamind_assets.tables.digest import hash_values
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, id_range
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.checkpoints import OWN_TABLES
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import WarehouseUnavailable, YearLocked
from aquamind_assets.warehouse.references import platform_ids
from aquamind_assets.warehouse.schema_check import SchemaMismatch, differences, read_sqlite
from aquamind_assets.warehouse.sqlite.insert import insertions
from aquamind_assets.warehouse.sqlite.values import chosen, digest_values

BUSY_SECONDS = 3600.0
"""A second writer waits as long as this for the first one's chunk: far longer than any chunk takes."""

PAGE_BYTES = 16384
"""Pages of a new file: a tenth faster than SQLite's 4,096 for readings and their index, and a smaller file."""

SETTINGS = (
    f"page_size = {PAGE_BYTES}",
    "journal_mode = WAL",
    "journal_size_limit = 67108864",
    "synchronous = NORMAL",
    "cache_size = -65536",
    "temp_store = MEMORY",
    "foreign_keys = OFF",
)
"""Readers do not wait; a power cut may take the last commits but never tears one; references are proved set by set."""

USERS_FIRST_ID = 10**15
"""From here on rows are numbered that users add to an SQLite file: above every id of the platform, and still exact in
JavaScript."""

_SCAN_ROWS = 5_000


class SqliteDatabase(Database):
    """A warehouse in a file."""

    def __init__(self, path: Path) -> None:
        self.url, self.path = f"sqlite:///{path}", path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._locks = path.with_name(path.name + ".locks")
        self._locks.mkdir(exist_ok=True)
        self._writer = FileLock(self._locks / "writer.lock")
        self._held: dict[tuple[str, int], FileLock] = {}
        try:
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=64)
            for setting in SETTINGS:
                self._connection.execute(f"PRAGMA {setting}")
        except sqlite3.DatabaseError as error:
            raise WarehouseUnavailable(f"{path}: {error}") from error

    def close(self) -> None:
        """See :class:`Database`."""
        self._connection.close()
        for lock in self._held.values():
            lock.release(force=True)

    def prepare(self) -> None:
        """See :class:`Database`."""
        with self.transaction():
            found = read_sqlite(self._connection)
            if not found.keys() - OWN_TABLES.keys():
                for statement in ddl.create_statements("sqlite"):
                    self._connection.execute(statement)
            elif wrong := differences(TABLES, found, sqlite=True):
                raise SchemaMismatch(wrong)
            self._raise_sequences()
            for table, columns in OWN_TABLES.items():
                self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns.format(bytes='blob')})")

    def _raise_sequences(self) -> None:
        """Let users' rows be numbered from above everything the platform will ever write.

        SQLite numbers a new row after the largest one in the table, so after the platform's last row; that would be an
        id the platform gives to its own next row. ``AUTOINCREMENT``, which Django declares and so do we, numbers it
        after the largest there ever was: that can be set.
        """
        for table in TABLES.values():
            floor = platform_ids(table.name)[1] if table.narrow_id else USERS_FIRST_ID
            changed = self.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (floor, table.name))
            if not changed:
                self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, floor))

    @contextmanager
    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> Iterator[None]:
        """See :class:`Database`."""
        lock = self._year_lock(asset, year)
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            raise YearLocked(
                f"{asset} {year} is being written by another process (lock file {lock.lock_file})"
            ) from None
        self._held[asset, year] = lock
        try:
            yield
        finally:
            del self._held[asset, year]
            lock.release()

    def is_locked(self, asset: str, year: int) -> bool:
        """See :class:`Database`."""
        if (asset, year) in self._held:
            return True
        lock = self._year_lock(asset, year)
        try:
            with lock.acquire(timeout=0):
                return False
        except Timeout:
            return True

    def _year_lock(self, asset: str, year: int) -> FileLock:
        return FileLock(self._locks / f"{asset}-{year}.lock")

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :class:`Database`."""
        return self._connection.execute(sql, params).fetchall()

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :class:`Database`."""
        cursor = self._connection.execute(sql, params)
        frame = pd.DataFrame(cursor.fetchall(), columns=[column[0] for column in cursor.description])
        for name in dates:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        return frame

    def size_bytes(self) -> int:
        """See :class:`Database`."""
        files = (self.path.with_name(self.path.name + ending) for ending in ("", "-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """See :class:`Database`."""
        return self._connection.execute(sql, params).rowcount

    @contextmanager
    def transaction(self, tables: Sequence[str] = ()) -> Iterator[None]:
        """See :class:`Database`."""
        with self._writer.acquire(timeout=BUSY_SECONDS):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def serialise(self, name: str) -> None:
        """There is one writer anyway."""

    def load(self, blocks: Iterator[Rows]) -> None:
        """See :class:`Database`."""
        for block in blocks:
            for statement, values in insertions(block):
                self._connection.execute(statement, values)

    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """See :class:`Database`."""
        self.delete_days(table, days)

    def settle(self) -> None:
        """Nothing was prepared."""

    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """Nothing was prepared."""

    def finds_by_id(self, table: str) -> bool:
        """See :class:`Database`."""
        return True

    def delete_days(self, table: str, days: DayRange) -> int:
        """See :class:`Database`."""
        low, high = id_range(days, narrow=TABLES[table].narrow_id)
        key = TABLES[table].id_column
        return self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {key} >= ? AND {key} < ?", (low, high))

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """See :class:`Database`."""
        sql = f"DELETE FROM {ddl.quoted(table)} WHERE {TABLES[table].id_column} IN (SELECT value FROM json_each(?))"
        return self.execute(sql, (json.dumps(ids.tolist()),)) if ids.size else 0

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """See :class:`Database`."""
        sql = (
            f"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT {TABLES[table].id_column} FROM"
            f" {ddl.quoted(table)})"
        )
        return np.array([number for (number,) in self.query(sql, (json.dumps(ids.tolist()),))], dtype=np.int64)

    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """Users' rows are numbered from far above, see :meth:`_raise_sequences`."""

    def count_references(self, table: str, column: str, ids: np.ndarray | tuple[int, int]) -> int:
        """See :class:`Database`."""
        name = ddl.quoted(column)
        if isinstance(ids, tuple):
            return int(
                self.query(f"SELECT count(*) FROM {ddl.quoted(table)} WHERE {name} >= ? AND {name} < ?", ids)[0][0]
            )
        sql = f"SELECT count(*) FROM {ddl.quoted(table)} WHERE {name} IN (SELECT value FROM json_each(?))"
        return int(self.query(sql, (json.dumps(ids.tolist()),))[0][0])

    def scan(self, table: str, low: int, high: int) -> Iterator[np.ndarray]:
        """See :class:`Database`."""
        spec = TABLES[table]
        key = spec.id_column
        names = ", ".join(map(chosen, spec.columns))
        cursor = self._connection.execute(
            f"SELECT {names} FROM {ddl.quoted(table)} WHERE {key} >= ? AND {key} < ?", (low, high)
        )
        while found := cursor.fetchmany(_SCAN_ROWS):
            columns = zip(spec.columns, zip(*found, strict=True), strict=True)
            yield hash_values(
                table, len(found), {column.name: digest_values(column, values) for column, values in columns}
            )

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """See :class:`Database`."""
        key = TABLES[table].id_column
        smallest = self.query(f"SELECT min({key}) FROM {ddl.quoted(table)} WHERE {key} >= ?", (low,))[0][0]
        return None if smallest is None else (smallest, self.query(f"SELECT max({key}) FROM {ddl.quoted(table)}")[0][0])
