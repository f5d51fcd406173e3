"""``aquamind prune``: forget old runs in Dagster, which would keep them for ever.

What a run wrote into the database stays; so do the runs that last materialized an asset's year, of which the user
interface shows rows, figures and plots.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg

FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


@dataclass(frozen=True)
class Prunable:
    """Runs that may go, oldest first, and how many of that age stay because they are what the user interface shows of a
    year."""

    run_ids: list[str]
    shown: int


def prunable_runs(instance: dg.DagsterInstance, before: datetime) -> Prunable:
    """Finished runs that last changed before a moment (with time zone), but for those that last materialized an asset's
    year."""
    runs = instance.get_run_records(filters=dg.RunsFilter(statuses=FINISHED, updated_before=before), ascending=True)
    old, shown = [run.dagster_run.run_id for run in runs], _shown_runs(instance)
    return Prunable([run_id for run_id in old if run_id not in shown], len(shown.intersection(old)))


def forget(instance: dg.DagsterInstance, run_ids: list[str]) -> None:
    """Delete the runs with their events and captured output."""
    for run_id in run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        instance.delete_run(run_id)
        # Dagster's SQLite storage has a file for each run, and leaves it behind, as large as it was.
        (Path(instance.root_directory) / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)


def _shown_runs(instance: dg.DagsterInstance) -> set[str]:
    """The runs of the latest materialization of every asset's every year."""
    shown: set[str] = set()
    for key in instance.all_asset_keys():
        latest = list(
            instance.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION).values()
        )
        if latest:
            found = instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=key, storage_ids=latest), limit=len(latest)
            )
            shown.update(record.run_id for record in found.records)
    return shown
