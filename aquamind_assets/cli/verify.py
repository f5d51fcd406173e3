"""``aquamind verify``: check the rows in the database against their digests, foreign keys and laws."""

from typing import Annotated

import typer
from rich.console import Console

from aquamind_assets.cli.exits import DONE, FAILED
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
    settings_of,
)
from aquamind_assets.cli.output import console_for, print_result
from aquamind_assets.cli.years import choose_years

app = typer.Typer()


@app.command(epilog="`aquamind verify` · `aquamind verify --years 2016` · `aquamind verify --quick --json`")
def verify(
    session: Session = None,
    years: Years = None,
    quick: Annotated[bool, typer.Option("--quick", help="Digests and foreign keys alone, without the laws.")] = False,
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    log_dir: LogDir = None,
    as_json: Json = False,
) -> None:
    """Compare the rows in the database with the digests kept when they were written, look up every foreign key, and
    check every law on every row. Exit code 1 if anything is wrong."""
    console = console_for(False, as_json)
    with logged("verify", log_dir, console):
        from aquamind_assets.cli.verification import verify_database
        from aquamind_assets.cli.verification_output import show

        settings = settings_of(preset, scenario, changes, database, ledger)
        chosen = choose_years(settings, session, years) if session is not None or years is not None else None
        found = verify_database(settings, chosen, quick=quick, console=console)
        print_result(found.as_json(), as_json, lambda: show(found, Console()))
        raise typer.Exit(DONE if found.sound else FAILED)
