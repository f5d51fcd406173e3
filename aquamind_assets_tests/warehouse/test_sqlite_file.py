"""SQLite files: what is written to the disk, and when."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets_tests.warehouse.test_contract import write_parents


def test_what_is_written_is_on_the_disk_when_it_is_closed_while_others_read(tmp_path: Path, flushed: list[str]) -> None:
    path = tmp_path / "farm.db"
    with open_warehouse(f"sqlite:///{path}", "2025-08") as warehouse:
        warehouse.prepare()
    assert not Path(f"{path}-wal").exists(), "SQLite has flushed everything itself"
    with closing(sqlite3.connect(path)) as reader:
        assert reader.execute("SELECT count(*) FROM aquamind_assets_chunk").fetchall() == [(0,)]
        flushed.clear()
        with open_warehouse(f"sqlite:///{path}", "2025-08") as warehouse:
            warehouse.prepare()
            write_parents(warehouse)
            assert flushed == [], "no chunk waits for the disk"
        assert flushed == ["farm.db-wal", tmp_path.name]
        flushed.clear()
        with open_warehouse(f"sqlite:///{path}", "2025-08") as warehouse:
            warehouse.begin_reading()
        assert flushed == [], "who reads has nothing to flush"


def test_tables_that_were_undone_are_not_remembered_when_others_make_some(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "farm.db")

    def make_and_fail() -> None:
        with database.transaction():
            database.execute("CREATE TABLE undone (id integer)")
            assert database.table_names() == {"undone"}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_and_fail()
    with closing(sqlite3.connect(database.path)) as other:
        other.execute("CREATE TABLE kept (id integer)")
    assert database.table_names() == {"kept"}
    database.close()
