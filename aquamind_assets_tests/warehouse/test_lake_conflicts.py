"""Commits to a lake that meet each other: both are kept where both can stand, and neither is half done."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import MissingReferences, WarehouseUnavailable
from aquamind_assets.warehouse.lake import data_files
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.synthetic import PARENT_TABLES, READINGS, parents, readings
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings
from aquamind_assets_tests.warehouse.test_lake import files, write_all_chunks


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """URL of a new lake."""
    return f"parquet:///{tmp_path / 'lake'}"


def test_commits_that_meet_are_both_kept(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    days = chunks_of(2015)[0].days

    def meeting() -> Iterator[Rows]:
        yield from readings(days)
        with open_warehouse(database_url, "2025-08") as other:
            write_readings(other, 1)

    warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], meeting())
    assert [one.chunk for one in warehouse.checkpoints("readings")] == [0, 1]
    assert warehouse.manifest() == warehouse.recount()


@pytest.mark.parametrize("written_before", [True, False])
def test_two_that_write_the_same_chunk_do_not_both_commit(
    warehouse: Warehouse, database_url: str, written_before: bool
) -> None:
    write_parents(warehouse)
    if written_before:
        write_readings(warehouse, 0)
    days = chunks_of(2015)[0].days

    def meeting() -> Iterator[Rows]:
        yield from readings(days, salt=1)
        with open_warehouse(database_url, "2025-08") as other:
            write_readings(other, 0, "other", salt=2)

    with pytest.raises(WarehouseUnavailable, match="another writer has changed the same rows"):
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "g", "run", [READINGS], meeting())
    assert [one.fingerprint for one in warehouse.checkpoints("readings")] == ["other"]
    assert warehouse.manifest() == warehouse.recount()
    assert len(files(database_url)) == len(PARENT_TABLES) + 1


def test_a_writer_that_others_overtake_tries_until_it_commits(warehouse: Warehouse, database_url: str) -> None:
    """Workers that write chunks of one small table again share its file, and one of them may be late many times."""
    write_parents(warehouse)
    write_all_chunks(warehouse)
    assert len([name for name in files(database_url) if READINGS in name]) == 1
    days, others = chunks_of(2015)[0].days, iter(range(1, 6))

    def overtaken() -> Iterator[Rows]:
        if (chunk := next(others, None)) is not None:
            write_readings(quicker, chunk, "g", salt=1)
        yield from readings(days, salt=1)

    with open_warehouse(database_url, "2025-08") as quicker:
        warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "g", "run", [READINGS], overtaken)
    assert next(others, None) is None
    assert warehouse.manifest() == warehouse.recount()
    assert {one.fingerprint for one in warehouse.checkpoints("readings", 2015)} == {"f", "g"}


@pytest.mark.parametrize("first", ["rows that refer", "the clearing"])
def test_rows_do_not_come_while_what_they_refer_to_goes(warehouse: Warehouse, database_url: str, first: str) -> None:
    write_parents(warehouse)
    key, days = ChunkKey("readings", 2015, 0), chunks_of(2015)[0].days
    farm = {"farm": PARENT_TABLES}
    if first == "the clearing":

        def clearing() -> Iterator[Rows]:
            yield from readings(days)
            with open_warehouse(database_url, "2025-08") as other:
                other.clear(farm, [2015])

        with pytest.raises((MissingReferences, WarehouseUnavailable)):
            warehouse.write_chunk(key, days, "f", "run", [READINGS], clearing())
        assert warehouse.recount() == warehouse.manifest() == []
        return

    def clear_while_another_writes() -> None:
        with warehouse.database.transaction(PARENT_TABLES), open_warehouse(database_url, "2025-08") as other:
            warehouse.database.delete_days("batch_batch", year_days(2015))
            other.write_chunk(key, days, "f", "run", [READINGS], readings(days))

    with pytest.raises(WarehouseUnavailable, match=f"has added rows of {READINGS}"):
        clear_while_another_writes()
    assert warehouse.recount() == warehouse.manifest()
    assert warehouse.broken_references() == {}


def test_rows_are_written_again_while_rows_that_refer_to_them_come(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of the rows that refer to them those that have come are looked at, not all that there are."""
    write_parents(warehouse)
    write_readings(warehouse, 0)
    there, read = set(files(database_url)), list[str]()
    read_batches = data_files.read_batches

    def watched(source: Any, *columns: Any) -> Iterator[Any]:
        read.append(str(source))
        return read_batches(source, *columns)

    with warehouse.database.transaction(PARENT_TABLES), open_warehouse(database_url, "2025-08") as other:
        for block in parents():
            warehouse.database.delete_ids(block.table, np.sort(block.ids))
        warehouse.database.load(iter(parents()))
        write_readings(other, 1)
        monkeypatch.setattr(data_files, "read_batches", watched)
    looked_at = {name for name in read if READINGS in name}
    assert len(looked_at) == 1
    assert not any(name.endswith(before) for name in looked_at for before in there)
    assert [one.chunk for one in warehouse.checkpoints("readings")] == [0, 1]
    assert warehouse.broken_references() == {}
