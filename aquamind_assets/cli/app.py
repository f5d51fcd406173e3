"""The ``aquamind`` command.

Belongs here: words, help texts, exit codes. Does not belong here: the options they share (``cli_options``), what they
do (``command``).

Exit codes: 0 done, 1 something failed or differs, 2 the orders cannot be carried out as given, 130 stopped by Ctrl-C.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from aquamind_assets.cli.options import (
    Changes,
    Database,
    Json,
    LedgerPlace,
    LogDir,
    Preset,
    Quiet,
    ScenarioFile,
    Session,
    Years,
    Yes,
    console_for,
    date_of,
    logged_command,
    settings_of,
    tell,
    user_errors_reported,
)
from aquamind_assets.cli.year_choice import choose_years
from aquamind_assets.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help="Ten believable years of salmon farming in AquaMind's tables: simulate, record, look.",
    epilog="First steps: `aquamind run`, then `aquamind ui`. Every word has its own `--help`.",
)
scenario_app = typer.Typer(no_args_is_help=True, help="Look at scenarios: what is farmed, and every parameter of it.")
app.add_typer(scenario_app, name="scenario")


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
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Go on with what the last run was told, from the first year that is not complete."
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which years, rows, size and time to expect; write nothing.")
    ] = False,
    log_dir: LogDir = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Make the history, or some years of it. What is there already is not made again; after Ctrl-C or a crash the same
    command goes on."""
    console = console_for(quiet, as_json)
    with logged_command("run", log_dir, console):
        settings = settings_of(preset, scenario, changes, database, ledger)
        from aquamind_assets.cli import run as running

        chosen = choose_years(settings, session, years)
        running.announce(console, settings, chosen)
        if dry_run:
            from aquamind_assets.cli.estimate import estimate

            expected = estimate(settings, chosen)
            tell(expected.as_json(), as_json, lambda: expected.show(Console()))
            return
        outcome = running.run(settings, chosen, console, resume=resume, shown=not (quiet or as_json))
        _finish(outcome, settings, console, as_json)


@app.command(epilog="`aquamind days 30 --start 2016-03-01` · `aquamind days 7 --start 2024-12-28 --preset tiny`")
def days(
    count: Annotated[int, typer.Argument(help="How many days to record.", min=1, max=3660)],
    start: Annotated[str, typer.Option("--start", metavar="DATE", help="The first of them, as in 2016-03-01.")],
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
    log_dir: LogDir = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Record a short stretch. The farm is simulated from its first year up to these days; only what happened on them is
    written, and what it refers to.

    Ends with the laws' verdict over it.
    """
    console = console_for(quiet, as_json)
    with logged_command("days", log_dir, console):
        settings = settings_of(preset, scenario, changes, database, ledger)
        from aquamind_assets.cli import run as running

        outcome = running.run_days(settings, date_of(start, "--start"), count, console, shown=not (quiet or as_json))
        _finish(outcome, settings, console, as_json, judged=True)


@app.command(epilog="`aquamind ui` · `aquamind ui --port 3333`")
def ui(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    database: Database = None,
    ledger: LedgerPlace = None,
) -> None:
    """Open Dagster's user interface (and its daemon) on the data of the last run. Ctrl-C closes it."""
    with user_errors_reported():
        from aquamind_assets.cli.ui import serve

        raise typer.Exit(serve(settings_of(preset, scenario, changes, database, ledger), host, port))


@app.command()
def status(database: Database = None, as_json: Json = False) -> None:
    """What is there: years, chunks, rows, the scenario they belong to, the last runs."""
    with user_errors_reported():
        from aquamind_assets.cli.status import status_of

        found = status_of(settings_of(None, None, None, database, None))
        tell(found.as_json(), as_json, lambda: found.show(Console()))


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
    """Compare the rows in the database with the digests kept when they were written, follow every foreign key, and
    judge every law on every row."""
    console = console_for(False, as_json)
    with logged_command("verify", log_dir, console):
        from aquamind_assets.cli.verify import verify_database

        settings = settings_of(preset, scenario, changes, database, ledger)
        chosen = choose_years(settings, session, years) if session is not None or years is not None else None
        found = verify_database(settings, chosen, quick=quick, console=console)
        tell(found.as_json(), as_json, lambda: found.show(Console()))
        raise typer.Exit(0 if found.sound else 1)


@app.command(epilog="`aquamind clear --years 2020` · `aquamind clear --session 4 --yes` · `aquamind clear --all`")
def clear(
    session: Session = None,
    years: Years = None,
    everything: Annotated[bool, typer.Option("--all", help="All years, and the simulated ledgers too.")] = False,
    database: Database = None,
    yes: Yes = False,
    log_dir: LogDir = None,
    as_json: Json = False,
) -> None:
    """Remove what the platform wrote: a year, a session, or everything. Rows that people made stay."""
    with logged_command("clear", log_dir, console_for(False, as_json)):
        from aquamind_assets.cli.clear import clear_years, years_to_clear

        settings = settings_of(None, None, None, database, None)
        chosen = years_to_clear(settings, session, years, everything)
        if not yes and not typer.confirm(
            f"Remove {'everything' if everything else 'the years ' + ', '.join(map(str, chosen))} from"
            f" {settings.database_name}?"
        ):
            raise typer.Exit(1)
        deleted = clear_years(settings, chosen, ledgers=everything)
        tell(
            {"deleted": deleted},
            as_json,
            lambda: Console().print(
                f"{sum(deleted.values()):,} rows removed from {sum(map(bool, deleted.values()))} tables."
            ),
        )


@app.command(
    epilog=(
        "`aquamind report --open` · `aquamind report --session 2` · `aquamind report --years 2019-2021 --output"
        " printed`"
    )
)
def report(
    session: Session = None,
    years: Years = None,
    opened: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "--folder",
            metavar="DIR",
            help="Folder for the files; else `reports` beside the database.",
            show_default=False,
        ),
    ] = None,
    database: Database = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Report each session and the whole history, or just one session or some years, from the written rows alone: a page
    to hang up, and the same as JSON."""
    with user_errors_reported():
        from aquamind_assets.cli import report as reporting

        console = console_for(quiet, as_json)
        written = reporting.write_reports(
            settings_of(None, None, None, database, None), session, years, output, console
        )
        tell(reporting.as_json(written), as_json, lambda: reporting.show(written, console))
        if opened:
            reporting.open_page(written)


@app.command()
def reconcile(
    database: Database = None,
    grace: Annotated[
        float, typer.Option(help="Seconds without a sign of life after which a run on another machine counts as dead.")
    ] = 300.0,
    as_json: Json = False,
) -> None:
    """After a power cut: find runs that count as started though nobody works on them, and report them failed so that
    they are retried."""
    with user_errors_reported():
        from aquamind_assets.cli.run import reconcile_runs

        verdicts = reconcile_runs(settings_of(None, None, None, database, None), grace)
        lines = [
            f"{one.run_id}  {one.partition or one.job}: {'alive' if one.alive else 'reported failed'}, {one.reason}"
            for one in verdicts
        ]
        tell(
            {"runs": [vars(one) for one in verdicts]},
            as_json,
            lambda: Console().print("\n".join(lines) or "No run is under way."),
        )


@app.command(epilog="`aquamind prune` · `aquamind prune --keep-days 30 --yes`")
def prune(
    keep_days: Annotated[
        int, typer.Option("--keep-days", min=0, help="Runs that have changed in so many days stay.")
    ] = 90,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Forget old runs in Dagster, which keeps them for ever. Rows stay, and so does the run that last made an asset's
    year, with its figures and plots."""
    with user_errors_reported():
        import dagster as dg

        from aquamind_assets.cli.home import make_home
        from aquamind_assets.cli.prune import forget, prunable_runs

        make_home()
        with dg.DagsterInstance.get() as instance:
            found = prunable_runs(instance, datetime.now(UTC) - timedelta(days=keep_days))
            if (
                found.run_ids
                and not yes
                and not typer.confirm(f"Forget {len(found.run_ids)} runs that ended more than {keep_days} days ago?")
            ):
                raise typer.Exit(1)
            forget(instance, found.run_ids)
        said = f"{len(found.run_ids)} runs forgotten; {found.shown} as old stay, as they last made an asset's year."
        tell(
            {"forgotten": found.run_ids, "kept_as_latest": found.shown},
            as_json,
            lambda: Console().print(said, highlight=False),
        )


@scenario_app.command(
    "show", epilog="`aquamind scenario show --preset bakkafrost` · `aquamind scenario show farm.batches`"
)
def scenario_show(
    path: Annotated[str, typer.Argument(help="Show only this part, as in `farm.batches`.")] = "",
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    as_json: Json = False,
) -> None:
    """Every parameter with its value, unit, source and meaning."""
    with user_errors_reported():
        from aquamind_assets.cli.scenario import show_scenario

        loaded = settings_of(preset, scenario, changes, None, None).load_scenario()
        tell(json.loads(loaded.model_dump_json()), as_json, lambda: show_scenario(Console(), loaded, path))


@scenario_app.command("check", epilog="`aquamind scenario check my_farm.yaml`")
def scenario_check(
    file: Annotated[str, typer.Argument(help="A YAML file or a preset.")], changes: Changes = None
) -> None:
    """Check a scenario, and say in a few lines what it makes."""
    with user_errors_reported():
        from aquamind_assets.cli.scenario import describe

        Console().print(describe(Settings.load(scenario=file, changes=changes or ()).load_scenario()))


@scenario_app.command("diff", epilog="`aquamind scenario diff demo tiny`")
def scenario_diff(
    one: Annotated[str, typer.Argument(help="A preset or a YAML file.")],
    other: Annotated[str, typer.Argument(help="Another one.")],
    as_json: Json = False,
) -> None:
    """Where two scenarios differ."""
    with user_errors_reported():
        from aquamind_assets.cli.scenario import difference, show_difference

        found = difference(*(Settings.load(scenario=name).load_scenario() for name in (one, other)))
        tell(found, as_json, lambda: show_difference(Console(), found, one, other))


@scenario_app.command(
    "realism",
    epilog=(
        "`aquamind scenario realism --preset demo` · `aquamind scenario realism --preset bakkafrost --output"
        " docs/realism.md`"
    ),
)
def scenario_realism(
    preset: Preset = None,
    scenario: ScenarioFile = None,
    changes: Changes = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Also write the page of docs/realism.md.", show_default=False),
    ] = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Simulate the whole history, and measure it against published figures. Nothing goes into a database. Exit code 1
    if a figure is outside its band."""
    with user_errors_reported():
        loaded = settings_of(preset, scenario, changes, None, None).load_scenario()
        from aquamind_assets.cli import realism

        findings = realism.judge_history(loaded, output, console_for(quiet, as_json))
        tell(realism.as_json(findings), as_json, lambda: realism.show(console_for(quiet, as_json), findings))
        if any(finding.verdict == "outside" for finding in findings):
            raise typer.Exit(1)


def main() -> None:
    """Entry point of the ``aquamind`` command."""
    app()


def _finish(outcome: Any, settings: Settings, console: Console, as_json: bool, *, judged: bool = False) -> None:
    from aquamind_assets.cli.ending import finish

    code = finish(outcome, settings, console, as_json, judged=judged)
    if code:
        raise typer.Exit(code)
