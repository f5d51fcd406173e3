"""``aquamind run``: generate years of the history."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.formats import span
from aquamind_assets.cli.logfile import logged
from aquamind_assets.cli.options import (
    Changes,
    Database,
    Json,
    KeepPassword,
    LedgerPlace,
    LogDir,
    Preset,
    Quiet,
    ScenarioFile,
    Session,
    Workers,
    Years,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for, print_result
from aquamind_assets.cli.years import choose_years
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.cli.execution import Execution

app = typer.Typer()


@app.command(
    epilog=(
        "`aquamind run` · `aquamind run --session 1` · `aquamind run --years 2019-2021 --preset tiny` · "
        "`aquamind run --set farm.batches.active_target=6 --database postgresql://aquamind@localhost/aquamind`"
    )
)
def run(
    session: Session = None,
    years: Years = None,
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    workers: Workers = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Skip the complete years at the beginning; settings are those of the last run."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the rows, size and time to expect; write nothing.")
    ] = False,
    keep_password: KeepPassword = False,
    log_dir: LogDir = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Generate the whole history, a session, or some years. Completed chunks are skipped, so the same command resumes
    after Ctrl-C or a crash."""
    console = console_for(quiet, as_json)
    with logged("run", log_dir, console):
        settings = settings_of(preset, scenario, changes, database, ledger, workers)
        chosen = choose_years(settings, session, years)
        announce(console, settings, chosen)
        if dry_run:
            from aquamind_assets.cli.estimate import estimate
            from aquamind_assets.cli.estimate import show as show_estimate

            expected = estimate(settings, chosen)
            print_result(expected.as_json(), as_json, lambda: show_estimate(expected, Console()))
            return
        from aquamind_assets.cli.run_summary import finish

        execution = generate(
            settings, chosen, console, resume=resume, with_bar=not (quiet or as_json), keep_password=keep_password
        )
        raise typer.Exit(finish(execution, settings, console, as_json))


def announce(console: Console, settings: Settings, years: Sequence[int]) -> None:
    """Print in one line which scenario, which years and which database."""
    scenario = settings.load_scenario()
    changed = f" with {', '.join(settings.changes)}" if settings.changes else ""
    staging = scenario.farm.batches.staging
    staged = f", staged for {staging.date}" if staging else ""
    console.print(
        f"Scenario [bold]{escape(scenario.name)}[/]{escape(changed)}{staged}, {span(years)}, into"
        f" {escape(settings.database_name)}",
        highlight=False,
    )
    print_origins(console, settings)


def generate(
    settings: Settings,
    years: Sequence[int],
    console: Console,
    *,
    resume: bool = False,
    with_bar: bool = True,
    keep_password: bool = False,
) -> "Execution":
    """Materialize every asset of these years, in order; with ``resume`` from the first incomplete year on.

    Raises:
        ScenarioError: the positions of staged batches cannot be reached.
        UserError: the database, the ledgers or DAGSTER_HOME cannot be used.
    """
    from aquamind_assets.cli.execution import execute_years
    from aquamind_assets.farm.batches.staging import staged_starts
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.pipeline.prerequisites import complete_years

    platform = Platform(settings.settled())
    staged_starts(platform.scenario, platform.infrastructure)
    if resume:
        with platform.open() as warehouse:
            complete = complete_years(platform, warehouse, years)
        years = [year for year in years if any(earlier not in complete for earlier in years if earlier <= year)]
    return execute_years(platform, years, console, with_bar=with_bar, keep_password=keep_password)
