"""TimescaleDB: the statements here, what they do on a server with the extension when AQUAMIND_TEST_TIMESCALE_URL names
one."""

import os
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.postgres.timescale import (
    OBSTACLES,
    TimescaleVersion,
    aggregated,
    compression_statements,
    installed_version,
    merged,
)
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, parents, readings

SERVER = os.environ.get("AQUAMIND_TEST_TIMESCALE_URL")
needs_server = pytest.mark.skipif(SERVER is None, reason="AQUAMIND_TEST_TIMESCALE_URL names no server with TimescaleDB")


def test_it_is_not_found_where_it_is_not(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert installed_version(connection) is None


def test_direct_compress_came_with_2_21() -> None:
    assert not TimescaleVersion(2, 20).direct_compress
    assert TimescaleVersion(2, 21).direct_compress
    assert TimescaleVersion(3, 0).direct_compress


def test_a_sensor_is_a_segment_and_time_its_order() -> None:
    settings, policy = compression_statements(TABLES[READINGS])
    assert (
        settings == 'ALTER TABLE "environmental_environmentalreading" SET (timescaledb.compress,'
        " timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby = 'reading_time')"
    )
    assert policy.startswith(
        "SELECT add_compression_policy('environmental_environmentalreading', compress_after => INTERVAL '60 days'"
    )
    assert (
        "compress_segmentby = 'area_id', timescaledb.compress_orderby = 'timestamp'"
        in compression_statements(TABLES["environmental_weatherdata"])[0]
    )


def test_unique_keys_and_foreign_keys_stand_against_direct_compress(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE parent (id bigint PRIMARY KEY)")
        connection.execute("CREATE TABLE child (id bigint REFERENCES parent, at timestamptz)")
        connection.execute("CREATE TABLE free (id bigint, at timestamptz)")
        found = {
            table: [name.split()[0] for (name,) in connection.execute(OBSTACLES, (table, table))]
            for table in ("parent", "child", "free")
        }
    assert found["parent"][0] == "unique"
    assert set(found["child"]) == {"trigger"}
    assert found["free"] == []


def test_days_are_merged_where_they_meet() -> None:
    assert merged([DayRange(30, 40), DayRange(0, 10), DayRange(10, 20), DayRange(15, 18)]) == [
        DayRange(0, 20),
        DayRange(30, 40),
    ]
    assert merged([]) == []


@pytest.fixture
def timescale_url() -> Iterator[str]:
    """URL of a new database with the extension."""
    assert SERVER is not None
    name = f"test_{uuid4().hex}"
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
    url = psycopg.conninfo.make_conninfo(SERVER, dbname=name)
    parts = psycopg.conninfo.conninfo_to_dict(url)
    user, host = f"{parts.get('user', 'postgres')}:{parts.get('password', '')}", parts.get("host", "localhost")
    address = f"postgresql://{user}@{host}:{parts.get('port', 5432)}/{name}"
    with psycopg.connect(address, autocommit=True) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    yield address
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@needs_server
def test_complete_chunks_are_compressed_and_can_be_written_again(timescale_url: str) -> None:
    with open_warehouse(timescale_url) as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        for fingerprint, salt in (("f", 0), ("g", 5)):
            for chunk in chunks_of(2015)[:3]:
                key = ChunkKey("readings", 2015, chunk.index)
                warehouse.write_chunk(key, chunk.days, fingerprint, "run", [READINGS], readings(chunk.days, salt=salt))
            assert warehouse.manifest() == warehouse.recount()
            complete = warehouse.query(
                "SELECT is_compressed, count(*) FROM timescaledb_information.chunks WHERE hypertable_name = ? AND"
                " range_start >= '2015-01-01' AND range_end <= '2015-03-31' GROUP BY 1",
                (READINGS,),
            )
            assert [is_compressed for is_compressed, _ in complete] == [True]
        days = DayRange(FIRST + 90, FIRST + 91)
        warehouse.write_chunk(ChunkKey("readings", 2015, 3), days, "g", "run", [READINGS], readings(days))
        assert warehouse.broken_references([READINGS]) == {}
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            warehouse.database.execute(
                f"INSERT INTO {READINGS} (id, value, reading_time, is_manual, notes, created_at, container_id,"
                " parameter_id, sensor_id) VALUES (1, 1, '2015-01-02 00:00:30+00', false, '', now(), 77, 77, 77)"
            )
        warehouse.clear({"readings": [READINGS]}, [2015])
        assert warehouse.query(f"SELECT count(*) FROM {READINGS}") == [(0,)]


@needs_server
def test_a_continuous_aggregate_keeps_its_trigger(timescale_url: str) -> None:
    with open_warehouse(timescale_url) as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        with psycopg.connect(timescale_url, autocommit=True) as connection:
            assert not aggregated(connection)
            connection.execute(
                "CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS SELECT time_bucket('1 day',"
                " reading_time) AS day, sensor_id, avg(value) FROM environmental_environmentalreading GROUP BY 1, 2"
                " WITH NO DATA"
            )
            assert aggregated(connection)
        days = chunks_of(2015)[0].days
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(days))
        assert warehouse.manifest() == warehouse.recount()
