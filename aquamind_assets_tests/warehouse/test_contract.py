"""What every warehouse promises, whichever database it is."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from aquamind_assets.tables.digest import add, digest
from aquamind_assets.tables.rows import Rows, RowsError, rows
from aquamind_assets.timeline import DayRange, chunks_of, to_date, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import MissingReferences, StillReferenced, WarehouseError, YearLocked
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.slow_cases import slow_after
from aquamind_assets_tests.warehouse.databases import ALL, database_of, shared_with_users
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, batches, ids, parents, readings

YEAR = year_days(2015)


@pytest.fixture(params=slow_after(len(ALL), [*ALL, "s3"]))
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of a new database: a lake in an object store too."""
    return database_of(request, tmp_path)


def write_parents(warehouse: Warehouse) -> None:
    warehouse.write_living(ChunkKey("farm", 2015, 0), YEAR, "f", "run", PARENT_TABLES, parents())


def write_readings(
    warehouse: Warehouse, chunk: int, fingerprint: str = "f", through: int | None = None, salt: int = 0
) -> None:
    days = chunks_of(2015, through)[chunk].days
    warehouse.write_chunk(
        ChunkKey("readings", 2015, chunk), days, fingerprint, "run", [READINGS], readings(days, salt=salt)
    )


def expected_digest(days: DayRange, salt: int = 0) -> int:
    return add([digest(block) for block in readings(days, salt=salt)])


def test_what_was_written_is_what_lies_there(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    write_readings(warehouse, 12)
    manifest = warehouse.manifest()
    assert manifest == warehouse.recount()
    assert {entry.table for entry in manifest} == {*PARENT_TABLES, READINGS}
    entry = next(entry for entry in manifest if entry.table == READINGS)
    assert entry.rows == 35 * 96
    assert entry.digest == add([expected_digest(chunks_of(2015)[0].days), expected_digest(chunks_of(2015)[12].days)])


def test_a_checkpoint_says_what_was_written(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 3)
    (found,) = warehouse.checkpoints("readings", 2015)
    assert (found.chunk, found.first_day, found.last_day, found.rows) == (3, FIRST + 90, FIRST + 119, 30 * 96)
    assert found.digest == expected_digest(DayRange(FIRST + 90, FIRST + 120))
    assert (found.fingerprint, found.run_id) == ("f", "run")
    assert found.peak_memory_mb > 10
    assert found.seconds > 0


def test_a_chunk_written_again_replaces_the_rows(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 1)
    write_readings(warehouse, 1, "g", salt=5)
    assert warehouse.manifest() == warehouse.recount()
    (found,) = warehouse.checkpoints("readings")
    assert (found.fingerprint, found.digest) == ("g", expected_digest(chunks_of(2015)[1].days, salt=5))


def test_a_failure_in_the_middle_leaves_what_was_there(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    before = warehouse.manifest()
    days = chunks_of(2015)[0].days

    def failing():
        yield from readings(days, salt=1)
        raise KeyError("a recorder failed")

    with pytest.raises(KeyError, match="a recorder failed"):
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "g", "run", [READINGS], failing())
    assert warehouse.manifest() == before == warehouse.recount()
    assert warehouse.pending_chunks("readings", 2015, "f", chunks_of(2015)[:1]) == []


def test_pending_chunks_are_those_not_covered_by_the_fingerprint(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    write_readings(warehouse, 1, "other")
    write_readings(warehouse, 2, through=FIRST + 69)
    found = warehouse.pending_chunks("readings", 2015, "f", chunks_of(2015)[:4])
    assert [(one.chunk.index, one.days.first - FIRST, one.append) for one in found] == [
        (1, 30, False),
        (2, 70, True),
        (3, 90, False),
    ]


def test_days_appended_one_by_one_give_the_whole_chunk(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0, through=FIRST + 9)
    for day in range(FIRST + 10, FIRST + 30):
        days = DayRange(day, day + 1)
        warehouse.append_days(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(days))
    (found,) = warehouse.checkpoints("readings")
    assert (found.days, found.digest, found.rows) == (
        DayRange(FIRST, FIRST + 30),
        expected_digest(DayRange(FIRST, FIRST + 30)),
        30 * 96,
    )
    assert warehouse.manifest() == warehouse.recount()


def test_days_cannot_be_appended_where_they_do_not_follow(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0, through=FIRST + 9)
    days = DayRange(FIRST + 11, FIRST + 12)
    with pytest.raises(WarehouseError, match="cannot follow"):
        warehouse.append_days(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(days))
    days = DayRange(FIRST + 10, FIRST + 11)
    with pytest.raises(WarehouseError, match="cannot follow"):
        warehouse.append_days(ChunkKey("readings", 2015, 0), days, "changed", "run", [READINGS], readings(days))


def test_rows_outside_the_days_or_tables_are_refused(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    days = DayRange(FIRST, FIRST + 30)
    with pytest.raises(RowsError, match=r"environmentalreading.id = \d+; the days written allow"):
        warehouse.write_chunk(
            ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(DayRange(FIRST, FIRST + 31))
        )
    with pytest.raises(RowsError, match="announced were"):
        warehouse.write_chunk(
            ChunkKey("readings", 2015, 0), days, "f", "run", ["inventory_feedingevent"], readings(days)
        )
    late = [block for block in readings(DayRange(FIRST + 29, FIRST + 31)) if block.size]
    shifted = Rows(
        late[0].spec,
        96,
        {**late[0].take(slice(0, 96)).columns, "reading_time": late[0].take(slice(96, 192)).columns["reading_time"]},
    )
    with pytest.raises(
        RowsError, match=r"reading_time = 2015-01-31T21:00:00.000000; the days written are 2015-01-01 to 2015-01-30"
    ):
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], [shifted])
    assert warehouse.checkpoints("readings") == []


def test_references_to_nothing_are_refused(warehouse: Warehouse) -> None:
    days = DayRange(FIRST, FIRST + 1)
    with pytest.raises(
        MissingReferences, match=r"environmentalreading.container_id: 4 of 4 ids are not in infrastructure_container"
    ):
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], readings(days))
    assert warehouse.recount() == []
    assert warehouse.broken_references() == {}


def test_a_year_has_one_writer(warehouse: Warehouse, database_url: str) -> None:
    with open_warehouse(database_url, "2025-08") as second, warehouse.lock("readings", 2015):
        assert warehouse.is_locked("readings", 2015)
        assert second.is_locked("readings", 2015)
        assert not second.is_locked("readings", 2016)
        with pytest.raises(YearLocked, match="readings 2015"), second.lock("readings", 2015):
            pass
        with second.lock("readings", 2016):
            assert warehouse.is_locked("readings", 2016)
    assert not warehouse.is_locked("readings", 2015)
    with warehouse.lock("readings", 2015):
        pass


def test_living_rows_are_replaced_and_leave_with_their_last_claim(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    old, new = ids(FIRST, 4), ids(year_days(2016).first, 2)
    key = ChunkKey("farm", 2016, 0)
    warehouse.write_living(
        key, year_days(2016), "f", "run", ["batch_batch"], [batches(old[:2], "COMPLETED"), batches(new, "ACTIVE")]
    )
    found = dict(warehouse.query("SELECT id, status FROM batch_batch"))
    assert found == {
        old[0]: "COMPLETED",
        old[1]: "COMPLETED",
        old[2]: "ACTIVE",
        old[3]: "ACTIVE",
        new[0]: "ACTIVE",
        new[1]: "ACTIVE",
    }
    assert warehouse.manifest() == warehouse.recount()

    warehouse.write_living(key, year_days(2016), "g", "run", ["batch_batch"], [batches(new[1:], "ACTIVE")])
    assert {number for (number,) in warehouse.query("SELECT id FROM batch_batch")} == {*old, new[1]}

    warehouse.write_living(
        key, year_days(2016), "g", "run", ["batch_batch"], [batches(new, "ACTIVE")], gone={"batch_batch": old[3:]}
    )
    assert {number for (number,) in warehouse.query("SELECT id FROM batch_batch")} == {*old[:3], *new}
    assert warehouse.manifest() == warehouse.recount()

    assert warehouse.clear({"farm": PARENT_TABLES}, [2016]) == {
        table: 2 if table == "batch_batch" else 0 for table in PARENT_TABLES
    }
    assert {number for (number,) in warehouse.query("SELECT id FROM batch_batch")} == {*old[:3]}
    assert warehouse.manifest() == warehouse.recount()


def test_a_living_row_stays_while_another_year_claims_it(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    key = ChunkKey("farm", 2016, 0)
    alive = [block for block in parents() if block.table in ("batch_species", "batch_lifecyclestage")]
    warehouse.write_living(
        key, year_days(2016), "f", "run", PARENT_TABLES, [*alive, batches(ids(FIRST, 1), "COMPLETED")]
    )
    deleted = warehouse.clear({"farm": PARENT_TABLES}, [2015])
    assert deleted["batch_batch"] == 3
    assert warehouse.query("SELECT id, status FROM batch_batch") == [(ids(FIRST, 1)[0], "COMPLETED")]
    assert warehouse.manifest() == warehouse.recount()


def test_living_rows_of_a_later_year_or_given_twice_are_refused(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    late = batches(ids(year_days(2016).first, 1), "ACTIVE")
    with pytest.raises(RowsError, match="of a year after 2015"):
        warehouse.write_living(ChunkKey("farm", 2015, 0), YEAR, "f", "run", ["batch_batch"], [late])
    with pytest.raises(RowsError, match="twice"):
        warehouse.write_living(
            ChunkKey("farm", 2015, 0), YEAR, "f", "run", ["batch_batch"], [batches(ids(FIRST, 1), "ACTIVE")] * 2
        )


def test_a_row_with_an_id_that_aquamind_fixes_is_counted_and_cleared(warehouse: Warehouse) -> None:
    reason = rows(TABLES["health_mortalityreason"], 1, id=1, name="UNKNOWN")
    warehouse.write_living(ChunkKey("reasons", 2015, 0), YEAR, "f", "run", ["health_mortalityreason"], [reason])
    (entry,) = warehouse.manifest()
    assert (entry.year, entry.rows, entry.digest) == (0, 1, digest(reason))
    assert warehouse.recount() == [entry]
    assert warehouse.clear({"reasons": ["health_mortalityreason"]}, [2015]) == {"health_mortalityreason": 1}
    assert warehouse.query("SELECT id FROM health_mortalityreason") == [] == warehouse.manifest() == warehouse.recount()


def test_clear_removes_a_year_of_chunks_and_nothing_else(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    days = chunks_of(2016)[0].days
    warehouse.write_chunk(ChunkKey("readings", 2016, 0), days, "f", "run", [READINGS], readings(days))
    assert warehouse.clear({"readings": [READINGS]}, [2015]) == {READINGS: 30 * 96}
    assert [checkpoint.year for checkpoint in warehouse.checkpoints("readings")] == [2016]
    assert warehouse.query(f"SELECT count(*), min(id) FROM {READINGS}") == [(30 * 96, ids(days.first, 1)[0])]
    assert warehouse.manifest() == warehouse.recount()


def test_what_rows_that_stay_refer_to_is_not_cleared(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    before = warehouse.manifest()
    with pytest.raises(
        StillReferenced,
        match="rows of the platform in environmental_environmentalreading, written by environmental_readings with ids"
        r" of 2015, refer \(batch_id\) to rows of batch_batch of 2015: clear those years, or environmental_readings",
    ):
        warehouse.clear({"farm": PARENT_TABLES}, [2015])
    assert warehouse.manifest() == before == warehouse.recount()
    warehouse.clear({"farm": PARENT_TABLES, "readings": [READINGS]}, [2015, 2016])
    assert warehouse.manifest() == [] == warehouse.recount()
    assert warehouse.checkpoints() == []
    assert warehouse.query("SELECT * FROM aquamind_assets_living") == []


def enter_reading(warehouse: Warehouse, number: int, day: int) -> None:
    """A reading that a user enters by hand."""
    cage, parameter = int(ids(FIRST, 1)[0]), int(ids(FIRST, 1)[0])
    noon = f"{to_date(day)} 12:00:00"
    warehouse.database.execute(
        f"INSERT INTO {READINGS} (id, value, reading_time, is_manual, notes, created_at, container_id, parameter_id)"
        " VALUES (?, 8.5, ?, ?, 'mine', ?, ?, ?)",
        (number, noon, True, noon, cage, parameter),
    )


@shared_with_users
def test_readings_that_users_entered_stay(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    enter_reading(warehouse, 77, FIRST + 3)
    write_readings(warehouse, 0)
    enter_reading(warehouse, 78, FIRST + 4)
    enter_reading(warehouse, 79, FIRST + 200)
    write_readings(warehouse, 0, "g", salt=3)
    warehouse.clear({"readings": [READINGS]}, [2015])
    write_readings(warehouse, 0)
    assert warehouse.query(f"SELECT id FROM {READINGS} WHERE notes = 'mine' ORDER BY id") == [(77,), (78,), (79,)]
    assert warehouse.manifest() == warehouse.recount()


def test_readers_see_what_was_there_and_do_not_wait(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    seen = []
    days = chunks_of(2015)[0].days

    def looking() -> Iterator[Rows]:
        for block in readings(days, salt=1):
            yield block
            with open_warehouse(database_url, "2025-08") as reader:
                seen.append(
                    (
                        reader.query(f"SELECT count(*) FROM {READINGS}")[0][0],
                        reader.checkpoints("readings")[0].fingerprint,
                    )
                )

    warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "g", "run", [READINGS], looking())
    assert seen == [(30 * 96, "f")] * 3
    assert warehouse.checkpoints("readings")[0].fingerprint == "g"


def test_frames_are_the_same_from_all_databases(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    sql = f"SELECT id, value, reading_time, is_manual, batch_id FROM {READINGS} WHERE value > ? ORDER BY id LIMIT 2"
    frame = warehouse.frame(sql, (20,), dates=["reading_time"])
    assert frame["id"].dtype == np.int64
    assert frame["value"].dtype == np.float64
    assert frame["is_manual"].tolist() == [0, 0]
    assert str(frame["reading_time"].dtype).startswith("datetime64")
    texts = warehouse.frame(f"SELECT reading_time, created_at FROM {READINGS} ORDER BY id LIMIT 1")
    assert texts.iloc[0].tolist() == ["2015-01-01 00:00:00", "2015-01-01 00:00:01.500000"]


def test_preparing_twice_changes_nothing(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    before = warehouse.manifest()
    warehouse.prepare()
    assert warehouse.manifest() == before
