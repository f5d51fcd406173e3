"""The warehouse on a PostgreSQL server: binary COPY, a transaction for each chunk, advisory locks."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
import psycopg
from psycopg.adapt import Loader
from psycopg.types.numeric import FloatLoader

from aquamind_assets.masking import masked
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, id_range, to_date, year_of_ids
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.checkpoints import OWN_TABLES
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import WarehouseUnavailable, YearLocked
from aquamind_assets.warehouse.postgres import timescale
from aquamind_assets.warehouse.postgres.copy import copy_rows
from aquamind_assets.warehouse.postgres.reading_partitions import ReadingPartitions
from aquamind_assets.warehouse.postgres.scan import scan_hashes
from aquamind_assets.warehouse.schema_check import SchemaMismatch, differences, read_postgresql

CONNECT_ATTEMPTS, RECONNECT_ATTEMPTS = 3, 6
"""Tries to reach the server, a second apart at first and then twice as long each time: three seconds for a first word,
half a minute (what a restart takes) once it has been there."""

PASSING_FAILURES = (
    "Connection refused",
    "No such file or directory",
    "starting up",
    "shutting down",
    "in recovery mode",
    "not yet accepting connections",
    "too many clients",
    "closed the connection unexpectedly",
    "timeout expired",
)
"""What a failure to connect says when another try may help; a wrong password or name is not tried again."""

_POLL_SECONDS = 0.25


class PostgresDatabase(Database):
    """A warehouse in a database of a PostgreSQL server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._held: list[str] = []
        self._partitions: ReadingPartitions | None = None
        self._targets: dict[str, str] = {}
        self._opened: list[str] = []
        self._writing = False
        self._connection = self._connect(CONNECT_ATTEMPTS)
        self._timescale = timescale.installed_version(self._connection)
        self._may_skip_triggers = _may_skip_triggers(self._connection)

    @property
    def _hypertables(self) -> frozenset[str]:
        return timescale.hypertables(self._connection) if self._timescale else frozenset()

    def close(self) -> None:
        """See :class:`Database`."""
        self._connection.close()

    def prepare(self) -> None:
        """See :class:`Database`."""
        with self.transaction():
            self.serialise("prepare")
            found = read_postgresql(self._connection)
            if not found.keys() & TABLES.keys():
                self._create_tables()
            elif wrong := differences(TABLES, found):
                raise SchemaMismatch(wrong)
            for table, columns in OWN_TABLES.items():
                self._connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {table} ({columns.format(bytes='bytea')})".encode()
                )

    def _create_tables(self) -> None:
        statements = ddl.create_statements("postgresql", timescaledb=self._timescale is not None)
        if self._timescale is None:
            statements.append(ddl.create_default_partition())
        else:
            series = [table for table in TABLES.values() if table.time_column]
            statements += [statement for table in series for statement in timescale.compression_statements(table)]
        for statement in statements:
            self._connection.execute(statement.encode())

    @contextmanager
    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> Iterator[None]:
        """See :class:`Database`."""
        name = f"{asset}/{year}"
        self._take_lock(name, wait)
        self._held.append(name)
        try:
            yield
        finally:
            self._held.remove(name)
            if not self._connection.closed:
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (_lock_key(name),))

    def is_locked(self, asset: str, year: int) -> bool:
        """See :class:`Database`."""
        key = _lock_key(f"{asset}/{year}") % (1 << 64)
        sql = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s AND"
            " objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        row = self._live().execute(sql, (key >> 32, key & 0xFFFFFFFF)).fetchone()
        return bool(row and row[0])

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :class:`Database`."""
        with self._telling():
            return self._live().execute(_translated(sql), params).fetchall()

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :class:`Database`."""
        with self._telling(), self._live().cursor() as cursor:
            for kind, loader in _PORTABLE.items():
                cursor.adapters.register_loader(kind, loader)
            cursor.execute(_translated(sql), params)
            frame = pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])
        for name in dates:
            frame[name] = pd.to_datetime(frame[name], format="ISO8601")
        return frame

    def size_bytes(self) -> int:
        """See :class:`Database`."""
        return int(self.query("SELECT pg_database_size(current_database())")[0][0])

    def _connect(self, attempts: int) -> psycopg.Connection:
        for attempt in range(attempts):
            try:
                connection = psycopg.connect(self.url, autocommit=True, application_name="aquamind-assets")
                connection.execute(
                    "SELECT set_config('timezone', 'UTC', false), set_config('client_min_messages', 'warning', false)"
                )
                return connection
            except psycopg.OperationalError as error:
                failure = error
                if not any(words in str(error) for words in PASSING_FAILURES):
                    break
                time.sleep(2**attempt if attempt + 1 < attempts else 0)
        raise WarehouseUnavailable(f"no connection to {masked(self.url)}: {failure}") from failure

    def _take_lock(self, name: str, wait: float) -> None:
        end = time.monotonic() + wait
        while not self.query("SELECT pg_try_advisory_lock(?)", (_lock_key(name),))[0][0]:
            if time.monotonic() >= end:
                raise YearLocked(f"{name.replace('/', ' ')} is being written by another process")
            time.sleep(_POLL_SECONDS)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """See :class:`Database`."""
        return self._connection.execute(_translated(sql), params).rowcount

    @contextmanager
    def transaction(self, tables: Sequence[str] = ()) -> Iterator[None]:
        """See :class:`Database`."""
        self._targets.clear()
        self._opened.clear()
        self._partitions = None
        with self._telling(), self._live().transaction():
            self._writing = True
            try:
                if self._may_skip_triggers and not (self._timescale and timescale.aggregated(self._connection)):
                    self._connection.execute("SET LOCAL session_replication_role = replica")
                if tables:
                    # Every writer takes its tables in one order, so that no two can wait for each other.
                    listed = ", ".join(f"ONLY {ddl.quoted(table)}" for table in TABLES if table in tables)
                    self._connection.execute(f"LOCK TABLE {listed} IN ROW EXCLUSIVE MODE".encode())
                yield
            finally:
                self._writing = False

    def _live(self) -> psycopg.Connection:
        """The connection, made anew (with the locks it had) if it was lost; but not within a transaction, half of which
        is gone then."""
        if self._connection.closed and not self._writing:
            self._connection = self._connect(RECONNECT_ATTEMPTS)
            for name in self._held:
                self._take_lock(name, 0)
        return self._connection

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say of a lost connection what it means."""
        try:
            yield
        except psycopg.errors.DeadlockDetected as error:
            raise WarehouseUnavailable(
                f"another program's transaction was in the way; what was being written is not there: {error}"
            ) from error
        except psycopg.OperationalError as error:
            if not self._connection.closed:
                raise
            raise WarehouseUnavailable(
                f"the connection to the database was lost; what was being written is not there: {error}"
            ) from error

    def serialise(self, name: str) -> None:
        """See :class:`Database`."""
        self._connection.execute("SELECT pg_advisory_xact_lock(%s)", (_lock_key(name),))

    def load(self, blocks: Iterator[Rows]) -> None:
        """See :class:`Database`."""
        copy_rows(self._connection, blocks, self._targets)

    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """See :class:`Database`."""
        if table in self._hypertables:
            self._opened.append(table)
            self._hypertable(table).open(days)
        partitions = self._partitions_of(table)
        staging = partitions.begin(days) if partitions and not append else None
        if staging:
            self._targets[table] = staging
            return
        if partitions:
            partitions.ensure(days)
        self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {_of_days(table, days)}")

    def settle(self) -> None:
        """See :class:`Database`."""
        self._targets.clear()
        if self._partitions:
            self._partitions.settle()

    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """See :class:`Database`."""
        for table in self._opened:
            self._hypertable(table).close(complete())

    def _hypertable(self, table: str) -> timescale.Hypertable:
        assert self._timescale is not None
        return timescale.Hypertable(self._connection, table, self._timescale)

    def finds_by_id(self, table: str) -> bool:
        """See :class:`Database`."""
        return table not in self._hypertables

    def _partitions_of(self, table: str) -> ReadingPartitions | None:
        """What manages the table's partitions, if it is partitioned."""
        if table == ddl.READINGS and self._partitions is None and ReadingPartitions.used(self._connection):
            self._partitions = ReadingPartitions(self._connection)
        return self._partitions if table == ddl.READINGS else None

    def delete_days(self, table: str, days: DayRange) -> int:
        """See :class:`Database`."""
        if table in self._hypertables:
            self._hypertable(table).open(days)
        partitions = self._partitions_of(table)
        return (
            partitions.delete(days)
            if partitions
            else self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {_of_days(table, days)}")
        )

    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """See :class:`Database`."""
        return (
            self.execute(f"DELETE FROM {ddl.quoted(table)} WHERE {TABLES[table].id_column} = ANY(?)", (ids.tolist(),))
            if ids.size
            else 0
        )

    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """See :class:`Database`."""
        found = self.query(
            f"SELECT {TABLES[table].id_column} FROM {ddl.quoted(table)} WHERE {TABLES[table].id_column} = ANY(?) FOR"
            " KEY SHARE",
            (ids.tolist(),),
        )
        return np.setdiff1d(ids, np.array(found, dtype=np.int64).ravel(), assume_unique=True)

    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """See :class:`Database`."""
        if ids.size:
            place = (table, TABLES[table].id_column)
            sequence = "pg_get_serial_sequence(?, ?)"
            self.execute(
                f"SELECT setval({sequence}, greatest(nextval({sequence}), ?), false)",
                (*place, *place, int(ids.max()) + 1),
            )

    def count_references(self, table: str, column: str, ids: np.ndarray | tuple[int, int]) -> int:
        """See :class:`Database`."""
        name = ddl.quoted(column)
        if isinstance(ids, tuple):
            return int(
                self.query(f"SELECT count(*) FROM {ddl.quoted(table)} WHERE {name} >= ? AND {name} < ?", ids)[0][0]
            )
        return int(self.query(f"SELECT count(*) FROM {ddl.quoted(table)} WHERE {name} = ANY(?)", (ids.tolist(),))[0][0])

    def scan(self, table: str, low: int, high: int) -> Iterator[np.ndarray]:
        """See :class:`Database`."""
        yield from scan_hashes(self._connection, TABLES[table], _between(table, low, high))

    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """See :class:`Database`."""
        key = TABLES[table].id_column
        found = self.query(f"SELECT min({key}), max({key}) FROM {ddl.quoted(table)} WHERE {key} >= ?", (low,))[0]
        return None if found[0] is None else (found[0], found[1])


def _may_skip_triggers(connection: psycopg.Connection) -> bool:
    """Whether this user may switch off, for a transaction, the triggers that check foreign keys row by row."""
    may = "current_setting('is_superuser') = 'on'"
    if connection.info.server_version >= 150_000:
        may += " OR has_parameter_privilege('session_replication_role', 'SET')"
    found = connection.execute(f"SELECT {may}".encode()).fetchone()
    return bool(found and found[0])


def _between(table: str, low: int, high: int) -> str:
    """Condition for the rows with ``low <= id < high``. Their time is given too where the table is cut by time: it is
    in the key or chooses the partition."""
    spec = TABLES[table]
    condition = f"{spec.id_column} >= {low} AND {spec.id_column} < {high}"
    if spec.time_column and high - low > 1:
        first, last = year_of_ids(np.array([low, high - 1])).tolist()
        condition += (
            f" AND {ddl.quoted(spec.time_column)} >= '{first}-01-01 00:00+00' AND {ddl.quoted(spec.time_column)} <"
            f" '{last + 1}-01-01 00:00+00'"
        )
    return condition


def _of_days(table: str, days: DayRange) -> str:
    """Condition for the rows with ids of these days of one calendar year."""
    spec = TABLES[table]
    low, high = id_range(days, narrow=spec.narrow_id)
    condition = f"{spec.id_column} >= {low} AND {spec.id_column} < {high}"
    if spec.time_column:
        name = ddl.quoted(spec.time_column)
        condition += f" AND {name} >= '{to_date(days.first)} 00:00+00' AND {name} < '{to_date(days.end)} 00:00+00'"
    return condition


def _lock_key(name: str) -> int:
    """A stable 64-bit number for the name of a lock."""
    return int.from_bytes(
        hashlib.blake2b(f"aquamind-assets/{name}".encode(), digest_size=8).digest(), "big", signed=True
    )


def _translated(sql: str) -> bytes:
    return sql.replace("%", "%%").replace("?", "%s").encode()


class _Flag(Loader):
    """Flags as SQLite has them."""

    def load(self, data: Any) -> int:
        """See :class:`Database`."""
        return int(bytes(data) == b"t")


class _Text(Loader):
    """Dates and instants as the text that SQLite has; the session's time zone is UTC."""

    def load(self, data: Any) -> str:
        """See :class:`Database`."""
        whole, point, fraction = bytes(data).decode().removesuffix("+00").partition(".")
        return whole + point + fraction.ljust(6, "0") if point else whole


_PORTABLE: dict[str, type[Loader]] = {
    "numeric": FloatLoader,
    "bool": _Flag,
    "date": _Text,
    "time": _Text,
    "timestamptz": _Text,
}
