"""What the words of the ``aquamind`` command share: their options, and how orders are checked, errors told and results
printed.

Belongs here: what more than one word needs. Does not belong here: the words themselves (``cli``), what they do
(``command``).
"""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.year_choice import UsageError
from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.scenario.loading import preset_names
from aquamind_assets.settings import Settings

_log = logging.getLogger(__name__)

Preset = Annotated[
    str | None,
    typer.Option(
        "--preset", help=f"A scenario that comes with the package: {', '.join(preset_names())}.", show_default=False
    ),
]
ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario", metavar="FILE", help="A scenario of your own (YAML; may say `extends: demo`).", show_default=False
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change one value; may be repeated.", show_default=False),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.", show_default=False
    ),
]
LedgerPlace = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="PLACE",
        help="Folder or URL for the simulated years (s3://..., gs://...).",
        show_default=False,
    ),
]
Session = Annotated[
    int | None, typer.Option("--session", help="One session of the history, by its number.", show_default=False)
]
Years = Annotated[
    str | None, typer.Option("--years", metavar="A-B", help="A year, or a range of years.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LogDir = Annotated[
    Path | None,
    typer.Option(
        "--log-dir",
        metavar="DIR",
        envvar="AQUAMIND_LOG_DIR",
        help="Folder for the log file; else `logs` in DAGSTER_HOME.",
        show_default=False,
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what went wrong.")]


@contextmanager
def user_errors_reported() -> Iterator[None]:
    """End the command with exit code 2 and the error's own message where a person can do something about it."""
    try:
        yield
    except (UserError, TransientError) as error:
        _say_wrong(str(error))
        raise typer.Exit(2) from None


@contextmanager
def logged_command(word: str, folder: Path | None, console: Console) -> Iterator[None]:
    """The same, with a log file, whose path is told at the beginning and again where something went wrong. An error
    that nobody foresaw ends with code 1."""
    from aquamind_assets.cli.logfile import logged

    with logged(word, folder) as path:
        console.print(f"[dim]Log: {path}[/]", highlight=False, soft_wrap=True)
        try:
            with user_errors_reported():
                yield
        except typer.Exit as ended:
            if ended.exit_code == 1:
                Console(stderr=True).print(f"The log: {path}", highlight=False, soft_wrap=True)
            raise
        except Exception as error:
            _log.exception("unforeseen")
            _say_wrong(f"{type(error).__name__}: {error}\nWhere it happened is in the log: {path}")
            raise typer.Exit(1) from None


def _say_wrong(text: str) -> None:
    Console(stderr=True).print(f"[bold red]aquamind:[/] {escape(text)}", highlight=False, soft_wrap=True)


def settings_of(
    preset: str | None, scenario: str | None, changes: list[str] | None, database: str | None, ledger: str | None
) -> Settings:
    """What these options say, over environment variables and the note of the last run.

    Raises:
        UsageError: two scenarios, or a preset that there is not.
    """
    if preset is not None and scenario is not None:
        raise UsageError("give either --preset or --scenario")
    if preset is not None and preset not in preset_names():
        raise UsageError(f"--preset {preset}: there are {', '.join(preset_names())}")
    settings = Settings.load(scenario=preset or scenario, changes=changes or (), database=database, ledger=ledger)
    changed = f" with {', '.join(settings.changes)}" if settings.changes else ""
    _log.info(
        "scenario %s%s, database %s, ledgers %s", settings.scenario, changed, settings.database_name, settings.ledger
    )
    return settings


def date_of(text: str, option: str) -> date:
    """The date that an option gives.

    Raises:
        UsageError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: write a date as in 2016-03-01") from None


def console_for(quiet: bool, as_json: bool) -> Console:
    """Where progress and remarks go; nowhere for scripts."""
    return Console(stderr=as_json, quiet=quiet or as_json)


def tell(document: Any, as_json: bool, show: Callable[[], object]) -> None:
    """Print a result: as one JSON document, or as ``show`` does."""
    if as_json:
        typer.echo(json.dumps(document, indent=2, default=str))
    else:
        show()
