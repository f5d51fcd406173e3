"""Reports as files: complete in themselves, the same from every database, and plain about what is missing."""

import json
import sqlite3
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from aquamind_assets.cli.report import reports_of, write_reports
from aquamind_assets.cli.years import UsageError
from aquamind_assets.figures.registry import FIGURES
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.reports.accounts import Accounts, read_accounts
from aquamind_assets.reports.asset_reports import YEAR_REPORT, asset_report
from aquamind_assets.reports.coverage import coverage
from aquamind_assets.reports.drawing import svg
from aquamind_assets.reports.history import read_history
from aquamind_assets.reports.page import beside, number, report_page, short, shown
from aquamind_assets.reports.pages import completed_spans, folder_of, write_pages
from aquamind_assets.reports.report import Span, make_report
from aquamind_assets.reports.sites import site_days
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.reports.written import CHANGES, FIRST_YEAR, LAST_YEAR, THRESHOLD, write
from aquamind_assets_tests.warehouse.databases import new_database

SPAN = Span("history", "The whole history", tuple(range(FIRST_YEAR, LAST_YEAR + 1)))
QUIET = Console(quiet=True)


class Elements(HTMLParser):
    """Every element's name and attributes, and the text of the page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def report(history_url: str, accounts: Accounts):
    with open_warehouse(history_url, "2025-08") as warehouse:
        return make_report(warehouse, accounts, SPAN)


def settings(url: str) -> Settings:
    return Settings("tiny", CHANGES, url, "unused", release="2025-08")


def test_a_page_needs_nothing_but_itself(report) -> None:
    text = report_page(report)
    elements = Elements(text).found
    assert not {"script", "link", "img", "iframe", "object", "embed"} & {tag for tag, _ in elements}
    pointing = [
        value
        for _, attributes in elements
        for name, value in attributes.items()
        if name in ("src", "href", "xlink:href", "srcset", "data")
    ]
    assert pointing, "markers of the drawings are used by name"
    assert all(value and value.startswith("#") for value in pointing)
    assert "http:" not in text
    assert "https:" not in text
    assert "@import" not in text
    assert text.count("url(") == text.count("url(#")
    repeated = [
        name
        for name, count in Counter(attributes["id"] for _, attributes in elements if "id" in attributes).items()
        if count > 1
    ]
    assert repeated == []
    known = {attributes["id"] for _, attributes in elements if "id" in attributes}
    assert {value[1:] for value in pointing if value} <= known
    assert sum(tag == "svg" for tag, _ in elements) == len(report.drawings)


def test_a_page_takes_all_colours_from_its_style(report) -> None:
    for drawing in report.drawings:
        drawn = svg(drawing.chart)
        assert "#0a" not in drawn
        assert "#0c" not in drawn
        assert "var(--s0)" in drawn
        assert "var(--grid)" in drawn
    text = report_page(report)
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_a_page_says_every_headline_and_every_drawing(report) -> None:
    said = " ".join(" ".join(Elements(report_page(report)).texts).split())
    figures = report.figures
    for expected in (
        f"Faroe Islands: {shown('harvest_t', report.harvest_t['Faroe Islands'])}",
        *(
            f"{FIGURES[key].title} {shown(key, figures[key])}"
            for key in ("harvest_weight_kg", "survival_smolt_pct", "economic_fcr", "sea_mortality_pct", "adult_females")
        ),
        shown("rows", figures["rows"]),
        *(f"{FIGURES[key].title}: {FIGURES[key].meaning}" for key in ("economic_fcr", "biomass_t", "deaths")),
        *report.batches["batch"],
    ):
        assert expected in said
    assert [drawing.heading for drawing in report.drawings] == [
        "Harvest",
        "Active batches",
        "Biomass by stage",
        "Growth",
        "Salmon lice and treatments",
        "Weekly mortality by cause",
        "Temperature and oxygen",
    ]
    assert "Not everything is there" not in said


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["postgresql", "lake"])
def test_the_same_rows_make_the_same_report_in_every_database(
    report, kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with open_warehouse(new_database(kind, request, tmp_path), "2025-08") as warehouse:
        write(warehouse, SPAN.years)
        other = make_report(warehouse, Accounts(read_history(warehouse, SPAN.years), THRESHOLD), SPAN)
    assert _differences(other.as_json(), report.as_json()) == []
    assert [drawing.heading for drawing in other.drawings] == [drawing.heading for drawing in report.drawings]


def _differences(one: str, other: str) -> list[str]:
    """Places at which two documents differ by more than the order of a sum can make."""
    found: list[str] = []

    def compare(place: str, left: object, right: object) -> None:
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                found.append(place)
            for key in left.keys() & right.keys():
                compare(f"{place}.{key}", left[key], right[key])
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                found.append(place)
            for number, (first, second) in enumerate(zip(left, right, strict=False)):
                compare(f"{place}[{number}]", first, second)
        elif isinstance(left, float) and isinstance(right, float):
            if left != pytest.approx(right, rel=1e-9):
                found.append(f"{place}: {left} {right}")
        elif left != right:
            found.append(f"{place}: {left} {right}")

    compare("", json.loads(one), json.loads(other))
    return found


@pytest.mark.slow
def test_a_missing_year_is_said_and_nothing_is_told_of_lives_that_pass_through_it(
    gap_url: str, accounts: Accounts
) -> None:
    with open_warehouse(gap_url, "2025-08") as warehouse:
        made = Accounts(read_history(warehouse, SPAN.years), THRESHOLD)
        report = make_report(warehouse, made, SPAN)
    assert report.missing == ["2016 is not written."]
    text = " ".join(" ".join(Elements(report_page(report)).texts).split())
    assert "2016 is not written." in text
    assert "2016 not written" in text
    through_2016 = accounts.sums["lives"][
        (accounts.sums["lives"]["begun"].dt.year <= 2016) & (accounts.sums["lives"]["end"].dt.year >= 2016)
    ]
    assert len(through_2016) >= 1
    assert not made.sums["lives"].index.isin(through_2016.index).any()
    sites = site_days(made.history)
    assert set(sites["day"].dt.year) <= {2015, 2018, 2017}
    assert not sites["batch_id"][sites["day"].dt.year >= 2017].isin(through_2016.index).any()
    assert made.figures([2017])["feed_t"] == pytest.approx(accounts.figures([2017])["feed_t"])
    document = json.loads(report.as_json())
    assert document["by_year"].keys() == {"2015", "2017", "2018"}
    # What is left are fish of a mixed batch, which has no eggs.
    assert document["figures"]["survival_smolt_pct"] is None


def test_a_year_written_in_part_is_told_up_to_its_last_day(tmp_path: Path) -> None:
    place = tmp_path / "part.db"
    with open_warehouse(f"sqlite:///{place}", "2025-08") as warehouse:
        write(warehouse, [2015])
    with sqlite3.connect(place) as database:
        database.execute("DELETE FROM aquamind_assets_chunk WHERE asset = 'mortality' AND chunk > 3")
    with open_warehouse(f"sqlite:///{place}", "2025-08") as warehouse:
        found = coverage(warehouse, [2015, 2016])
    assert found.shortfalls([2015, 2016]) == ["2015 is written up to 2015-04-30.", "2016 is not written."]
    assert found.written == [2015]


def test_a_short_stretch_is_no_beginning_to_account_from(tmp_path: Path) -> None:
    place = tmp_path / "stretch.db"
    with open_warehouse(f"sqlite:///{place}", "2025-08") as warehouse:
        write(warehouse, [2015])
    with sqlite3.connect(place) as database:
        database.execute("DELETE FROM aquamind_assets_chunk WHERE chunk < 3")
    with open_warehouse(f"sqlite:///{place}", "2025-08") as warehouse:
        found = coverage(warehouse, [2015])
        report = make_report(
            warehouse, Accounts(read_history(warehouse, [2015]), THRESHOLD), Span("years", "Years", (2015,))
        )
    assert found.written == []
    assert "without a beginning" in found.shortfalls([2015])[0]
    assert found.shortfalls([2015])[0] in report_page(report)
    assert report.figures["farm_months"] == 0


def test_nothing_written_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    empty = settings(f"sqlite:///{tmp_path / 'empty.db'}")
    with Platform(empty).open():
        pass
    with pytest.raises(UsageError, match="has no rows to report on; `aquamind run --session 2` writes them"):
        write_reports(empty, 2, None, None, QUIET)
    with pytest.raises(UsageError, match="sessions 1 to 4"):
        write_reports(empty, 7, None, None, QUIET)
    assert reports_of(empty, range(2015, 2018)) == []


def test_files_lie_beside_the_database_and_say_what_is_missing(history_url: str, tmp_path: Path) -> None:
    assert folder_of(settings(history_url)) == Path(history_url.removeprefix("sqlite:///")).parent / "reports"
    written = write_reports(settings(history_url), None, None, tmp_path / "there", QUIET)
    assert [one.html.name for one in written] == [
        "session_1_2015-2017.html",
        "session_2_2018-2020.html",
        "history_2015-2024.html",
    ]
    assert [len(one.missing) for one in written] == [0, 2, 6]
    for one in written:
        assert json.loads(one.json.read_text("utf-8")) == one.document
        assert one.html.read_text("utf-8").startswith("<!DOCTYPE html>")
    alone = write_reports(settings(history_url), 1, None, tmp_path / "alone", QUIET)
    assert _differences(json.dumps([one.document for one in alone]), json.dumps([written[0].document])) == []


def test_the_sessions_that_new_years_complete_have_a_page(history_url: str, warehouse: Warehouse) -> None:
    of = settings(history_url)
    spans = completed_spans(warehouse, of.load_scenario(), [2017, 2018])
    # 2018 began a session that is not over; the history is not over either.
    assert [span.file_name for span in spans] == ["session_1_2015-2017"]
    assert completed_spans(warehouse, of.load_scenario(), [2018]) == []
    assert reports_of(of, [2017]) == [], "nothing is written yet"
    written = write_pages(warehouse, spans, THRESHOLD, folder_of(of))
    assert reports_of(of, [2017]) == written
    assert written[0].url == "http://127.0.0.1:3001/session_1_2015-2017.html"


def test_a_year_is_reported_the_same_from_what_its_page_is_made_from(warehouse: Warehouse) -> None:
    accounts = read_accounts(warehouse, [2018], THRESHOLD)
    assert asset_report(YEAR_REPORT, warehouse, 2018, THRESHOLD, accounts) == asset_report(
        YEAR_REPORT, warehouse, 2018, THRESHOLD
    )


def test_a_session_told_alone_knows_the_lives_that_began_before_it(
    history_url: str, warehouse: Warehouse, accounts: Accounts, tmp_path: Path
) -> None:
    (only,) = write_reports(settings(history_url), None, "2018", tmp_path, QUIET)
    expected = accounts.figures([2018])
    assert expected["whole_lives"] >= 1
    assert only.document["figures"]["whole_lives"] == expected["whole_lives"]
    assert only.document["figures"]["sea_mortality_pct"] == pytest.approx(expected["sea_mortality_pct"])


@pytest.mark.parametrize(
    ("value", "said"),
    [(1.304, "1.304"), (1.3, "1.30"), (1.2499, "1.2499"), (1.28, "1.28"), (2.0, "2.00"), (float("nan"), "–")],
)
def test_a_figure_beside_its_band_shows_on_which_side_of_it_it_lies(value: float, said: str) -> None:
    assert beside(value, 1.25, 1.3) == said


def test_numbers_as_people_read_them() -> None:
    assert [shown("lice_treatments", 7.0), shown("deaths", 155779.0)] == ["7", "155,779 fish"]
    assert [shown("economic_fcr", 1.2714), shown("harvest_t", 95012.4)] == ["1.27 kg/kg", "95,012 t"]
    assert [number(float("nan")), number(1234.56), number(0.256, 2)] == ["–", "1,235", "0.26"]
    assert [short(value) for value in (12, 12_345, 5_477_939, 1_100_000_000)] == ["12", "12.3 k", "5.48 M", "1.1 G"]
