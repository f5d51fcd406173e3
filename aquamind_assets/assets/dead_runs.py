"""Which process works on a run, and what becomes of runs whose process is gone.

A run that loses its process without a word (power cut, everything killed at once) stays STARTED in Dagster for ever,
holding its place in the queue: Dagster asks only its launcher, and the default launcher cannot tell. So every run of
ours carries a tag with its worker, and the writer's lock on the partition tells of workers on other machines.

Belongs here: signing a run, and judging it. Does not belong here: when to judge (``sensors``, ``command``).
"""

import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import dagster as dg
import psutil

from aquamind_assets.assets.keys import name_of
from aquamind_assets.assets.partitions import span_of_run, years_of_run

WORKER_TAG = ".dagster/aquamind_worker"
"""The prefix keeps it out of the user interface: it is for this module alone."""

GRACE_S = 300.0
"""A run whose worker cannot be seen from here is left alone for so long after its last event: between two steps no
process holds a lock."""

_UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@cache
def _this_worker(run_id: str | None) -> str:
    return json.dumps(
        {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "born": round(psutil.Process().create_time(), 2),
            "run": run_id,
        }
    )


def worker_tags(run_id: str | None = None) -> dict[str, str]:
    """The tag that this process puts on a run it works on; without ``run_id`` on one that it is about to make."""
    return {WORKER_TAG: _this_worker(run_id)}


def sign(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> None:
    """Put this process's tag on the run, unless it is there."""
    tags = worker_tags(context.run.run_id)
    if context.run.tags.get(WORKER_TAG) != tags[WORKER_TAG]:
        context.instance.add_run_tags(context.run.run_id, tags)


def worker_of(run: dg.DagsterRun) -> dict[str, Any] | None:
    """Host, process number and birth of the worker that signed the run; None if none has.

    Dagster copies a dead run's tags to its retry, which until its first step would look as dead as the run whose worker
    it names.
    """
    worker = json.loads(run.tags[WORKER_TAG]) if WORKER_TAG in run.tags else None
    inherited = run.parent_run_id is not None and worker is not None and worker.get("run") != run.run_id
    return None if inherited else worker


@dataclass(frozen=True)
class RunLiveness:
    """A run that is under way in Dagster's eyes."""

    run_id: str
    job: str
    partition: str | None
    alive: bool
    reason: str


def liveness_of(
    run: dg.RunRecord, lock_held: Callable[[str, int], bool], now: float | None = None, grace_s: float = GRACE_S
) -> RunLiveness:
    """Whether a process still works on a run. ``lock_held(asset, year)`` says whether a writer holds that partition."""
    years = years_of_run(run.dagster_run)

    def liveness(alive: bool, reason: str) -> RunLiveness:
        return RunLiveness(
            run.dagster_run.run_id, run.dagster_run.job_name, span_of_run(run.dagster_run) or None, alive, reason
        )

    worker = worker_of(run.dagster_run)
    if worker is not None and worker["host"] == socket.gethostname():
        there = _runs(worker["pid"], worker["born"])
        return liveness(there, f"its process {worker['pid']} {'runs' if there else 'is gone'}")
    selection = run.dagster_run.asset_selection or frozenset()
    for asset, year in product(sorted(map(name_of, selection)), years):
        if lock_held(asset, year):
            return liveness(True, f"a writer holds {asset} {year}")
    age = (time.time() if now is None else now) - run.update_timestamp.timestamp()
    if age < grace_s:
        return liveness(True, f"changed {age:.0f} s ago")
    return liveness(False, f"no sign of life for {age:.0f} s")


def reconcile(
    instance: dg.DagsterInstance, lock_held: Callable[[str, int], bool], grace_s: float = GRACE_S
) -> list[RunLiveness]:
    """Report every dead run failed, so that its place is freed and a retry resumes from its checkpoints; return
    all runs that were under way."""
    under_way = []
    for record in instance.get_run_records(filters=dg.RunsFilter(statuses=_UNDER_WAY)):
        run = liveness_of(record, lock_held, grace_s=grace_s)
        if not run.alive:
            instance.report_run_failed(
                record.dagster_run,
                f"The process of this run is gone ({run.reason}). Committed chunks stay; a retry resumes from them.",
            )
            # Its place in the pool of writers would be freed by the daemon alone, and a command that waits for it has
            # none.
            instance.event_log_storage.free_concurrency_slots_for_run(record.dagster_run.run_id)
        under_way.append(run)
    return under_way


def _runs(pid: int, born: float) -> bool:
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - born) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
