"""Rows that users entered beside the platform's: no figure counts them, and no report fails on them."""

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from aquamind_assets.cli.contents import contents_of
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.asset_reports import YEAR_REPORT, AssetReport, asset_report
from aquamind_assets.reports.history import read_history, years_of_lives
from aquamind_assets.reports.report import Report, Span, make_report
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import RECORDERS, TABLES
from aquamind_assets_tests.reports.written import FIRST_YEAR, LAST_YEAR, THRESHOLD

SPAN = Span("history", "The whole history", tuple(range(FIRST_YEAR, LAST_YEAR + 1)))

ENTERED: dict[str, dict[str, str]] = {
    "batch_batch": {"batch_number": "'U' || batch_number"},
    "batch_historicalbatch": {},
    "batch_batchcontainerassignment": {"is_active": "0"},
    "batch_batchtransfer": {},
    "batch_mortalityevent": {},
    "batch_growthsample": {},
    "inventory_feedingevent": {},
    "inventory_batchfeedingsummary": {"period_end": "period_start"},
    "health_mortalityrecord": {},
    "health_licecount": {},
    "health_treatment": {},
    "health_journalentry": {},
    "infrastructure_container": {},
    "infrastructure_sensor": {},
    "environmental_environmentalparameter": {},
    "environmental_environmentalreading": {"value": "99"},
}
"""Tables that reports read, with what a copied row must have changed to keep the tables' own rules."""


def enter(place: Path) -> dict[str, int]:
    """A user enters a copy of many rows of every table, and a batch of another species; copies by table."""
    entered = {}
    with sqlite3.connect(place) as database:
        for table, changes in ENTERED.items():
            spec = TABLES[table]
            key = spec.id_column
            values = {name: changes.get(name, f'"{name}"') for name in spec.column_names if name != key}
            names = ", ".join(f'"{name}"' for name in values)
            # Every seventh row, so that all years are among them.
            numbered = f'SELECT *, ROW_NUMBER() OVER (ORDER BY {key}) AS place FROM "{table}"'
            entered[table] = database.execute(
                f'INSERT INTO "{table}" ("{key}", {names}) SELECT place + 100, {", ".join(values.values())}'
                f" FROM ({numbered}) WHERE place % 7 = 0 OR place < 20"
            ).rowcount
        species = {"id": "1", "name": "'Trout'", "scientific_name": "'Oncorhynchus mykiss'"}
        database.execute(_copied("batch_species", species))
        stage = {"id": '"order" + 1', "name": "'Trout ' || name", "species_id": "1"}
        database.execute(_copied("batch_lifecyclestage", stage))
        batch = {"id": "99", "batch_number": "'TROUT'", "species_id": "1", "lifecycle_stage_id": "3"}
        database.execute(_copied("batch_batch", batch) + " LIMIT 1")
        history = {"history_id": "99", "id": "99", "species_id": "1", "lifecycle_stage_id": "3"}
        database.execute(_copied("batch_historicalbatch", history) + " LIMIT 1")
    return entered


def _copied(table: str, changes: dict[str, str]) -> str:
    values = [changes.get(name, f'"{name}"') for name in TABLES[table].column_names]
    return f'INSERT INTO "{table}" SELECT {", ".join(values)} FROM "{table}"'


@pytest.fixture(scope="module")
def shared(history_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same history in a database in which users have entered rows of their own."""
    place = tmp_path_factory.mktemp("shared") / "farm.db"
    shutil.copy(history_url.removeprefix("sqlite:///"), place)
    entered = enter(place)
    assert min(entered.values()) >= 2, entered
    return f"sqlite:///{place}"


@pytest.fixture
def with_users(shared: str) -> Iterator[Warehouse]:
    with open_warehouse(shared, "2025-08") as opened:
        yield opened


def _report(warehouse: Warehouse) -> Report:
    years, before = range(FIRST_YEAR, LAST_YEAR + 1), years_of_lives(warehouse, FIRST_YEAR)
    return make_report(warehouse, Accounts(read_history(warehouse, years, before=before), THRESHOLD), SPAN)


def test_the_report_counts_the_platforms_rows_alone(warehouse: Warehouse, with_users: Warehouse) -> None:
    ours, shared = _report(warehouse), _report(with_users)
    assert ours.figures["harvest_t"] > 0
    assert shared.as_json() == ours.as_json()
    assert [one.caption for one in shared.drawings] == [one.caption for one in ours.drawings]


def test_the_command_counts_the_platforms_rows_alone(warehouse: Warehouse, with_users: Warehouse) -> None:
    assert contents_of(with_users).as_json() == contents_of(warehouse).as_json()


@pytest.mark.parametrize("asset", [*RECORDERS, YEAR_REPORT])
def test_an_asset_counts_the_platforms_rows_alone(warehouse: Warehouse, with_users: Warehouse, asset: str) -> None:
    ours: AssetReport = asset_report(asset, warehouse, LAST_YEAR, THRESHOLD)
    assert asset_report(asset, with_users, LAST_YEAR, THRESHOLD) == ours
