"""A connection that waits for a silent server, but not without end.

A dead network is noticed by libpq's keepalives (``connection.REACHING``). A server that has stopped, or a proxy that
forwards nothing, keeps its end of the connection alive: nothing but the missing answer shows it. How long an answer may
take depends on the statement, so the limit is far above what any statement of the platform takes.

Belongs here: waiting. Does not belong here: connecting (``connection``), what a lost connection means (``failures``).
"""

import logging
import time
from collections.abc import Generator
from typing import Any

import psycopg

REMARK_S = 300.0
"""Silence of the server after which a remark is logged."""

SILENCE_S = 7200.0
"""Silence of the server after which the connection counts as lost: twice as long as a statement waits for a lock."""

_log = logging.getLogger(__name__)


class PatientConnection(psycopg.Connection[Any]):
    """A connection of psycopg's; a server that sends and takes nothing for :data:`SILENCE_S` counts as lost.

    Raises:
        psycopg.OperationalError: from any statement, when that happens; the connection is closed then.
    """

    def wait(self, gen: Generator[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Called by psycopg for everything that may wait for the server."""
        try:
            waiting_for = next(gen)
        except StopIteration as stop:
            # What was asked for is there already, as most rows of a COPY are.
            return stop.value
        return super().wait(self._watched(gen, waiting_for), *args, **kwargs)

    def _watched(self, gen: Generator[Any, Any, Any], waiting_for: Any) -> Generator[Any, Any, Any]:
        """The rest of the generator, ended once the server was silent for too long. psycopg sends it what the socket is
        ready for, and nothing several times a second while it is not ready."""
        since, remarked = time.monotonic(), False
        try:
            while True:
                ready = yield waiting_for
                silent = time.monotonic() - since
                if ready:
                    since, remarked = time.monotonic(), False
                elif silent > SILENCE_S:
                    self.close()
                    raise psycopg.OperationalError(f"the server has not answered for {SILENCE_S:,.0f} s")
                elif silent > REMARK_S and not remarked:
                    remarked = True
                    _log.warning(
                        "the database server has not answered for %.0f s; it is waited for up to %.0f s in all",
                        REMARK_S,
                        SILENCE_S,
                    )
                waiting_for = gen.send(ready)
        except StopIteration as stop:
            return stop.value
