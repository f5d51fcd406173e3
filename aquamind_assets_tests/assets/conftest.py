"""A small farm that Dagster runs: real ledgers, a real SQLite file, a real instance."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.assets.keys import key_of
from aquamind_assets.assets.runs import YearRun, run_years
from aquamind_assets.assets.sqlite_instance import instance_in
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.checkpoints import TableYear

FEW_READINGS = ("water.readings_per_day=2",)
"""Nothing here is about their number."""


@dataclass
class Workshop:
    """Runs assets of the tiny farm against one instance."""

    instance: dg.DagsterInstance
    settings: Settings

    def platform(self, **changes: object) -> Platform:
        return Platform(replace(self.settings, **changes))  # type: ignore[arg-type]

    def run(self, platform: Platform, years: Sequence[int], assets: Sequence[str] | None = None) -> list[YearRun]:
        job = build_defs(platform=platform).resolve_job_def(ONE_YEAR)
        return run_years(
            job,
            self.instance,
            years,
            platform,
            assets=assets,
        )

    def manifest(self, platform: Platform) -> list[TableYear]:
        with platform.open() as warehouse:
            return warehouse.manifest()

    def materialization(self, asset: str, year: int, *, first: bool = False) -> dg.AssetMaterialization:
        """The latest one of the year, or the first one: other tests materialize again on the same instance."""
        of_year = dg.AssetRecordsFilter(asset_key=key_of(asset), asset_partitions=[str(year)])
        record = self.instance.fetch_materializations(of_year, limit=1, ascending=first).records[0]
        assert record.asset_materialization is not None
        return record.asset_materialization


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dg.DagsterInstance]:
    with instance_in(tmp_path_factory.mktemp("dagster")) as instance:
        yield instance


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, instance: dg.DagsterInstance) -> Workshop:
    """2015 and 2016 of the tiny farm, made in order. Tests read it and leave it alone."""
    place = tmp_path_factory.mktemp("farm")
    settings = Settings(
        "tiny",
        FEW_READINGS,
        f"sqlite:///{place / 'made.db'}",
        str(place / "ledger"),
        date(2026, 7, 1),
        release="2025-08",
    )
    workshop = Workshop(instance, settings)
    runs = workshop.run(workshop.platform(), [2015, 2016])
    assert [run.success for run in runs] == [True, True], runs
    return workshop


@pytest.fixture
def fresh(made: Workshop, tmp_path: Path) -> Callable[..., Platform]:
    """A platform with the same ledgers and an empty database; arguments change its settings."""
    return lambda **changes: made.platform(**({"database": f"sqlite:///{tmp_path / 'fresh.db'}"} | changes))
