"""``aquamind report``: the reports of sessions and of the whole history, as files."""

import json
import webbrowser
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console

from aquamind_assets.cli.year_choice import UsageError, choose_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.coverage import coverage, written_years
from aquamind_assets.reports.history import first_year_of_lives, read_history
from aquamind_assets.reports.page import report_page
from aquamind_assets.reports.report import Span, make_report
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings, absolute_url
from aquamind_assets.warehouse.warehouse import Warehouse

FOLDER = "reports"


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
    """
    scenario = settings.load_scenario()
    with Platform(settings).read() as warehouse:
        there = set(written_years(warehouse))
        wanted = _all(scenario, there) if session is None and years is None else [_asked(settings, session, years)]
        wanted = [span for span in wanted if there.intersection(span.years)]
        if not wanted:
            asked = f" --session {session}" if session is not None else f" --years {years}" if years is not None else ""
            raise UsageError(f"{settings.database_name} has no rows to report on; make them with `aquamind run{asked}`")
        threshold = scenario.health.lice.threshold
        return _written(warehouse, wanted, threshold, output or folder_of(settings), console)


def write_reports_of(settings: Settings, years: Collection[int], console: Console) -> list[Written]:
    """After these years were made: the reports of the sessions they complete, and of the whole history if it is
    complete."""
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
    prefix = "sqlite:///"
    url = absolute_url(settings.database)
    return (
        Path(url.removeprefix(prefix)).parent / FOLDER
        if url.startswith(prefix)
        else Path(FOLDER) / (urlsplit(url).path.strip("/") or "database")
    )


def show(written: Sequence[Written], console: Console) -> None:
    """The paths, and what is missing."""
    for one in written:
        console.print(f"{_near(one.html)}  [dim]and {one.json.name}[/]", highlight=False, soft_wrap=True)
        for said in one.missing:
            console.print(f"  [yellow]{said}[/]", highlight=False)


def as_json(written: Sequence[Written]) -> dict[str, Any]:
    """All reports as one document."""
    return {"reports": [{"html": str(one.html), "json": str(one.json)} | one.document for one in written]}


def open_page(written: Sequence[Written]) -> None:
    """The last page, which is the widest, in the user's browser."""
    webbrowser.open(written[-1].html.absolute().as_uri())


def _all(scenario: Scenario, there: Collection[int]) -> list[Span]:
    sessions = [_of_session(scenario, number) for number in range(1, len(scenario.sessions) + 1)]
    last = max([scenario.last_year, *there])
    return [*sessions, Span("history", "The whole history", tuple(range(scenario.first_year, last + 1)))]


def _asked(settings: Settings, session: int | None, years: str | None) -> Span:
    chosen = tuple(choose_years(settings, session, years))
    return _of_session(settings.load_scenario(), session) if session is not None else Span("years", "Years", chosen)


def _of_session(scenario: Scenario, number: int) -> Span:
    chosen = scenario.sessions[number - 1]
    return Span(
        f"session_{number}", f"Session {number}: {chosen.name}", tuple(range(chosen.first_year, chosen.last_year + 1))
    )


def _written(
    warehouse: Warehouse, wanted: Sequence[Span], threshold: float, folder: Path, console: Console
) -> list[Written]:
    """The files of these spans; ``threshold`` is the scenario's, adult female lice per fish."""
    last = max(max(span.years) for span in wanted)
    with console.status("Reading the written rows") as status:
        history = read_history(
            warehouse,
            range(first_year_of_lives(warehouse, min(min(span.years) for span in wanted)), last + 1),
            progress=lambda year: status.update(f"Reading the rows of {year}"),
        )
        accounts = Accounts(history, threshold)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for span in wanted:
            status.update(f"Drawing {span.title}")
            report = make_report(warehouse, accounts, span)
            html, text = folder / f"{span.file_name}.html", folder / f"{span.file_name}.json"
            html.write_text(report_page(report), "utf-8")
            text.write_text(report.as_json(), "utf-8")
            found.append(Written(html, text, report.missing, json.loads(report.as_json())))
    return found


def _near(path: Path) -> str:
    """From the working directory if it is below it."""
    place = path.absolute()
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
