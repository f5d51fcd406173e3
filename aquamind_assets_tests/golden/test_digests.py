"""The data of every database is what it was at the last deliberate change."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import DEFAULT_RELEASE, RELEASES, Release
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets_tests.golden.digests import FILES, as_text, farm, generated
from aquamind_assets_tests.simulated_once import store_once
from aquamind_assets_tests.warehouse.databases import new_database

LAST_YEAR = 2017
"""The first years, in which every table has rows, show soon that data changed; the slow tests look at all years."""

FEWER_TABLES: Release = "2025-08"
"""The release that is compared in every test run: the quicker one."""

ALTERED = (
    "a change altered data: if that was meant, run `python -m aquamind_assets_tests.golden.digests` and say why in"
    " CHANGELOG.md"
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledgers of the first years."""
    place = tmp_path_factory.mktemp("golden") / "ledger"
    store_once(farm(place), LAST_YEAR)
    return place


@pytest.fixture(scope="module")
def first_years(ledger: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Release], list[TableYear]]:
    """The manifest of the first years in a SQLite file, by release."""

    @cache
    def manifest(release: Release) -> list[TableYear]:
        return generated(f"sqlite:///{tmp_path_factory.mktemp('golden') / 'farm.db'}", ledger, release, LAST_YEAR)

    return manifest


def test_the_first_years_are_those_of_the_golden_digests(
    first_years: Callable[[Release], list[TableYear]],
) -> None:
    """Except for living rows, which stand as of the last year that is written."""
    recorders = recorders_of(FEWER_TABLES).values()
    living = {table for one in recorders if one.kind == "living" for table in one.tables}
    written = as_text(one for one in first_years(FEWER_TABLES) if one.table not in living)
    golden = [line.split(",") for line in FILES[FEWER_TABLES].read_text("utf-8").splitlines()[1:]]
    assert written.splitlines()[1:] == [
        ",".join(line) for line in golden if line[0] not in living and int(line[1]) <= LAST_YEAR
    ], ALTERED


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_all_years_are_those_of_the_golden_digests(release: Release, tmp_path: Path) -> None:
    there = farm(tmp_path / "ledger")
    store_once(there, there.scenario.last_year)
    written = as_text(generated(f"sqlite:///{tmp_path / 'farm.db'}", tmp_path / "ledger", release)).splitlines()
    assert written == FILES[release].read_text("utf-8").splitlines(), ALTERED


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["postgresql", "lake"])
def test_every_database_has_the_same_rows(
    first_years: Callable[[Release], list[TableYear]],
    engine: str,
    ledger: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Of the release that an empty database gets, with every kind of sensor fault."""
    database = new_database(engine, request, tmp_path)
    written = generated(database, ledger, DEFAULT_RELEASE, LAST_YEAR)
    assert sorted(written) == sorted(first_years(DEFAULT_RELEASE))
