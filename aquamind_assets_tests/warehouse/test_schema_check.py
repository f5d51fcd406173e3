"""A database is looked at before anything is written, and every difference is named."""

import sqlite3

import psycopg
import pytest

from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.recognition import SchemaMismatch
from aquamind_assets.warehouse.schema_check import differences, read_postgresql, read_sqlite
from aquamind_assets_tests.conftest import new_database
from aquamind_assets_tests.release_2025_08 import TABLES


@pytest.fixture(scope="module")
def described(postgres_server):
    with new_database(postgres_server) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("; ".join(ddl.create_statements(TABLES, "postgresql")))
        yield connection


@pytest.fixture
def postgres(described):
    """The tables as they are described; what a test changes is taken back."""
    with described.transaction(force_rollback=True):
        yield described


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("DROP TABLE health_licecount", "table health_licecount is missing"),
        ("ALTER TABLE batch_batch DROP COLUMN notes", "batch_batch.notes is missing; it should be text"),
        (
            "ALTER TABLE batch_batchcontainerassignment ALTER biomass_kg TYPE numeric(8,2)",
            "batch_batchcontainerassignment.biomass_kg is numeric(8,2); it should be numeric(10,2)",
        ),
        ("ALTER TABLE batch_batch ALTER start_date DROP NOT NULL", "batch_batch.start_date allows NULL; it should not"),
        (
            "ALTER TABLE batch_batch ALTER expected_end_date SET NOT NULL",
            "batch_batch.expected_end_date does not allow NULL; it should",
        ),
        (
            "ALTER TABLE batch_batch ADD sold_to text NOT NULL",
            "batch_batch.sold_to is not described, and no row can be written without it",
        ),
        (
            (
                "ALTER TABLE health_licecount DROP CONSTRAINT health_licecount_pkey; ALTER TABLE health_licecount ADD"
                " PRIMARY KEY (id, count_date)"
            ),
            "health_licecount has the primary key (id, count_date); it should be (id)",
        ),
    ],
)
def test_a_difference_is_named(postgres, change, difference):
    postgres.execute(change)
    assert differences(TABLES, read_postgresql(postgres)) == [difference]


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE batch_batch ADD sold_to text",
        "ALTER TABLE batch_batch ADD sold_to text NOT NULL DEFAULT ''",
        "CREATE TABLE broodstock_trait (id bigint PRIMARY KEY, name text NOT NULL)",
        (
            "ALTER TABLE environmental_weatherdata DROP CONSTRAINT environmental_weatherdata_pkey; "
            "ALTER TABLE environmental_weatherdata ADD PRIMARY KEY (timestamp, area_id)"
        ),
        (
            "ALTER TABLE environmental_environmentalreading DROP CONSTRAINT environmental_environmentalreading_pkey; "
            "ALTER TABLE environmental_environmentalreading ADD PRIMARY KEY (reading_time, sensor_id)"
        ),
    ],
)
def test_what_a_later_or_other_aquamind_has_is_no_difference(postgres, change):
    postgres.execute(change)
    assert differences(TABLES, read_postgresql(postgres)) == []


def test_an_empty_database_lacks_every_table(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        assert differences(TABLES, read_postgresql(connection)) == [f"table {name} is missing" for name in TABLES]


def test_types_as_django_declares_them_on_sqlite_are_accepted():
    connection = sqlite3.connect(":memory:")
    for statement in ddl.create_statements(TABLES, "sqlite"):
        if '"batch_batchcomposition"' in statement and "CREATE TABLE" in statement:
            statement = statement.replace('"population_count" integer', '"population_count" integer unsigned')
            assert "unsigned" in statement
        connection.execute(statement)
    assert differences(TABLES, read_sqlite(connection), sqlite=True) == []


def test_a_difference_on_sqlite_is_named():
    connection = sqlite3.connect(":memory:")
    for statement in ddl.create_statements(TABLES, "sqlite"):
        connection.execute(
            statement.replace('"biomass_kg" decimal NOT NULL', '"biomass_kg" text NOT NULL')
            if '"batch_mortalityevent"' in statement
            else statement
        )
    found = differences(TABLES, read_sqlite(connection), sqlite=True)
    assert found == ["batch_mortalityevent.biomass_kg is text; it should be decimal"]
    with pytest.raises(SchemaMismatch, match=r"differs .* in 1 places; .*:\n- batch_mortalityevent.biomass_kg is text"):
        raise SchemaMismatch("sqlite:///farm.db", found, "2025-08")
