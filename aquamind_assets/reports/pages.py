"""Reports as files: which spans of years have one, in which folder its page lies, writing it.

Belongs here: the files of reports. Does not belong here: what is in them (``report``, ``page``), which of them a
command was asked for (``cli``).
"""

import json
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aquamind_assets.durable_files import made_folder, replace_file, usable
from aquamind_assets.reports.accounts import Accounts, read_accounts
from aquamind_assets.reports.coverage import coverage
from aquamind_assets.reports.page import report_page
from aquamind_assets.reports.report import Span, make_report
from aquamind_assets.scenario.model import Scenario
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.warehouse import Warehouse

FOLDER = "reports"

HISTORY = "history"
"""Name of the span of all years."""

PAGES_URL, DEFAULT_PAGES_URL = "AQUAMIND_REPORTS_URL", "http://127.0.0.1:3001"
"""Environment variable with the address at which the folder of reports is served, and what it is without: the port
after that of the user interface, where ``aquamind ui`` serves it."""


@dataclass(frozen=True)
class Written:
    """A report's files, and the report as plain values."""

    span: Span
    html: Path
    json: Path
    missing: list[str]
    document: dict[str, Any]

    @property
    def url(self) -> str:
        """The page's address while the user interface is open."""
        return f"{os.environ.get(PAGES_URL, DEFAULT_PAGES_URL).rstrip('/')}/{self.html.name}"


def span_of_session(scenario: Scenario, number: int) -> Span:
    """The span of a session, by its number, from 1."""
    chosen = scenario.sessions[number - 1]
    years = tuple(range(chosen.first_year, chosen.last_year + 1))
    return Span(f"session_{number}", f"Session {number}: {chosen.name}", years)


def span_of_year(year: int) -> Span:
    """The span of one year."""
    return Span("year", "The year", (year,))


def all_spans(scenario: Scenario, written: Collection[int]) -> list[Span]:
    """Every session, and the whole history with the ``written`` years after its last one."""
    sessions = [span_of_session(scenario, number) for number in range(1, len(scenario.sessions) + 1)]
    last = max([scenario.last_year, *written])
    return [*sessions, Span(HISTORY, "The whole history", tuple(range(scenario.first_year, last + 1)))]


def completed_spans(warehouse: Warehouse, scenario: Scenario, years: Collection[int]) -> list[Span]:
    """The sessions that these new years complete, and the whole history if it is complete."""
    known = coverage(warehouse, range(scenario.first_year, max([scenario.last_year, *years]) + 1))
    whole = {year for year, one in known.years.items() if one.is_whole}
    return [
        span
        for span in all_spans(scenario, whole)
        if whole.issuperset(span.years) and set(years).intersection(span.years)
    ]


def folder_of(settings: Settings) -> Path:
    """``reports`` beside a SQLite file; in the working directory for a server's database."""
    url = settings.database_url
    return (
        url.path.absolute().parent / FOLDER if url.path else Path(FOLDER) / (url.name.replace("/", "_") or "database")
    )


def files_of(span: Span, folder: Path) -> tuple[Path, Path]:
    """The page of a span, and the same figures as JSON."""
    return folder / f"{span.file_name}.html", folder / f"{span.file_name}.json"


def stored_pages(spans: Sequence[Span], folder: Path) -> list[Written]:
    """Those of the spans whose files are in the folder."""
    found = []
    for span in spans:
        html, text = files_of(span, folder)
        if html.exists() and text.exists():
            document = json.loads(text.read_text("utf-8"))
            found.append(Written(span, html, text, document["missing"], document))
    return found


def write_pages(
    warehouse: Warehouse,
    spans: Sequence[Span],
    threshold: float,
    folder: Path,
    show: Callable[[str], None] = lambda text: None,
    accounts: Accounts | None = None,
) -> list[Written]:
    """Write the files of these spans.

    Args:
        warehouse: where the rows are.
        spans: of which years.
        threshold: the scenario's treatment threshold, adult female lice per fish.
        folder: where the files go; made if it is not there.
        show: called with what is being done.
        accounts: those of the years of the spans, where they are read already.

    Raises:
        FileUnusable: the files cannot be written.
    """
    if not spans:
        return []
    made_folder("the folder of reports", folder)
    if accounts is None:
        years = sorted({year for span in spans for year in span.years})
        accounts = read_accounts(warehouse, years, threshold, lambda year: show(f"Reading the rows of {year}"))
    found = []
    for span in spans:
        show(f"Drawing {span.title}")
        report = make_report(warehouse, accounts, span)
        html, text = files_of(span, folder)
        document = report.as_json()
        with usable("the folder of reports", folder):
            replace_file(html, report_page(report))
            replace_file(text, document)
        found.append(Written(span, html, text, report.missing, json.loads(document)))
    return found
