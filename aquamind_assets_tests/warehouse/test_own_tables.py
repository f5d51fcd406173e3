"""The platform's own tables: every step from an older version, and databases of a newer one."""

from collections.abc import Callable

import pytest

from aquamind_assets.tables.rows import rows
from aquamind_assets.timeline import year_days
from aquamind_assets.warehouse import own_tables
from aquamind_assets.warehouse.checkpoints import CONTENT_COLUMNS, DIARY_COLUMNS, ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import NothingMaterialized, OtherVersion
from aquamind_assets.warehouse.own_tables import STEPS, VERSION, VERSION_TABLE, installed_version
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.databases import shared_with_users
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings


def own_columns(warehouse: Warehouse) -> dict[str, list[str]]:
    """Columns of the platform's own tables, in no order."""
    names = sorted(name for name in warehouse.database.table_names() if name.startswith(own_tables.PREFIX))
    return {name: sorted(warehouse.frame(f"SELECT * FROM {name}").columns) for name in names}


def make_version_1(warehouse: Warehouse) -> None:
    """Turn the prepared database back into what the first version left: no version, the day behind the fingerprint."""
    database = warehouse.database
    with database.transaction():
        kept = {name: database.query(f"SELECT * FROM {name}") for name in ("aquamind_assets_chunk_table",)}
        chunks = database.query(
            "SELECT asset, year, chunk, first_day, last_day, row_count, digest, fingerprint, run_id, seconds,"
            " peak_memory_mb, as_of FROM aquamind_assets_chunk"
        )
        living = database.query("SELECT * FROM aquamind_assets_living")
        for name in own_columns(warehouse):
            database.execute(f"DROP TABLE {name}")
        for statement in STEPS[0].statements:
            database.execute(statement.format(bytes=database.bytes_type))
        for *row, as_of in chunks:
            if as_of is not None:
                row[7] = f"{row[7]}@2015-12-31"
            database.execute(f"INSERT INTO aquamind_assets_chunk VALUES ({', '.join('?' * 11)})", row)
        for row in kept["aquamind_assets_chunk_table"]:
            database.execute(f"INSERT INTO aquamind_assets_chunk_table VALUES ({', '.join('?' * 7)})", row)
        for row in living:
            database.execute("INSERT INTO aquamind_assets_living VALUES (?, ?, ?, ?)", row)


def make_version_2(warehouse: Warehouse) -> None:
    """Turn the prepared database back into what the second version left: no adopted rows."""
    make_version_3(warehouse)
    with warehouse.database.transaction():
        for name in ("aquamind_assets_adopted", "aquamind_assets_changed"):
            warehouse.database.execute(f"DROP TABLE {name}")
        warehouse.database.execute(f"UPDATE {VERSION_TABLE} SET version = 2")


def make_version_3(warehouse: Warehouse) -> None:
    """Turn the prepared database back into what the third version left: no release of AquaMind."""
    make_version_4(warehouse)
    with warehouse.database.transaction():
        warehouse.database.execute(f"DROP TABLE {VERSION_TABLE}")
        warehouse.database.execute(f"CREATE TABLE {VERSION_TABLE} (version integer NOT NULL)")
        warehouse.database.execute(f"INSERT INTO {VERSION_TABLE} VALUES (3)")


def make_version_4(warehouse: Warehouse) -> None:
    """Turn the prepared database back into what the fourth version left: chunks know all that they look back on."""
    with warehouse.database.transaction():
        warehouse.database.execute("ALTER TABLE aquamind_assets_chunk DROP COLUMN known_from")
        warehouse.database.execute(f"UPDATE {VERSION_TABLE} SET version = 4")


AT_VERSION: dict[int, Callable[[Warehouse], None]] = {
    1: make_version_1,
    2: make_version_2,
    3: make_version_3,
    4: make_version_4,
}
"""What turns a prepared database into one of an older version."""


def test_every_older_version_has_its_test() -> None:
    assert sorted(AT_VERSION) == list(range(1, VERSION))


@pytest.mark.parametrize("version", AT_VERSION)
def test_an_older_database_is_migrated(warehouse: Warehouse, database_url: str, version: int) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    columns, manifest, checkpoints = own_columns(warehouse), warehouse.manifest(), warehouse.checkpoints()
    AT_VERSION[version](warehouse)
    assert installed_version(warehouse.database) == version
    with (
        open_warehouse(database_url, "2025-08") as reader,
        pytest.raises(OtherVersion, match=r"older version.*`aquamind run`"),
    ):
        reader.begin_reading()
    with open_warehouse(database_url, "2025-08") as migrated:
        migrated.prepare()
        assert installed_version(migrated.database) == VERSION
        assert own_columns(migrated) == columns
        assert migrated.checkpoints() == checkpoints
        assert {one.as_of for one in checkpoints} == {None, year_days(2015).end - 1}
        assert migrated.manifest() == manifest == migrated.recount()
        migrated.prepare()
        assert migrated.query(f"SELECT version FROM {VERSION_TABLE}") == [(VERSION,)]


@shared_with_users
@pytest.mark.parametrize("migrated_by_aquamind", [True, False])
def test_the_reason_of_aquaminds_migrations_is_given_back(warehouse: Warehouse, migrated_by_aquamind: bool) -> None:
    reason = rows(TABLES["health_mortalityreason"], 1, id=1, name="UNKNOWN", description="described")
    key = ChunkKey("reasons", 2015, 0)
    warehouse.write_living(key, year_days(2015), "f", "run", ["health_mortalityreason"], [reason])
    make_version_2(warehouse)
    if migrated_by_aquamind:
        with warehouse.database.transaction():
            warehouse.database.execute("CREATE TABLE django_migrations (id integer)")
    warehouse.prepare()
    assert len(warehouse.manifest()) == (0 if migrated_by_aquamind else 1)
    assert warehouse.manifest() == warehouse.recount()
    warehouse.write_living(key, year_days(2015), "f", "run", ["health_mortalityreason"], [reason])
    warehouse.clear({"reasons": ["health_mortalityreason"]}, [2015])
    left = warehouse.query("SELECT id, description FROM health_mortalityreason")
    assert left == ([(1, "described")] if migrated_by_aquamind else [])


def test_a_newer_database_is_refused_and_left_as_it_is(warehouse: Warehouse, database_url: str) -> None:
    with warehouse.database.transaction():
        warehouse.database.execute(f"UPDATE {VERSION_TABLE} SET version = ?", (VERSION + 1,))
    for begin in ("prepare", "begin_reading"):
        with (
            open_warehouse(database_url, "2025-08") as opened,
            pytest.raises(OtherVersion, match="newer version of the platform"),
        ):
            getattr(opened, begin)()
    assert installed_version(warehouse.database) == VERSION + 1


def test_a_database_of_aquamind_without_the_platforms_tables_holds_nothing(
    warehouse: Warehouse, database_url: str
) -> None:
    with warehouse.database.transaction():
        for name in own_columns(warehouse):
            warehouse.database.execute(f"DROP TABLE {name}")
    with open_warehouse(database_url, "2025-08") as opened, pytest.raises(NothingMaterialized, match="holds no rows"):
        opened.begin_reading()


def test_every_column_of_a_checkpoint_is_content_or_diary(warehouse: Warehouse) -> None:
    assert own_columns(warehouse)["aquamind_assets_chunk"] == sorted((*CONTENT_COLUMNS, *DIARY_COLUMNS))
