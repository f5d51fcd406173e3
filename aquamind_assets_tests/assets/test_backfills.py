"""Several years in one run, and the checks that are not of one year."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.assets.jobs import ONE_YEAR
from aquamind_assets.assets.keys import key_of, name_of
from aquamind_assets.assets.partitions import yearly
from aquamind_assets.assets.runs import QUIET
from aquamind_assets.assets.standing_checks import NO_YEAR_FAILED, failed_years, judge_years
from aquamind_assets.assets.year_steps import where_it_stands
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.release_2025_08 import RECORDERS

BUILT, LIVED = ("reference_data", "infrastructure"), ("batches", "mortality")
TOGETHER = {"dagster/asset_partition_range_start": "2015", "dagster/asset_partition_range_end": "2016"}
"""What Dagster puts on the one run of a backfill of these years."""


def run_together(workshop: Workshop, platform: Platform, assets: tuple[str, ...]) -> dg.ExecuteInProcessResult:
    return (
        build_defs(platform=platform)
        .resolve_job_def(ONE_YEAR)
        .execute_in_process(
            instance=workshop.instance,
            run_config=QUIET,
            raise_on_error=False,
            asset_selection=[key_of(asset) for asset in assets],
            tags=TOGETHER,
        )
    )


def test_years_in_one_run_write_what_each_writes_alone(made: Workshop, fresh: Callable[..., Platform]) -> None:
    platform = fresh()
    results = [run_together(made, platform, assets) for assets in (BUILT, LIVED)]
    assert [result.success for result in results] == [True, True]
    every = [event for result in results for event in result.all_events]
    tables = {table for asset in (*BUILT, *LIVED) for table in RECORDERS[asset].tables}
    alone = [entry for entry in made.manifest(made.platform()) if entry.table in tables]
    assert made.manifest(platform) == alone
    for asset in (*BUILT, *LIVED):
        events = [
            event.step_materialization_data.materialization
            for event in every
            if event.is_step_materialization and event.asset_key == key_of(asset)
        ]
        assert [event.partition for event in events] == ["2015", "2016"]
        rows = [event.metadata["dagster/partition_row_count"].value for event in events]
        assert rows[0] > 0
        assert all(event.metadata["database"].value == platform.settings.database_name for event in events)
    checks = [
        event.asset_check_evaluation_data
        for event in every
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
    ]
    judged = {(name_of(check.asset_key), check.check_name, check.partition) for check in checks}
    assert {("mortality", "sound_rows", "2015"), ("mortality", "sound_rows", "2016")} <= judged
    assert all(check.passed and check.target_materialization_data is not None for check in checks)
    said = [entry.user_message for result in results for entry in made.instance.all_logs(result.run_id)]
    assert not [text for text in said if "did not yield" in text]


@pytest.mark.slow
def test_jobs_for_many_machines_write_what_one_job_does_though_a_later_year_comes_first(
    made: Workshop, fresh: Callable[..., Platform], tmp_path: Path
) -> None:
    platform = fresh(ledger=str(tmp_path / "ledger"))
    definitions = build_defs(platform=platform)

    def run(job: str, tags: dict[str, str]) -> bool:
        return (
            definitions.resolve_job_def(job)
            .execute_in_process(instance=made.instance, run_config=QUIET, raise_on_error=False, tags=tags)
            .success
        )

    assert run("ledgers", TOGETHER)
    for job in ("tables_of_a_year", "readings_of_a_year"):
        assert [run(job, {"dagster/partition": year}) for year in ("2016", "2015")] == [True, True], job
    assert made.manifest(platform) == made.manifest(made.platform())


def test_a_year_that_fails_leaves_the_years_before_it_materialized(
    made: Workshop, fresh: Callable[..., Platform]
) -> None:
    """No day of 2016 is over."""
    result = run_together(made, fresh(today=date(2016, 1, 1)), ("reference_data",))
    assert not result.success
    events = [
        event.step_materialization_data.materialization for event in result.all_events if event.is_step_materialization
    ]
    assert [(name_of(event.asset_key), event.partition) for event in events] == [("reference_data", "2015")]
    said = [entry.user_message for entry in made.instance.all_logs(result.run_id)]
    assert where_it_stands("reference_data", [2015], [2015, 2016]) in said
    assert "reference_data stopped in 2016: 2015 done" in where_it_stands("reference_data", [2015], [2015, 2016])


def test_the_check_of_years_names_failed_missing_and_cleared_ones(
    made: Workshop, fresh: Callable[..., Platform]
) -> None:
    nothing = judge_years(fresh(), {}, set())
    assert (nothing.passed, nothing.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert str(nothing.description).startswith("2015-2024 missing. Materialize one_year for 2015-2024")
    cleared = judge_years(fresh(), {}, {2015, 2016})
    assert cleared.severity == dg.AssetCheckSeverity.ERROR
    assert "Dagster shows 2015-2016, which the database does not hold as a whole" in str(cleared.description)
    failed = judge_years(made.platform(), {2017: ["mortality"]}, {2015, 2016})
    assert failed.severity == dg.AssetCheckSeverity.ERROR
    assert str(failed.description).startswith(
        "2017 failed (mortality); 2018-2024 missing. Materialize one_year for 2017-2024"
    )


def test_failed_years_are_read_from_dagsters_own_events(made: Workshop, fresh: Callable[..., Platform]) -> None:
    years = yearly(fresh().scenario)
    assert not made.run(fresh(), [2019], ["weather"])[0].success, "2019 is not simulated"
    assert failed_years(made.instance, years, [key_of("weather")])[2019] == ["weather"]
    standing = build_defs(platform=fresh()).resolve_job_def("standing_checks")
    result = standing.execute_in_process(instance=made.instance, run_config=QUIET)
    (check,) = [
        event.asset_check_evaluation_data
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and event.asset_check_evaluation_data.check_name == NO_YEAR_FAILED
    ]
    assert "2019 failed (weather)" in str(check.description)
