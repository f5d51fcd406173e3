"""``aquamind report``: the reports of sessions and of the whole history, as files."""

import json
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from rich.console import Console

from aquamind_assets.assets.platform import Platform
from aquamind_assets.command.orders import WrongOrders, choose_years
from aquamind_assets.reports.coverage import written_years
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings, absolute_url
from aquamind_assets.timeline import year_of_ids
from aquamind_assets.warehouse.base import Warehouse

FOLDER = "reports"
LIFE_YEARS = 3
"""Whole years that a batch lives before its last one, at most: so far back a session's report must read for its batches' lives."""


@dataclass(frozen=True)
class Written:
    """A report's files, and the report as plain values."""

    html: Path
    json: Path
    missing: list[str]
    document: dict[str, Any]


def write_reports(settings: Settings, session: int | None, output: Path | None, console: Console) -> list[Written]:
    """Write the reports of all sessions that are begun and of the whole history, or of one session.

    Raises:
        WrongOrders: no such session, or nothing of the years asked for is written.
    """
    scenario = settings.load_scenario()
    with Platform(settings).open() as warehouse:
        there = written_years(warehouse)
        wanted = _spans(scenario, there) if session is None else [_session(scenario, settings, session)]
        wanted = [span for span in wanted if set(span[2]) & set(there)]
        if not wanted:
            which = "" if session is None else f" of session {session}"
            raise WrongOrders(f"nothing{which} is written in {settings.database_name}; make it with `aquamind run{f' --session {session}' if session else ''}`")
        return _written(warehouse, wanted, _begin(warehouse, wanted), output or folder_of(settings), console)


def folder_of(settings: Settings) -> Path:
    """``reports`` beside a SQLite file; in the working directory for a server's database."""
    prefix = "sqlite:///"
    url = absolute_url(settings.database)
    return Path(url.removeprefix(prefix)).parent / FOLDER if url.startswith(prefix) else Path(FOLDER) / (urlsplit(url).path.strip("/") or "database")


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


Wanted = tuple[str, str, tuple[int, ...]]
"""A report to make: name, title, years."""


def _spans(scenario: Scenario, there: Sequence[int]) -> list[Wanted]:
    spans = [_of_session(scenario, number) for number in range(1, len(scenario.sessions) + 1)]
    last = max([scenario.last_year, *there])
    return [*spans, ("history", "The whole history", tuple(range(scenario.first_year, last + 1)))]


def _session(scenario: Scenario, settings: Settings, session: int) -> Wanted:
    choose_years(settings, session, None)
    return _of_session(scenario, session)


def _of_session(scenario: Scenario, number: int) -> Wanted:
    chosen = scenario.sessions[number - 1]
    return f"session_{number}", f"Session {number}: {chosen.name}", tuple(range(chosen.first_year, chosen.last_year + 1))


def _begin(warehouse: Warehouse, wanted: Sequence[Wanted]) -> int:
    """The first year to read: that of the eggs of the first batch that was not over when the first report begins."""
    first = min(min(years) for _, _, years in wanted)
    ids = warehouse.query("SELECT MIN(id) FROM batch_batch WHERE actual_end_date IS NULL OR actual_end_date >= ?", (f"{first}-01-01",))
    eggs = int(year_of_ids(np.array(ids[0][0]))) if ids[0][0] is not None else first
    return max(first - LIFE_YEARS, min(first, eggs))


def _written(warehouse: Warehouse, wanted: Sequence[Wanted], begin: int, folder: Path, console: Console) -> list[Written]:
    # Matplotlib and pandas cost a second, which no other word of the command pays.
    from aquamind_assets.reports.accounts import Accounts
    from aquamind_assets.reports.history import read_history
    from aquamind_assets.reports.page import page
    from aquamind_assets.reports.report import Span, make_report

    last = max(max(years) for _, _, years in wanted)
    with console.status("Reading the written rows") as status:
        history = read_history(warehouse, range(begin, last + 1), lambda year: status.update(f"Reading {year}"))
        accounts = Accounts(history)
        folder.mkdir(parents=True, exist_ok=True)
        found = []
        for name, title, years in wanted:
            status.update(f"Drawing {title}")
            report = make_report(warehouse, accounts, Span(name, title, years))
            html, text = folder / f"{report.span.file_name}.html", folder / f"{report.span.file_name}.json"
            html.write_text(page(report), "utf-8")
            text.write_text(report.as_json(), "utf-8")
            found.append(Written(html, text, report.missing, json.loads(report.as_json())))
    return found


def _near(path: Path) -> str:
    """From the working directory if it is below it."""
    place = path.absolute()
    return str(place.relative_to(Path.cwd())) if place.is_relative_to(Path.cwd()) else str(place)
