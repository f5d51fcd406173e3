"""The server refuses rows: the error is raised, whenever it comes, and nothing waits for ever."""

from collections.abc import Callable, Iterator
from threading import Thread

import psycopg
import pytest

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import RowsRefused, WarehouseUnavailable
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.synthetic import FIRST, PARENT_TABLES, READINGS, parents, readings

SECONDS = 240.0
"""Far longer than these few rows take on any machine."""


def error_of(work: Callable[[], object]) -> Exception | None:
    """What ``work`` raises; the test fails if it has not ended in time."""
    raised: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:
            raised.append(error)

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert not thread.is_alive(), "the writer still waits"
    return raised[0] if raised else None


def write(warehouse: Warehouse, days: DayRange, blocks: Iterator[Rows]) -> None:
    warehouse.write_chunk(ChunkKey("readings", 2015, 0), days, "f", "run", [READINGS], blocks)


@pytest.fixture
def filled(postgres_tables_url: str) -> Iterator[Warehouse]:
    """A prepared warehouse with the rows that readings refer to."""
    with open_warehouse(postgres_tables_url, "2025-08") as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        yield warehouse


def execute(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize(("day_count", "per_day"), [(1, 12), (30, 96), (30, 12_000)])
def test_a_check_constraint_of_the_users(
    filled: Warehouse, postgres_tables_url: str, day_count: int, per_day: int
) -> None:
    """Refused at the end of one COPY of a few rows, and in the middle of a long one."""
    execute(postgres_tables_url, f"ALTER TABLE {READINGS} ADD CONSTRAINT cold CHECK (value < 0) NOT VALID")
    days = DayRange(FIRST, FIRST + day_count)
    error = error_of(lambda: write(filled, days, readings(days, per_day)))
    assert isinstance(error, RowsRefused)
    assert "cold" in str(error)
    assert filled.checkpoints("readings") == []
    execute(postgres_tables_url, f"ALTER TABLE {READINGS} DROP CONSTRAINT cold")
    assert error_of(lambda: write(filled, days, readings(days, per_day))) is None
    assert filled.manifest() == filled.recount()


def test_a_terminated_session(filled: Warehouse, postgres_tables_url: str) -> None:
    days = DayRange(FIRST, FIRST + 1)

    def terminating() -> Iterator[Rows]:
        yield from readings(days)
        with psycopg.connect(postgres_tables_url, autocommit=True) as other:
            # Until it has ended: it does so when it next looks for interrupts.
            while other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'aquamind-assets'"
                " AND datname = current_database()"
            ).fetchall():
                pass

    assert isinstance(error_of(lambda: write(filled, days, terminating())), WarehouseUnavailable)
    assert error_of(lambda: write(filled, days, readings(days))) is None


def test_a_failing_maker_of_rows(filled: Warehouse) -> None:
    days = DayRange(FIRST, FIRST + 1)

    def failing() -> Iterator[Rows]:
        yield from readings(days)
        raise ZeroDivisionError

    assert isinstance(error_of(lambda: write(filled, days, failing())), ZeroDivisionError)
    assert filled.checkpoints("readings") == []
