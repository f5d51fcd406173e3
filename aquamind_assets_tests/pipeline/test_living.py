"""Living rows stand as of the latest year that is materialized in the database, whatever came before."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from aquamind_assets.pipeline.clearing import clear_years
from aquamind_assets.pipeline.generation import record_years, recorders_in_order
from aquamind_assets.pipeline.living import due_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.some_days import platform_of_days
from aquamind_assets.pipeline.staleness import stale_years
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, day_number, to_date, year_days
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.simulated_once import store_once

YEARS = (2015, 2016, 2017, 2018)
LIVING = [
    recorder.asset
    for recorder in recorders_in_order(RECORDERS)
    if recorder.kind == "living" and recorder.asset not in BEFORE_THE_FARM
]


def end(year: int) -> int:
    return year_days(year).end - 1


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    place = tmp_path_factory.mktemp("ledgers")
    chosen = Settings(
        "tiny", ("water.readings_per_day=1",), "", str(place / "ledger"), date(2030, 1, 1), release="2025-08"
    )
    store_once(Platform(chosen), YEARS[-1])
    return chosen


def platform(ledgers: Settings, database: Path) -> Platform:
    return Platform(replace(ledgers, database=f"sqlite:///{database}"))


def living_rows(there: Platform) -> list[TableYear]:
    tables = [table for asset in LIVING for table in RECORDERS[asset].tables]
    with there.open() as warehouse:
        return warehouse.recount(tables)


@pytest.fixture(scope="module")
def built(ledgers: Settings, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Platform]:
    """A function that makes a platform on a new database with what was built, and no fish yet."""
    file = tmp_path_factory.mktemp("built") / "aquamind.db"
    record_years(platform(ledgers, file), YEARS, BEFORE_THE_FARM)

    def copied() -> Platform:
        return platform(ledgers, Path(shutil.copy(file, tmp_path_factory.mktemp("farm"))))

    return copied


@pytest.fixture(scope="module")
def written_in_order(built: Callable[[], Platform]):
    """What the tables hold when just these years were written, the earliest first."""

    @cache
    def rows(years: tuple[int, ...]) -> list[TableYear]:
        there = built()
        record_years(there, years, LIVING)
        return living_rows(there)

    return rows


@pytest.mark.parametrize(
    "steps",
    [
        [(True, 2016), (True, 2017), (False, 2017)],
        [(True, 2018), (True, 2015), (True, 2017), (False, 2018), (False, 2015)],
    ],
)
def test_content_depends_on_the_years_that_are_there_alone(
    built: Callable[[], Platform], written_in_order, steps: Sequence[tuple[bool, int]]
) -> None:
    assert_content(built, written_in_order, steps)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
@given(steps=st.lists(st.tuples(st.booleans(), st.sampled_from(YEARS)), min_size=2, max_size=6))
def test_content_depends_on_the_years_that_are_there_whatever_came_before(
    built: Callable[[], Platform], written_in_order, steps: Sequence[tuple[bool, int]]
) -> None:
    assert_content(built, written_in_order, steps)


def assert_content(built: Callable[[], Platform], written_in_order, steps: Sequence[tuple[bool, int]]) -> None:
    """After these steps, each of which writes a year or clears it, the rows are those of the years that are there."""
    there = built()
    materialized: set[int] = set()
    for writes, year in steps:
        if writes:
            record_years(there, [year], LIVING)
            materialized.add(year)
        else:
            with there.open() as warehouse:
                assets = {asset: RECORDERS[asset].tables for asset in LIVING}
                warehouse.clear(assets, [year])
                materialized.discard(year)
                assert not clear_years(there, warehouse, []).not_refreshed
    assert living_rows(there) == (written_in_order(tuple(sorted(materialized))) if materialized else [])


def test_a_database_with_one_year_shows_that_year_however_far_the_ledger_reaches(
    ledgers: Settings, tmp_path: Path
) -> None:
    there = platform(ledgers, tmp_path / "aquamind.db")
    record_years(there, [2015])
    with there.open() as warehouse:
        assert warehouse.query("SELECT max(actual_end_date) FROM batch_batch")[0][0] is None or (
            warehouse.query("SELECT max(actual_end_date) FROM batch_batch")[0][0] <= "2015-12-31"
        )
        days = {one.as_of for one in warehouse.checkpoints("batches")}
        assert days == {end(2015)}
        assert warehouse.query("SELECT max(updated_at) FROM inventory_feedstock")[0][0] < "2016-01-01"


def test_some_days_leave_nothing_of_later_days(ledgers: Settings, tmp_path: Path) -> None:
    """The ledger of the whole year is stored already, and later ones too."""
    first, last = date(2016, 3, 1), date(2016, 3, 7)
    days = DayRange(day_number(first), day_number(last) + 1)
    there = platform_of_days(platform(ledgers, tmp_path / "aquamind.db").settings, days)
    record_years(there, [2015, 2016], BEFORE_THE_FARM)
    record_years(
        there, [2016], [one.asset for one in recorders_in_order(RECORDERS) if one.asset not in BEFORE_THE_FARM], days
    )
    with there.open() as warehouse:
        later = str(to_date(days.end + 1))
        for table, column in (
            ("health_journalentry", "entry_date"),
            ("batch_batch", "start_date"),
            ("batch_batch", "actual_end_date"),
            ("batch_batchcontainerassignment", "assignment_date"),
            ("health_treatment", "treatment_date"),
            ("health_healthlabsample", "sample_date"),
            ("inventory_feedpurchase", "purchase_date"),
        ):
            latest = warehouse.query(f"SELECT max({column}) FROM {table}")[0][0]
            assert latest is None or str(latest) < later, (table, column, latest)
        assert warehouse.query("SELECT count(*) FROM health_journalentry")[0][0] > 0


@pytest.mark.parametrize(
    ("written", "year", "due"),
    [
        ({}, 2015, [2015]),
        ({2015: 2015}, 2015, []),
        ({2015: 2015}, 2016, [2016]),
        ({2015: 2015, 2016: 2016}, 2015, []),
        ({2016: 2016}, 2015, [2015]),
        ({2015: 2015}, 2017, [2015, 2017]),
        ({2015: 2015, 2016: 2016, 2018: 2018}, 2019, [2016, 2019]),
        ({2015: 2018, 2016: 2018}, None, [2016]),
        ({2015: 2015, 2017: 2017}, None, [2015]),
        ({2015: 2015, 2016: None}, None, [2016]),
        ({}, None, []),
    ],
)
def test_which_years_are_due(written: dict[int, int | None], year: int | None, due: list[int]) -> None:
    known = {one: None if day is None else end(day) for one, day in written.items()}
    latest = max([*written, *([year] if year else [])], default=2015)
    assert due_years(known, end(latest), year) == due


def test_a_year_that_another_scenario_has_written_over_is_written_again(ledgers: Settings, tmp_path: Path) -> None:
    """Batches live in both years: the second scenario's rows replace the first one's."""
    there = platform(ledgers, tmp_path / "aquamind.db")
    other = Platform(replace(there.settings, changes=("water.readings_per_day=2",), ledger=str(tmp_path / "other")))
    store_once(other, 2016)
    record_years(there, [2015, 2016], [*BEFORE_THE_FARM, "batches"])
    record_years(other, [2015, 2016], BEFORE_THE_FARM)
    record_years(other, [2016], ["batches"])
    with there.open() as warehouse:
        assert [one.fingerprint for one in warehouse.checkpoints("batches")] == ["", other.fingerprint_of("batches")]
        assert stale_years(there, warehouse.checkpoints("batches")) == [2015, 2016]
