"""Options that several commands share, and the settings that they give.

Belongs here: options of more than one command. Does not belong here: options of a single command, which stand with it;
the choice of years (``years``).
"""

import logging
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.years import UsageError
from aquamind_assets.scenario.loading import preset_names
from aquamind_assets.settings import MOST_WORKERS, VARIABLES, Settings
from aquamind_assets.tables.releases import DEFAULT_RELEASE, RELEASES, Release, UnknownRelease, release_named

_log = logging.getLogger(__name__)

Preset = Annotated[
    str | None,
    typer.Option("--preset", help=f"A scenario of the package: {', '.join(preset_names())}.", show_default=False),
]
ScenarioFile = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        metavar="FILE",
        help="A scenario of your own, as YAML (`extends: demo` builds on a preset).",
        show_default=False,
    ),
]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Override one value of the scenario; may be repeated.", show_default=False
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="sqlite:///FILE, parquet:///FOLDER or postgresql://USER:PASSWORD@HOST/NAME.",
        show_default=False,
    ),
]
LedgerPlace = Annotated[
    str | None,
    typer.Option(
        "--ledger",
        metavar="PLACE",
        help="Folder or URL (s3://..., gs://...) of the ledgers, the simulated years.",
        show_default=False,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        metavar="N",
        min=1,
        max=MOST_WORKERS,
        help="Processes that write side by side into a lake or PostgreSQL; by default one a core, within the memory.",
        show_default=False,
    ),
]
ReleaseName = Annotated[
    str | None,
    typer.Option(
        "--release",
        metavar="RELEASE",
        help=f"AquaMind's release whose tables an empty database gets: {' or '.join(RELEASES)}; {DEFAULT_RELEASE} by"
        " default. A database that has tables keeps its release.",
        show_default=False,
    ),
]
Session = Annotated[
    int | None, typer.Option("--session", help="A session of the history, by its number.", show_default=False)
]
Years = Annotated[
    str | None,
    typer.Option("--years", metavar="A-B", help="A year (2018) or years (2018-2020).", show_default=False),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
LogDir = Annotated[
    Path | None,
    typer.Option(
        "--log-dir",
        metavar="DIR",
        envvar="AQUAMIND_LOG_DIR",
        help="Folder of the log file; `logs` in DAGSTER_HOME by default.",
        show_default=False,
    ),
]
KeepPassword = Annotated[
    bool,
    typer.Option(
        "--keep-password",
        help="Keep the database's password in DAGSTER_HOME for the next commands; without it give them"
        " AQUAMIND_DATABASE, PGPASSWORD or ~/.pgpass.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def settings_of(
    preset: str | None,
    scenario: str | None,
    changes: list[str] | None,
    database: str | None,
    ledger: str | None,
    workers: int | None = None,
    release: str | None = None,
) -> Settings:
    """The settings that these options give, over environment variables and the note of the last run.

    Raises:
        UsageError: two scenarios, or an unknown preset or release.
        SettingsError: an environment variable or the note of the last run cannot be used.
    """
    if preset is not None and scenario is not None:
        raise UsageError("--preset and --scenario: give one of them")
    if preset is not None and preset not in preset_names():
        raise UsageError(f"--preset {preset}: allowed are {', '.join(preset_names())}")
    settings = Settings.load(
        scenario=preset or scenario,
        changes=changes or (),
        database=database,
        ledger=ledger,
        workers=workers,
        release=_release(release),
    )
    _log.info("%s", settings.describe())
    return settings


def _release(name: str | None) -> Release | None:
    if name is None:
        return None
    try:
        return release_named(name)
    except UnknownRelease as error:
        raise UsageError(f"--release: {error}") from None


def print_origins(console: Console, settings: Settings, names: Collection[str] = tuple(VARIABLES)) -> None:
    """Print the settings of these names, and whether each came from an option, the environment, the note of the last
    run, or is the default."""
    text = settings.describe(names)
    console.print(f"[dim]{escape(text[0].upper() + text[1:])}[/]", highlight=False, soft_wrap=True)


def date_of(text: str, option: str) -> date:
    """The date that an option gives.

    Raises:
        UsageError: it is no date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: write a date as in 2016-03-01") from None
