"""Rows that change over their life stand for the end of the latest year that is in the database."""

from aquamind_assets.timeline import year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.synthetic import PARENT_TABLES, parents


def write(warehouse: Warehouse, year: int, as_of: int | None = None) -> None:
    warehouse.write_living(
        ChunkKey("farm", year, 0),
        year_days(year),
        "f",
        "run",
        PARENT_TABLES,
        parents(),
        as_of=year_days(as_of or year).end - 1,
    )


def outdated(warehouse: Warehouse) -> list[int]:
    return [checkpoint.year for checkpoint in warehouse.outdated_living()]


def days(warehouse: Warehouse) -> list[int | None]:
    return [checkpoint.as_of for checkpoint in warehouse.checkpoints("farm")]


def last(year: int) -> int:
    return year_days(year).end - 1


def test_a_new_year_brings_those_before_it_up_to_date(warehouse: Warehouse) -> None:
    for year in (2015, 2016, 2017):
        write(warehouse, year)
        assert outdated(warehouse) == []
    assert days(warehouse) == [last(2017)] * 3


def test_a_year_written_again_stands_for_the_latest_one(warehouse: Warehouse) -> None:
    write(warehouse, 2015)
    write(warehouse, 2016)
    write(warehouse, 2015, as_of=2015)
    assert outdated(warehouse) == [2015]
    write(warehouse, 2015, as_of=2016)
    assert outdated(warehouse) == []


def test_a_missing_year_leaves_those_before_it_behind(warehouse: Warehouse) -> None:
    write(warehouse, 2015)
    write(warehouse, 2017)
    assert outdated(warehouse) == [2015]
    write(warehouse, 2016, as_of=2017)
    write(warehouse, 2015, as_of=2017)
    assert outdated(warehouse) == []


def test_rows_that_stand_for_a_year_that_was_never_there_show(warehouse: Warehouse) -> None:
    write(warehouse, 2015, as_of=2024)
    assert outdated(warehouse) == [2015]


def test_clearing_the_latest_year_shows_until_the_others_are_written_again(warehouse: Warehouse) -> None:
    for year in (2015, 2016, 2017):
        write(warehouse, year)
    warehouse.clear({"farm": PARENT_TABLES}, [2017])
    assert outdated(warehouse) == [2015, 2016]
    write(warehouse, 2016)
    assert outdated(warehouse) == []
