"""Which process works on a run, and what becomes of runs whose process is gone.

A run that loses its process without a word (power cut, everything killed at once) stays STARTED in Dagster for ever, holding its place in the queue: Dagster
asks only its launcher, and the default launcher cannot tell. So every run of ours carries a tag with its worker, and the writer's lock on the partition
tells of workers on other machines.

Belongs here: signing a run, and judging it. Does not belong here: when to judge (``sensors``, ``command``).
"""

import json
import os
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import dagster as dg
import psutil

WORKER_TAG = ".dagster/aquamind_worker"
"""The prefix keeps it out of the user interface: it is for this module alone."""

GRACE_S = 300.0
"""A run whose worker cannot be seen from here is left alone for so long after its last event: between two steps nobody holds a lock."""

_UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@cache
def _this_worker() -> str:
    return json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "born": round(psutil.Process().create_time(), 2)})


def worker_tags() -> dict[str, str]:
    """The tag that this process puts on a run it works on."""
    return {WORKER_TAG: _this_worker()}


def sign(context: dg.AssetExecutionContext | dg.OpExecutionContext) -> None:
    """Put this process's tag on the run, unless it is there."""
    if context.run.tags.get(WORKER_TAG) != _this_worker():
        context.instance.add_run_tags(context.run.run_id, worker_tags())


@dataclass(frozen=True)
class Verdict:
    """A run that is under way in Dagster's eyes."""

    run_id: str
    job: str
    partition: str | None
    alive: bool
    reason: str


def judge(run: dg.RunRecord, lock_held: Callable[[str, int], bool], now: float | None = None, grace_s: float = GRACE_S) -> Verdict:
    """Whether somebody still works on a run. ``lock_held(asset, year)`` says whether a writer holds that partition."""
    tags = run.dagster_run.tags
    partition = tags.get("dagster/partition")

    def verdict(alive: bool, reason: str) -> Verdict:
        return Verdict(run.dagster_run.run_id, run.dagster_run.job_name, partition, alive, reason)

    worker = json.loads(tags[WORKER_TAG]) if WORKER_TAG in tags else None
    if worker is not None and worker["host"] == socket.gethostname():
        there = _runs(worker["pid"], worker["born"])
        return verdict(there, f"its process {worker['pid']} {'runs' if there else 'is gone'}")
    selection = run.dagster_run.asset_selection or frozenset()
    for key in sorted(key.to_user_string() for key in selection) if partition and partition.isdigit() else ():
        if lock_held(key, int(partition or 0)):
            return verdict(True, f"a writer holds {key} {partition}")
    age = (time.time() if now is None else now) - run.update_timestamp.timestamp()
    if age < grace_s:
        return verdict(True, f"changed {age:.0f} s ago")
    return verdict(False, f"no sign of life for {age:.0f} s")


def reconcile(instance: dg.DagsterInstance, lock_held: Callable[[str, int], bool], grace_s: float = GRACE_S) -> list[Verdict]:
    """Report every dead run failed, so that its place is freed and a retry goes on from its checkpoints; the verdicts on all runs under way."""
    verdicts = []
    for record in instance.get_run_records(filters=dg.RunsFilter(statuses=_UNDER_WAY)):
        verdict = judge(record, lock_held, grace_s=grace_s)
        if not verdict.alive:
            instance.report_run_failed(
                record.dagster_run, f"Nobody works on this run any more ({verdict.reason}). Committed chunks stay; a retry goes on from them."
            )
            # Its place in the pool of writers would be freed by the daemon alone, and a command that waits for it has none.
            instance.event_log_storage.free_concurrency_slots_for_run(record.dagster_run.run_id)
        verdicts.append(verdict)
    return verdicts


def _runs(pid: int, born: float) -> bool:
    try:
        process = psutil.Process(pid)
        return abs(process.create_time() - born) < 1.0 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
