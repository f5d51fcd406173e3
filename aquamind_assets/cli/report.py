"""``aquamind report``: the reports of sessions and of the whole history, as files."""

import webbrowser
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from aquamind_assets.cli.options import Database, Json, Quiet, Session, Years, print_origins, settings_of
from aquamind_assets.cli.output import console_for, print_result, shown_work
from aquamind_assets.cli.years import UsageError, choose_years
from aquamind_assets.settings import Settings

if TYPE_CHECKING:
    from aquamind_assets.reports.pages import Written
    from aquamind_assets.reports.report import Span

app = typer.Typer()


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


def write_reports(
    settings: Settings, session: int | None, years: str | None, output: Path | None, console: Console
) -> "list[Written]":
    """Write the reports of all sessions that are begun and of the whole history, or of one session, or of some years
    (``2019`` or ``2019-2021``).

    Raises:
        UsageError: no such session or years, or nothing of them is written.
        FileUnusable: the files cannot be written.
    """
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.reports.coverage import written_years
    from aquamind_assets.reports.pages import all_spans, folder_of, write_pages

    scenario = settings.load_scenario()
    with Platform(settings).read() as warehouse:
        known = set(written_years(warehouse))
        wanted = (
            all_spans(scenario, known) if session is None and years is None else [_chosen(settings, session, years)]
        )
        wanted = [span for span in wanted if known.intersection(span.years)]
        if not wanted:
            option = (
                f" --session {session}" if session is not None else f" --years {years}" if years is not None else ""
            )
            raise UsageError(f"{settings.database_name} has no rows to report on; `aquamind run{option}` writes them")
        threshold = scenario.health.lice.threshold
        with shown_work(console, "Reading the written rows") as update:
            return write_pages(warehouse, wanted, threshold, output or folder_of(settings), update)


def reports_of(settings: Settings, years: Collection[int]) -> "list[Written]":
    """The reports of the sessions that these new years complete, and of the whole history if it is complete, which the
    asset ``year_report`` has written."""
    from aquamind_assets.pipeline.platform import Platform
    from aquamind_assets.reports.pages import completed_spans, folder_of, stored_pages

    with Platform(settings).read() as warehouse:
        return stored_pages(completed_spans(warehouse, settings.load_scenario(), years), folder_of(settings))


def show(written: "Sequence[Written]", console: Console) -> None:
    """The paths, and what is missing."""
    for one in written:
        console.print(f"{escape(_near(one.html))}  [dim]and {one.json.name}[/]", highlight=False, soft_wrap=True)
        for text in one.missing:
            console.print(f"  [yellow]{escape(text)}[/]", highlight=False)


def reports_as_json(written: "Sequence[Written]") -> dict[str, Any]:
    """All reports as one document."""
    return {"reports": [{"html": str(one.html), "json": str(one.json)} | one.document for one in written]}


def open_page(written: "Sequence[Written]") -> None:
    """The last page, which is the widest, in the user's browser."""
    webbrowser.open(written[-1].html.absolute().as_uri())


def _chosen(settings: Settings, session: int | None, years: str | None) -> "Span":
    from aquamind_assets.reports.pages import span_of_session
    from aquamind_assets.reports.report import Span

    chosen = tuple(choose_years(settings, session, years))
    scenario = settings.load_scenario()
    return span_of_session(scenario, session) if session is not None else Span("years", "Years", chosen)


def _near(path: Path) -> str:
    """The path, relative to the working directory if it lies below it."""
    place = path.absolute()
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
