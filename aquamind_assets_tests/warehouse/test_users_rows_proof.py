"""That no user-entered row has lost what it refers to is proved from the user-entered rows alone: it costs the same
however many rows of the platform refer to the same ones."""

from pathlib import Path

import pytest

from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import StillReferenced
from aquamind_assets.warehouse.references import prove_users_rows
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, SENSORS, parents, readings


def instructions(database: SqliteDatabase) -> int:
    """Instructions of SQLite's machine that the proof takes, rounded down to thousands."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1_000
        return 0

    connection = database._file.connection()
    connection.set_progress_handler(count, 1_000)
    prove_users_rows(database, PARENT_TABLES)
    connection.set_progress_handler(None, 0)
    return steps


def test_the_platforms_rows_are_not_read(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path / 'farm.db'}", "2025-08") as warehouse:
        warehouse.prepare()
        database = warehouse.database
        assert isinstance(database, SqliteDatabase)
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents())
        before = instructions(database)
        per_day = 200 * SENSORS
        days = DayRange(FIRST, chunks_of(2015)[0].days.end)
        key = ChunkKey("readings", 2015, 0)
        warehouse.write_chunk(key, days, "f", "run", [READINGS], lambda: readings(days, per_day))
        rows = warehouse.query(f"SELECT count(*) FROM {READINGS}")[0][0]
        assert rows == len(days) * per_day > 50_000
        assert instructions(database) <= before + 2_000
        database.execute(f"UPDATE {READINGS} SET id = 77 WHERE id = (SELECT min(id) FROM {READINGS})")
        database.execute("DELETE FROM infrastructure_sensor")
        with pytest.raises(StillReferenced, match=r"1 user-entered rows of environmental_environmentalreading"):
            prove_users_rows(database, PARENT_TABLES)
