"""Rows that change over their life stand for the end of the latest year that is in the database."""

from pathlib import Path

import pytest

from aquamind_assets.cli.clear import clear_years
from aquamind_assets.cli.verify import verify_database
from aquamind_assets.docs_generator.farms import LONG_AFTER, record, store
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
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
    assert warehouse.latest_year("farm") is None
    for year in (2015, 2016, 2017):
        write(warehouse, year)
        assert warehouse.latest_year("farm") == year
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


LIVING = ("reference_data", "infrastructure", "batches", "feed_purchases", "feed_stock", "treatments")


@pytest.mark.slow
def test_content_does_not_depend_on_how_far_the_ledger_reaches(tmp_path: Path) -> None:
    """A year alone, from a ledger that ends with it and from one that goes on; and the year that is left when the later
    ones are cleared."""

    def platform(name: str, ledger: str) -> Platform:
        return Platform(Settings("tiny", (), f"sqlite:///{tmp_path}/{name}.db", f"{tmp_path}/{ledger}", LONG_AFTER))

    short, long = platform("short", "short"), platform("long", "long")
    store(short, 2015)
    store(long, 2017)
    for one in (short, long):
        record(one, [2015], LIVING)
    with short.read() as warehouse:
        alone = warehouse.manifest()
    with long.read() as warehouse:
        assert warehouse.manifest() == alone
    record(long, [2016, 2017], LIVING)
    with long.read() as warehouse:
        together = warehouse.manifest()
    assert verify_database(long.settings, quick=True).differences == []

    backwards = platform("backwards", "long")
    record(backwards, [2015], ["reference_data", "infrastructure"])
    record(backwards, [2016], ["reference_data", "infrastructure"])
    record(backwards, [2017, 2016, 2015], LIVING)
    with backwards.read() as warehouse:
        assert warehouse.manifest() == together == warehouse.recount()
        assert warehouse.outdated_living() == []

    clear_years(long.settings, [2016, 2017], ledgers=False)
    differences = verify_database(long.settings, quick=True).differences
    assert any("feed_stock 2015: rows stand for 2017-12-31" in text for text in differences)
    record(long, [2015], LIVING)
    with long.read() as warehouse:
        assert warehouse.manifest() == alone == warehouse.recount()
    assert verify_database(long.settings, quick=True).differences == []
