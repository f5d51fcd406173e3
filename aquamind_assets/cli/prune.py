"""``aquamind prune``: delete old runs from Dagster, which would keep them for ever.

The rows that a run wrote stay; so do the runs that last materialized an asset's year, of which the user interface shows
rows, figures and plots.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from aquamind_assets.cli.formats import count
from aquamind_assets.cli.home import open_instance
from aquamind_assets.cli.options import Json, Yes
from aquamind_assets.cli.output import confirmed, print_result

if TYPE_CHECKING:
    import dagster as dg

MOST_DAYS = 36_500

app = typer.Typer()


@app.command(epilog="`aquamind prune` · `aquamind prune --keep-days 30 --yes`")
def prune(
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=0, max=MOST_DAYS, help="Keep runs that changed within so many days.")
    ] = 90,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Delete old runs from Dagster, which keeps them for ever. Rows stay, and so does the last run of each asset and
    year, whose figures and plots the user interface shows."""
    with open_instance() as instance:
        found = prunable_runs(instance, datetime.now(UTC) - timedelta(days=keep_days))
        runs = count(len(found.run_ids), "run")
        if found.run_ids and not yes and not confirmed(f"Delete {runs} that ended more than {keep_days} days ago?"):
            raise typer.Exit(1)
        delete_runs(instance, found.run_ids)
    print_result(
        {"deleted": found.run_ids, "kept_as_latest": found.latest},
        as_json,
        lambda: Console().print(
            f"{runs} deleted; {found.latest} as old kept, each the last of an asset and year.", highlight=False
        ),
    )


@dataclass(frozen=True)
class Prunable:
    """Runs to delete.

    Attributes:
        run_ids: their ids, the oldest first.
        latest: number of runs as old that stay, because each is the last of an asset and year.
    """

    run_ids: list[str]
    latest: int


def prunable_runs(instance: "dg.DagsterInstance", before: datetime) -> Prunable:
    """Finished runs that last changed before a moment (with time zone), but for those that last materialized an asset's
    year."""
    import dagster as dg

    finished = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
    runs = instance.get_run_records(filters=dg.RunsFilter(statuses=finished, updated_before=before), ascending=True)
    old, latest = [run.dagster_run.run_id for run in runs], _latest_runs(instance)
    return Prunable([run_id for run_id in old if run_id not in latest], len(latest.intersection(old)))


def delete_runs(instance: "dg.DagsterInstance", run_ids: list[str]) -> None:
    """Delete the runs with their events and captured output."""
    for run_id in run_ids:
        instance.compute_log_manager.delete_logs(prefix=[run_id])
        instance.delete_run(run_id)
        # Dagster's SQLite storage has a file for each run, and leaves it behind at its full size.
        (Path(instance.root_directory) / "history" / "runs" / f"{run_id}.db").unlink(missing_ok=True)


def _latest_runs(instance: "dg.DagsterInstance") -> set[str]:
    """The runs of the latest materialization of every asset and year."""
    import dagster as dg

    found_runs: set[str] = set()
    for key in instance.all_asset_keys():
        latest = list(
            instance.get_latest_storage_id_by_partition(key, dg.DagsterEventType.ASSET_MATERIALIZATION).values()
        )
        if latest:
            found = instance.fetch_materializations(
                dg.AssetRecordsFilter(asset_key=key, storage_ids=latest), limit=len(latest)
            )
            found_runs.update(record.run_id for record in found.records)
    return found_runs
