"""Why a server refused a connection, independent of the language of its messages.

A server that refuses a connection sends a SQLSTATE, but libpq hands on the text alone: neither ``psycopg.connect`` nor
``PQerrorMessage`` gives the code. libpq can write down the messages it receives, though (``PQtrace``, on Linux), field
by field. So where a connection failed it is tried once more with that record, which is kept in memory because it may
hold a password. Where there is no record, ``PQping`` distinguishes a server that cannot be reached from one that
refuses.

Belongs here: finding the reason. Does not belong here: what it means (``failures``).
"""

import os
import re
import select
import time

import psycopg
from psycopg import pq
from psycopg.conninfo import make_conninfo

from aquamind_assets.errors import AquamindError
from aquamind_assets.warehouse.errors import DatabaseRefused, WarehouseUnavailable
from aquamind_assets.warehouse.postgres.failures import ADVICE, PASSING, matching

SECONDS = 10.0
"""A second look at a server that has just answered takes no longer than this."""

_CODE = re.compile(rb'ErrorResponse\t.*? C "(?P<code>[0-9A-Z]{5})"')


def refusal(place: str, conninfo: str, error: psycopg.Error) -> AquamindError:
    """The error to raise for a connection that failed with ``error``."""
    if isinstance(error, psycopg.ProgrammingError):
        return DatabaseRefused(f"{place}: the URL cannot be read: {error}")
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return WarehouseUnavailable(f"no connection to {place}: the server did not answer in time")
    code = reason_code(conninfo)
    if code is None:
        if _answers(conninfo):
            return DatabaseRefused(f"no connection to {place}: {_line(error)}")
        if _answers(conninfo, encrypted=False):
            return DatabaseRefused(
                f"no connection to {place}: the server answers, but not with the encryption that is asked for; correct"
                f" sslmode, the certificates or the server ({_line(error)})"
            )
        return WarehouseUnavailable(f"no connection to {place}: {_line(error)}")
    if code.startswith(PASSING):
        return WarehouseUnavailable(f"no connection to {place}: {_line(error)} (SQLSTATE {code})")
    advice = matching(ADVICE, code) or "the server refuses it"
    return DatabaseRefused(f"no connection to {place}: {advice} (SQLSTATE {code}: {_line(error)})")


def _answers(conninfo: str, *, encrypted: bool = True) -> bool:
    """Whether a server answers there and takes connections, whoever asks."""
    plain = {} if encrypted else {"sslmode": "disable", "gssencmode": "disable"}
    answer = pq.PGconn.ping(make_conninfo(conninfo, **plain).encode())
    return answer not in (pq.Ping.NO_RESPONSE, pq.Ping.REJECT)


def reason_code(conninfo: str) -> str | None:
    """The SQLSTATE with which the server refuses the connection; None if it cannot be reached or accepts."""
    connection = pq.PGconn.connect_start(conninfo.encode())
    try:
        record = os.memfd_create("refusal") if hasattr(os, "memfd_create") else -1
        if record < 0 or connection.status == pq.ConnStatus.BAD:
            return None
        with os.fdopen(record, "rb") as file:
            connection.trace(file.fileno())
            _finish(connection)
            connection.untrace()
            file.seek(0)
            found = _CODE.findall(file.read())
    except psycopg.NotSupportedError:
        return None
    finally:
        connection.finish()
    return found[-1].decode() if found else None


def _finish(connection: pq.abc.PGconn) -> None:
    """Connect until it is decided, or :data:`SECONDS` are over."""
    end, waiting_for = time.monotonic() + SECONDS, pq.PollingStatus.WRITING
    while waiting_for not in (pq.PollingStatus.OK, pq.PollingStatus.FAILED) and time.monotonic() < end:
        reading = [connection.socket] if waiting_for == pq.PollingStatus.READING else []
        writing = [connection.socket] if waiting_for == pq.PollingStatus.WRITING else []
        select.select(reading, writing, [], max(0.0, end - time.monotonic()))
        waiting_for = pq.PollingStatus(connection.connect_poll())


def _line(error: psycopg.Error) -> str:
    """The driver's text on one line."""
    return " ".join(str(error).split())
