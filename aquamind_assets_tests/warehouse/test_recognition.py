"""A database is recognized as one of AquaMind's releases by its tables, and refused where it is none of them."""

import sqlite3
from pathlib import Path

import numpy as np
import psycopg
import pytest

from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets.tables.rows import rows
from aquamind_assets.timeline import DayRange, narrow_row_ids, row_ids, year_days
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import OtherVersion
from aquamind_assets.warehouse.own_tables import VERSION
from aquamind_assets.warehouse.recognition import OtherRelease, SchemaMismatch
from aquamind_assets_tests.warehouse.databases import new_database

MIGRATIONS = "CREATE TABLE django_migrations (id integer PRIMARY KEY, app text, name text)"


@pytest.fixture(params=["sqlite", "postgresql"])
def dialect(request: pytest.FixtureRequest) -> ddl.Dialect:
    return request.param


@pytest.fixture
def url(dialect: ddl.Dialect, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """An empty database."""
    return f"sqlite:///{tmp_path}/a.db" if dialect == "sqlite" else request.getfixturevalue("postgres_url")


def run(url: str, *statements: str) -> None:
    """What others do to a database."""
    connection = sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("release", RELEASES)
def test_a_migrated_database_is_recognized(url: str, dialect: ddl.Dialect, release: Release) -> None:
    run(url, *ddl.create_statements(tables_of(release), dialect), MIGRATIONS)
    with open_warehouse(url) as warehouse:
        assert warehouse.examine()
        assert warehouse.release == release
        warehouse.prepare()
    with open_warehouse(url, release) as warehouse:
        warehouse.begin_reading()
        assert warehouse.release == release
        assert warehouse.manifest() == warehouse.recount() == []
    other = next(other for other in RELEASES if other != release)
    refused = pytest.raises(OtherRelease, match=f"of release {release}; the chosen release is {other}")
    with open_warehouse(url, other) as warehouse, refused:
        warehouse.prepare()


@pytest.mark.parametrize("release", RELEASES)
def test_an_empty_database_gets_the_chosen_release(url: str, release: Release) -> None:
    with open_warehouse(url, release) as warehouse:
        assert not warehouse.examine()
        warehouse.prepare()
    with open_warehouse(url) as warehouse:
        warehouse.prepare()
        assert warehouse.release == release
        assert tables_of(release).keys() <= warehouse.database.table_names()
        assert warehouse.query("SELECT release FROM aquamind_assets_version") == [(release,)]


def test_a_lake_gets_the_chosen_release(tmp_path: Path) -> None:
    lake = f"parquet:///{tmp_path}/lake"
    with open_warehouse(lake, "2026-03") as warehouse:
        warehouse.prepare()
        assert warehouse.query("SELECT count(*) FROM harvest_harvestevent") == [(0,)]
    with open_warehouse(lake) as warehouse:
        warehouse.begin_reading()
        assert warehouse.release == "2026-03"
    with open_warehouse(lake, "2025-08") as warehouse, pytest.raises(OtherRelease, match="of release 2026-03"):
        warehouse.begin_reading()


def test_a_database_between_two_releases_is_refused_with_its_differences_from_the_nearest(
    url: str, dialect: ddl.Dialect
) -> None:
    run(url, *ddl.create_statements(tables_of("2026-03"), dialect), "ALTER TABLE batch_batch DROP COLUMN notes")
    with open_warehouse(url) as warehouse, pytest.raises(SchemaMismatch) as refused:
        warehouse.examine()
    assert refused.value.nearest == "2026-03"
    assert refused.value.differences == ["batch_batch.notes is missing; it should be text"]


def test_a_database_that_was_migrated_after_it_was_filled_is_refused(url: str, dialect: ddl.Dialect) -> None:
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()
    gone = [name for name in tables_of("2025-08")]
    cascade = "" if dialect == "sqlite" else " CASCADE"
    run(url, *(f"DROP TABLE {name}{cascade}" for name in gone), *ddl.create_statements(tables_of("2026-03"), dialect))
    for release in (None, "2026-03"):
        refused = pytest.raises(OtherRelease, match="was filled when AquaMind's tables were of release 2025-08")
        with open_warehouse(url, release) as warehouse, refused:
            warehouse.begin_reading()


def test_the_third_version_knew_one_release(url: str) -> None:
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()
    run(
        url,
        "UPDATE aquamind_assets_version SET version = 3",
        "ALTER TABLE aquamind_assets_version DROP COLUMN release",
        "ALTER TABLE aquamind_assets_chunk DROP COLUMN known_from",
    )
    with open_warehouse(url) as warehouse:
        with pytest.raises(OtherVersion):
            warehouse.begin_reading()
        warehouse.prepare()
        assert warehouse.query("SELECT version, release FROM aquamind_assets_version") == [(VERSION, "2025-08")]


@pytest.mark.parametrize("place", ["sqlite", "postgresql", "lake"])
def test_rows_of_today_are_stored_as_recorded(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Numbers with a floating point, and ids of four bytes that other rows refer to."""
    days = DayRange(year_days(2015).first, year_days(2015).first + 30)
    tables, stamps = tables_of("2026-03"), {"created_at": 0, "updated_at": 0}
    profile, readings = "scenario_temperatureprofile", "scenario_temperaturereading"
    number = np.arange(5)
    of_day = row_ids(np.full(5, days.first), number)
    blocks = [
        rows(tables[profile], 1, profile_id=of_day[:1], name="Bordoy", **stamps),
        rows(
            tables[readings],
            5,
            reading_id=of_day,
            temperature=[6.25, -0.5, 7.123456, 1e6, 0.1],
            profile_id=of_day[0],
            day_number=number + 1,
            **stamps,
        ),
    ]
    url = new_database(place, request, tmp_path)
    with open_warehouse(url, "2026-03") as warehouse:
        warehouse.prepare()
        warehouse.write_chunk(ChunkKey("plans", 2015, 0), days, "f", "run", [profile, readings], blocks)
        assert warehouse.manifest() == warehouse.recount()
        assert warehouse.broken_references([readings]) == {}
        found = warehouse.query(f"SELECT profile_id, temperature FROM {readings} ORDER BY day_number")
        assert [number for number, _ in found] == [int(narrow_row_ids(np.array([days.first]), np.array([0]))[0])] * 5
        assert [value for _, value in found] == [6.25, -0.5, 7.123456, 1e6, 0.1]
