"""The connection to a PostgreSQL server: made, set, and made again when it was lost.

Belongs here: reaching the server, what every session is set to, and the locks that outlive a transaction. Does not
belong here: tables and rows (``database``).
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_attempt,
    stop_after_delay,
    wait_exponential,
    wait_fixed,
)

from aquamind_assets.warehouse.errors import DatabaseRefused, WarehouseUnavailable, YearLocked
from aquamind_assets.warehouse.postgres.failures import failures_named
from aquamind_assets.warehouse.postgres.patient import PatientConnection
from aquamind_assets.warehouse.postgres.pooler import changes_sessions
from aquamind_assets.warehouse.postgres.refused_connection import refusal

CONNECT_ATTEMPTS, RECONNECT_ATTEMPTS = 3, 6
"""Tries to reach the server, a second apart at first and then twice as long each time: three seconds for a first
connection, half a minute (what a restart takes) for one that was lost."""

OLDEST_SERVER = 13
"""Major version of the oldest server that is used: PostgreSQL's own support ends with the one before."""

LOCK_WAIT = "1h"
"""A statement waits as long as this for another transaction's lock: far longer than any chunk takes."""

SETTINGS = {
    "client_encoding": "UTF8",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "row_security": "off",
    "client_min_messages": "warning",
    "lock_timeout": LOCK_WAIT,
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "default_transaction_isolation": "read committed",
    "extra_float_digits": "1",
}
"""What every session is set to, whatever the role, the database or the environment say. Binary COPY and the texts that
are read back rely on the first six. Row security is off in the sense of PostgreSQL: a statement that it would filter
fails instead of leaving rows out. A chunk takes as long as it takes, but waits for no lock without end."""

OF_NEWER_SERVERS = {"idle_session_timeout": "0", "transaction_timeout": "0"}
"""Settings that PostgreSQL has since 14 and 17; set where the server knows them."""

REACHING = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "6",
    "tcp_user_timeout": "120000",
}
"""libpq's options, where the URL does not give them: a network that has died is noticed within two minutes."""

_POLL_SECONDS = 0.25


class Session:
    """A connection that is made again when it was lost, with its settings and the locks it held.

    Attributes:
        place: the server and the database, for messages: the URL without its password.
        writing: whether a transaction is open, half of which is gone when the connection is.
    """

    def __init__(self, url: str, place: str) -> None:
        self.place = place
        self.writing = False
        self._conninfo = _conninfo(url, place)
        self._search_path: str | None = None
        self._held: list[str] = []
        self._connection = self._connect(CONNECT_ATTEMPTS)

    @property
    def connection(self) -> psycopg.Connection:
        """The connection, lost or not."""
        return self._connection

    def live(self) -> psycopg.Connection:
        """The connection, made again if it was lost; but not within a transaction.

        Raises:
            WarehouseUnavailable: the server cannot be reached.
            YearLocked: another writer has taken a lock that the lost connection held.
        """
        if self._connection.closed and not self.writing:
            self._connection = self._connect(RECONNECT_ATTEMPTS)
            for name in self._held:
                self._take(name, 0)
        return self._connection

    @contextmanager
    def failures_named(self) -> Iterator[None]:
        """See ``failures.failures_named``."""
        with failures_named(self.place):
            yield

    def close(self) -> None:
        """Close the connection; the server releases its locks."""
        self._connection.close()

    @contextmanager
    def lock(self, name: str, wait: float) -> Iterator[None]:
        """Hold a lock over many transactions, and over the loss of the connection.

        Raises:
            YearLocked: another session holds it and did not release it within ``wait`` seconds.
        """
        self._take(name, wait)
        self._held.append(name)
        try:
            yield
        finally:
            self._held.remove(name)
            if not self._connection.closed:
                self._connection.execute("SELECT pg_advisory_unlock(%s)", (lock_key(name),))

    def is_locked(self, name: str) -> bool:
        """Whether any session of this database, this one included, holds the lock."""
        key = lock_key(name) % (1 << 64)
        sql = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = %s AND objid = %s AND"
            " objsubid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with self.failures_named():
            row = self.live().execute(sql, (key >> 32, key & 0xFFFFFFFF)).fetchone()
        return bool(row and row[0])

    def _take(self, name: str, wait: float) -> None:
        def tried() -> bool:
            with self.failures_named():
                row = self.live().execute("SELECT pg_try_advisory_lock(%s)", (lock_key(name),)).fetchone()
            return bool(row and row[0])

        polling = Retrying(
            stop=stop_after_delay(wait), wait=wait_fixed(_POLL_SECONDS), retry=retry_if_result(lambda got: not got)
        )
        try:
            polling(tried)
        except RetryError:
            raise YearLocked(f"{name.replace('/', ' ')} is being written by another process") from None

    def _connect(self, attempts: int) -> psycopg.Connection:
        trying = Retrying(
            stop=stop_after_attempt(attempts),
            wait=wait_exponential(),
            retry=retry_if_exception_type(WarehouseUnavailable),
            reraise=True,
        )
        return trying(self._connected)

    def _connected(self) -> psycopg.Connection:
        try:
            connection = PatientConnection.connect(self._conninfo, autocommit=True, prepare_threshold=None)
        except psycopg.Error as error:
            raise refusal(self.place, self._conninfo, error) from error
        try:
            if connection.info.server_version < OLDEST_SERVER * 10_000:
                raise DatabaseRefused(
                    f"{self.place}: the server is PostgreSQL {connection.info.parameter_status('server_version')};"
                    f" needed is {OLDEST_SERVER} or later"
                )
            with self.failures_named():
                if changes_sessions(connection, self._conninfo):
                    raise DatabaseRefused(
                        f"{self.place}: a connection pooler gives every transaction another session of the server, and"
                        " the locks that keep a year to one writer do not hold; connect to the server itself, or to a"
                        " pool in session mode (pgbouncer: pool_mode = session)"
                    )
                self._set(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _set(self, connection: psycopg.Connection) -> None:
        """Set the session, and look whether it took the settings: a pooler may drop them.

        The search path is read once, so that a connection made again writes into the schema of the first one.

        Raises:
            DatabaseRefused: it did not, or the search path names no schema that there is.
        """
        if self._search_path is None:
            row = connection.execute("SELECT current_setting('search_path')").fetchone()
            self._search_path = str(row[0]) if row else ""
        wanted = {**SETTINGS, "search_path": self._search_path}
        calls = ", ".join(["set_config(%s, %s, false)"] * len(wanted))
        connection.execute(f"SELECT {calls}".encode(), [part for setting in wanted.items() for part in setting])
        for name, value in OF_NEWER_SERVERS.items():
            connection.execute("SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, name))
        found = connection.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
            (["client_encoding", "TimeZone", "DateStyle"],),
        ).fetchall()
        for name, value in found:
            if value != wanted[name]:
                raise DatabaseRefused(
                    f"{self.place}: the session keeps {name} = {value} where {wanted[name]} is needed; connect to the"
                    " server itself, not through a pooler that changes settings"
                )
        row = connection.execute("SELECT current_schema()").fetchone()
        if row is None or row[0] is None:
            raise DatabaseRefused(
                f"{self.place}: the search_path {self._search_path} names no schema that exists and that this role may"
                " use; create the schema, grant USAGE on it, or correct the search_path"
            )


def lock_key(name: str) -> int:
    """A stable 64-bit number for the name of a lock."""
    return int.from_bytes(
        hashlib.blake2b(f"aquamind-assets/{name}".encode(), digest_size=8).digest(), "big", signed=True
    )


def _conninfo(url: str, place: str) -> str:
    """The URL as libpq takes it, with what it does not give.

    Raises:
        DatabaseRefused: it cannot be read.
    """
    try:
        given = conninfo_to_dict(url)
        return make_conninfo(
            url,
            **{name: value for name, value in REACHING.items() if name not in given},
            client_encoding="UTF8",
            application_name="aquamind-assets",
        )
    except psycopg.ProgrammingError as error:
        raise DatabaseRefused(f"{place}: the URL cannot be read: {' '.join(str(error).split())}") from None
