"""``aquamind run``: generate years of the history."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
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
    ReleaseName,
    ScenarioFile,
    Session,
    Workers,
    Years,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.years import choose_years
from aquamind_assets.settings import Settings, home_of

if TYPE_CHECKING:
    from aquamind_assets.cli.execution import Execution
    from aquamind_assets.warehouse.adoption.decisions import Meeting

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
    release: ReleaseName = None,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Skip the complete years at the beginning; settings are those of the last run."),
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Examine the database and print the rows, size and time to expect; write nothing."
        ),
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
        settings = settings_of(preset, scenario, changes, database, ledger, workers, release)
        chosen = choose_years(settings, session, years)
        announce(console, settings, chosen)
        if dry_run:
            from aquamind_assets.cli.estimate import estimate
            from aquamind_assets.cli.estimate import show as show_estimate

            met = examine_only(settings, chosen, console)
            with shown_work(console, "Estimating") as update:
                expected = estimate(settings, chosen, update)
            document = expected.as_json() | {"existing_rows": [asdict(meeting) for meeting in met]}
            print_result(document, as_json, lambda: show_estimate(expected, Console()))
            return
        from aquamind_assets.cli.run_summary import finish

        execution = generate(
            settings, chosen, console, resume=resume, with_bar=not (quiet or as_json), keep_password=keep_password
        )
        raise typer.Exit(finish(execution, settings, console, as_json))


def examine_only(settings: Settings, years: Sequence[int], console: Console) -> "list[Meeting]":
    """Refuse what generating these years would refuse, and create nothing; else print what becomes of rows that meet
    user-entered ones.

    Raises:
        UserError, TransientError: as :func:`generate`.
    """
    from aquamind_assets.cli.execution import announce_meetings
    from aquamind_assets.cli.home import INSTANCE, open_instance
    from aquamind_assets.durable_files import LEDGERS, refuse_unwritable
    from aquamind_assets.farm.batches.staging import staged_starts
    from aquamind_assets.pipeline.existing_rows import examine
    from aquamind_assets.pipeline.platform import Platform

    platform = Platform(settings.settled(keep=False))
    staged_starts(platform.scenario, platform.infrastructure)
    if (home_of() / INSTANCE).exists():
        with open_instance():
            pass
    met = examine(platform, years)
    refuse_unwritable(LEDGERS, platform.ledgers.store.root)
    announce_meetings(console, met)
    return met


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
    url = settings.database_url
    places = [str(url.path.absolute())] if url.path else []
    places += [] if "://" in settings.ledger else [str(Path(settings.ledger).absolute())]
    console.print(
        f"[dim]Files go to {escape(', '.join([*places, str(home_of())]))}[/]", highlight=False, soft_wrap=True
    )


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
    from aquamind_assets.warehouse.errors import NothingMaterialized, OtherVersion

    platform = Platform(settings.settled())
    staged_starts(platform.scenario, platform.infrastructure)
    if resume:
        complete: set[int] = set()
        # Nothing is made before the database is examined.
        with suppress(NothingMaterialized, OtherVersion), platform.read() as warehouse:
            complete = complete_years(platform, warehouse, years)
        years = [year for year in years if any(earlier not in complete for earlier in years if earlier <= year)]
    return execute_years(platform, years, console, with_bar=with_bar, keep_password=keep_password)
