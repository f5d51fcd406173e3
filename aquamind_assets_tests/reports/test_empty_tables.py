"""Tables without rows, as of a farm's first days: reports show what is there, and fail on nothing."""

import sqlite3
from pathlib import Path

import pytest

from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.asset_reports import YEAR_REPORT, asset_report
from aquamind_assets.reports.history import read_history
from aquamind_assets.reports.page import report_page
from aquamind_assets.reports.report import Span, make_report
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.reports.written import FIRST_YEAR, THRESHOLD, write
from aquamind_assets_tests.slow_cases import slow_after

TABLES = (
    *("batch_mortalityevent", "health_mortalityrecord", "batch_batchtransfer", "inventory_feedingevent"),
    *("health_treatment", "health_licecount", "batch_growthsample", "inventory_batchfeedingsummary"),
    *("health_journalentry", "batch_historicalbatch", "environmental_environmentalreading"),
)


@pytest.fixture(scope="module")
def first_year(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of the farm's first year."""
    place = tmp_path_factory.mktemp("first") / "farm.db"
    with open_warehouse(f"sqlite:///{place}", "2025-08") as opened:
        write(opened, [FIRST_YEAR])
        opened.query("PRAGMA wal_checkpoint(TRUNCATE)")
    return place.read_bytes()


def without(first_year: bytes, place: Path, tables: tuple[str, ...]) -> str:
    place.write_bytes(first_year)
    with sqlite3.connect(place) as database:
        for table in tables:
            assert database.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0] or table in NOT_YET
            database.execute(f"DELETE FROM {table}")
    return f"sqlite:///{place}"


NOT_YET = ("health_treatment", "batch_batchtransfer", "health_licecount")
"""Tables that may have no rows in a farm's first year anyway."""


@pytest.mark.parametrize("table", slow_after(1, TABLES))
def test_every_asset_reports_without_a_table(first_year: bytes, tmp_path: Path, table: str) -> None:
    with open_warehouse(without(first_year, tmp_path / "farm.db", (table,)), "2025-08") as warehouse:
        for asset in [*RECORDERS, YEAR_REPORT]:
            asset_report(asset, warehouse, FIRST_YEAR, THRESHOLD)
        report = asset_report(YEAR_REPORT, warehouse, FIRST_YEAR, THRESHOLD)
    # The first batch begins on the first working day of the year.
    assert report.figures["active_batches"] >= 0.5


@pytest.mark.parametrize("tables", [(), TABLES], ids=["whole", "empty"])
def test_a_page_is_made_without_any_events(first_year: bytes, tmp_path: Path, tables: tuple[str, ...]) -> None:
    with open_warehouse(without(first_year, tmp_path / "farm.db", tables), "2025-08") as warehouse:
        accounts = Accounts(read_history(warehouse, [FIRST_YEAR]), THRESHOLD)
        report = make_report(warehouse, accounts, Span("years", "Years", (FIRST_YEAR,)))
    assert "Active batches" in report_page(report)
    assert (report.figures["deaths"] > 0) == (not tables)


def test_a_database_without_a_year_has_nothing_to_show(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path / 'empty.db'}", "2025-08") as warehouse:
        warehouse.prepare()
        assert asset_report(YEAR_REPORT, warehouse, FIRST_YEAR, THRESHOLD).pictures == {}
