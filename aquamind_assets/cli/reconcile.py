"""``aquamind reconcile``: report runs failed whose process is gone."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from aquamind_assets.cli.home import open_instance
from aquamind_assets.cli.options import Database, Json, print_origins, settings_of
from aquamind_assets.cli.output import print_result
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.assets.dead_runs import RunLiveness

MOST_GRACE_S = 10**9

app = typer.Typer()


@app.command(epilog="`aquamind reconcile` · `aquamind reconcile --grace 60`")
def reconcile(
    database: Database = None,
    grace: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=MOST_GRACE_S,
            metavar="SECONDS",
            help="Time without an event or lock until a run on another machine counts as dead (five minutes).",
            show_default=False,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Find dead runs, which are stuck in STARTED though their process is gone (after a power cut), and report them
    failed so that they are retried."""
    settings = settings_of(None, None, None, database, None)
    print_origins(Console(stderr=True, quiet=as_json), settings, ("database",))
    under_way = reconcile_runs(settings, grace)
    lines = [
        f"{run.run_id}  {run.partition or run.job}: {'alive' if run.alive else 'reported failed'}, {run.reason}"
        for run in under_way
    ]
    print_result(
        {"runs": [vars(run) for run in under_way]},
        as_json,
        lambda: Console().print("\n".join(lines) or "No run is under way.", markup=False, highlight=False),
    )


def reconcile_runs(settings: Settings, grace_s: float | None = None) -> "list[RunLiveness]":
    """Report dead runs failed; all runs that were under way.

    Raises:
        UserError: the database or DAGSTER_HOME cannot be used.
    """
    from aquamind_assets.assets import dead_runs
    from aquamind_assets.pipeline.platform import Platform

    with open_instance() as instance, Platform(settings).lock_probe() as is_locked:
        grace = dead_runs.GRACE_S if grace_s is None else grace_s
        return dead_runs.reconcile(instance, is_locked, grace)
