"""Runs that write again what is there, and their retries."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable

import dagster as dg
import pytest
from dagster._core.storage.tags import PARENT_RUN_ID_TAG
from dagster._core.test_utils import create_run_for_test

from aquamind_assets.assets.dead_runs import reconcile
from aquamind_assets.assets.jobs import ONE_YEAR, REWRITE, RUN_BEFORE, rewriting_runs
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.runs import QUIET
from aquamind_assets.assets.signs_of_life import worker_tags
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.crashing import ROOT

ASSETS = ("batches", "mortality", "feeding_events")
"""A living one, and two in chunks."""


def run_of(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    named = {RUN_BEFORE if name == "before" else REWRITE: value for name, value in tags.items()}
    return create_run_for_test(instance, status=status, tags=named)


def test_the_attempts_before_are_those_that_failed() -> None:
    assert RUN_BEFORE == PARENT_RUN_ID_TAG
    failed, canceled, started = (
        dg.DagsterRunStatus.FAILURE,
        dg.DagsterRunStatus.CANCELED,
        dg.DagsterRunStatus.STARTED,
    )
    with dg.DagsterInstance.ephemeral() as instance:
        whole = run_of(instance, dg.DagsterRunStatus.SUCCESS, rewrite="true")
        first = run_of(instance, failed, rewrite="true", before=whole.run_id)
        second = run_of(instance, canceled, rewrite="true", before=first.run_id)
        third = run_of(instance, started, rewrite="true", before=second.run_id)
        assert rewriting_runs(third, instance) == {third.run_id, second.run_id, first.run_id}
        plain = run_of(instance, failed)
        after_plain = run_of(instance, started, rewrite="true", before=plain.run_id)
        assert rewriting_runs(after_plain, instance) == {after_plain.run_id}
        deleted = run_of(instance, started, rewrite="true", before="gone")
        assert rewriting_runs(deleted, instance) == {deleted.run_id}
        assert rewriting_runs(run_of(instance, started, before=first.run_id), instance) is None


class Counted(Progress):
    """Prints a line for each chunk."""

    def chunk_written(self, asset: str, year: int, rows: int) -> None:
        print(asset, flush=True)


def rewrite(platform: Platform, instance: dg.DagsterInstance, **tags: str) -> dg.ExecuteInProcessResult:
    job = build_defs(platform=platform).resolve_job_def(ONE_YEAR)
    return job.execute_in_process(
        instance=instance,
        partition_key="2015",
        run_config=QUIET,
        asset_selection=list(map(key_of, ASSETS)),
        tags={REWRITE: "true", **worker_tags(), **tags},
        raise_on_error=False,
    )


KILLED = """
import sys
from datetime import date
from pathlib import Path
from aquamind_assets.assets.sqlite_instance import instance_in
from aquamind_assets.settings import Settings
from aquamind_assets_tests.assets.conftest import FEW_READINGS
from aquamind_assets_tests.assets.test_rewriting import *
home, database, ledger, today = sys.argv[1:]
platform = Platform(Settings("tiny", FEW_READINGS, database, ledger, date.fromisoformat(today), release="2025-08"))
platform.progress = Counted()
with instance_in(Path(home)) as instance:
    rewrite(platform, instance)
"""


@pytest.mark.slow
def test_a_retry_goes_on_from_what_the_killed_attempt_wrote(made: Workshop, fresh: Callable[..., Platform]) -> None:
    platform = fresh()
    database = platform.settings.database
    shutil.copy(made.settings.database.removeprefix("sqlite:///"), database.removeprefix("sqlite:///"))
    with platform.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute("UPDATE batch_mortalityevent SET count = count + 1 WHERE id < 20160000000000")
    settings = platform.settings
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, made.instance.root_directory, database, settings.ledger, str(settings.today)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    for _ in range(15):
        assert process.stdout.readline()
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with platform.open() as warehouse:
        (dead,) = [run.run_id for run in reconcile(made.instance, warehouse.is_locked) if not run.alive]
    first = written_by(platform, dead)
    everything = chunks(platform)
    assert 0 < len(first) < len(everything)

    retried = rewrite(platform, made.instance, **{RUN_BEFORE: dead})
    assert retried.success
    assert written_by(platform, dead) == first
    assert written_by(platform, retried.run_id) == everything - first
    with platform.open() as warehouse:
        assert warehouse.manifest() == warehouse.recount() == made.manifest(made.platform())

    again = rewrite(platform, made.instance, **{RUN_BEFORE: retried.run_id})
    assert again.success
    assert written_by(platform, again.run_id) == everything


def chunks(platform: Platform) -> set[tuple[str, int]]:
    with platform.open() as warehouse:
        return {(one.asset, one.chunk) for asset in ASSETS for one in warehouse.checkpoints(asset, 2015)}


def written_by(platform: Platform, run_id: str) -> set[tuple[str, int]]:
    """Assets and numbers of the chunks of 2015 that a run wrote."""
    with platform.open() as warehouse:
        checkpoints = [one for asset in ASSETS for one in warehouse.checkpoints(asset, 2015)]
        return {(one.asset, one.chunk) for one in checkpoints if one.run_id == run_id}
