"""Chunks written side by side: the same rows, and nothing is lost when a run is stopped or a process dies."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.errors import Interrupted
from aquamind_assets.pipeline import workers, writing
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.workers import WorkerLost, processes_with_room
from aquamind_assets.settings import Settings, SettingsError
from aquamind_assets.timeline import CHUNK_DAYS, DayRange, year_days
from aquamind_assets.warehouse.checkpoints import Checkpoint, TableYear
from aquamind_assets_tests.conftest import new_database
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.simulated_once import store_once
from aquamind_assets_tests.stopping import StopsAfter

pytestmark = pytest.mark.slow

YEAR = 2015
ASSET = "environmental_readings"


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The tiny farm with its first year simulated."""
    place = tmp_path_factory.mktemp("workers")
    settings = Settings("tiny", (), f"sqlite:///{place / 'serial.db'}", str(place / "ledger"), release="2025-08")
    store_once(Platform(settings), YEAR)
    return settings


@pytest.fixture(scope="module")
def serial(simulated: Settings) -> list[TableYear]:
    """What one process writes."""
    platform = Platform(simulated)
    record_years(platform, [YEAR])
    with platform.read() as warehouse:
        return warehouse.manifest()


@pytest.fixture(scope="module", autouse=True)
def every_chunk_is_worth_a_worker() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "WORTH_A_WORKER_S", 0.0)
        yield


@pytest.fixture(scope="module", params=["lake", "postgresql"])
def begun(
    request: pytest.FixtureRequest, simulated: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Platform]:
    """The same farm with two workers, and all but the readings written."""
    with ExitStack() as kept:
        if request.param == "lake":
            database = f"parquet:///{tmp_path_factory.mktemp('begun') / 'lake'}"
        else:
            database = kept.enter_context(new_database(request.getfixturevalue("postgres_server")))
        platform = Platform(replace(simulated, database=database, workers=2))
        record_years(platform, [YEAR], RECORDERS.keys() - {ASSET})
        yield platform


@pytest.fixture
def parallel(begun: Platform, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    """A copy of it."""
    url = begun.settings.database_url
    with ExitStack() as kept:
        if url.path is not None:
            database = f"parquet:///{shutil.copytree(url.path, tmp_path / 'lake')}"
        else:
            name = str(conninfo_to_dict(url.text)["dbname"])
            database = kept.enter_context(new_database(request.getfixturevalue("postgres_server"), name))
        yield Platform(replace(begun.settings, database=database))


def test_workers_write_the_same_rows(parallel: Platform, serial: list[TableYear]) -> None:
    seen: list[int] = []
    with parallel.open() as warehouse:
        written = parallel.writer(RECORDERS[ASSET], warehouse, "run").write(
            YEAR, on_chunk=lambda checkpoint, count: seen.append(checkpoint.chunk)
        )
        assert sorted(seen) == [one.chunk for one in written.written] == list(range(13))
        assert warehouse.manifest() == serial == warehouse.recount()
        assert warehouse.broken_references() == {}
        again = parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR)
        assert (len(again.written), len(again.resumed)) == (0, 13)
        assert again.digest == written.digest


def test_where_chunks_took_long_before_workers_begin_at_once(parallel: Platform, serial: list[TableYear]) -> None:
    seen: list[int] = []
    with parallel.open() as warehouse:
        writer = parallel.writer(RECORDERS[ASSET], warehouse, "run")
        first = year_days(YEAR).first
        writer.write(YEAR, DayRange(first, first + CHUNK_DAYS))
        assert living_workers() == []
        writer.write(YEAR, on_chunk=lambda checkpoint, count: seen.append(len(living_workers())))
        assert seen[0] > 0
        assert warehouse.manifest() == serial == warehouse.recount()


def test_a_request_to_stop_keeps_what_is_under_way(parallel: Platform, serial: list[TableYear]) -> None:
    parallel.progress = StopsAfter(3)
    with parallel.open() as warehouse:
        with pytest.raises(Interrupted):
            parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR)
        assert 3 <= len(warehouse.checkpoints(ASSET)) < 13
        assert warehouse.manifest() == warehouse.recount()
        parallel.progress = Progress()
        parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR)
        assert warehouse.manifest() == serial


def living_workers() -> list[psutil.Process]:
    """Processes that a fork server of this process has begun."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "forkserver" in " ".join(child.cmdline()):
                found += [one for one in child.children() if one.status() != psutil.STATUS_ZOMBIE]
    return found


def test_a_worker_that_is_killed_is_named_and_its_chunk_is_written_later(
    parallel: Platform, serial: list[TableYear]
) -> None:
    killed: list[int] = []

    def kill_one(checkpoint: Checkpoint, count: int) -> None:
        alive = living_workers()
        if len(alive) >= 2 and not killed:
            killed.append(alive[-1].pid)
            os.kill(alive[-1].pid, signal.SIGKILL)

    with parallel.open() as warehouse:
        with pytest.raises(WorkerLost, match="a worker process died"):
            parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR, on_chunk=kill_one)
        assert killed
        assert warehouse.manifest() == warehouse.recount()
        parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR)
        assert warehouse.manifest() == serial == warehouse.recount()


PROGRAM = """
import sys
from aquamind_assets.pipeline import writing
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.settings import Settings
from aquamind_assets_tests.simulated_once import store_once

if __name__ == "__main__":
    writing.WORTH_A_WORKER_S = 0.0
    settings = Settings("tiny", (), sys.argv[1], sys.argv[2], workers=2, release="2025-08")
    record_years(Platform(settings), [2015], ["environmental_readings"])
"""


def test_workers_end_with_the_process_that_began_them(
    parallel: Platform, serial: list[TableYear], tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    command = [sys.executable, str(program), parallel.settings.database, parallel.settings.ledger]
    with subprocess.Popen(command) as process:
        tree: list[psutil.Process] = []
        while not chunks_of(parallel) and process.poll() is None:
            time.sleep(0.02)
        tree = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
    _, alive = psutil.wait_procs(tree, timeout=60)
    assert alive == []
    with parallel.open() as warehouse:
        assert warehouse.manifest() == warehouse.recount()
        parallel.writer(RECORDERS[ASSET], warehouse, "run").write(YEAR)
        assert warehouse.manifest() == serial == warehouse.recount()


def chunks_of(platform: Platform) -> int:
    with platform.read() as warehouse:
        return len(warehouse.checkpoints(ASSET))


def test_processes_are_as_many_as_cores_and_memory_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda process: set(range(8)))
    assert processes_with_room(16_000) == 8
    assert processes_with_room(1_600) == 3
    assert processes_with_room(100) == 1


@pytest.mark.parametrize("kind", ["sqlite:///{}/farm.db", "parquet:///{}/lake"])
def test_a_database_in_one_file_has_one_writer(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.os, "sched_getaffinity", lambda process: set(range(8)))
    many = Platform(Settings(scenario="tiny", database=kind.format(tmp_path), ledger=str(tmp_path / "ledger")))
    assert many.processes > 1
    assert many.workers == (1 if kind.startswith("sqlite") else many.processes)


@pytest.mark.parametrize("text", ["0", "-1", "two", "257", "1.5"])
def test_a_number_of_workers_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"AQUAMIND_WORKERS = .*give a number from 1 to 256"):
        Settings.load(environment={"AQUAMIND_WORKERS": text})
