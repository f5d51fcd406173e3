"""The history of master data that a user entered is the application's: the platform writes no versions of it."""

from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.tables.releases import tables_of
from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import narrow_row_ids, row_ids, year_days
from aquamind_assets.warehouse.adoption.translation import Change, Translation
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.databases import new_database

RELEASE = "2026-03"
TABLES = tables_of(RELEASE)
GRADES, VERSIONS = "harvest_productgrade", "harvest_historicalproductgrade"
CODES = ["SUP-3-4", "SUP-4-5", "ORD-3-4"]
FIRST = year_days(2015).first
ENTERED = np.datetime64("2015-01-01T06:00:00", "us")


def grades() -> list[Rows]:
    """Three grades and a version of each."""
    day, number = np.full(len(CODES), FIRST), np.arange(len(CODES))
    columns = {
        "id": row_ids(day, number),
        "code": CODES,
        "name": [f"Grade {code}" for code in CODES],
        "description": "",
        "created_at": ENTERED,
        "updated_at": ENTERED,
    }
    version = {
        "history_id": narrow_row_ids(day, number),
        "history_date": ENTERED,
        "history_change_reason": None,
        "history_type": "+",
        "history_user_id": None,
    }
    return [rows(TABLES[GRADES], len(CODES), **columns), rows(TABLES[VERSIONS], len(CODES), **columns, **version)]


def write(warehouse: Warehouse) -> None:
    warehouse.write_living(
        ChunkKey("reference_data", 2015, 0), year_days(2015), "f", "run", [GRADES, VERSIONS], grades()
    )


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_versions_of_an_adopted_row_are_left_out(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with open_warehouse(new_database(engine, request, tmp_path, RELEASE), RELEASE) as warehouse:
        warehouse.prepare()
        warehouse.database.execute(
            f"INSERT INTO {GRADES} (id, code, name, description, created_at, updated_at) VALUES"
            " (5, 'SUP-4-5', 'Superior', '', '2014-01-01 00:00:00+00:00', '2014-01-01 00:00:00+00:00')"
        )
        write(warehouse)
        own = [one for one in CODES if one != "SUP-4-5"]
        for table in (GRADES, VERSIONS):
            found = warehouse.query(f"SELECT code FROM {table} WHERE id > 100 ORDER BY id")
            assert [code for (code,) in found] == own, table
        assert warehouse.manifest() == warehouse.recount()
        write(warehouse)
        assert warehouse.query(f"SELECT count(*) FROM {VERSIONS}") == [(len(own),)]


def test_a_changed_key_is_changed_in_the_history_too() -> None:
    block = grades()[1]
    first = int(block.columns["id"].values[0])
    translation = Translation(changed={(GRADES, "code"): {first: Change("SUP-3-4", "SUP-3-4 2")}})
    column = translation.to_database(block).columns["code"]
    assert column.labels is not None
    assert [column.labels[one] for one in column.values.tolist()] == ["SUP-3-4 2", *CODES[1:]]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_kinds_of_rows_that_django_numbered_are_referred_to(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kinds = "django_content_type"
    day, number = np.full(2, FIRST), np.arange(2)
    block = rows(
        TABLES[kinds],
        2,
        id=row_ids(day, number),
        app_label=["harvest", "batch"],
        model=["harvestevent", "batchtransferworkflow"],
    )
    with open_warehouse(new_database(engine, request, tmp_path, RELEASE), RELEASE) as warehouse:
        warehouse.prepare()
        warehouse.database.execute(f"INSERT INTO {kinds} (id, app_label, model) VALUES (7, 'harvest', 'harvestevent')")
        warehouse.write_living(ChunkKey("reference_data", 2015, 0), year_days(2015), "f", "run", [kinds], [block])
        own = int(narrow_row_ids(day, number)[1])
        assert warehouse.query(f"SELECT id, model FROM {kinds} ORDER BY id") == [
            (7, "harvestevent"),
            (own, "batchtransferworkflow"),
        ]
