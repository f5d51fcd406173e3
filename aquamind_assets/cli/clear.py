"""``aquamind clear``: remove the rows that the platform wrote."""

from collections.abc import Sequence
from dataclasses import asdict
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
    LedgerPlace,
    LogDir,
    Preset,
    ScenarioFile,
    Session,
    Years,
    Yes,
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import confirmed, console_for, print_result
from aquamind_assets.cli.years import UsageError, choose_years
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.pipeline.clearing import Cleared

app = typer.Typer()


@app.command(epilog="`aquamind clear --years 2020` · `aquamind clear --session 4 --yes` · `aquamind clear --all`")
def clear(
    session: Session = None,
    years: Years = None,
    everything: Annotated[bool, typer.Option("--all", help="All years, and the ledgers.")] = False,
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    yes: Yes = False,
    log_dir: LogDir = None,
    as_json: Json = False,
) -> None:
    """Remove the rows that the platform wrote: of a year, of a session, or all. User-entered rows stay."""
    console = console_for(False, as_json)
    with logged("clear", log_dir, console):
        settings = settings_of(preset, scenario, changes, database, ledger)
        print_origins(console, settings)
        chosen = years_to_clear(settings, session, years, everything)
        what = "all years and the ledgers" if everything else span(chosen)
        if not yes and not confirmed(f"Remove {what} from {settings.database_name}?"):
            raise typer.Exit(1)
        cleared = clear_years(settings, chosen, ledgers=everything)
        print_result(asdict(cleared), as_json, lambda: _show(cleared))


def years_to_clear(settings: Settings, session: int | None, years: str | None, everything: bool) -> list[int]:
    """The years that options choose; there is no default.

    Raises:
        UsageError: no option, or more than one, or no such session or years.
    """
    from aquamind_assets.pipeline.platform import Platform

    if everything == (session is not None or years is not None):
        raise UsageError("--years, --session and --all: give one of them")
    if not everything:
        return choose_years(settings, session, years)
    platform = Platform(settings)
    platform.ledgers.years()
    with platform.read() as warehouse:
        return sorted({checkpoint.year for checkpoint in warehouse.checkpoints()})


def clear_years(settings: Settings, years: Sequence[int], *, ledgers: bool) -> "Cleared":
    """Delete these years' rows and checkpoints, the last year first.

    With ``ledgers``, also the scenario's ledgers and the day that it was staged for.

    Raises:
        StillReferenced: rows of later years refer to rows of these; nothing of that year is deleted.
    """
    from aquamind_assets.pipeline import clearing
    from aquamind_assets.pipeline.platform import Platform

    platform = Platform(settings)
    platform.ledgers.years()  # names a scenario or a place of ledgers that cannot be used, before any row is deleted
    with platform.open(create=False) as warehouse:
        cleared = clearing.clear_years(platform, warehouse, years)
    if ledgers:
        platform.ledgers.store.clear(platform.ledgers.years())
        settings.forget_staging_day()
    return cleared


def _show(cleared: "Cleared") -> None:
    console = Console()
    deleted = cleared.deleted
    console.print(f"{sum(deleted.values()):,} rows removed from {len(deleted)} tables.", highlight=False)
    if cleared.refreshed:
        years = span(sorted({year for refreshed in cleared.refreshed.values() for year in refreshed}))
        console.print(f"Rows of {years} that change over their life stand as of the latest year left.", highlight=False)
    console.print(
        "Dagster goes on showing these years as materialized, for it has no way to take that back; the check"
        " no_year_failed_or_missing of year_report names them.",
        highlight=False,
    )
    for asset, reason in cleared.not_refreshed.items():
        console.print(f"[yellow]{asset} still stands as of a year that is gone[/]: {escape(reason)}", highlight=False)
