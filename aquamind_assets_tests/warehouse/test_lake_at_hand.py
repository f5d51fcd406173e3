"""Rows of a lake at hand: the same answers about them, whatever others write meanwhile."""

from pathlib import Path

import pytest

from aquamind_assets.timeline import chunks_of
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.synthetic import READINGS
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings

COUNT = f"SELECT count(*) FROM {READINGS}"
MIDDLE = f"(SELECT median(id) FROM {READINGS})"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """URL of a new lake."""
    return f"parquet:///{tmp_path / 'lake'}"


def test_they_are_those_of_the_condition_and_then_all_again(warehouse: Warehouse, database_url: str) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    ((rows,),), ((half,),) = warehouse.query(COUNT), warehouse.query(f"{COUNT} WHERE id < {MIDDLE}")
    with warehouse.at_hand(READINGS, f"id < {MIDDLE}"):
        assert warehouse.query(COUNT) == [(half,)] != [(rows,)]
        assert warehouse.query("SELECT count(*) FROM infrastructure_sensor") > [(0,)]
        with open_warehouse(database_url, "2025-08") as other:
            write_readings(other, 1)
            write_readings(other, 0, "g", salt=1)
        assert warehouse.query(COUNT) == [(half,)]
    assert warehouse.query(COUNT) == [(rows + sum(one.rows for one in warehouse.checkpoints("readings")[1:]),)]


def test_they_are_let_go_when_a_question_fails(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    rows = warehouse.query(COUNT)

    def ask() -> None:
        with warehouse.at_hand(READINGS, "1 = 0"):
            assert warehouse.query(COUNT) == [(0,)]
            raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            ask()
        assert warehouse.query(COUNT) == rows


def test_they_are_had_within_a_transaction(warehouse: Warehouse) -> None:
    write_parents(warehouse)
    write_readings(warehouse, 0)
    with warehouse.database.transaction([READINGS]):
        warehouse.database.delete_days(READINGS, chunks_of(2015)[0].days)
        with warehouse.at_hand(READINGS, "1 = 1"):
            assert warehouse.query(COUNT) == [(0,)]
