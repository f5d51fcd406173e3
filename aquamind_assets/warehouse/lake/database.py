"""The warehouse in a lake: rows in Parquet files, the platform's own tables in a log of commits.

Belongs here: what a database does (``Database``), in a lake's way. Does not belong here: files (``data_files``,
``transaction``), commits (``log``), reading rows (``reading``).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, id_range
from aquamind_assets.warehouse import own_tables
from aquamind_assets.warehouse.database import Database, ForeignKey
from aquamind_assets.warehouse.errors import (
    DatabaseRefused,
    NothingMaterialized,
    WarehouseError,
    WarehouseUnavailable,
    YearLocked,
)
from aquamind_assets.warehouse.id_sql import id_sql
from aquamind_assets.warehouse.lake import catalogue, delta, description, tidying
from aquamind_assets.warehouse.lake.asked import frame_of, rows_of
from aquamind_assets.warehouse.lake.conflicts import prove_again, referring
from aquamind_assets.warehouse.lake.failures import failures_named
from aquamind_assets.warehouse.lake.log import LOG, Log
from aquamind_assets.warehouse.lake.places import Place
from aquamind_assets.warehouse.lake.reading import Reader
from aquamind_assets.warehouse.lake.transaction import CREATE_FILE_TABLE, FILE_TABLE, Transaction, files_of
from aquamind_assets.warehouse.recognition import recognize

PATIENCE_S = 3600.0
"""A transaction waits as long as this for another that writes the same living rows."""

_OWN = re.compile(rf"\b(?:{own_tables.PREFIX}|lake_)\w+|\bsqlite_master\b")
"""Tables that statements of the platform name and that are no files: its own in every database, and the lake's."""


class LakeDatabase(Database):
    """A warehouse in a folder or an object store. It holds the platform's rows and no others."""

    bytes_type = "blob"

    def __init__(self, place: Place) -> None:
        self._place = place
        self.url = place.url
        self._log = Log(place)
        self._reader = Reader(place, self._log, lambda: self.tables)
        self._serialised = ExitStack()
        self._complete: Sequence[DayRange] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """See :class:`Database`."""
        self._reader.close()
        self._log.close()
        self._place.release()

    def give_back_memory(self) -> None:
        """See :class:`Database`; DuckDB keeps what it has read as long as it is open."""
        self._reader.close()

    def prepare(self, *, create: bool = True) -> None:
        """See :class:`Database`."""
        # Who writes has processes beside; two threads of DuckDB take a fifth more processor time for small questions.
        self._reader.one_core = True
        with failures_named(self.url):
            if not self._check(required=not create):
                self._place.make()
            with self._place.lock("prepare", PATIENCE_S) as held:
                if not held:
                    raise WarehouseUnavailable(f"{self.url}: another writer has prepared it for {PATIENCE_S:.0f} s")
                self._migrate()
            tidying.remove_leftovers(self._place, self._log)

    def _migrate(self) -> None:
        with self.transaction():
            if FILE_TABLE not in self.table_names():
                self.execute(CREATE_FILE_TABLE)
                description.note(self.tables.values(), self.execute)
            if own_tables.installed_version(self) != own_tables.VERSION:
                own_tables.migrate(self)

    def examine(self) -> bool:
        """See :class:`Database`."""
        with failures_named(self.url):
            self._place.refuse_unwritable()
        return self._check(required=False)

    def begin_reading(self) -> None:
        """See :class:`Database`."""
        self._check(required=True)
        own_tables.require_readable(self)

    def _check(self, *, required: bool) -> bool:
        """Whether there is a lake.

        Raises:
            DatabaseRefused: the folder holds something else.
            NothingMaterialized: there is none, and one is ``required``.
            SchemaMismatch: its tables are not AquaMind's.
            OtherVersion: a newer version of the platform wrote it.
        """
        with failures_named(self.url):
            self._log.refresh()
            if not self._log.begun:
                if self._place.exists() and not self._place.names(LOG):
                    self._refuse_strangers()
                if required:
                    raise NothingMaterialized(
                        f"{self.url} holds no tables yet; `aquamind run` with the same database makes and fills them"
                    )
                return False
        self.recognized = recognize(self.url, description.read(self._log.query), self.chosen)
        own_tables.refuse_other_writer(self)
        return True

    def _refuse_strangers(self) -> None:
        other = next(iter(self._place.all_names()), None)
        if other is not None:
            raise DatabaseRefused(
                f"{self.url} cannot be used: it holds files but no lake of the platform (such as {other}); choose an"
                " empty folder, or one that does not exist"
            )

    def table_names(self) -> frozenset[str]:
        """See :class:`Database`."""
        own = {name for (name,) in self._log.query("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return frozenset(own | (self.tables.keys() if FILE_TABLE in own else set()))

    @contextmanager
    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> Iterator[None]:
        """See :class:`Database`."""
        name = f"{asset}-{year}"
        with self._place.lock(name, wait) as held:
            if not held:
                raise YearLocked(f"{asset} {year} is being written by another process (lock {name} of {self.url})")
            yield

    def is_locked(self, asset: str, year: int) -> bool:
        """See :class:`Database`."""
        return self._place.is_locked(f"{asset}-{year}")

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :class:`Database`."""
        if _OWN.search(sql):
            self._reader.refresh()
            return self._log.query(sql, params)
        return rows_of(self._reader.answer(sql, params))

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :class:`Database`."""
        if _OWN.search(sql):
            self._reader.refresh()
            return pd.DataFrame(self._log.query(sql, params), columns=self._log.columns(sql, params))
        return frame_of(self._reader.answer(sql, params), dates)

    def at_hand(self, table: str, condition: str) -> AbstractContextManager[None]:
        """See :class:`Database`; a file is opened and unpacked once, and not for every question."""
        return self._reader.at_hand(table, condition)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """See :class:`Database`; the lake's own tables alone can be changed by statements."""
        if not _OWN.search(sql):
            raise WarehouseError(
                f"{self.url}: rows of a lake are written by the platform alone, not by statements; copy what you want"
                " to change into a database of your own"
            )
        if self._reader.transaction is None:
            with self.transaction():
                return self._log.execute(sql, params)
        return self._log.execute(sql, params)

    @contextmanager
    def transaction(self, tables: Sequence[str] = ()) -> Iterator[None]:
        """See :class:`Database`."""
        with failures_named(self.url):
            self._complete = None
            self._log.begin()
            transaction = self._reader.transaction = Transaction(self._place, self._log, self.tables)
            try:
                yield
                transaction.publish()
                self._log.commit(self._still_holds)
            except BaseException as error:
                self._log.rollback()
                if not self._log.in_doubt:
                    # Otherwise a commit may name these files. If none does, the next writer removes them.
                    transaction.withdraw()
                if isinstance(error, FileNotFoundError) and self._log.refresh():
                    raise WarehouseUnavailable(
                        f"{self.url}: another writer has replaced a file meanwhile; nothing was written"
                    ) from error
                raise
            finally:
                self._reader.transaction = None
                self._serialised.close()
                transaction.end()
            transaction.remove_replaced()
        if tables:
            self._tidy(transaction.written)

    def _tidy(self, written: Collection[tuple[str, int]]) -> None:
        """Merge files of tables and years that a transaction has changed. Whoever else changed them meanwhile merges
        them."""
        groups = tidying.groups_of(self.tables, files_of(self._log), written, self._complete)
        if not groups:
            return
        try:
            with self.transaction():
                assert self._reader.transaction is not None
                for group in groups:
                    self._reader.transaction.merge(group)
        except (WarehouseUnavailable, FileNotFoundError):
            self._reader.refresh()

    def _still_holds(self) -> None:
        """See ``conflicts.prove_again``."""
        prove_again(self.url, self._writing)

    def serialise(self, name: str) -> None:
        """See :class:`Database`."""
        if not self._serialised.enter_context(self._place.lock(f"serial-{name.replace('/', '-')}", PATIENCE_S)):
            raise WarehouseUnavailable(f"{self.url}: another writer has held {name} for {PATIENCE_S:.0f} s")
        self._log.rebase()

    def load(self, blocks: Iterator[Rows]) -> None:
        """See :class:`Database`."""
        self._writing.load(blocks)

    @property
    def _writing(self) -> Transaction:
        assert self._reader.transaction is not None, "rows are written within a transaction"
        return self._reader.transaction

    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """See :class:`Database`."""
        self.delete_days(table, days)

    def settle(self) -> None:
        """See :class:`Database`; nothing was prepared."""

    def refuse_dropped(self, table: str, days: DayRange) -> None:
        """See :class:`Database`; a lake drops nothing by itself."""

    def delete_days(self, table: str, days: DayRange) -> int:
        """See :class:`Database`."""
        return self._writing.delete_range(table, *id_range(days, narrow=self.tables[table].narrow_id))

    def ids_of_days(self, table: str, days: DayRange, most: int) -> list[int]:
        """See :class:`Database`; asked before every chunk, and nearly always answered by the bounds of the files."""
        key, (low, high) = id_sql(self.tables[table]), id_range(days, narrow=self.tables[table].narrow_id)
        if not self._reader.may_hold(table, low, high):
            return []
        sql = f"SELECT {key} FROM {table} WHERE {key} >= ? AND {key} < ? LIMIT ?"
        return [number for (number,) in self.query(sql, (low, high, most))]

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """See :class:`Database`."""
        return self._writing.delete_ids(table, np.sort(ids))

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """See :class:`Database`."""
        ids = np.sort(ids)
        missing = self._writing.missing_ids(table, ids)
        if not missing.size:
            before = self._writing.referenced.get(table, ids)
            self._writing.referenced[table] = np.union1d(before, ids)
        return missing

    def scan(self, table: str, low: int, high: int) -> Iterator[Mapping[str, np.ndarray]]:
        """See :class:`Database`."""
        return self._reader.scan(table, low, high)

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """See :class:`Database`."""
        return self._reader.id_bounds(table, low)

    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """See :class:`Database`; user-entered rows are not in a lake."""

    def foreign_keys_to(self, tables: Collection[str]) -> list[ForeignKey]:
        """See :class:`Database`; a lake has the keys of the description."""
        return [
            ForeignKey(child, f'"{child}"', column, table, owner="", on_delete=False)
            for table in tables
            for child, column in referring(self.tables, table)
        ]

    def triggers_on(self, tables: Collection[str]) -> dict[str, list[str]]:
        """See :class:`Database`; a lake has none."""
        return {}

    def ids_condition(self, column: str, ids: np.ndarray | tuple[int, int]) -> tuple[str, list[Any]]:
        """See :class:`Database`."""
        if isinstance(ids, tuple):
            return f"{column} >= ? AND {column} < ?", list(ids)
        return f"{column} IN (SELECT unnest(CAST(? AS BIGINT[])))", [ids.tolist()]

    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """See :class:`Database`."""
        self._complete = complete()

    def finds_by_id(self, table: str) -> bool:
        """See :class:`Database`."""
        return False

    def damage(self) -> list[str] | None:
        """See :class:`Database`."""
        return self._reader.damage()

    @property
    def folder(self) -> Path:
        """The lake's folder.

        Raises:
            WarehouseError: it is in an object store.
        """
        return self._place.folder()

    def write_catalogue(self) -> str:
        """Make ``aquamind.duckdb`` (see ``catalogue``); its place.

        Raises:
            WarehouseError: the lake is in an object store.
        """
        self._reader.refresh()
        filled = {file.table for file in files_of(self._log)}
        return str(catalogue.write_catalogue(self.folder, self.tables.values(), filled))

    def show_to_others(self) -> list[str]:
        """See :class:`Database`: the catalogue of a lake in a folder."""
        if self._place.filesystem is not None:
            return []
        with failures_named(self.url):
            return [self.write_catalogue()]

    def register_delta(self) -> dict[str, int]:
        """Register the files as Delta tables (see ``delta``); the version of each table."""
        self._reader.refresh()
        versions = {
            table: delta.register(self._place, spec, files_of(self._log, table)) for table, spec in self.tables.items()
        }
        return {table: version for table, version in versions.items() if version >= 0}

    def size_bytes(self) -> int:
        """See :class:`Database`."""
        return self._reader.size_bytes()
