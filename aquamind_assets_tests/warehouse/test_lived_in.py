"""A database that people live in: filled beside their rows, verified, cleared and filled again.

Their rows stay byte for byte, and so do the references of both kinds: theirs to the platform's rows and the platform's
to theirs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aquamind_assets.cli.clear import clear_years
from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.existing_rows import meetings
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.simulation import store_ledgers
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.records.users.people import users
from aquamind_assets.settings import Settings
from aquamind_assets.tables.schema import TABLES, ColumnSpec
from aquamind_assets.verification.verify import verify_database
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import StillReferenced
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.test_existing import make_as_aquamind_does

YEAR = 2015
NOW = "2014-06-01 12:00:00"
STAGES = ("Egg&Alevin", "Fry", "Parr", "Smolt", "Post-Smolt", "Adult")


def enter(warehouse: Warehouse, table: str, number: int, **values: Any) -> None:
    """A row as the application would write it."""
    given = {TABLES[table].id_column: number, **values}
    row = {column.name: given.get(column.name, _usual(column)) for column in TABLES[table].columns}
    names = ", ".join(f'"{name}"' for name in row)
    warehouse.database.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
    )


def _usual(column: ColumnSpec) -> Any:
    """What the application writes where nothing is entered."""
    if column.kind == "boolean":
        return bool(column.default)
    if column.nullable or column.default is not None:
        return column.default
    usual = {"date": NOW[:10], "timestamptz": NOW, "time": NOW[11:], "jsonb": "{}", "varchar": "", "text": ""}
    return column.choices[0] if column.choices else usual.get(column.kind, 1)


def live_in(warehouse: Warehouse, platform: Platform) -> None:
    """What people have entered before the platform comes."""
    login = next(iter(users(platform.inputs_for(RECORDERS["reference_data"], YEAR)))).columns["username"].labels[0]
    with warehouse.database.transaction():
        if not warehouse.query("SELECT 1 FROM health_mortalityreason"):
            enter(warehouse, "health_mortalityreason", 1, name="UNKNOWN")
        enter(warehouse, "auth_user", 1, username=login, password="secret")
        enter(warehouse, "batch_species", 1, name="Atlantic salmon", scientific_name="Salmo salar")
        enter(warehouse, "batch_species", 2, name="Rainbow trout", scientific_name="Oncorhynchus mykiss")
        for place, name in enumerate(STAGES, start=1):
            enter(warehouse, "batch_lifecyclestage", place, name=name, species_id=1, order=place)
            enter(warehouse, "batch_lifecyclestage", 10 + place, name=f"Trout {name}", species_id=2, order=place)
        enter(warehouse, "infrastructure_geography", 2, name="Faroe Islands")
        enter(warehouse, "infrastructure_area", 1, name="A-1", geography_id=2)
        enter(warehouse, "infrastructure_containertype", 1, name="Their Pen", category="PEN")
        enter(warehouse, "infrastructure_container", 1, name="Pen 1", container_type_id=1, area_id=1, active=True)
        enter(warehouse, "infrastructure_feedcontainer", 1, name="Barge 1", container_type="BARGE", area_id=1)
        enter(warehouse, "environmental_environmentalparameter", 1, name="Temperature", unit="°C")
        enter(warehouse, "health_sampletype", 1, name="Blood")
        enter(warehouse, "inventory_feed", 1, name="Their Feed")
        enter(warehouse, "inventory_feedstock", 1, feed_id=1, feed_container_id=1)
        enter(warehouse, "batch_batch", 1, batch_number="MINE-1", lifecycle_stage_id=6, species_id=1)
        enter(warehouse, "batch_batchcontainerassignment", 1, batch_id=1, container_id=1, lifecycle_stage_id=6)
        enter(
            warehouse,
            "environmental_environmentalreading",
            1,
            reading_time="2015-03-01 12:00:00",
            container_id=1,
            parameter_id=1,
            batch_id=1,
            recorded_by_id=1,
        )
        enter(
            warehouse,
            "inventory_feedingevent",
            1,
            feeding_date="2015-03-01",
            feeding_time="08:00:00",
            batch_id=1,
            container_id=1,
            feed_id=1,
            feed_stock_id=1,
            batch_assignment_id=1,
        )


def theirs(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every user-entered row."""
    return {
        table.name: found
        for table in TABLES.values()
        if (
            found := warehouse.query(
                f"SELECT * FROM {table.name} WHERE {table.id_column} < 1000 ORDER BY {table.id_column}"
            )
        )
    }


@pytest.fixture(params=["sqlite", "postgresql"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    """A simulated year, and a database of AquaMind in which people have worked."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'aquamind.db'}"
    else:
        url = request.getfixturevalue("postgres_url")
        make_as_aquamind_does(url)
    few = ("water.readings_per_day=2",)
    platform = Platform(Settings("tiny", few, url, str(tmp_path / "ledger"), LONG_AFTER))
    store_ledgers(platform, YEAR)
    with open_warehouse(url) as warehouse:
        warehouse.prepare()
        live_in(warehouse, platform)
    return platform


def fill(platform: Platform) -> None:
    record_years(platform, [YEAR])


@pytest.mark.slow
def test_it_is_filled_verified_cleared_and_filled_again(platform: Platform) -> None:
    with platform.open() as warehouse:
        before = theirs(warehouse)
        foretold = meetings(platform, warehouse, [YEAR])
        assert {meeting.table for meeting in foretold if meeting.action == "changed"} == {"auth_user"}
        assert sum(meeting.table == "batch_lifecyclestage" for meeting in foretold) == len(STAGES)
    fill(platform)
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert meetings(platform, warehouse, [YEAR]) == foretold
        manifest = warehouse.manifest()
        adopted = {table for (table,) in warehouse.query("SELECT DISTINCT table_name FROM aquamind_assets_adopted")}
        assert adopted >= {"batch_species", "batch_lifecyclestage", "infrastructure_geography", "health_sampletype"}
        assert not any(entry.table in ("batch_species", "batch_lifecyclestage") for entry in manifest)
    verified = verify_database(platform, [YEAR])
    assert verified.sound, verified.as_json()

    with platform.open() as warehouse, warehouse.database.transaction():
        (batch,) = warehouse.query("SELECT min(id) FROM batch_batch WHERE id > 1000")[0]
        warehouse.database.execute(
            "CREATE TABLE scenario_scenario (id integer PRIMARY KEY, batch_id bigint REFERENCES batch_batch (id)"
            " DEFERRABLE INITIALLY DEFERRED)"
        )
        warehouse.database.execute("INSERT INTO scenario_scenario VALUES (1, ?)", (batch,))
    with pytest.raises(StillReferenced, match="1 rows of scenario_scenario"):
        clear_years(platform.settings, [YEAR], ledgers=False)
    fill(platform)
    with platform.open() as warehouse, warehouse.database.transaction():
        assert warehouse.query("SELECT batch_id FROM scenario_scenario") == [(batch,)]
        warehouse.database.execute("DELETE FROM scenario_scenario")

    clear_years(platform.settings, [YEAR], ledgers=False)
    with platform.open() as warehouse:
        assert theirs(warehouse) == before
        assert warehouse.manifest() == [] == warehouse.recount()
        counted = {table: warehouse.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
        assert {table: count for table, count in counted.items() if count} == {
            table: len(found) for table, found in before.items()
        }
    fill(platform)
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert warehouse.manifest() == manifest == warehouse.recount()
