"""``aquamind days``: record some days alone, for a quick test."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.logfile import logged
from aquamind_assets.cli.options import (
    Changes,
    Database,
    Json,
    LedgerPlace,
    LogDir,
    Preset,
    Quiet,
    ReleaseName,
    ScenarioFile,
    date_of,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for
from aquamind_assets.cli.years import UsageError
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.cli.execution import Execution

MOST_DAYS = 3660

app = typer.Typer()


@app.command(epilog="`aquamind days 30 --start 2016-03-01` · `aquamind days 7 --start 2024-12-28 --preset tiny`")
def days(
    count: Annotated[int, typer.Argument(metavar="COUNT", help="Number of days to record.", min=1, max=MOST_DAYS)],
    start: Annotated[str, typer.Option("--start", metavar="DATE", help="The first day, as in 2016-03-01.")],
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    release: ReleaseName = None,
    log_dir: LogDir = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Record some days alone. The farm is simulated from its first year up to these days; the rows of these days are
    written, and the rows that they refer to.

    At the end the laws are checked on them.
    """
    console = console_for(quiet, as_json)
    with logged("days", log_dir, console):
        from aquamind_assets.cli.run_summary import finish

        settings = settings_of(preset, scenario, changes, database, ledger, release=release)
        execution = record_days(settings, date_of(start, "--start"), count, console, with_bar=not (quiet or as_json))
        raise typer.Exit(finish(execution, settings, console, as_json, check_laws=True))


def record_days(settings: Settings, start: date, count: int, console: Console, *, with_bar: bool = True) -> "Execution":
    """Record ``count`` days from ``start``, after simulating the farm up to them.

    Raises:
        UsageError: the days lie before the scenario's first year or are not over yet.
        UserError: the database, the ledgers or DAGSTER_HOME cannot be used.
    """
    from aquamind_assets.cli.execution import execute_years
    from aquamind_assets.pipeline.platform import BEFORE_THE_FARM, Platform
    from aquamind_assets.pipeline.some_days import platform_of_days
    from aquamind_assets.timeline import DayRange, day_number

    settings = settings.settled()
    scenario, yesterday = settings.load_scenario(), settings.current_day() - timedelta(days=1)
    if start.year < scenario.first_year or start > yesterday or count > (yesterday - start).days + 1:
        raise UsageError(
            f"{count} days from {start}: allowed are days from {scenario.first_year}-01-01 to yesterday, {yesterday}"
        )
    last = start + timedelta(days=count - 1)
    platform = platform_of_days(settings, DayRange(day_number(start), day_number(last) + 1))
    console.print(
        f"Scenario [bold]{escape(scenario.name)}[/], {start} to {last}, into {escape(settings.database_name)}",
        highlight=False,
    )
    print_origins(console, settings)
    before = execute_years(
        Platform(platform.settings),
        range(scenario.first_year, start.year),
        console,
        with_bar=with_bar,
        assets=[*BEFORE_THE_FARM, "site_climate", "farm_year"],
        noted=False,
    )
    if before.interrupted or before.failed:
        return before
    # A quick test elsewhere must not decide where the next command writes.
    return execute_years(platform, range(start.year, last.year + 1), console, with_bar=with_bar, noted=False)
