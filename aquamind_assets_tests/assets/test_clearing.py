"""Clearing a database that AquaMind's own migrations made and that people have worked in: what the platform wrote goes,
everything else stays."""

import shutil
from collections.abc import Callable

import pytest

from aquamind_assets.cli.clear import clear_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import StillReferenced
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.slow_cases import slow_after

BUILT, LIVED = ("reference_data", "infrastructure"), ("batches", "mortality")
NOW = "'2026-01-01 12:00:00'"
MIGRATED = "INSERT INTO health_mortalityreason (name, description) VALUES ('UNKNOWN', '')"
PEOPLES = (
    (
        f"INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES ('Norway', '', {NOW},"
        f" {NOW})"
    ),
    "INSERT INTO health_mortalityreason (name, description) VALUES ('Storm', 'entered by hand')",
)
LATER = (
    (
        f"INSERT INTO infrastructure_geography (name, description, created_at, updated_at) VALUES ('Chile', '', {NOW},"
        f" {NOW})"
    ),
    "INSERT INTO health_mortalityreason (name, description) VALUES ('Seal', 'entered by hand')",
)


@pytest.fixture(params=slow_after(1, ["sqlite", "postgresql"]))
def theirs(request: pytest.FixtureRequest, fresh: Callable[..., Platform]) -> Platform:
    """AquaMind's database with the row of its migrations and two that people entered."""
    platform = fresh() if request.param == "sqlite" else fresh(database=request.getfixturevalue("postgres_url"))
    with open_warehouse(platform.settings.database, "2025-08") as warehouse, warehouse.database.transaction():
        for statement in (*ddl.create_statements(TABLES, request.param), MIGRATED, *PEOPLES):
            warehouse.database.execute(statement.replace(' PARTITION BY RANGE ("reading_time")', ""))
    return platform


def rows(warehouse: Warehouse) -> dict[str, int]:
    counted = {table: int(warehouse.query(f"SELECT count(*) FROM {table}")[0][0]) for table in TABLES}
    return {table: count for table, count in counted.items() if count}


def test_what_people_and_migrations_made_stays(made: Workshop, theirs: Platform) -> None:
    with theirs.open() as warehouse:
        assert rows(warehouse) == {"infrastructure_geography": 1, "health_mortalityreason": 2}
    assert all(made.run(theirs, [2015], assets)[0].success for assets in (BUILT, LIVED))
    with theirs.open() as warehouse:
        assert warehouse.query("SELECT name FROM health_mortalityreason WHERE id = 1") == [("UNKNOWN",)]
        assert rows(warehouse)["batch_mortalityevent"] > 100
        with warehouse.database.transaction():
            for statement in LATER:
                assert warehouse.database.execute(statement) == 1
    deleted = clear_years(theirs.settings, [2015], ledgers=False).deleted
    assert deleted["batch_mortalityevent"] > 100
    with theirs.open() as warehouse:
        assert rows(warehouse) == {"infrastructure_geography": 2, "health_mortalityreason": 3}
        assert {name for (name,) in warehouse.query("SELECT name FROM infrastructure_geography")} == {"Norway", "Chile"}
        assert {name for (name,) in warehouse.query("SELECT name FROM health_mortalityreason")} == {
            "UNKNOWN",
            "Storm",
            "Seal",
        }
        assert warehouse.query("SELECT id FROM health_mortalityreason WHERE name = 'UNKNOWN'") == [(1,)]
        assert warehouse.manifest() == warehouse.recount() == []
        assert warehouse.checkpoints() == []


def test_a_year_that_later_ones_build_on_is_not_taken_from_under_them(
    made: Workshop, fresh: Callable[..., Platform]
) -> None:
    platform = fresh()
    shutil.copy(
        made.settings.database.removeprefix("sqlite:///"), platform.settings.database.removeprefix("sqlite:///")
    )
    with pytest.raises(StillReferenced, match="of 2015: clear those years"):
        clear_years(platform.settings, [2015], ledgers=False)
    assert made.manifest(platform) == made.manifest(made.platform())
    clear_years(platform.settings, [2016], ledgers=False)
    clear_years(platform.settings, [2015], ledgers=False)
    with platform.open() as warehouse:
        assert rows(warehouse) == {}
