"""The steps of a run share one connection, and none is left open or used after a failure."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse


def platform(database: str, folder: Path) -> Platform:
    return Platform(Settings("tiny", (), database, str(folder / "ledger"), date(2030, 1, 1), release="2025-08"))


def is_open(warehouse: Warehouse) -> bool:
    """Whether the connection to the file is there: the next query would make a new one."""
    return warehouse.database._file._connection is not None  # type: ignore[attr-defined]


def spoil(warehouse: Warehouse) -> None:
    warehouse.database.execute("INSERT INTO aquamind_assets_version (version) VALUES (99)")
    warehouse.database.execute("INSERT INTO no_table VALUES (1)")


def test_steps_share_a_connection_that_is_closed_at_the_end(tmp_path: Path) -> None:
    there = platform(f"sqlite:///{tmp_path / 'a.db'}", tmp_path)
    with there.kept_open():
        with there.step() as first:
            assert first.checkpoints() == []
        with there.step() as second:
            assert second is first
    assert not is_open(first)
    assert not list(tmp_path.glob("a.db-*")), "the last connection to be closed takes the write-ahead log with it"
    with there.step() as alone:
        assert alone is not first
    assert not is_open(alone)


def test_a_step_after_one_that_failed_has_a_connection_of_its_own(tmp_path: Path) -> None:
    there = platform(f"sqlite:///{tmp_path / 'a.db'}", tmp_path)
    with there.kept_open():
        with pytest.raises(sqlite3.Error, match="no such table"), there.step() as first, first.database.transaction():
            spoil(first)
        assert not is_open(first)
        with there.step() as second:
            assert second is not first
            assert second.query("SELECT count(*) FROM aquamind_assets_version WHERE version = 99") == [(0,)]


def test_steps_share_a_lake_and_between_them_it_holds_nothing_in_memory(tmp_path: Path) -> None:
    there = platform(f"parquet:///{tmp_path / 'lake'}", tmp_path)
    with there.kept_open():
        with there.step() as first:
            assert first.query("SELECT count(*) FROM batch_batch") == [(0,)]
            assert first.database._reader._asked is not None  # type: ignore[attr-defined]
        assert first.database._reader._asked is None  # type: ignore[attr-defined]
        with there.step() as second:
            assert second is first
            assert second.query("SELECT count(*) FROM batch_batch") == [(0,)]


def test_a_lock_ends_with_its_step_though_the_connection_stays(tmp_path: Path, postgres_url: str) -> None:
    there = platform(postgres_url, tmp_path)
    with there.kept_open(), open_warehouse(postgres_url, "2025-08") as other:
        with there.step() as first, first.lock("weather", 2015):
            assert other.is_locked("weather", 2015)
        with there.step() as second:
            assert second is first
            assert not other.is_locked("weather", 2015)
            backend = second.query("SELECT pg_backend_pid()")
        assert other.query("SELECT state FROM pg_stat_activity WHERE pid = ?", backend[0]) == [("idle",)]
