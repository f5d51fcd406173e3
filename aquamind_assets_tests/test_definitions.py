"""The definitions as Dagster loads them. All edges are written out here, so that a change of the graph changes this
test."""

import re
import warnings
from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from aquamind_assets.assets.partitions import yearly
from aquamind_assets.cli.home import make_home
from aquamind_assets.definitions import build_defs, warn_without_instance_file
from aquamind_assets.settings import Settings
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.snapshot import FILE, snapshot

GRAPH = {
    "reference_data": set(),
    "infrastructure": {"reference_data"},
    "site_climate": {"infrastructure"},
    "farm_year": {"site_climate", "farm_year"},
    "sensors": {"farm_year"},
    "weather": {"farm_year"},
    "environmental_readings": {"farm_year", "sensors", "batches"},
    "batches": {"farm_year"},
    "transfers": {"farm_year", "batches"},
    "growth_samples": {"farm_year", "batches"},
    "mortality": {"farm_year", "batches"},
    "feed_purchases": {"farm_year"},
    "feeding_events": {"farm_year", "batches", "feed_purchases", "feed_stock"},
    "feed_stock": {"farm_year", "feed_purchases"},
    "feeding_summaries": {"farm_year", "feeding_events"},
    "lice_counts": {"farm_year", "batches"},
    "treatments": {"farm_year", "batches"},
    "health_samplings": {"farm_year", "batches"},
    "lab_samples": {"farm_year", "batches"},
    "journal": {"farm_year", "batches"},
    "year_report": {
        "transfers",
        "mortality",
        "feeding_summaries",
        "growth_samples",
        "lice_counts",
        "treatments",
        "journal",
    },
}
GROUPS = {"infrastructure", "farm", "environmental", "batch", "inventory", "health", "reports"}
DOMAINS = {"infrastructure", "batches", "environmental", "feed", "growth", "mortality", "health"}


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_defs(Settings(scenario="tiny"))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}


def test_definitions_are_loadable(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_building_the_definitions_gives_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_defs(Settings(scenario="tiny")).get_repository_def()


def test_the_graph_has_exactly_these_edges(specs: dict[str, dg.AssetSpec]) -> None:
    assert {name: {dep.asset_key.to_user_string() for dep in spec.deps} for name, spec in specs.items()} == GRAPH


def test_edges_between_groups_go_one_way(specs: dict[str, dg.AssetSpec]) -> None:
    """Otherwise the graph of folded groups has cycles."""
    assert {spec.group_name for spec in specs.values()} == GROUPS
    before = {
        (specs[dep.asset_key.to_user_string()].group_name, spec.group_name)
        for spec in specs.values()
        for dep in spec.deps
    }
    before = {(one, other) for one, other in before if one != other}
    assert ("infrastructure", "farm") in before
    assert not {(other, one) for one, other in before} & before
    assert not [one for one, other in before if other == "infrastructure"]


def test_recorders_cover_the_seven_domains(specs: dict[str, dg.AssetSpec]) -> None:
    assert {recorder.domain for recorder in RECORDERS.values()} == DOMAINS
    for name, recorder in RECORDERS.items():
        assert specs[name].tags["domain"] == recorder.domain


def test_descriptions_name_the_source_of_the_rows(specs: dict[str, dg.AssetSpec]) -> None:
    for name in RECORDERS:
        source = "the year's ledger" if "farm_year" in GRAPH[name] else "the scenario"
        assert f"from {source}" in str(specs[name].description), name


def test_every_asset_is_described(specs: dict[str, dg.AssetSpec]) -> None:
    for name, spec in specs.items():
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name
        assert spec.code_version, name
        assert "domain" in spec.tags, name
        assert isinstance(spec.partitions_def, dg.TimeWindowPartitionsDefinition), name


def test_columns_of_every_table_are_described(specs: dict[str, dg.AssetSpec]) -> None:
    for name, recorder in RECORDERS.items():
        metadata = specs[name].metadata
        shown = {
            "dagster/column_schema" if number == 0 else f"columns of {table}"
            for number, table in enumerate(recorder.tables)
        }
        assert shown <= metadata.keys(), name
        assert metadata["dagster/table_name"] == recorder.tables[0]
        columns = metadata["dagster/column_schema"].columns
        assert all(column.description and column.type for column in columns), name


def test_jobs_for_the_history_each_session_and_a_year(definitions: dg.Definitions) -> None:
    names = {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")}
    assert names == {"one_year", "whole_history", "session_1", "session_2", "session_3", "session_4"}


def test_schedules_and_sensors_are_stopped_by_default(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {schedule.name for schedule in repository.schedule_defs} == {"close_previous_year", "extend_running_year"}
    assert {sensor.name for sensor in repository.sensor_defs} == {"renew_changed_scenario", "reconcile_dead_runs"}
    assert all(schedule.default_status == dg.DefaultScheduleStatus.STOPPED for schedule in repository.schedule_defs)
    assert all(sensor.default_status == dg.DefaultSensorStatus.STOPPED for sensor in repository.sensor_defs)


@pytest.mark.parametrize(
    ("clock", "last"),
    [
        (datetime(2015, 1, 1, 12), 2015),
        (datetime(2024, 2, 29), 2024),
        (datetime(2025, 12, 31, 23, 59), 2025),
        (datetime(2026, 1, 1), 2026),
    ],
)
def test_partitions_are_the_years_up_to_the_current_one(clock: datetime, last: int) -> None:
    with freeze_time(clock):
        assert yearly(Settings(scenario="tiny").load_scenario()).get_partition_keys() == [
            str(year) for year in range(2015, last + 1)
        ]


@pytest.mark.parametrize("year", [2015, 2016])
def test_a_partition_is_a_whole_calendar_year(year: int) -> None:
    window = yearly(Settings(scenario="tiny").load_scenario()).time_window_for_partition_key(str(year))
    assert (window.start.date().isoformat(), window.end.date().isoformat()) == (f"{year}-01-01", f"{year + 1}-01-01")


def test_schedules_request_the_right_year(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()

    def asked(name: str, moment: datetime) -> list[str | None]:
        context = dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)
        return [
            request.partition_key for request in repository.get_schedule_def(name).evaluate_tick(context).run_requests
        ]

    assert asked("close_previous_year", datetime(2026, 1, 1, 3)) == ["2025"]
    assert asked("close_previous_year", datetime(2015, 1, 1, 3)) == []
    assert asked("extend_running_year", datetime(2026, 1, 2, 2)) == ["2026"]
    assert asked("extend_running_year", datetime(2026, 1, 1, 2)) == []


@pytest.mark.parametrize(("moment", "year"), [(datetime(2015, 1, 1, 3), "2014"), (datetime(2128, 1, 1, 3), "2127")])
def test_a_year_that_the_graph_does_not_have_is_skipped_with_the_years_it_has(
    definitions: dg.Definitions, moment: datetime, year: str
) -> None:
    repository = definitions.get_repository_def()
    context = dg.build_schedule_context(scheduled_execution_time=moment, repository_def=repository)
    tick = repository.get_schedule_def("close_previous_year").evaluate_tick(context)
    assert tick.run_requests == []
    assert re.fullmatch(rf"{year} is not a year of the asset graph, which has 2015 to 20\d\d\.", str(tick.skip_message))


def test_a_home_without_an_instance_file_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    warn_without_instance_file()
    assert f"{tmp_path} has no dagster.yaml" in caplog.text
    caplog.clear()
    make_home()
    warn_without_instance_file()
    monkeypatch.delenv("DAGSTER_HOME")
    warn_without_instance_file()
    assert caplog.text == ""


def test_everything_that_dagster_shows_is_as_decided() -> None:
    assert snapshot().splitlines() == FILE.read_text("utf-8").splitlines(), (
        "if the change was meant: python -m aquamind_assets_tests.snapshot"
    )
