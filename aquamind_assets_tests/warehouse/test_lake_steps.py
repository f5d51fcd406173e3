"""A writer of a lake dies between any two steps on its files: what was there is whole, and the next writer completes
it."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseFull, DatabaseRefused
from aquamind_assets.warehouse.lake import log
from aquamind_assets.warehouse.lake.local import LocalPlace
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.slow_cases import slow_after
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, batches, ids, readings
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

STEPS = ("publish", "settle", "create", "remove", "replace")
"""What a writer does to the files of a lake."""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """URL of a new lake."""
    return f"parquet:///{tmp_path / 'lake'}"


def rewrite(warehouse: Warehouse) -> None:
    write_readings(warehouse, 0, "g", salt=1)


def complete_the_year(warehouse: Warehouse) -> None:
    """The chunk after which the year's files are merged."""
    days = chunks_of(2015)[12].days
    key = ChunkKey("readings", 2015, 12)
    warehouse.write_chunk(key, days, "g", "run", [READINGS], readings(days))


def change_living(warehouse: Warehouse) -> None:
    rows = [batches(ids(FIRST, 4), "COMPLETED"), batches(ids(year_days(2016).first, 2), "ACTIVE")]
    warehouse.write_living(ChunkKey("farm", 2016, 0), year_days(2016), "f", "run", ["batch_batch"], rows)


def clear(warehouse: Warehouse) -> None:
    warehouse.clear({"farm": PARENT_TABLES, "readings": [READINGS]}, [2015])


def dies_at(step: int, url: str, change: Callable[[Warehouse], None]) -> bool:
    """Let a process make a change and die just before its ``step``-th step on files; whether it died."""
    child = os.fork()
    if child == 0:
        left = [step]

        def counted(name: str) -> Callable[..., Any]:
            done = getattr(LocalPlace, name)

            def before(*given: Any) -> Any:
                if left[0] == 0:
                    os._exit(9)
                left[0] -= 1
                return done(*given)

            return before

        try:
            for name in STEPS:
                setattr(LocalPlace, name, counted(name))
            with open_warehouse(url, "2025-08") as warehouse:
                change(warehouse)
            os._exit(0)
        except BaseException:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, 9)
    return status == 9


@pytest.mark.parametrize("change", slow_after(2, [rewrite, change_living, complete_the_year, clear]))
def test_a_writer_may_die_before_any_step(
    warehouse: Warehouse, database_url: str, change: Callable[[Warehouse], None], tmp_path: Path
) -> None:
    write_parents(warehouse)
    for chunk in range(12):
        write_readings(warehouse, chunk)
    before = warehouse.manifest()
    folder, kept = tmp_path / "lake", tmp_path / "kept"
    shutil.copytree(folder, kept)
    steps, committed = 0, []
    while dies_at(steps, database_url, change):
        with open_warehouse(database_url, "2025-08") as reader:
            reader.begin_reading()
            assert reader.manifest() == reader.recount()
            committed.append(reader.manifest() != before)
        with open_warehouse(database_url, "2025-08") as writer:
            writer.prepare()
            known = {name for (name,) in writer.query("SELECT name FROM lake_file")}
            assert {str(file.relative_to(folder)) for file in folder.rglob("*.parquet")} == known
            change(writer)
            assert writer.manifest() == writer.recount() != before
            assert writer.broken_references() == {}
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        steps += 1
    assert committed == sorted(committed), "once it is committed it stays"
    assert {*committed} == {False, True}


@pytest.mark.parametrize("lost", [OSError(errno.EIO, "no answer"), KeyboardInterrupt()], ids=["answer", "interrupt"])
def test_a_commit_that_was_made_stands_though_its_answer_is_lost(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch, lost: BaseException
) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    before = warehouse.manifest()
    made = LocalPlace.create

    def made_unheard(place: LocalPlace, name: str, content: bytes) -> bool:
        made(place, name, content)
        raise lost

    with monkeypatch.context() as changed:
        changed.setattr(LocalPlace, "create", made_unheard)
        with pytest.raises((DatabaseRefused, KeyboardInterrupt)):
            rewrite(warehouse)
    for url in (database_url, None):
        with open_warehouse(database_url, "2025-08") if url else nullcontext(warehouse) as reader:
            assert reader.manifest() == reader.recount() != before
    rewrite(warehouse)
    assert warehouse.manifest() == warehouse.recount()


def test_a_snapshot_that_cannot_be_stored_takes_no_commit_back(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_parents(warehouse)

    def full(place: LocalPlace, name: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(log, "SNAPSHOT_EVERY", 1)
    monkeypatch.setattr(LocalPlace, "replace", full)
    with pytest.raises(DatabaseFull):
        write_readings(warehouse, 0)
    monkeypatch.undo()
    assert warehouse.manifest() == warehouse.recount()
    assert any(entry.table == READINGS for entry in warehouse.manifest())
    write_readings(warehouse, 1)
    assert warehouse.manifest() == warehouse.recount()
