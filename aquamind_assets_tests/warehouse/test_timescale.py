"""TimescaleDB: the statements here, what they do on a server with the extension when AQUAMIND_TEST_TIMESCALE_URL names
one (as a superuser)."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from aquamind_assets.laws.evidence import id_condition
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of, to_date, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseRefused, MissingReferences, RowsRefused
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, ids, parents, readings
from aquamind_assets_tests.warehouse.test_concurrent import run_together
from aquamind_assets_tests.warehouse.timescale import (
    INDEXES,
    chunks,
    enter,
    entered,
    foreign_keys,
    needs_server,
    new_database,
    tables_of_chunks,
    use_aquaminds_layout,
    write,
)
from aquamind_assets_tests.warehouse.writer import write_year


@pytest.fixture(params=["superuser", "owner"])
def timescale_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a new database with the extension."""
    with new_database(request.param) as url:
        yield url


@pytest.fixture
def filled(timescale_url: str) -> Iterator[Warehouse]:
    """A prepared warehouse with the rows that readings refer to."""
    with open_warehouse(timescale_url, "2025-08") as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        yield warehouse


@needs_server
def test_examining_creates_nothing(timescale_url: str) -> None:
    made = (
        "SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace), (SELECT count(*) FROM"
        " timescaledb_information.hypertables), (SELECT count(*) FROM timescaledb_information.jobs WHERE"
        " hypertable_name IS NOT NULL)"
    )
    with open_warehouse(timescale_url, "2025-08") as warehouse:
        before = warehouse.query(made)
        assert not warehouse.examine()
        assert warehouse.query(made) == before
        warehouse.prepare()
        assert warehouse.examine()


@needs_server
def test_a_row_with_an_id_of_days_that_are_not_written_is_found(filled: Warehouse) -> None:
    write(filled, 2015, 0)
    number = int(ids(chunks_of(2015)[1].days.first, 8)[7])
    enter(filled, number, "2015-02-01 12:00:00+00")
    assets = {"readings": [READINGS]}
    (found,) = filled.taken_ids(assets, set(), [2015])
    assert found.startswith(f"{READINGS}: rows with ids of the platform that it did not write (id {number})")
    with pytest.raises(RowsRefused, match=f"id {number}"):
        write(filled, 2015, 1)
    filled.clear(assets, [2015])
    assert filled.query(f"SELECT id FROM {READINGS}") == [(number,)]


@needs_server
def test_a_reading_at_a_time_of_the_platforms_is_found(filled: Warehouse) -> None:
    write(filled, 2015, 0)
    days = chunks_of(2015)[1].days
    first, later = to_date(days.first), to_date(days.first + 3)
    for number, instant in ((1, f"{first} 00:00+00"), (2, f"{first} 00:00:00.5+00"), (3, f"{later} 02:00+02")):
        enter(filled, number, instant)
    enter(filled, 4, f"{to_date(FIRST)} 00:00:00.5+00")
    assert filled.entered_times({"readings": [READINGS]}, [2016]) == []
    (found,) = filled.entered_times({"readings": [READINGS]}, [2015, 2016])
    assert sorted(found.rows.values()) == [1, 2, 3], "on days that are not written"
    assert found.days == (days.first, days.first + 3)
    sensor = ids(FIRST, 1)[0]
    assert filled.taken_keys([found], readings(days)) == [
        f"{READINGS}: reading_time = {day}T00:00:00, sensor_id = {sensor} is the key of row {number}, which a user"
        " entered, and of a row that is to be written; change or delete the user's row"
        for number, day in ((1, first), (3, later))
    ]


@needs_server
def test_thirty_days_are_one_compressed_chunk_with_all_keys_and_indexes(filled: Warehouse, timescale_url: str) -> None:
    for salt in (0, 5):
        for number in range(3):
            write(filled, 2015, number, salt)
        assert filled.manifest() == filled.recount()
        assert chunks(filled) == [
            ("2015-01-01", "2015-01-31", True),
            ("2015-01-31", "2015-03-02", True),
            ("2015-03-02", "2015-04-01", True),
        ]
    for table in tables_of_chunks(filled):
        assert filled.query("SELECT count(*) FROM pg_index WHERE indrelid = ?::regclass", (table,)) == [(INDEXES,)]
        assert foreign_keys(filled, table) == foreign_keys(filled, READINGS)
    assert len(foreign_keys(filled, READINGS)) == 5
    assert filled.broken_references([READINGS]) == {}
    with psycopg.connect(timescale_url, autocommit=True) as user:
        taken = user.execute(f"SELECT * FROM {READINGS} WHERE reading_time < '2015-01-02' LIMIT 1").fetchone()
        assert taken
        for error, change in (
            (psycopg.errors.UniqueViolation, {}),
            (psycopg.errors.ForeignKeyViolation, {10: 77}),
        ):
            row = [change.get(place, 1 if place == 0 else value) for place, value in enumerate(taken)]
            with pytest.raises(error):
                user.execute(f"INSERT INTO {READINGS} VALUES ({', '.join(['%s'] * len(row))})".encode(), row)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            user.execute("DELETE FROM infrastructure_sensor")
        # What the hypertable loses, its chunks lose: they are as if TimescaleDB had made them.
        user.execute(f"DROP INDEX {TABLES[READINGS].indexes[0].name}")
        key = TABLES[READINGS].foreign_keys[0].foreign_key
        user.execute(f"ALTER TABLE {READINGS} DROP CONSTRAINT {key}".encode())
    for table in tables_of_chunks(filled):
        assert foreign_keys(filled, table) == foreign_keys(filled, READINGS)
        assert filled.query("SELECT count(*) FROM pg_index WHERE indrelid = ?::regclass", (table,)) == [(INDEXES - 1,)]


@needs_server
def test_days_are_appended_until_the_chunk_is_complete(filled: Warehouse) -> None:
    days, key = chunks_of(2015)[0].days, ChunkKey("readings", 2015, 0)
    some = DayRange(days.first, days.first + 20)
    filled.query(f"SELECT remove_compression_policy('{READINGS}')::text")
    filled.write_chunk(key, some, "f", "run", [READINGS], readings(some))
    for day in range(some.end, days.end):
        assert chunks(filled) == [("2015-01-01", "2015-01-31", day > some.end + 5)]
        if day == some.end + 5:  # as a policy may
            filled.query(f"SELECT compress_chunk(c)::text FROM show_chunks('{READINGS}') AS c")
        one = DayRange(day, day + 1)
        filled.append_days(key, one, "f", "run", [READINGS], readings(one))
    assert chunks(filled) == [("2015-01-01", "2015-01-31", True)]
    assert filled.manifest() == filled.recount()


@needs_server
def test_what_is_not_right_is_refused(filled: Warehouse) -> None:
    days, key = chunks_of(2015)[0].days, ChunkKey("readings", 2015, 0)
    before = tables_of_chunks(filled)
    with pytest.raises((MissingReferences, RowsRefused)):
        filled.write_chunk(key, days, "f", "run", [READINGS], wrong_sensors(days))
    with pytest.raises(RowsRefused):
        filled.write_chunk(key, days, "f", "run", [READINGS], [*readings(days), *readings(days)])
    assert tables_of_chunks(filled) == before
    assert filled.checkpoints("readings") == []


def wrong_sensors(days: DayRange) -> Iterator[Rows]:
    for block in readings(days):
        block.columns["sensor_id"].values[:] += 5_000
        yield block


@needs_server
@pytest.mark.parametrize("aquaminds", [False, True])
def test_chunks_are_dropped_whole_and_users_rows_stay(filled: Warehouse, aquaminds: bool) -> None:
    if aquaminds:
        use_aquaminds_layout(filled)
    enter(filled, 1, "2015-01-12 00:00:30+00")
    enter(filled, 2, "2015-01-30 00:00:30+00", sensor=3)
    enter(filled, 3, "2015-12-31 00:00:30+00")
    mine = entered(filled)
    for salt in (0, 5):
        for number in range(2):
            write(filled, 2015, number, salt)
        assert filled.manifest() == filled.recount()
        assert entered(filled) == mine
    enter(filled, 4, "2015-02-15 00:00:30+00")
    mine = entered(filled)
    before = tables_of_chunks(filled)
    assert filled.clear({"readings": [READINGS]}, [2015]) == {READINGS: 60 * 96}
    assert entered(filled) == mine
    assert filled.query(f"SELECT count(*) FROM {READINGS}") == [(4,)]
    left = before & tables_of_chunks(filled)
    assert filled.query("SELECT count(*) FROM unnest(?::text[]) AS t", (sorted(left),))[0][0] <= 1
    write(filled, 2015, 0)
    assert filled.manifest() == filled.recount()
    assert entered(filled) == mine


@needs_server
def test_a_triggers_owner_keeps_rows_where_they_are(filled: Warehouse, timescale_url: str) -> None:
    """Putting rows aside would run the trigger again, for a role that may not skip it."""
    with psycopg.connect(timescale_url, autocommit=True) as user:
        user.execute(
            "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id < 1000 THEN NEW.notes :="
            " NEW.notes || '!'; END IF; RETURN NEW; END $$"
        )
        user.execute(f"CREATE TRIGGER stamp BEFORE INSERT ON {READINGS} FOR EACH ROW EXECUTE FUNCTION stamp()".encode())
    enter(filled, 1, "2015-01-12 00:00:30+00")
    mine = entered(filled)
    for salt in (0, 5):
        write(filled, 2015, 0, salt)
        assert filled.manifest() == filled.recount()
    filled.clear({"readings": [READINGS]}, [2015])
    assert entered(filled) == mine


@needs_server
def test_aquaminds_layout_takes_three_years_at_default_settings(filled: Warehouse, timescale_url: str) -> None:
    use_aquaminds_layout(filled)
    enter(filled, 1, "2014-12-31 12:00:00+00")
    settings = filled.query(
        "SELECT hypertable::text, segmentby, orderby FROM timescaledb_information.hypertable_compression_settings"
    )
    for year in (2015, 2016, 2017):
        for number in range(13):
            write(filled, year, number)
    assert filled.manifest() == filled.recount()
    assert filled.broken_references([READINGS]) == {}
    assert len(tables_of_chunks(filled)) < 45
    one_year = id_condition(TABLES[READINGS], year_days(2016).first, year_days(2016).end - 1)
    with psycopg.connect(timescale_url) as connection:
        locks = []
        for condition in (one_year, "id >= 20160010000000"):
            connection.execute(f"SELECT count(*) FROM {READINGS} WHERE {condition}".encode())
            found = connection.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()").fetchone()
            locks.append(found[0] if found else 0)
            connection.rollback()
    assert locks[0] < locks[1] / 2
    assert filled.clear({"readings": [READINGS]}, [2016])[READINGS] == 366 * 96
    assert filled.manifest() == filled.recount()
    assert [number for (number, *_) in entered(filled)] == [1]
    assert settings == filled.query(
        "SELECT hypertable::text, segmentby, orderby FROM timescaledb_information.hypertable_compression_settings"
    )


@needs_server
@pytest.mark.slow
def test_scarce_room_for_locks_is_named_beforehand(filled: Warehouse, timescale_url: str) -> None:
    """A user's readings of half a year, in chunks of six hours."""
    filled.query(f"SELECT set_chunk_time_interval('{READINGS}', INTERVAL '6 hours') IS NOT NULL")
    (room,) = filled.query(
        "SELECT current_setting('max_locks_per_transaction')::int * (current_setting('max_connections')::int +"
        " current_setting('max_prepared_transactions')::int)"
    )[0]
    quarters = room // (INDEXES + 3) + 1
    for number in range(quarters):
        day, hour = divmod(number * 6, 24)
        enter(filled, number + 1, f"{to_date(FIRST + day)} {hour:02}:00:00+00")
    with open_warehouse(timescale_url, "2025-08") as warehouse:
        for check in (warehouse.prepare, warehouse.begin_reading):
            with pytest.raises(DatabaseRefused, match=r"max_locks_per_transaction to \d+ or more"):
                check()


@needs_server
def test_rows_that_a_retention_policy_dropped_are_noticed(filled: Warehouse) -> None:
    written = chunks_of(2015)[:2]
    for chunk in written:
        write(filled, 2015, chunk.index)
    assert filled.pending_chunks("readings", 2015, "f0", written) == []
    # It would drop both chunks as soon as its job runs.
    policy = "INTERVAL '1 year', initial_start => TIMESTAMPTZ '2100-01-01'"
    filled.query(f"SELECT add_retention_policy('{READINGS}', {policy})")
    filled.query(f"SELECT drop_chunks('{READINGS}', TIMESTAMPTZ '2015-01-31')")
    assert [one.chunk.index for one in filled.pending_chunks("readings", 2015, "f0", written)] == [0]
    for refused in (lambda: write(filled, 2015, 0), lambda: filled.refuse_dropped({"readings": [READINGS]}, [2015])):
        with pytest.raises(DatabaseRefused, match=r"a retention policy drops rows .* older than 1 year"):
            refused()
    filled.query(f"SELECT remove_retention_policy('{READINGS}')::text")
    filled.refuse_dropped({"readings": [READINGS]}, [2015])
    write(filled, 2015, 0)
    assert filled.pending_chunks("readings", 2015, "f0", written) == []
    assert filled.manifest() == filled.recount()


@needs_server
def test_a_continuous_aggregate_sees_what_is_written_and_cleared(filled: Warehouse, timescale_url: str) -> None:
    with psycopg.connect(timescale_url, autocommit=True) as user:
        user.execute(
            "CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS SELECT time_bucket('1 day', reading_time)"
            f" AS day, count(*) AS n, max(value) AS most FROM {READINGS} GROUP BY 1 WITH NO DATA".encode()
        )

        def seen() -> list[tuple[object, ...]]:
            user.execute("CALL refresh_continuous_aggregate('daily', NULL, NULL)")
            return user.execute("SELECT sum(n), max(most) FROM daily").fetchall()

        write(filled, 2015, 0)
        before = seen()
        assert before == user.execute(f"SELECT count(*), max(value) FROM {READINGS}".encode()).fetchall()
        write(filled, 2015, 0, salt=5)
        assert seen() == user.execute(f"SELECT count(*), max(value) FROM {READINGS}".encode()).fetchall() != before
        filled.clear({"readings": [READINGS]}, [2015])
        assert seen() == [(None, None)]


@needs_server
@pytest.mark.slow
def test_two_writers_at_the_same_time(filled: Warehouse, timescale_url: str) -> None:
    use_aquaminds_layout(filled)
    enter(filled, 1, "2015-12-31 12:00:30+00")
    write_year(filled, chunks=1)
    run_together(timescale_url, [2015, 2016])
    assert filled.manifest() == filled.recount()


@needs_server
@pytest.mark.slow
def test_the_benchmark_runs(timescale_url: str) -> None:
    options = ["--scenario", "tiny", "--days", "2", "--scale", "1", "--repeats", "1"]
    options += ["--worker-days", "31", "--tpch", "0.001"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *options, "--database", timescale_url],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        env={"COLUMNS": "200", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "timescaledb" in done.stdout
