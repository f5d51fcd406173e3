"""The definitions make, on real databases, what the description says."""

import sqlite3

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.schema_check import differences, read_postgresql, read_sqlite
from aquamind_assets_tests.conftest import new_database
from aquamind_assets_tests.release_2025_08 import TABLES

YEAR = year_days(2015)
READING = "(id, value, reading_time, is_manual, notes, created_at, container_id, parameter_id, sensor_id)"


@pytest.fixture(scope="module")
def described(postgres_server):
    """Name of a database with the tables as they are described, to be copied."""
    with new_database(postgres_server) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("; ".join(ddl.create_statements(TABLES, "postgresql")))
        yield conninfo_to_dict(url)["dbname"]


@pytest.fixture
def url(postgres_server, described):
    with new_database(postgres_server, described) as url:
        yield url


@pytest.fixture
def postgres(url):
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def sqlite():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in ddl.create_statements(TABLES, "sqlite"):
        connection.execute(statement)
    yield connection
    connection.close()


def test_postgresql_has_the_described_columns_and_keys(postgres):
    assert differences(TABLES, read_postgresql(postgres)) == []


def test_sqlite_has_the_described_columns_and_keys(sqlite):
    assert differences(TABLES, read_sqlite(sqlite), sqlite=True) == []


def test_postgresql_has_the_described_columns_in_order(postgres):
    query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"
    for table in TABLES.values():
        assert tuple(name for (name,) in postgres.execute(query, [table.name])) == table.column_names


def test_postgresql_numbers_rows_that_come_without_an_id(postgres):
    query = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE is_identity = 'YES' AND"
        " identity_generation = 'BY DEFAULT'"
    )
    assert set(postgres.execute(query)) == {(table.name, table.id_column) for table in TABLES.values()}


def test_postgresql_constraints_carry_aquaminds_names(postgres):
    query = """SELECT c.relname, k.conname, k.contype, k.condeferrable AND k.condeferred
               FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid 
                WHERE c.relnamespace = 'public'::regnamespace AND k.contype <> 'n'"""
    expected = set()
    for table in TABLES.values():
        expected.add((table.name, f"{table.name}_pkey", "p", False))
        expected |= {(table.name, unique.name, "u", False) for unique in table.unique if unique.where is None}
        expected |= {(table.name, check.name, "c", False) for check in table.checks}
        expected |= {(table.name, column.foreign_key, "f", True) for column in table.foreign_keys}
    assert set(postgres.execute(query)) == expected


def test_postgresql_indexes_carry_aquaminds_names_and_columns(postgres):
    definitions = dict(
        postgres.execute(
            "SELECT indexname, replace(indexdef, '\"', '') FROM pg_indexes WHERE schemaname = 'public'"
        ).fetchall()
    )
    for table in TABLES.values():
        for index in table.indexes:
            columns = ", ".join(f"{column} {index.opclass}" if index.opclass else column for column in index.columns)
            assert definitions[index.name].endswith(f"{table.name} USING btree ({columns})")
    assert definitions["unique_active_batch_container"].endswith("(batch_id, container_id) WHERE is_active")
    described = sum(1 + len(table.unique) + len(table.indexes) for table in TABLES.values())
    assert len(definitions) == described


def test_a_loaded_year_is_attached_with_its_own_indexes(postgres):
    postgres.execute("SET session_replication_role = replica")  # where the container stands is not what is tested here
    postgres.execute(
        "INSERT INTO infrastructure_container VALUES (1, 'C1', 10, 10, true, now(), now(), 1, 1, NULL, true)"
    )
    postgres.execute(
        "INSERT INTO infrastructure_sensor VALUES (1, 'T', 'TEMPERATURE', '', '', NULL, NULL, true, now(), now(), 1)"
    )
    postgres.execute(
        "INSERT INTO environmental_environmentalparameter VALUES (1, 'Temperature', '°C', '', 0, 20, 8, 14, now(),"
        " now())"
    )
    year = ddl.partition_name(YEAR)
    postgres.execute(ddl.create_partition(year, YEAR))
    postgres.execute(
        f"INSERT INTO {year} {READING} VALUES (20150010000000, 8.5, '2015-12-31 23:59:59.999999+00', false, '', now(),"
        " 1, 1, 1)"
    )
    for statement in ddl.partition_indexes(TABLES[ddl.READINGS], year):
        postgres.execute(statement)
    before = set(postgres.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [year]))
    postgres.execute(ddl.attach_partition(year, YEAR))
    assert set(postgres.execute("SELECT indexname FROM pg_indexes WHERE tablename = %s", [year])) == before
    assert len(before) == 1 + len(TABLES[ddl.READINGS].indexes)
    assert postgres.execute(f"SELECT count(*) FROM {ddl.READINGS}").fetchone() == (1,)
    assert differences(TABLES, read_postgresql(postgres)) == [], "a partition is not a table of its own"


def test_two_writers_index_their_partitions_at_once(postgres, url):
    """Neither waits for the other, as it would for a name of the same choice, and then be refused."""
    first, second = (chunk.days for chunk in chunks_of(2015)[:2])
    with psycopg.connect(url) as one, psycopg.connect(url) as other:
        other.execute("SET lock_timeout = '20s'")
        for connection, days in ((one, first), (other, second)):
            name = ddl.partition_name(days)
            connection.execute(ddl.create_partition(name, days))
            for statement in ddl.partition_indexes(TABLES[ddl.READINGS], name):
                connection.execute(statement)
    found = postgres.execute("SELECT count(DISTINCT indexname) FROM pg_indexes WHERE indexname LIKE '%2015%'")
    assert found.fetchone() == (2 * (1 + len(TABLES[ddl.READINGS].indexes)),)


def test_a_year_refuses_readings_of_another(postgres):
    postgres.execute(ddl.create_partition("year_2015", YEAR))
    with pytest.raises(psycopg.errors.CheckViolation, match="year_2015_bounds"):
        postgres.execute(
            f"INSERT INTO year_2015 {READING} VALUES (1, 8.5, '2016-01-01 00:00:00+00', false, '', '2016-01-01"
            " 00:00:00+00', 1, 1, 1)"
        )


def test_a_year_with_a_reading_of_nowhere_is_refused(postgres):
    postgres.execute(ddl.create_partition("year_2015", YEAR))
    postgres.execute(
        f"INSERT INTO year_2015 {READING} VALUES (1, 8.5, '2015-01-01 00:00:00+00', false, '', now(), 1, 1, 1)"
    )
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        postgres.execute(ddl.attach_partition("year_2015", YEAR))


def test_sqlite_keeps_only_one_index_on_readings(sqlite):
    names = {
        name
        for (name,) in sqlite.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", [ddl.READINGS]
        )
    }
    assert names == set(ddl.SQLITE_READING_INDEXES)
    assert names <= {index.name for index in TABLES[ddl.READINGS].indexes}


def test_sqlite_enforces_what_is_described(sqlite):
    sqlite.execute("PRAGMA foreign_keys = ON")
    geography = "INSERT INTO infrastructure_geography VALUES (?, ?, '', '2015-01-01 00:00:00', '2015-01-01 00:00:00')"
    sqlite.execute(geography, [1, "Faroe Islands"])
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        sqlite.execute(geography, [2, "Faroe Islands"])
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        sqlite.execute(geography, [2, None])
    container = (
        "INSERT INTO infrastructure_container VALUES (1, 'T1', 10, 10, 1, '2015-01-01', '2015-01-01', NULL, 1, NULL, 1)"
    )
    with pytest.raises(sqlite3.IntegrityError, match="container_in_either_hall_or_area"):
        sqlite.execute(container)
    area = "INSERT INTO infrastructure_area VALUES (1, 'A', 62, -7, 1000, 1, '2015-01-01', '2015-01-01', ?)"
    sqlite.execute("BEGIN")
    sqlite.execute(area, [9])  # deferred: it counts when the transaction ends
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        sqlite.execute("COMMIT")
    sqlite.execute("ROLLBACK")
    sqlite.execute(area, [1])


def test_timescaledb_gets_hypertables_with_aquaminds_keys():
    statements = ddl.table_statements(TABLES, "postgresql", timescaledb=True)
    text = "\n".join(statements)
    assert "PARTITION BY" not in text
    assert [line for line in statements if "create_hypertable" in line] == [
        (
            "SELECT create_hypertable('environmental_environmentalreading', by_range('reading_time', INTERVAL '30"
            " days'), create_default_indexes => false)"
        ),
        (
            "SELECT create_hypertable('environmental_weatherdata', by_range('timestamp', INTERVAL '365 days'),"
            " create_default_indexes => false)"
        ),
    ]
    assert 'PRIMARY KEY ("reading_time", "sensor_id")' in text
    assert 'PRIMARY KEY ("timestamp", "area_id")' in text
