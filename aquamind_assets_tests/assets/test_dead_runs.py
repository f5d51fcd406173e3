"""Runs that a process works on, and runs whose process is gone."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.test_utils import create_run_for_test

from aquamind_assets.assets.dead_runs import WORKER_TAG, liveness_of, reconcile, worker_tags
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.recorded import WRITING_POOL


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


def worker(host: str, pid: int, born: float) -> dict[str, str]:
    return {WORKER_TAG: json.dumps({"host": host, "pid": pid, "born": born})}


def no_lock(asset: str, year: int) -> bool:
    return False


def test_a_run_whose_process_is_gone_is_reported_failed_at_once(instance: dg.DagsterInstance) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    born = psutil.Process(child.pid).create_time()
    run_id = started(instance, worker(socket.gethostname(), child.pid, born))
    assert [run.alive for run in reconcile(instance, no_lock)] == [True]
    assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.STARTED  # type: ignore[union-attr]
    child.kill()
    child.wait()
    assert [(run.run_id, run.alive) for run in reconcile(instance, no_lock)] == [(run_id, False)]
    assert instance.get_run_by_id(run_id).status == dg.DagsterRunStatus.FAILURE  # type: ignore[union-attr]
    assert reconcile(instance, no_lock) == []


def test_a_process_that_has_the_number_of_the_dead_one_is_not_taken_for_it(instance: dg.DagsterInstance) -> None:
    started(instance, worker(socket.gethostname(), os.getpid(), psutil.Process().create_time() - 1000))
    assert [run.alive for run in reconcile(instance, no_lock)] == [False]


def test_a_retry_that_no_lock_has_signed_yet_is_not_taken_for_the_run_whose_tags_it_has(
    instance: dg.DagsterInstance,
) -> None:
    tags = worker(socket.gethostname(), os.getpid(), psutil.Process().create_time() - 1000)
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


def test_a_run_on_another_machine_is_judged_by_its_locks_and_by_silence(instance: dg.DagsterInstance) -> None:
    run_id = started(instance, worker("elsewhere", 1, 0.0))
    record = instance.get_run_record_by_id(run_id)
    assert record is not None
    changed = record.update_timestamp.timestamp()
    assert liveness_of(record, lambda asset, year: (asset, year) == ("mortality", 2016), now=changed + 10_000).alive
    assert not liveness_of(record, lambda asset, year: (asset, year) == ("mortality", 2017), now=changed + 10_000).alive
    assert liveness_of(record, no_lock, now=changed + 200, grace_s=300).alive
    assert not liveness_of(record, no_lock, now=changed + 400, grace_s=300).alive


def test_the_place_in_the_pool_of_a_dead_run_is_free_again(instance: dg.DagsterInstance) -> None:
    storage = instance.event_log_storage
    storage.set_concurrency_slots(WRITING_POOL, 1)
    dead = started(instance, worker(socket.gethostname(), os.getpid(), psutil.Process().create_time() - 1000))
    assert storage.claim_concurrency_slot(WRITING_POOL, dead, "batches").is_claimed
    waiting = started(instance, worker_tags())
    assert not storage.claim_concurrency_slot(WRITING_POOL, waiting, "batches").is_claimed
    assert [run.run_id for run in reconcile(instance, no_lock) if not run.alive] == [dead]
    assert storage.claim_concurrency_slot(WRITING_POOL, waiting, "batches").is_claimed
