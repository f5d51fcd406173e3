"""A year through Dagster: what is written, refused, resumed, appended."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.assets.jobs import ONE_YEAR, REWRITE
from aquamind_assets.assets.keys import name_of
from aquamind_assets.assets.runs import failures_of
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.stopping import StopsAfter


@pytest.fixture
def copied(made: Workshop, fresh: Callable[..., Platform]) -> Platform:
    """A platform whose database is a copy of what is made."""
    platform = fresh()
    shutil.copy(
        made.settings.database.removeprefix("sqlite:///"), platform.settings.database.removeprefix("sqlite:///")
    )
    return platform


def test_a_materialisation_tells_rows_rate_memory_and_the_farm(made: Workshop) -> None:
    feeding = made.materialization("feeding_events", 2016, first=True)
    numbers = {name: value.value for name, value in feeding.metadata.items() if isinstance(value.value, int | float)}
    assert numbers["dagster/partition_row_count"] > 1000
    assert numbers["dagster/row_count"] > numbers["dagster/partition_row_count"]
    assert numbers["chunks_written"] == 13
    assert numbers["chunks_resumed"] == 0
    assert numbers["rows_per_s"] > 0
    assert numbers["peak_memory_mb"] > 50
    assert numbers["feed_t"] > 0
    assert numbers["biomass_t"] > 0
    assert "data:image/png;base64," in str(feeding.metadata["Biomass of fed fish"].value)


def test_a_materialisation_tells_where_its_references_come_from(made: Workshop) -> None:
    lineage = made.materialization("feeding_events", 2016, first=True).metadata["dagster/column_lineage"].value
    deps = {
        name: [(name_of(dep.asset_key), dep.column_name) for dep in deps]
        for name, deps in lineage.deps_by_column.items()
    }
    assert deps["batch_id"] == [("batches", "id")]
    assert deps["feed_stock_id"] == [("feed_stock", "id")]
    assert deps["container_id"] == [("infrastructure", "infrastructure_container.id")]


def test_pictures_in_the_event_log_are_small(made: Workshop) -> None:
    pictures = {}
    for asset in [*RECORDERS, "year_report"]:
        for name, value in made.materialization(asset, 2016, first=True).metadata.items():
            if "data:image/png" in str(value.value):
                pictures[asset, name] = len(str(value.value)) * 3 // 4
    assert len(pictures) >= 6
    assert max(pictures.values()) <= 30_000, pictures


def test_every_table_of_the_year_is_written(made: Workshop) -> None:
    written = {entry.table for entry in made.manifest(made.platform())}
    empty = {table for recorder in RECORDERS.values() for table in recorder.tables} - written
    assert empty == {"batch_batchcomposition"}, (
        "only batches that are harvested are mixed, and the first harvest is in the third year"
    )


@pytest.mark.slow
def test_years_in_another_order_and_again_give_the_same_content(made: Workshop, fresh: Callable[..., Platform]) -> None:
    other = fresh()
    before_the_farm = ["reference_data", "infrastructure"]
    for years, assets in (
        ([2015, 2016], before_the_farm),
        ([2016], list(RECORDERS)),
        ([2015], list(RECORDERS)),
        ([2016], list(RECORDERS)),
    ):
        assert all(run.success for run in made.run(other, years, assets)), years
    assert made.manifest(other) == made.manifest(made.platform())


def test_without_ledger_a_year_says_which_years_to_make(made: Workshop, fresh: Callable[..., Platform]) -> None:
    run = made.run(fresh(), [2018], ["feeding_events"])[0]
    assert not run.success
    assert "ledger of 2018 is missing" in run.failures[0]
    assert "materialize farm_year 2017-2018 first" in run.failures[0]
    run = made.run(fresh(), [2019], ["site_climate", "farm_year"])[0]
    assert "materialize farm_year 2017-2018 first" in run.failures[0]


def test_the_ledger_of_another_scenario_does_not_count(made: Workshop, fresh: Callable[..., Platform]) -> None:
    other = fresh(changes=("seed=99",))
    run = made.run(other, [2016], ["batches"])[0]
    assert not run.success
    assert other.ledgers.store.fingerprint in run.failures[0]
    assert "materialize farm_year 2015-2016 first" in run.failures[0]
    assert made.platform().ledgers.store.fingerprint in run.failures[0], "it should say whose ledgers are there instead"


def test_without_the_rows_it_points_to_an_asset_says_what_to_make(
    made: Workshop, fresh: Callable[..., Platform]
) -> None:
    run = made.run(fresh(), [2016], ["batches"])[0]
    assert not run.success
    assert "materialize reference_data 2016, infrastructure 2015-2016 first" in run.failures[0]


def test_what_was_built_says_which_of_its_own_earlier_years_it_needs(
    fresh: Callable[..., Platform], made: Workshop
) -> None:
    platform = fresh()
    assert made.run(platform, [2016], ["reference_data"])[0].success
    run = made.run(platform, [2016], ["infrastructure"])[0]
    assert not run.success
    assert "infrastructure 2016 points to rows that" in run.failures[0]
    assert "materialize infrastructure 2015 first" in run.failures[0]


def test_counts_are_of_the_table_that_stands_beside_them(made: Workshop) -> None:
    for asset, recorder in RECORDERS.items():
        metadata = made.materialization(asset, 2016, first=True).metadata
        by_table = metadata["rows by table"].value
        assert metadata["rows"].value == sum(by_table.values()), asset
        assert metadata["dagster/partition_row_count"].value == by_table.get(recorder.tables[0], 0), asset
        assert metadata["dagster/row_count"].value >= metadata["dagster/partition_row_count"].value, asset


def run_with_tag(made: Workshop, platform: Platform, year: int, value: str) -> dg.ExecuteInProcessResult:
    job = build_defs(platform=platform).resolve_job_def(ONE_YEAR)
    return job.execute_in_process(
        instance=made.instance, partition_key=str(year), tags={REWRITE: value}, raise_on_error=False
    )


@pytest.mark.slow
def test_a_run_with_the_tag_writes_again_what_was_changed_by_hand(made: Workshop, copied: Platform) -> None:
    with copied.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute("UPDATE batch_mortalityevent SET count = count + 1 WHERE id < 20160000000000")
        warehouse.database.execute("UPDATE batch_batch SET notes = 'by hand' WHERE id < 20160000000000")
    with copied.open() as warehouse:
        assert warehouse.manifest() != warehouse.recount()
    assert run_with_tag(made, copied, 2015, "true").success
    assert made.materialization("mortality", 2015).metadata["chunks_written"].value == 13
    with copied.open() as warehouse:
        assert warehouse.manifest() == warehouse.recount() == made.manifest(made.platform())
        assert warehouse.broken_references() == {}


def test_a_tag_with_another_value_is_refused(made: Workshop, copied: Platform) -> None:
    result = run_with_tag(made, copied, 2015, "yes")
    assert "the run's tag aquamind/rewrite is yes; allowed are true and false" in failures_of(result)[0]
    assert made.manifest(copied) == made.manifest(made.platform())


def test_a_year_that_has_not_begun_is_refused(made: Workshop, fresh: Callable[..., Platform]) -> None:
    run = made.run(fresh(today=date(2017, 1, 1)), [2017], ["infrastructure"])[0]
    assert "no day of 2017 is over yet" in run.failures[0]


def test_stopped_at_chunk_borders_it_goes_on_to_the_same_content(
    made: Workshop, fresh: Callable[..., Platform]
) -> None:
    platform = fresh()
    for chunks in (3, 40):
        platform.progress = StopsAfter(chunks)
        stopped = made.run(platform, [2015])[0]
        assert not stopped.success
        assert "interrupted in" in stopped.failures[0]
    platform.progress = Progress()
    assert made.run(platform, [2015])[0].success
    assert [entry for entry in made.manifest(platform) if entry.year == 2015 and not living(entry.table)] == [
        entry for entry in made.manifest(made.platform()) if entry.year == 2015 and not living(entry.table)
    ]


@pytest.mark.slow
def test_committed_chunks_are_not_written_again(made: Workshop, copied: Platform) -> None:
    assert made.run(copied, [2015])[0].success
    metadata = made.materialization("mortality", 2015).metadata
    assert (metadata["chunks_written"].value, metadata["chunks_resumed"].value) == (0, 13)
    assert metadata["rows"].value > 0


def test_an_earlier_year_made_again_leaves_what_lives_on_as_the_latest_year_has_it(
    made: Workshop, copied: Platform
) -> None:
    with copied.open() as warehouse, warehouse.database.transaction():
        warehouse.database.execute(
            "UPDATE aquamind_assets_chunk SET fingerprint = 'another scenario' WHERE year = 2015 AND asset = 'batches'"
        )
    assert made.run(copied, [2015], ["batches"])[0].success
    assert made.materialization("batches", 2015).metadata["chunks_written"].value == 1
    assert made.manifest(copied) == made.manifest(made.platform())
    with copied.open() as warehouse:
        assert warehouse.manifest() == warehouse.recount()
        latest = warehouse.query("SELECT max(updated_at) FROM batch_batch WHERE id < 20160000000000")[0][0]
    assert str(latest).startswith("2016"), "batches of 2015 that live on stand as in 2016"


@pytest.mark.slow
def test_the_running_year_grows_by_the_new_days_alone(
    made: Workshop, fresh: Callable[..., Platform], tmp_path: Path
) -> None:
    """And goes on where it was stopped while it grew."""
    early = fresh(today=date(2015, 3, 10), ledger=str(tmp_path / "ledger"))
    assert made.run(early, [2015])[0].success
    later = fresh(today=date(2015, 3, 11), ledger=str(tmp_path / "ledger"))
    later.progress = StopsAfter(12)
    stopped = made.run(later, [2015])[0]
    assert "interrupted in" in stopped.failures[0]
    later.progress = Progress()
    assert made.run(later, [2015])[0].success
    metadata = made.materialization("environmental_readings", 2015).metadata
    assert (metadata["chunks_written"].value, metadata["chunks_resumed"].value, metadata["chunks_appended"].value) == (
        1,
        2,
        1,
    )
    assert metadata["rows_written"].value * 60 < metadata["rows"].value, "those of a day alone"
    at_once = fresh(
        today=date(2015, 3, 11), ledger=str(tmp_path / "ledger"), database=f"sqlite:///{tmp_path / 'at_once.db'}"
    )
    assert made.run(at_once, [2015])[0].success
    assert made.manifest(later) == made.manifest(at_once)


def living(table: str) -> bool:
    return any(table in recorder.tables for recorder in RECORDERS.values() if recorder.kind == "living")
