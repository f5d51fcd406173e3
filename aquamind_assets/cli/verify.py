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
    print_origins,
    settings_of,
)
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.years import choose_years

app = typer.Typer()


@app.command(epilog="`aquamind verify` · `aquamind verify --years 2016` · `aquamind verify --quick --json`")
def verify(
    session: Session = None,
    years: Years = None,
    quick: Annotated[bool, typer.Option("--quick", help="Everything but the laws.")] = False,
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    log_dir: LogDir = None,
    as_json: Json = False,
) -> None:
    """Check the database's pages and indexes, compare its rows with the digests kept when they were written, compare
    these checkpoints with each other and with the ledgers, look up every foreign key, and check every law on every row.
    Exit code 1 if anything is wrong."""
    console = console_for(False, as_json)
    with logged("verify", log_dir, console):
        from aquamind_assets.cli.verify_output import show
        from aquamind_assets.pipeline.platform import Platform
        from aquamind_assets.verification.verify import verify_database

        settings = settings_of(preset, scenario, changes, database, ledger)
        print_origins(console, settings)
        chosen = choose_years(settings, session, years) if session is not None or years is not None else None
        with shown_work(console, "Verifying") as update:
            found = verify_database(Platform(settings), chosen, quick=quick, show=update)
        print_result(found.as_json(), as_json, lambda: show(found, Console()))
        raise typer.Exit(DONE if found.sound else FAILED)
