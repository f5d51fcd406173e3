"""``aquamind report``: the reports of sessions and of the whole history, as files."""

import json
import webbrowser
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.options import Database, Json, Quiet, Session, Years, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.years import UsageError, choose_years
from aquamind_assets.durable_files import made_folder, replace_file, usable
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.reports.report import Span
    from aquamind_assets.scenario.model import Scenario
    from aquamind_assets.warehouse.warehouse import Warehouse

app = typer.Typer()

FOLDER = "reports"


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
            metavar="DIR",
            help="Folder of the files; `reports` beside the database by default.",
            show_default=False,
        ),
    ] = None,
    database: Database = None,
    quiet: Quiet = False,
    as_json: Json = False,
) -> None:
    """Write the report of each session and of the whole history, or of one session or some years, from the written rows
    alone: a page for people, and the same figures as JSON."""
    console = console_for(quiet, as_json)
    settings = settings_of(None, None, None, database, None)
    print_origins(Console(stderr=True, quiet=console.quiet), settings, ("scenario", "changes", "database"))
    written = write_reports(settings, session, years, output, console)
    print_result(reports_as_json(written), as_json, lambda: show(written, console))
    if opened:
        open_page(written)


@dataclass(frozen=True)
class Written:
    """A report's files, and the report as plain values."""

    html: Path
    json: Path
    missing: list[str]
    document: dict[str, Any]


def write_reports(
    settings: Settings, session: int | None, years: str | None, output: Path | None, console: Console
) -> list[Written]:
    """Write the reports of all sessions that are begun and of the whole history, or of one session, or of some years
    (``2019`` or ``2019-2021``).

    Raises:
        UsageError: no such session or years, or nothing of them is written.
        FileUnusable: the files cannot be written.
    """
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.reports.coverage import written_years

    scenario = settings.load_scenario()
    with Platform(settings).read() as warehouse:
        known = set(written_years(warehouse))
        wanted = _all(scenario, known) if session is None and years is None else [_chosen(settings, session, years)]
        wanted = [span for span in wanted if known.intersection(span.years)]
        if not wanted:
            option = (
                f" --session {session}" if session is not None else f" --years {years}" if years is not None else ""
            )
            raise UsageError(f"{settings.database_name} has no rows to report on; `aquamind run{option}` writes them")
        threshold = scenario.health.lice.threshold
        return _written(warehouse, wanted, threshold, output or folder_of(settings), console)


def write_reports_of(settings: Settings, years: Collection[int], console: Console) -> list[Written]:
    """Write the reports of the sessions that these new years complete, and of the whole history if it is complete."""
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.reports.coverage import coverage

    scenario = settings.load_scenario()
    with Platform(settings).read() as warehouse:
        known = coverage(warehouse, scenario.years)
        whole = {year for year, one in known.years.items() if one.is_whole}
        wanted = [
            span
            for span in _all(scenario, whole)
            if whole.issuperset(span.years) and set(years).intersection(span.years)
        ]
        threshold = scenario.health.lice.threshold
        return _written(warehouse, wanted, threshold, folder_of(settings), console) if wanted else []


def folder_of(settings: Settings) -> Path:
    """``reports`` beside a SQLite file; in the working directory for a server's database."""
    url = settings.database_url
    return (
        url.path.absolute().parent / FOLDER if url.path else Path(FOLDER) / (url.name.replace("/", "_") or "database")
    )


def show(written: Sequence[Written], console: Console) -> None:
    """The paths, and what is missing."""
    for one in written:
        console.print(f"{escape(_near(one.html))}  [dim]and {one.json.name}[/]", highlight=False, soft_wrap=True)
        for text in one.missing:
            console.print(f"  [yellow]{escape(text)}[/]", highlight=False)


def reports_as_json(written: Sequence[Written]) -> dict[str, Any]:
    """All reports as one document."""
    return {"reports": [{"html": str(one.html), "json": str(one.json)} | one.document for one in written]}


def open_page(written: Sequence[Written]) -> None:
    """The last page, which is the widest, in the user's browser."""
    webbrowser.open(written[-1].html.absolute().as_uri())


def _all(scenario: "Scenario", written: Collection[int]) -> "list[Span]":
    from aquamind_assets.reports.report import Span

    sessions = [_of_session(scenario, number) for number in range(1, len(scenario.sessions) + 1)]
    last = max([scenario.last_year, *written])
    return [*sessions, Span("history", "The whole history", tuple(range(scenario.first_year, last + 1)))]


def _chosen(settings: Settings, session: int | None, years: str | None) -> "Span":
    from aquamind_assets.reports.report import Span

    chosen = tuple(choose_years(settings, session, years))
    return _of_session(settings.load_scenario(), session) if session is not None else Span("years", "Years", chosen)


def _of_session(scenario: "Scenario", number: int) -> "Span":
    from aquamind_assets.reports.report import Span

    chosen = scenario.sessions[number - 1]
    return Span(
        f"session_{number}", f"Session {number}: {chosen.name}", tuple(range(chosen.first_year, chosen.last_year + 1))
    )


def _written(
    warehouse: "Warehouse", wanted: "Sequence[Span]", threshold: float, folder: Path, console: Console
) -> list[Written]:
    """The files of these spans; ``threshold`` is the scenario's, adult female lice per fish."""
    from aquamind_assets.reports.accounts import Accounts
    from aquamind_assets.reports.history import first_year_of_lives, read_history
    from aquamind_assets.reports.page import report_page
    from aquamind_assets.reports.report import make_report

    made_folder("the folder of reports", folder)
    last = max(max(span.years) for span in wanted)
    with shown_work(console, "Reading the written rows") as update:
        history = read_history(
            warehouse,
            range(first_year_of_lives(warehouse, min(min(span.years) for span in wanted)), last + 1),
            progress=lambda year: update(f"Reading the rows of {year}"),
        )
        accounts = Accounts(history, threshold)
        found = []
        for span in wanted:
            update(f"Drawing {span.title}")
            report = make_report(warehouse, accounts, span)
            html, text = folder / f"{span.file_name}.html", folder / f"{span.file_name}.json"
            with usable("the folder of reports", folder):
                replace_file(html, report_page(report))
                replace_file(text, report.as_json())
            found.append(Written(html, text, report.missing, json.loads(report.as_json())))
    return found


def _near(path: Path) -> str:
    """The path, relative to the working directory if it lies below it."""
    place = path.absolute()
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
