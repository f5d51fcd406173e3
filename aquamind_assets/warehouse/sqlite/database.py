"""The warehouse in one SQLite file: no server, a laptop is enough.

Write-ahead logging, so readers never wait. SQLite has one writer at a time: a lock file beside the database lets the
second one wait for the end of the first one's chunk instead of failing because the file is busy.

Belongs here: what a database does (``Database``), in SQLite's way. Does not belong here: opening the file
(``connection``), values and statements of rows (``values``, ``insert``).
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, id_range, platform_ids
from aquamind_assets.warehouse import ddl, own_tables
from aquamind_assets.warehouse.database import Database, ForeignKey
from aquamind_assets.warehouse.errors import DatabaseDamaged, NothingMaterialized, WarehouseUnavailable, YearLocked
from aquamind_assets.warehouse.file_locks import FileLocks
from aquamind_assets.warehouse.id_sql import id_sql
from aquamind_assets.warehouse.recognition import recognize
from aquamind_assets.warehouse.schema_check import read_sqlite
from aquamind_assets.warehouse.sqlite.connection import BUSY_SECONDS, SqliteFile
from aquamind_assets.warehouse.sqlite.failures import failures_named
from aquamind_assets.warehouse.sqlite.insert import insertions
from aquamind_assets.warehouse.sqlite.schema import Schema, read_schema
from aquamind_assets.warehouse.sqlite.values import chosen, digest_values, frame_of

USERS_FIRST_ID = 10**15
"""From here on user-entered rows of a SQLite file are numbered: above every id of the platform, and still exact in
JavaScript."""

_SCAN_ROWS = 5_000


class SqliteDatabase(Database):
    """A warehouse in a file."""

    bytes_type = "blob"

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path)
        self.path = self._file.path
        self.url = f"sqlite:///{self.path}"
        self._locks = FileLocks(self.path.with_name(self.path.name + ".locks"))
        self._known: tuple[int, Schema] | None = None

    def close(self) -> None:
        """See :class:`Database`."""
        self._file.close()
        self._locks.release()
        self._known = None

    def prepare(self, *, create: bool = True) -> None:
        """See :class:`Database`."""
        if self._file.has_content or not create:
            # Before the file is opened for writing: one that is refused is left as it is, to the last byte.
            self._check(required=not create)
        with self.transaction():
            if not self._check(required=not create):
                for statement in ddl.create_statements(self.tables, "sqlite"):
                    self.execute(statement)
            self._raise_sequences()
            own_tables.migrate(self)

    def examine(self) -> bool:
        """See :class:`Database`."""
        self._file.refuse_unwritable()
        return self._file.has_content and self._check(required=False)

    def begin_reading(self) -> None:
        """See :class:`Database`."""
        self._check(required=True)
        own_tables.require_readable(self)

    def table_names(self) -> frozenset[str]:
        """See :class:`Database`."""
        return self._schema.tables

    def _check(self, *, required: bool) -> bool:
        """Whether there are tables; False if the file is empty.

        Raises:
            NothingMaterialized: it is empty, and tables are ``required``.
            SchemaMismatch: they are not AquaMind's.
            OtherVersion: a newer version of the platform wrote them.
        """
        with failures_named(self.path):
            found = read_sqlite(self._file.connection())
        theirs = {name: table for name, table in found.items() if not name.startswith(own_tables.PREFIX)}
        if theirs:
            self.recognized = recognize(self.url, found, self.chosen, sqlite=True)
        if required and not theirs:
            raise NothingMaterialized(
                f"{self.path} holds no tables yet; `aquamind run` with the same database makes and fills them"
            )
        own_tables.refuse_other_writer(self)
        return bool(theirs)

    def _raise_sequences(self) -> None:
        """Let user-entered rows be numbered from above everything the platform will ever write.

        SQLite numbers a new row after the largest one in the table, so after the platform's last row; that would be an
        id the platform gives to its own next row. ``AUTOINCREMENT``, which Django declares and so do we, numbers it
        after the largest there ever was: that can be set.
        """
        for table in self.tables.values():
            floor = platform_ids(narrow=True)[1] if table.narrow_id else USERS_FIRST_ID
            changed = self.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (floor, table.name))
            if not changed:
                self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, floor))

    @contextmanager
    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> Iterator[None]:
        """See :class:`Database`."""
        self._file.make_folder(self._locks.folder)
        name = f"{asset}-{year}"
        with self._locks.lock(name, wait) as held:
            if not held:
                raise YearLocked(
                    f"{asset} {year} is being written by another process (lock file {self._locks.file(name)})"
                )
            yield

    def is_locked(self, asset: str, year: int) -> bool:
        """See :class:`Database`."""
        return self._locks.is_locked(f"{asset}-{year}")

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :class:`Database`."""
        with failures_named(self.path):
            return self._file.connection().execute(sql, params).fetchall()

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :class:`Database`."""
        with failures_named(self.path):
            cursor = self._file.connection().execute(sql, params)
            frame = frame_of(cursor.fetchall(), [column[0] for column in cursor.description])
        for name in dates:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        return frame

    def damage(self) -> list[str] | None:
        """See :class:`Database`."""
        found = []
        for table in sorted(self.table_names()):
            place = f"{table} or an index of it"
            try:
                lines = [
                    line
                    for (text,) in self.query(f"PRAGMA integrity_check({ddl.quoted(table)})")
                    for line in text.splitlines()
                ]
            except DatabaseDamaged as error:
                lines = [str(error)]
            found += [f"{place}: {line}" for line in lines if line != "ok" and not line.startswith("***")]
        return found

    def size_bytes(self) -> int:
        """See :class:`Database`."""
        return self._file.size_bytes()

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """See :class:`Database`."""
        with failures_named(self.path):
            return self._file.connection().execute(sql, params).rowcount

    @contextmanager
    def transaction(self, tables: Sequence[str] = ()) -> Iterator[None]:
        """See :class:`Database`."""
        connection = self._file.writable()
        self._file.make_folder(self._locks.folder)
        # No other process may write into the file meanwhile.
        with self._locks.lock("writer", BUSY_SECONDS) as held:
            if not held:
                raise WarehouseUnavailable(
                    f"{self.path}: another process has been writing for {BUSY_SECONDS:.0f} s (lock file"
                    f" {self._locks.file('writer')})"
                )
            with failures_named(self.path):
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    # The version of a schema that is undone may become another one's.
                    self._known = None
                    raise

    def serialise(self, name: str) -> None:
        """There is one writer anyway."""

    def load(self, blocks: Iterator[Rows]) -> None:
        """See :class:`Database`."""
        for block in blocks:
            for statement, values in insertions(block):
                self.execute(statement, values)

    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """See :class:`Database`."""
        self.delete_days(table, days)

    def triggers_on(self, tables: Collection[str]) -> dict[str, list[str]]:
        """See :class:`Database`."""
        found: dict[str, list[str]] = {}
        for name, table in self._schema.triggers:
            if table in tables:
                found.setdefault(table, []).append(name)
        return found

    def settle(self) -> None:
        """Nothing was prepared."""

    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """Nothing was prepared."""

    def finds_by_id(self, table: str) -> bool:
        """See :class:`Database`."""
        return True

    def refuse_dropped(self, table: str, days: DayRange) -> None:
        """SQLite drops nothing by itself."""

    def without_index(self, column: str) -> str:
        """See :class:`Database`. A sign before it is what SQLite's manual advises."""
        return f"+{column}"

    def delete_days(self, table: str, days: DayRange) -> int:
        """See :class:`Database`."""
        low, high = id_range(days, narrow=self.tables[table].narrow_id)
        key = id_sql(self.tables[table])
        return self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {key} >= ? AND {key} < ?", (low, high))

    def ids_of_days(self, table: str, days: DayRange, most: int) -> list[int]:
        """See :class:`Database`."""
        low, high = id_range(days, narrow=self.tables[table].narrow_id)
        key = id_sql(self.tables[table])
        sql = f"SELECT {key} FROM {ddl.quoted(table)} WHERE {key} >= ? AND {key} < ? LIMIT ?"
        return [number for (number,) in self.query(sql, (low, high, most))]

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """See :class:`Database`."""
        sql = f"DELETE FROM {ddl.quoted(table)} WHERE {id_sql(self.tables[table])} IN (SELECT value FROM json_each(?))"
        return self.execute(sql, (json.dumps(ids.tolist()),)) if ids.size else 0

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """See :class:`Database`."""
        sql = (
            f"SELECT value FROM json_each(?) WHERE value NOT IN (SELECT {id_sql(self.tables[table])} FROM"
            f" {ddl.quoted(table)})"
        )
        return np.array([number for (number,) in self.query(sql, (json.dumps(ids.tolist()),))], dtype=np.int64)

    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """User-entered rows are numbered from far above, see :meth:`_raise_sequences`."""

    def foreign_keys_to(self, tables: Collection[str]) -> list[ForeignKey]:
        """See :class:`Database`."""
        # The connection has foreign keys off, so nothing that refers is deleted or changed with a row.
        return [
            ForeignKey(child, ddl.quoted(child), column, parent, owner="", on_delete=False)
            for child, column, parent, to in self._schema.foreign_keys
            if parent in tables and to in (None, self.tables[parent].id_column)
        ]

    @property
    def _schema(self) -> Schema:
        """Read again when it has changed, by whomever."""
        version = self.query("PRAGMA schema_version")[0][0]
        if self._known is None or self._known[0] != version:
            self._known = version, read_schema(self.query)
        return self._known[1]

    def ids_condition(self, column: str, ids: np.ndarray | tuple[int, int]) -> tuple[str, list[Any]]:
        """See :class:`Database`."""
        if isinstance(ids, tuple):
            return f"{column} >= ? AND {column} < ?", list(ids)
        return f"{column} IN (SELECT value FROM json_each(?))", [json.dumps(ids.tolist())]

    def scan(self, table: str, low: int, high: int) -> Iterator[Mapping[str, np.ndarray]]:
        """See :class:`Database`."""
        spec = self.tables[table]
        key = id_sql(spec)
        names = ", ".join(map(chosen, spec.columns))
        sql = f"SELECT {names} FROM {ddl.quoted(table)} WHERE {key} >= ? AND {key} < ?"
        with failures_named(self.path):
            cursor = self._file.connection().execute(sql, (low, high))
            while found := cursor.fetchmany(_SCAN_ROWS):
                columns = zip(spec.columns, zip(*found, strict=True), strict=True)
                yield {column.name: digest_values(column, values) for column, values in columns}

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """See :class:`Database`."""
        key = id_sql(self.tables[table])
        smallest = self.query(f"SELECT min({key}) FROM {ddl.quoted(table)} WHERE {key} >= ?", (low,))[0][0]
        return None if smallest is None else (smallest, self.query(f"SELECT max({key}) FROM {ddl.quoted(table)}")[0][0])
