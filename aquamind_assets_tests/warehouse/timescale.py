"""Databases on a server with TimescaleDB, and what tests ask and enter there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from aquamind_assets.timeline import chunks_of
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, READINGS, SENSORS, ids, readings

SERVER = os.environ.get("AQUAMIND_TEST_TIMESCALE_URL")
needs_server = pytest.mark.skipif(SERVER is None, reason="AQUAMIND_TEST_TIMESCALE_URL names no server with TimescaleDB")
INDEXES = 1 + len(TABLES[READINGS].indexes)
DAY = 86_400_000_000


def address(name: str, role: str, password: str) -> str:
    parts = conninfo_to_dict(str(SERVER))
    return f"postgresql://{role}:{password}@{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{name}"


@contextmanager
def new_database(kind: str) -> Iterator[str]:
    """URL of a new database with the extension, of a superuser or of a role that owns it and may nothing else
    (``owner``)."""
    name, parts = f"test_{uuid4().hex}", conninfo_to_dict(str(SERVER))
    role, password = str(parts.get("user", "postgres")), str(parts.get("password", ""))
    with psycopg.connect(str(SERVER), autocommit=True) as server:
        if kind == "owner":
            role = password = name
            server.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), name))
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(role)))
    with psycopg.connect(str(SERVER), dbname=name, autocommit=True) as database:
        database.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    yield address(name, role, password)
    with psycopg.connect(str(SERVER), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if kind == "owner":
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def write(warehouse: Warehouse, year: int, number: int, salt: int = 0) -> None:
    days = chunks_of(year)[number].days
    key = ChunkKey("readings", year, number)
    warehouse.write_chunk(key, days, f"f{salt}", "run", [READINGS], readings(days, salt=salt))


def chunks(warehouse: Warehouse) -> list[tuple[str, str, bool]]:
    """First and last day, and whether it is compressed, of every chunk of the readings."""
    return warehouse.query(
        "SELECT range_start::date::text, range_end::date::text, is_compressed FROM timescaledb_information.chunks WHERE"
        " hypertable_name = ? ORDER BY range_start, range_end",
        (READINGS,),
    )


def tables_of_chunks(warehouse: Warehouse) -> set[str]:
    return {name for (name,) in warehouse.query("SELECT show_chunks(?::regclass)::text", (READINGS,))}


def enter(warehouse: Warehouse, number: int, instant: str, sensor: int = 0) -> None:
    """What a user enters: a reading with a small id."""
    one, names = ids(FIRST, 1)[0], "id, value, reading_time, is_manual, notes, created_at, container_id, parameter_id"
    warehouse.database.query(
        f"INSERT INTO {READINGS} ({names}, sensor_id) VALUES (?, 1.5, ?::timestamptz, true, 'mine', '2015-05-05',"
        " ?, ?, ?) RETURNING id",
        (number, instant, int(one), int(one), int(ids(FIRST, SENSORS)[sensor])),
    )


def entered(warehouse: Warehouse) -> list[tuple[object, ...]]:
    return warehouse.query(f"SELECT * FROM {READINGS} WHERE id < 1000 ORDER BY id")


def use_aquaminds_layout(warehouse: Warehouse) -> None:
    """Lay the readings out as AquaMind's own deployments do: chunks of seven days, sixteen hash partitions."""
    for statement in (
        f"SELECT add_dimension('{READINGS}', by_hash('sensor_id', 16)) IS NOT NULL",
        f"SELECT set_chunk_time_interval('{READINGS}', INTERVAL '7 days') IS NOT NULL",
        f"SELECT remove_compression_policy('{READINGS}') IS NOT NULL",
    ):
        warehouse.query(statement)
    with warehouse.database.transaction():
        warehouse.database.execute(
            f"ALTER TABLE {READINGS} SET (timescaledb.compress_segmentby = 'sensor_id', timescaledb.compress_orderby ="
            " 'reading_time')"
        )


def foreign_keys(warehouse: Warehouse, table: str) -> list[tuple[str, str]]:
    """Names and definitions, all of them proved."""
    return warehouse.query(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND convalidated AND"
        " conrelid = ?::regclass ORDER BY conname",
        (table,),
    )
