"""Rows that stand where the platform's are to be written: found by their ids and keys, named, and left alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from aquamind_assets.tables.rows import Rows, rows
from aquamind_assets.timeline import DayRange, chunks_of, days_without, merged, to_date, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.databases import database_of
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, START, batches, ids, parents
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

ONE = int(ids(FIRST, 1)[0])
LIGHT = "environmental_photoperioddata"
ASSETS = {"farm": PARENT_TABLES, "readings": (READINGS,), "light": (LIGHT,)}
NOW = "'2014-06-01 12:00:00'"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database in which people may enter rows; they cannot in a lake."""
    return database_of(request, tmp_path)


def execute(warehouse: Warehouse, statement: str) -> None:
    with warehouse.database.transaction():
        warehouse.database.execute(statement)


def enter_light(warehouse: Warehouse, number: int, day: str) -> None:
    false = "false" if "postgres" in warehouse.url else "0"
    execute(
        warehouse,
        f"INSERT INTO {LIGHT} (id, date, day_length_hours, is_interpolated, area_id, created_at, updated_at)"
        f" VALUES ({number}, '{day}', 5, {false}, {ONE}, {NOW}, {NOW})",
    )


def enter_reading(warehouse: Warehouse, number: int) -> None:
    """On PostgreSQL it lies in the partition of what users enter."""
    copied = "value, reading_time, is_manual, notes, created_at, container_id, parameter_id, sensor_id"
    written = f"SELECT {copied} FROM {READINGS} WHERE id = (SELECT min(id) FROM {READINGS})"
    execute(warehouse, f"INSERT INTO {READINGS} (id, {copied}) SELECT {number}, c.* FROM ({written}) AS c")


def enter_batch(warehouse: Warehouse, number: int) -> None:
    execute(
        warehouse,
        "INSERT INTO batch_batch (id, batch_number, start_date, status, batch_type, notes, created_at, updated_at,"
        f" lifecycle_stage_id, species_id) VALUES ({number}, 'MINE', '2014-06-01', 'ACTIVE', 'STANDARD', '', {NOW},"
        f" {NOW}, {ONE}, {ONE})",
    )


def light(days: DayRange) -> Rows:
    day = days.days
    return rows(
        TABLES[LIGHT],
        day.size,
        id=ids(FIRST, 1) + (day - FIRST) * 10_000_000,
        date=day,
        day_length_hours=5.0,
        area_id=ONE,
        created_at=START,
        updated_at=START,
    )


def write_light(warehouse: Warehouse, number: int) -> None:
    days = chunks_of(2015)[number].days
    warehouse.write_chunk(ChunkKey("light", 2015, number), days, "f", "run", [LIGHT], [light(days)])


def test_days_without_and_merged_days() -> None:
    year = DayRange(0, 100)
    assert list(days_without(year, [])) == [year]
    assert list(days_without(year, [DayRange(90, 120), DayRange(0, 10), DayRange(5, 30)])) == [DayRange(30, 90)]
    assert list(days_without(year, [DayRange(-5, 200)])) == []
    assert merged([DayRange(30, 40), DayRange(0, 10), DayRange(10, 20)]) == [DayRange(0, 20), DayRange(30, 40)]


def test_nothing_stands_in_the_way_of_what_the_platform_wrote(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    write_readings(warehouse, 12)
    write_light(warehouse, 0)
    assert warehouse.taken_ids(ASSETS, {"farm"}, [2014, 2015, 2016]) == []
    assert warehouse.entered_keys([table for tables in ASSETS.values() for table in tables]) == []


@pytest.mark.parametrize("day", [FIRST + 40, year_days(2015).end - 1])
@pytest.mark.parametrize("table", [LIGHT, READINGS])
def test_an_id_of_days_that_are_not_written_is_found(warehouse: Warehouse, table: str, day: int) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    write_light(warehouse, 0)
    number = int(ids(day, 8)[7])
    if table == LIGHT:
        enter_light(warehouse, number, "2014-06-01")
    else:
        enter_reading(warehouse, number)
        # Readings are looked for by the days of their ids.
        execute(warehouse, f"UPDATE {READINGS} SET reading_time = '{to_date(day)} 12:00:00' WHERE id = {number}")
    before = warehouse.query(f"SELECT * FROM {table} WHERE id = {number}")
    assert warehouse.taken_ids(ASSETS, {"farm"}, [2016]) == []
    (found,) = warehouse.taken_ids(ASSETS, {"farm"}, [2015, 2016])
    assert found.startswith(f"{table}: rows with ids of the platform that it did not write (id {number})")
    write: Callable[[Warehouse, int], None] = write_light if table == LIGHT else write_readings
    with pytest.raises(RowsRefused, match=f"{table}: .*id {number}"):
        write(warehouse, 1 if day == FIRST + 40 else 12)
    warehouse.clear({"light": [LIGHT], "readings": [READINGS]}, [2015])
    assert warehouse.query(f"SELECT * FROM {table}") == before, "clearing deletes what was written, and nothing else"


def test_an_id_of_a_day_that_is_to_be_appended_is_found(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    days = DayRange(FIRST, FIRST + 10)
    key = ChunkKey("light", 2015, 0)
    warehouse.write_chunk(key, days, "f", "run", [LIGHT], [light(days)])
    number = int(ids(FIRST + 10, 3)[2])
    enter_light(warehouse, number, "2014-06-01")
    later = DayRange(FIRST + 10, FIRST + 11)
    with pytest.raises(RowsRefused, match=f"id {number}"):
        warehouse.append_days(key, later, "f", "run", [LIGHT], [light(later)])
    longer = DayRange(FIRST, FIRST + 30)
    with pytest.raises(RowsRefused, match=f"id {number}"):
        warehouse.write_chunk(key, longer, "g", "run", [LIGHT], [light(longer)])
    assert warehouse.query(f"SELECT count(*) FROM {LIGHT}") == [(11,)]


@pytest.mark.parametrize("place", ["among those written", "another one of the year", "of an earlier year"])
def test_an_id_of_a_living_row_is_found(warehouse: Warehouse, place: str) -> None:
    write_parents(warehouse)
    following = ids(year_days(2016).first, 3)
    number = {"among those written": following[0], "another one of the year": following[2]}.get(place, ids(FIRST, 9)[8])
    enter_batch(warehouse, int(number))
    (found,) = warehouse.taken_ids(ASSETS, {"farm"}, [2016])
    assert found.startswith(f"batch_batch: rows with ids of the platform that it did not write (id {number})")
    alive = [batches(following[:2], "ACTIVE"), batches(ids(FIRST, 9)[8:], "ACTIVE")]
    key, year = ChunkKey("farm", 2016, 0), year_days(2016)
    with pytest.raises(RowsRefused, match=f"batch_batch: .*id {number}"):
        warehouse.write_living(key, year, "f", "run", ["batch_batch"], alive)
    warehouse.clear({"farm": ["batch_batch"]}, [2015, 2016])
    assert warehouse.query("SELECT id, batch_number FROM batch_batch") == [(number, "MINE")]


def test_a_database_with_copies_of_the_platforms_rows_alone(warehouse: Warehouse, database_url: str) -> None:
    """Such as a dump that was restored without the platform's own tables."""
    write_parents(warehouse)
    for (table,) in list_of_own_tables(warehouse):
        execute(warehouse, f"DROP TABLE {table}")
    with open_warehouse(database_url, "2025-08") as examined:
        assert examined.examine()
        found = examined.taken_ids(ASSETS, {"farm"}, [2015])
    assert [text.partition(":")[0] for text in found] == [
        table for table in PARENT_TABLES if warehouse.query(f"SELECT 1 FROM {table} LIMIT 1")
    ]
    assert list_of_own_tables(warehouse) == []


def list_of_own_tables(warehouse: Warehouse) -> list[tuple[str]]:
    return [(table,) for table in sorted(warehouse.database.table_names()) if table.startswith("aquamind_assets_")]


def test_a_key_that_a_user_entered_is_found(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    enter_light(warehouse, 5, "2015-02-10")
    enter_light(warehouse, 6, "2016-02-10")
    keys = warehouse.entered_keys([READINGS, LIGHT, "batch_batch"])
    assert [key.table for key in keys] == [LIGHT]
    found = warehouse.taken_keys(keys, [light(year_days(2015)), *parents()])
    assert found == [
        f"{LIGHT}: area_id = {ONE}, date = 2015-02-10 is the key of row 5, which a user entered, and of a row that is"
        " to be written; change or delete the user's row"
    ]


def test_a_key_that_holds_under_a_condition(warehouse: Warehouse) -> None:
    """A batch may have one active stay in a container, and any number that are over."""
    write_parents(warehouse)
    table = "batch_batchcontainerassignment"
    for number, active in ((5, True), (6, False), (7, False)):
        execute(
            warehouse,
            f"INSERT INTO {table} (id, population_count, avg_weight_g, biomass_kg, assignment_date, is_active, notes,"
            f" created_at, updated_at, batch_id, container_id, lifecycle_stage_id) VALUES ({number}, 1, 1, 1,"
            f" '2015-01-01', {active}, '', {NOW}, {NOW}, {ONE}, {ONE + (number > 6)}, {ONE})",
        )
    stays = rows(
        TABLES[table],
        2,
        id=ids(FIRST, 2),
        population_count=1,
        avg_weight_g=1.0,
        biomass_kg=1.0,
        assignment_date=FIRST,
        is_active=[True, False],
        batch_id=ONE,
        container_id=ONE,
        lifecycle_stage_id=ONE,
        created_at=START,
        updated_at=START,
    )
    (keys,) = warehouse.entered_keys([table])
    assert keys.rows == {(str(ONE), str(ONE)): 5}
    assert len(warehouse.taken_keys([keys], [stays])) == 1
    assert warehouse.taken_keys([keys], [stays.take(slice(1, 2))]) == []


def test_a_site_of_the_same_name_is_announced_and_stays_apart(warehouse: Warehouse) -> None:
    execute(
        warehouse,
        f"INSERT INTO infrastructure_geography (id, name, description, created_at, updated_at) VALUES (1, 'Here', '',"
        f" {NOW}, {NOW})",
    )
    true = "true" if "postgres" in warehouse.url else "1"
    execute(
        warehouse,
        "INSERT INTO infrastructure_area (id, name, latitude, longitude, max_biomass, active, created_at, updated_at,"
        f" geography_id) VALUES (1, ' a', 62, -7, 1, {true}, {NOW}, {NOW}, 1)",
    )
    assert [str(one) for one in warehouse.meetings(parents())] == [
        "infrastructure_area: name = A exists (row 1); the platform writes a row of its own beside it"
    ]
    write_parents(warehouse)
    assert warehouse.query("SELECT name FROM infrastructure_area ORDER BY id") == [(" a",), ("A",)]
    assert warehouse.manifest() == warehouse.recount()


def test_every_refusal_is_listed(warehouse: Warehouse) -> None:
    def reasons() -> list[Rows]:
        return [rows(TABLES["health_mortalityreason"], 2, id=[1, 2], name=["UNKNOWN", "NEW"], description="")]

    for number, name in ((1, "Storm"), (2, "Seal")):
        execute(
            warehouse, f"INSERT INTO health_mortalityreason (id, name, description) VALUES ({number}, '{name}', '')"
        )
    with pytest.raises(RowsRefused) as refused:
        warehouse.meetings(reasons())
    assert "row 1 of health_mortalityreason" in str(refused.value)
    assert "row 2 of health_mortalityreason" in str(refused.value)
