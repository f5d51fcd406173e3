"""Databases with tables, triggers and rules of their own around AquaMind's tables."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.ddl import DEFAULT_PARTITION
from aquamind_assets.warehouse.errors import DatabaseRefused, RowsRefused, StillReferenced, WarehouseUnavailable
from aquamind_assets.warehouse.postgres.failures import failures_named
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.databases import database_of
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, ids, parents, readings
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings
from aquamind_assets_tests.warehouse.test_existing import aquamind_url, make_as_aquamind_does

__all__ = ["aquamind_url"]

FARM = ChunkKey("farm", 2015, 0)
BATCH = int(ids(FIRST, 4)[3])
DAYS = chunks_of(2015)[0].days
LAST_SECONDS = 240
"""A failed load ends at once; a test that takes longer than this has found one that does not."""


def own_table(warehouse: Warehouse, on_delete: str = "") -> None:
    """A table that the platform does not know, with a row that refers to a batch of the platform."""
    with warehouse.database.transaction():
        warehouse.database.execute(
            "CREATE TABLE scenario_scenario (id integer PRIMARY KEY, batch_id bigint REFERENCES batch_batch (id)"
            f" {on_delete} DEFERRABLE INITIALLY DEFERRED)"
        )
        warehouse.database.execute("INSERT INTO scenario_scenario VALUES (1, ?)", (BATCH,))


def fewer() -> list[Rows]:
    """The farm without its last batch."""
    return [block if block.table != "batch_batch" else block.take(slice(0, 3)) for block in parents()]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database in which people may enter rows; they cannot in a lake."""
    return database_of(request, tmp_path)


def test_a_table_that_the_platform_does_not_know_keeps_its_references(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    own_table(warehouse)
    before = warehouse.manifest()
    with pytest.raises(StillReferenced, match=r"1 rows of scenario_scenario \(not a table of the platform.*batch_id"):
        warehouse.clear({"farm": PARENT_TABLES}, [2015])
    with pytest.raises(StillReferenced, match="1 rows of scenario_scenario"):
        warehouse.write_living(FARM, year_days(2015), "g", "run", PARENT_TABLES, fewer())
    write_parents(warehouse)
    assert warehouse.manifest() == before == warehouse.recount()
    assert warehouse.query("SELECT batch_id FROM scenario_scenario") == [(BATCH,)]


def test_the_owner_of_such_a_table_is_named(aquamind_url: str) -> None:
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        own_table(warehouse)
        with pytest.raises(StillReferenced, match=r"owner (postgres|aquamind)"):
            warehouse.clear({"farm": PARENT_TABLES}, [2015])


@pytest.mark.parametrize("on_delete", ["ON DELETE CASCADE", "ON DELETE SET NULL"])
def test_rows_that_would_go_with_the_platforms_stay(aquamind_url: str, on_delete: str) -> None:
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        own_table(warehouse, on_delete)
        owner = "aquamind@" in aquamind_url or "://aquamind" in aquamind_url
        if owner:
            with pytest.raises(StillReferenced, match="ON DELETE NO ACTION"):
                write_parents(warehouse)
        else:
            write_parents(warehouse)
        with pytest.raises(StillReferenced, match="scenario_scenario"):
            warehouse.clear({"farm": PARENT_TABLES}, [2015])
        assert warehouse.query("SELECT id, batch_id FROM scenario_scenario") == [(1, BATCH)]


SQLITE_TRIGGER = f"CREATE TRIGGER rounding AFTER INSERT ON {READINGS} BEGIN {{}} END"
POSTGRES_TRIGGER = (
    f"CREATE TRIGGER rounding BEFORE INSERT ON {READINGS} FOR EACH ROW EXECUTE FUNCTION rounding();"
    f" ALTER TABLE {READINGS} ENABLE ALWAYS TRIGGER rounding"
)
CHANGES = {
    "changes": (
        "UPDATE {table} SET value = round(value) WHERE id = NEW.id;",
        "NEW.value = round(NEW.value); RETURN NEW;",
    ),
    "leaves out": (
        "DELETE FROM {table} WHERE id = NEW.id AND NEW.value > 20;",
        "IF NEW.value > 20 THEN RETURN NULL; END IF; RETURN NEW;",
    ),
    "looks on": ("SELECT 1;", "RETURN NEW;"),
}


@pytest.fixture
def of_aquamind(database_url: str) -> Iterator[Warehouse]:
    """A database that AquaMind's migrations made: on PostgreSQL all readings are in one table, with its triggers."""
    if not database_url.startswith("sqlite"):
        make_as_aquamind_does(database_url)
    with open_warehouse(database_url, "2025-08") as warehouse:
        warehouse.prepare()
        yield warehouse


@pytest.mark.parametrize("what", CHANGES)
def test_a_trigger_that_changes_rows_is_found(of_aquamind: Warehouse, what: str) -> None:
    warehouse = of_aquamind
    write_parents(warehouse)
    on_sqlite, on_postgres = CHANGES[what]
    with warehouse.database.transaction():
        if warehouse.url.startswith("sqlite"):
            warehouse.database.execute(SQLITE_TRIGGER.format(on_sqlite.format(table=READINGS)))
        else:
            warehouse.database.execute(
                f"CREATE FUNCTION rounding() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {on_postgres} END $$"
            )
            warehouse.database.execute(POSTGRES_TRIGGER)
    if what == "looks on":
        write_readings(warehouse, 0)
        assert warehouse.manifest() == warehouse.recount()
        return
    with pytest.raises(RowsRefused, match=r"a trigger changes them or leaves them out \(rounding\)"):
        write_readings(warehouse, 0)
    assert warehouse.checkpoints("readings") == []


def test_a_trigger_on_living_rows_is_found(warehouse: Warehouse) -> None:
    with warehouse.database.transaction():
        if warehouse.url.startswith("sqlite"):
            warehouse.database.execute(
                "CREATE TRIGGER renaming AFTER INSERT ON infrastructure_area BEGIN UPDATE infrastructure_area SET"
                " name = upper(name) || '!' WHERE id = NEW.id; END"
            )
        else:
            warehouse.database.execute(
                "CREATE FUNCTION renaming() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name = upper(NEW.name) ||"
                " '!'; RETURN NEW; END $$"
            )
            warehouse.database.execute(
                "CREATE TRIGGER renaming BEFORE INSERT ON infrastructure_area FOR EACH ROW EXECUTE FUNCTION renaming();"
                " ALTER TABLE infrastructure_area ENABLE ALWAYS TRIGGER renaming"
            )
    with pytest.raises(RowsRefused, match=r"infrastructure_area.*\(renaming\)"):
        write_parents(warehouse)
    assert warehouse.checkpoints() == []


def test_row_security_hides_nothing(aquamind_url: str) -> None:
    """A policy leaves rows out of what a role reads; a recount that does not see them would find them missing."""
    with open_warehouse(aquamind_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        manifest = warehouse.manifest()
        with warehouse.database.transaction():
            warehouse.database.execute("ALTER TABLE batch_batch ENABLE ROW LEVEL SECURITY")
            warehouse.database.execute("ALTER TABLE batch_batch FORCE ROW LEVEL SECURITY")
            warehouse.database.execute("CREATE POLICY few ON batch_batch USING (false)")
        if "://aquamind" in aquamind_url:
            with pytest.raises(DatabaseRefused, match="SQLSTATE 42501"):
                warehouse.recount()
        else:
            assert warehouse.recount() == manifest


def within(seconds: float, write: Thread) -> None:
    write.start()
    write.join(seconds)
    assert not write.is_alive(), "the writer waits without end"


@pytest.mark.parametrize("per_day", [12, 960])
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_failure_of_the_server_ends_the_load(postgres_tables_url: str, per_day: int, place: str) -> None:
    """Whenever it comes: in a small load all rows have been handed over by then."""
    with open_warehouse(postgres_tables_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        day = DAYS.first if place == "first" else DAYS.end - 1
        with psycopg.connect(postgres_tables_url, autocommit=True) as database:
            refused = ids(day, 1)[0]
            database.execute(f"ALTER TABLE {READINGS} ADD CONSTRAINT theirs CHECK (id <> {refused})".encode())
        failures: list[BaseException] = []

        def write() -> None:
            try:
                warehouse.write_chunk(
                    ChunkKey("readings", 2015, 0), DAYS, "f", "run", [READINGS], lambda: readings(DAYS, per_day)
                )
            except BaseException as failure:
                failures.append(failure)

        within(LAST_SECONDS, Thread(target=write, daemon=True))
        (failure,) = failures
        assert isinstance(failure, RowsRefused)
        assert "theirs" in str(failure)
        assert warehouse.query(f"SELECT count(*) FROM {READINGS}") == [(0,)]


def test_a_terminated_session_ends_the_load(postgres_tables_url: str) -> None:
    with open_warehouse(postgres_tables_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_parents(warehouse)
        process = warehouse.query("SELECT pg_backend_pid()")[0][0]

        def terminating(days: DayRange) -> Iterator[Rows]:
            yield from readings(days)
            if process:
                with psycopg.connect(postgres_tables_url, autocommit=True) as other:
                    other.execute("SELECT pg_terminate_backend(%s)", (process,))

        failures: list[BaseException] = []

        def write() -> None:
            try:
                warehouse.write_chunk(ChunkKey("readings", 2015, 0), DAYS, "f", "run", [READINGS], terminating(DAYS))
            except BaseException as failure:
                failures.append(failure)

        within(LAST_SECONDS, Thread(target=write, daemon=True))
        assert "what was being written is not in the database" in str(failures[0])
        process = 0
        write_readings(warehouse, 0)
        assert warehouse.manifest() == warehouse.recount()


def test_a_writer_that_loads_is_not_in_the_way_of_one_that_attaches(
    postgres_tables_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would wait for the other: attaching locks the default partition, and before it the tables referred to."""
    held = []
    with (
        open_warehouse(postgres_tables_url, "2025-08") as warehouse,
        psycopg.connect(postgres_tables_url, autocommit=True) as onlooker,
    ):
        warehouse.prepare()
        write_parents(warehouse)
        settle = warehouse.database.settle

        def look_and_settle() -> None:
            locks = "SELECT mode FROM pg_locks WHERE relation = %s::regclass"
            held.append(onlooker.execute(locks, (DEFAULT_PARTITION,)).fetchall())
            settle()

        monkeypatch.setattr(warehouse.database, "settle", look_and_settle)
        write_readings(warehouse, 0)
        write_readings(warehouse, 0, salt=1)
        assert warehouse.manifest() == warehouse.recount()
    assert held == [[], []]


def test_a_name_that_two_sessions_give_at_once_may_be_tried_again(postgres_url: str) -> None:
    """The server's own catalogue refuses the later one, with the code of a row whose key is there."""
    failures: list[BaseException] = []
    make = "CREATE TABLE made_at_once (id bigint)"

    def make_too() -> None:
        with psycopg.connect(postgres_url) as later:
            try:
                with failures_named("here"):
                    later.execute(make)
            except WarehouseUnavailable as error:
                failures.append(error)

    with psycopg.connect(postgres_url) as earlier, psycopg.connect(postgres_url, autocommit=True) as onlooker:
        earlier.execute(make)
        waiting = Thread(target=make_too)
        waiting.start()
        blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query = %s"
        while waiting.is_alive() and onlooker.execute(blocked, (make,)).fetchone() == (0,):
            pass
        earlier.commit()
        waiting.join()
    assert [isinstance(error.__cause__, psycopg.errors.UniqueViolation) for error in failures] == [True]
