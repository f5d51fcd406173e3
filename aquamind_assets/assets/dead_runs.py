"""What becomes of runs whose process is gone.

A run that loses its process without a word (power cut, everything killed at once) stays STARTED in Dagster for ever,
holding its place in the queue: Dagster asks only its launcher, and the default launcher cannot tell. The worker's tag
on the run tells it on the worker's own machine; on others its signs of life do, and the writer's lock on the partition.

Belongs here: judging a run. Does not belong here: the signs (``signs_of_life``), when to judge (``automation``,
``celery_launcher``, the command).
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import dagster as dg

from aquamind_assets.assets.keys import name_of
from aquamind_assets.assets.partitions import span_of_run, years_of_run
from aquamind_assets.assets.signs_of_life import GRACE_S, last_seen, process_runs, worker_of

UNDER_WAY = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
"""Statuses of runs that a process should be working on."""

LockHeld = Callable[[str, int], bool]
"""``lock_held(asset, year)``: whether a writer holds that partition."""


@dataclass(frozen=True)
class RunLiveness:
    """A run that is under way in Dagster's eyes."""

    run_id: str
    job: str
    partition: str | None
    alive: bool
    reason: str


def judge_runs(
    instance: dg.DagsterInstance,
    records: Sequence[dg.RunRecord],
    lock_held: LockHeld | None = None,
    grace_s: float = GRACE_S,
    now: float | None = None,
) -> list[RunLiveness]:
    """Whether a process still works on each of these runs, which are under way; without ``lock_held`` locks are not
    looked at."""
    seen = last_seen(instance, [record.dagster_run.run_id for record in records])
    now = time.time() if now is None else now
    return [_judged(record, seen.get(record.dagster_run.run_id), lock_held, grace_s, now) for record in records]


def _judged(
    record: dg.RunRecord, seen: float | None, lock_held: LockHeld | None, grace_s: float, now: float
) -> RunLiveness:
    run = record.dagster_run

    def liveness(alive: bool, reason: str) -> RunLiveness:
        return RunLiveness(run.run_id, run.job_name, span_of_run(run) or None, alive, reason)

    worker = worker_of(run)
    there = process_runs(worker) if worker is not None else None
    if worker is not None and there is not None:
        return liveness(there, f"its process {worker['pid']} {'runs' if there else 'is gone'}")
    if lock_held is not None:
        selection = sorted(map(name_of, run.asset_selection or ()))
        for asset, year in product(selection, years_of_run(run)):
            if lock_held(asset, year):
                return liveness(True, f"a writer holds {asset} {year}")
    age = now - max(record.update_timestamp.timestamp(), seen or 0.0)
    where = f" of its worker on {worker['host']}" if worker is not None else ""
    return liveness(age < grace_s, f"last sign of life{where} {age:.0f} s ago")


def reconcile(instance: dg.DagsterInstance, lock_held: LockHeld | None, grace_s: float = GRACE_S) -> list[RunLiveness]:
    """Report every dead run failed, so that a retry resumes from its checkpoints, and free the places of all runs that
    are over; return all runs that were under way."""
    records = instance.get_run_records(filters=dg.RunsFilter(statuses=UNDER_WAY))
    under_way = judge_runs(instance, records, lock_held, grace_s)
    for record, run in zip(records, under_way, strict=True):
        if not run.alive:
            instance.report_run_failed(
                record.dagster_run,
                f"The process of this run is gone ({run.reason}). Committed chunks stay; a retry resumes from them.",
            )
    free_places(instance)
    return under_way


def free_places(instance: dg.DagsterInstance) -> None:
    """Free the places in pools that runs hold, or wait for, which have ended or which Dagster does not have.

    A run that is killed while it ends keeps its place, and so does a run that was reported failed by a process that was
    killed before it could free the place. After a power cut Dagster may have the place and not the run: they lie in two
    files. Dagster's daemon frees places of the former only, and a command that waits for one has no daemon.
    """
    storage = instance.event_log_storage
    for pool in storage.get_concurrency_keys():
        held = storage.get_concurrency_info(pool)
        for run_id in held.active_run_ids | held.assigned_run_ids | held.pending_run_ids:
            run = instance.get_run_by_id(run_id)
            if run is None or (run.is_finished and not _process_runs(run)):
                storage.free_concurrency_slots_for_run(run_id)


def _process_runs(run: dg.DagsterRun) -> bool:
    """Whether the process that worked on this run is seen here: it may not have noticed yet that the run has ended."""
    worker = worker_of(run)
    return worker is not None and process_runs(worker) is True
