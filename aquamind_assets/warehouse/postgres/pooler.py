"""Recognizing a connection pooler that gives every transaction another server session.

The locks that keep a year to one writer, and the settings that the encoder relies on, belong to a server session. A
pooler in transaction or statement mode (pgbouncer's ``pool_mode``) hands the session to the next client after each
transaction: two writers then hold the same lock, and settings are another client's. No protocol tells a client about
it, so it is found out:

- A pooler answers the client itself, so the number of the server process that it reports at the start is not the one
  that the server reports.
- In transaction mode an idle connection has no server session. So a second connection that begins a transaction gets
  the session of the first, or the first continues in another. In session mode the first keeps its session.

Belongs here: finding out. Does not belong here: connecting (``connection``).
"""

import select
import time

import psycopg
from psycopg import pq

SECONDS = 3.0
"""A pooler in session mode whose pool is full lets the second connection wait: longer than this is waited for none."""

_PID = "SELECT pg_backend_pid()"


def changes_sessions(connection: psycopg.Connection, conninfo: str) -> bool:
    """Whether the transactions of an idle connection run in changing server sessions."""
    before = _pid(connection)
    if connection.info.backend_pid == before:
        return False
    other = pq.PGconn.connect_start(conninfo.encode())
    try:
        taken = _begin(other)
        changed = taken is not None and (taken == before or _pid(connection) != before)
    finally:
        other.finish()
    return changed


def _pid(connection: psycopg.Connection) -> int:
    row = connection.execute(_PID).fetchone()
    return int(row[0]) if row else 0


def _begin(other: pq.abc.PGconn) -> int | None:
    """The server process in which the other connection has begun a transaction; None if it got none in time, -1 if it
    may not begin any: statement mode ends the connection then."""
    end, waiting_for = time.monotonic() + SECONDS, pq.PollingStatus.WRITING
    while waiting_for != pq.PollingStatus.OK:
        if waiting_for == pq.PollingStatus.FAILED or not _ready(other, waiting_for == pq.PollingStatus.WRITING, end):
            return None
        waiting_for = pq.PollingStatus(other.connect_poll())
    other.send_query(f"BEGIN; {_PID}".encode())
    found = None
    while True:
        while other.is_busy():
            if not _ready(other, False, end):
                return None
            try:
                other.consume_input()
            except psycopg.OperationalError:
                return -1
        result = other.get_result()
        if result is None:
            return found
        value = result.get_value(0, 0) if result.status == pq.ExecStatus.TUPLES_OK else None
        found = found if value is None else int(value)


def _ready(other: pq.abc.PGconn, writing: bool, end: float) -> bool:
    reads, writes = ([], [other.socket]) if writing else ([other.socket], [])
    return any(select.select(reads, writes, [], max(0.0, end - time.monotonic())))
