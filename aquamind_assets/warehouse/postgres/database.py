"""The warehouse on a PostgreSQL server: binary COPY, a transaction for each chunk, advisory locks.

Belongs here: what a database does (``Database``), in PostgreSQL's way. Does not belong here: reaching the server
(``connection``), bytes of rows (``encode``), partitions (``reading_partitions``), hypertables (``timescale``).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import psycopg

from aquamind_assets.masking import masked
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets.warehouse import ddl, own_tables
from aquamind_assets.warehouse.database import Database, ForeignKey
from aquamind_assets.warehouse.errors import DatabaseDamaged, DatabaseRefused, NothingMaterialized
from aquamind_assets.warehouse.id_sql import id_sql
from aquamind_assets.warehouse.postgres import catalogue
from aquamind_assets.warehouse.postgres.conditions import of_days, of_ids, of_time
from aquamind_assets.warehouse.postgres.connection import Session, lock_key
from aquamind_assets.warehouse.postgres.copy import copy_rows
from aquamind_assets.warehouse.postgres.portable import PORTABLE, translated
from aquamind_assets.warehouse.postgres.reading_partitions import ReadingPartitions
from aquamind_assets.warehouse.postgres.scan import scan_values
from aquamind_assets.warehouse.postgres.timescale import extension, limits
from aquamind_assets.warehouse.postgres.timescale.chunks import Chunks
from aquamind_assets.warehouse.postgres.timescale.hypertable import Hypertable
from aquamind_assets.warehouse.postgres.timescale.layout import compression_statements, windows_of
from aquamind_assets.warehouse.recognition import described_tables, recognize
from aquamind_assets.warehouse.schema_check import read_postgresql


class PostgresDatabase(Database):
    """A warehouse in a database of a PostgreSQL server."""

    bytes_type = "bytea"

    def __init__(self, url: str) -> None:
        self.url = masked(url)
        self._session = Session(url, self.url)
        self._partitions: ReadingPartitions | None = None
        self._targets: dict[str, str] = {}
        self._hypertables_written: dict[str, Hypertable] = {}
        self._triggers_skipped = False
        with self._session.failures_named():
            self._timescale = extension.installed_version(self._connection)
            self._may_skip_triggers = catalogue.may_skip_triggers(self._connection)

    @property
    def _connection(self) -> psycopg.Connection:
        """The connection of the open transaction."""
        return self._session.connection

    @property
    def _hypertables(self) -> frozenset[str]:
        return extension.hypertables(self._connection, self.tables) if self._timescale else frozenset()

    def close(self) -> None:
        """See :class:`Database`."""
        self._session.close()

    def prepare(self, *, create: bool = True) -> None:
        """See :class:`Database`."""
        with self.transaction():
            self._prepare(create=create)

    def examine(self) -> bool:
        """See :class:`Database`: everything is made, and rolled back."""
        there = False
        with self.transaction():
            there = self._prepare(create=True)
            raise psycopg.Rollback
        return there

    def _prepare(self, *, create: bool) -> bool:
        """Prepare within a transaction; whether AquaMind's tables were there."""
        self.serialise("prepare")
        there = self._check(required=not create)
        if there:
            catalogue.refuse_missing_rights(self._connection, self.tables, self.url)
        else:
            self._create_tables()
        own_tables.migrate(self)
        return there

    def begin_reading(self) -> None:
        """See :class:`Database`."""
        self._check(required=True)
        own_tables.require_readable(self)

    def table_names(self) -> frozenset[str]:
        """See :class:`Database`."""
        found = self.query(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')"
        )
        return frozenset(name for (name,) in found)

    def _check(self, *, required: bool) -> bool:
        """Whether AquaMind's tables are there; False if none of them is.

        Raises:
            NothingMaterialized: none of them is, and they are ``required``.
            SchemaMismatch: they are not as described.
            OtherVersion: a newer version of the platform wrote them.
        """
        with self._session.failures_named():
            found = read_postgresql(self._session.live())
        there = bool(found.keys() & described_tables())
        if there:
            self.recognized = recognize(self.url, found, self.chosen)
        if required and not there:
            raise NothingMaterialized(
                f"{self.url} holds no tables of AquaMind yet; `aquamind run` with the same database makes them"
            )
        own_tables.refuse_other_writer(self)
        with self._session.failures_named():
            for table in self._hypertables:
                limits.refuse_scarce_locks(self._connection, self.tables[table], self.url)
        return there

    def _create_tables(self) -> None:
        statements = ddl.create_statements(self.tables, "postgresql", timescaledb=self._timescale is not None)
        if self._timescale is None:
            statements.append(ddl.create_default_partition())
        else:
            series = [table for table in self.tables.values() if table.time_column]
            statements += [line for table in series for line in compression_statements(table, self._timescale)]
        for statement in statements:
            self._connection.execute(statement.encode())

    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """See :class:`Database`."""
        return self._session.lock(f"{asset}/{year}", wait)

    def is_locked(self, asset: str, year: int) -> bool:
        """See :class:`Database`."""
        return self._session.is_locked(f"{asset}/{year}")

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :class:`Database`."""
        with self._session.failures_named():
            return self._session.live().execute(translated(sql), params).fetchall()

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :class:`Database`."""
        with self._session.failures_named(), self._session.live().cursor() as cursor:
            for kind, loader in PORTABLE.items():
                cursor.adapters.register_loader(kind, loader)
            cursor.execute(translated(sql), params)
            frame = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])
        for name in dates:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        return frame

    def damage(self) -> list[str] | None:
        """See :class:`Database`: amcheck, where the database has it."""
        if not self.query("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'"):
            return None
        indexes = self.query(
            "SELECT index.oid, index.relname, owner.relname FROM pg_class AS index JOIN pg_index AS about ON"
            " about.indexrelid = index.oid JOIN pg_class AS owner ON owner.oid = about.indrelid JOIN pg_am AS method ON"
            " method.oid = index.relam WHERE owner.relnamespace = current_schema()::regnamespace AND method.amname ="
            " 'btree' AND index.relkind = 'i' AND about.indisvalid ORDER BY index.relname"
        )
        found = []
        for oid, index, table in indexes:
            try:
                self.query("SELECT bt_index_check(index => ?::oid::regclass, heapallindexed => true)", (oid,))
            except DatabaseDamaged as error:
                found.append(f"index {index} of {table}: {error}")
            except DatabaseRefused:
                return None
        return found

    def size_bytes(self) -> int:
        """See :class:`Database`."""
        return int(self.query("SELECT pg_database_size(current_database())")[0][0])

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """See :class:`Database`."""
        with self._session.failures_named():
            return self._connection.execute(translated(sql), params).rowcount

    @contextmanager
    def transaction(self, tables: Sequence[str] = ()) -> Iterator[None]:
        """See :class:`Database`."""
        self._targets.clear()
        self._hypertables_written.clear()
        self._partitions = None
        with self._session.failures_named(), self._session.live().transaction():
            self._session.writing = True
            try:
                self._triggers_skipped = self._skips_triggers()
                if self._triggers_skipped:
                    self._connection.execute("SET LOCAL session_replication_role = replica")
                if tables:
                    # Every writer takes its tables in one order, so that no two can wait for each other.
                    listed = ", ".join(f"ONLY {ddl.quoted(table)}" for table in self.tables if table in tables)
                    self._connection.execute(f"LOCK TABLE {listed} IN ROW EXCLUSIVE MODE".encode())
                yield
            finally:
                self._session.writing = False

    def serialise(self, name: str) -> None:
        """See :class:`Database`."""
        self.execute("SELECT pg_advisory_xact_lock(?)", (lock_key(name),))

    def load(self, blocks: Iterator[Rows]) -> None:
        """See :class:`Database`."""
        with self._session.failures_named():
            copy_rows(self._connection, blocks, self._targets)

    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """See :class:`Database`."""
        if table in self._hypertables:
            self._hypertable(table).begin(days, append=append)
            return
        partitions = self._partitions_of(table)
        staging = partitions.begin(days) if partitions and not append else None
        if staging:
            self._targets[table] = staging
            return
        if partitions:
            partitions.ensure(days)
        self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {of_days(self.tables[table], days)}")

    def settle(self) -> None:
        """See :class:`Database`."""
        self._targets.clear()
        if self._partitions:
            self._partitions.settle()
        for hypertable in self._hypertables_written.values():
            hypertable.settle()

    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """See :class:`Database`."""
        for hypertable in self._hypertables_written.values():
            hypertable.finish(complete())

    def _hypertable(self, table: str) -> Hypertable:
        """The hypertable as the open transaction writes it."""
        assert self._timescale is not None
        if table not in self._hypertables_written:
            self._hypertables_written[table] = Hypertable(
                self._connection, self.tables[table], self._timescale, self.url, triggers_skipped=self._triggers_skipped
            )
        return self._hypertables_written[table]

    def time_key(self, table: str) -> tuple[str, ...] | None:
        """See :class:`Database`."""
        return self.tables[table].timescaledb_primary_key if table in self._hypertables else None

    def dropped(self, table: str, days: DayRange) -> bool:
        """See :class:`Database`."""
        with self._session.failures_named():
            return table in self._hypertables and not Chunks(self._session.live(), self.tables[table]).overlapping(days)

    def refuse_dropped(self, table: str, days: DayRange) -> None:
        """See :class:`Database`."""
        with self._session.failures_named():
            if table in self._hypertables:
                limits.refuse_retention(self._session.live(), self.tables[table], self.url, windows_of(table, days)[0])

    def portions(self, table: str, alias: str) -> Sequence[str]:
        """See :class:`Database`."""
        if table not in self._hypertables:
            return super().portions(table, alias)
        with self._session.failures_named():
            years = Chunks(self._session.live(), self.tables[table]).years()
        return [of_time(self.tables[table], year_days(year), alias) for year in years]

    def finds_by_id(self, table: str) -> bool:
        """See :class:`Database`."""
        return table not in self._hypertables

    def _partitions_of(self, table: str) -> ReadingPartitions | None:
        """What manages the table's partitions, if it is partitioned."""
        if table == ddl.READINGS and self._partitions is None and ReadingPartitions.used(self._connection):
            self._partitions = ReadingPartitions(self._connection, self.tables)
        return self._partitions if table == ddl.READINGS else None

    def delete_days(self, table: str, days: DayRange) -> int:
        """See :class:`Database`."""
        if table in self._hypertables:
            return self._hypertable(table).delete(days)
        partitions = self._partitions_of(table)
        return (
            partitions.delete(days)
            if partitions
            else self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {of_days(self.tables[table], days)}")
        )

    def ids_of_days(self, table: str, days: DayRange, most: int) -> list[int]:
        """See :class:`Database`.

        The lock of this read is given up at once. Held to the end of a write, it would be in the way of another writer
        that attaches its partition, and this one would wait for the other when it attaches its own.
        """
        spec = self.tables[table]
        sql = f"SELECT {id_sql(spec)} FROM {ddl.quoted(table)} WHERE {of_days(spec, days)} LIMIT ?"
        with self._session.failures_named(), self._session.live().transaction(force_rollback=True):
            return [number for (number,) in self.query(sql, (most,))]

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """See :class:`Database`."""
        return (
            self.execute(
                f"DELETE FROM {ddl.quoted(table)} WHERE {id_sql(self.tables[table])} = ANY(?)", (ids.tolist(),)
            )
            if ids.size
            else 0
        )

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """See :class:`Database`."""
        key = id_sql(self.tables[table])
        found = self.query(f"SELECT {key} FROM {ddl.quoted(table)} WHERE {key} = ANY(?) FOR KEY SHARE", (ids.tolist(),))
        return np.setdiff1d(ids, np.array(found, dtype=np.int64).ravel(), assume_unique=True)

    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """See :class:`Database`."""
        if ids.size and not self.tables[table].has_uuids:
            place = (table, self.tables[table].id_column)
            sequence = "pg_get_serial_sequence(?, ?)"
            self.execute(
                f"SELECT setval({sequence}, greatest(nextval({sequence}), ?), false)",
                (*place, *place, int(ids.max()) + 1),
            )

    def foreign_keys_to(self, tables: Collection[str]) -> list[ForeignKey]:
        """See :class:`Database`."""
        rows = self.query(catalogue.FOREIGN_KEYS, (list(tables),))
        found = [key for *row, to in rows if self.tables[(key := ForeignKey(*row)).references].id_column == to]
        # Where triggers are skipped, nothing that refers is deleted or changed with a row.
        return [replace(key, on_delete=key.on_delete and not self._skips_triggers()) for key in found]

    def triggers_on(self, tables: Collection[str]) -> dict[str, list[str]]:
        """See :class:`Database`."""
        fires = ["A", "R"] if self._skips_triggers() else ["A", "O"]
        found: dict[str, list[str]] = {}
        for table, name in self.query(catalogue.INSERT_TRIGGERS, (list(tables), fires)):
            found.setdefault(table, []).append(name)
        return found

    def _skips_triggers(self) -> bool:
        """Whether transactions are made with ordinary triggers off."""
        return self._may_skip_triggers and not (
            self._timescale and extension.needs_triggers(self._connection, self._timescale, self.tables)
        )

    def ids_condition(self, column: str, ids: np.ndarray | tuple[int, int]) -> tuple[str, list[Any]]:
        """See :class:`Database`."""
        if isinstance(ids, tuple):
            return f"{column} >= ? AND {column} < ?", list(ids)
        return f"{column} = ANY(?)", [ids.tolist()]

    def scan(self, table: str, low: int, high: int) -> Iterator[Mapping[str, np.ndarray]]:
        """See :class:`Database`."""
        with self._session.failures_named():
            yield from scan_values(self._session.live(), self.tables[table], of_ids(self.tables[table], low, high))

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """See :class:`Database`."""
        key, portions = id_sql(self.tables[table]), self.portions(table, "t")
        smallest = self._bound(table, f"min({key})", low, portions)
        largest = self._bound(table, f"max({key})", low, portions[::-1])
        return None if smallest is None or largest is None else (smallest, largest)

    def _bound(self, table: str, bound: str, low: int, portions: Sequence[str]) -> int | None:
        """The smallest or largest id from ``low`` on, which is in the first portion that has any."""
        key = id_sql(self.tables[table])
        for portion in portions:
            sql = f"SELECT {bound} FROM {ddl.quoted(table)} AS t WHERE {key} >= ? AND {portion}"
            if (found := self.query(sql, (low,))[0][0]) is not None:
                return int(found)
        return None
