"""The definitions as Dagster loads them. All edges are written out here, so that a change of the graph changes this
test."""

import re
import warnings
from datetime import date, datetime
from itertools import chain
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from aquamind_assets.assets.jobs import IN_ORDER
from aquamind_assets.assets.keys import key_of, name_of
from aquamind_assets.assets.partitions import yearly
from aquamind_assets.assets.resource import PlatformResource
from aquamind_assets.cli.home import make_home
from aquamind_assets.definitions import build_defs, warn_without_instance_file
from aquamind_assets.settings import Settings
from aquamind_assets.tables.releases import RELEASES, Release
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.snapshot import FILE, snapshot

GRAPH = {
    "reference_data": set(),
    "infrastructure": {"reference_data"},
    "site_climate": {"infrastructure"},
    "farm_year": {"site_climate"},
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
        "weather",
        "environmental_readings",
        "transfers",
        "growth_samples",
        "mortality",
        "feeding_summaries",
        "lice_counts",
        "treatments",
        "health_samplings",
        "lab_samples",
        "journal",
    },
    "session_1_report": {"year_report"},
    "session_2_report": {"year_report"},
    "session_3_report": {"year_report"},
    "session_4_report": {"year_report"},
    "history_report": {"year_report"},
}
GROUPS = {"infrastructure", "farm", "environmental", "batch", "inventory", "health", "reports"}
DOMAINS = {"infrastructure", "batches", "environmental", "feed", "growth", "mortality", "health"}


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_defs(Settings(scenario="tiny", release="2025-08"))


@pytest.fixture(scope="module")
def specs(definitions: dg.Definitions) -> dict[str, dg.AssetSpec]:
    return {name_of(spec.key): spec for spec in definitions.resolve_all_asset_specs()}


@pytest.mark.parametrize("release", RELEASES)
def test_definitions_are_loadable_and_every_job_resolves(release: Release) -> None:
    dg.Definitions.validate_loadable(build_defs(Settings(scenario="tiny", release=release)))


def test_building_the_definitions_gives_no_warnings() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        build_defs(Settings(scenario="tiny", release="2025-08")).get_repository_def()


def test_the_graph_has_exactly_these_edges(specs: dict[str, dg.AssetSpec]) -> None:
    assert {name: {name_of(dep.asset_key) for dep in spec.deps} for name, spec in specs.items()} == GRAPH


def test_edges_between_groups_go_one_way(specs: dict[str, dg.AssetSpec]) -> None:
    """Otherwise the graph of folded groups has cycles."""
    assert {spec.group_name for spec in specs.values()} == GROUPS
    before = {
        (specs[name_of(dep.asset_key)].group_name, spec.group_name) for spec in specs.values() for dep in spec.deps
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
        assert spec.key == key_of(name) == dg.AssetKey([str(spec.group_name), name])
        assert spec.description, name
        assert spec.owners, name
        assert spec.kinds, name
        assert "domain" in spec.tags, name
        if spec.kinds == {"html"}:
            continue
        assert spec.code_version, name
        assert isinstance(spec.partitions_def, dg.TimeWindowPartitionsDefinition), name
        assert {"scenario", "database", "ledger"} <= spec.metadata.keys(), name
        links = spec.metadata["dagster/code_references"].code_references
        assert links, name
        assert all(Path(link.file_path).is_file() and link.line_number > 1 for link in links), name


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


def test_an_asset_links_to_the_functions_that_make_its_rows(specs: dict[str, dg.AssetSpec]) -> None:
    links = specs["transfers"].metadata["dagster/code_references"].code_references
    assert {Path(link.file_path).name for link in links} >= {"transfers.py"}
    (engine,) = specs["farm_year"].metadata["dagster/code_references"].code_references
    assert engine.file_path.endswith("farm/engine.py")


def test_code_links_lead_to_a_repository_where_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AQUAMIND_CODE_URL", "https://github.com/farm/assets")
    monkeypatch.setenv("AQUAMIND_CODE_BRANCH", "stable")
    found = build_defs(Settings(scenario="tiny", release="2025-08")).resolve_all_asset_specs()
    (link,) = (
        next(one for one in found if name_of(one.key) == "farm_year")
        .metadata["dagster/code_references"]
        .code_references
    )
    assert re.fullmatch(
        r"https://github.com/farm/assets/(tree|blob)/stable/aquamind_assets/farm/engine.py#L\d+", link.url
    )


def test_the_resource_shows_every_setting_and_hides_what_the_environment_holds() -> None:
    url = "postgresql://fisher:" + "se" + "cret@db/farm"
    settings = Settings.load(environment={"AQUAMIND_DATABASE": url, "AQUAMIND_SCENARIO": "tiny"}, noted=False)
    resource = PlatformResource.of(settings)
    assert all(field.description for field in PlatformResource.model_fields.values())
    assert "cret" not in repr(resource)
    definitions = build_defs(settings)
    assert "cret" not in str([spec.metadata for spec in definitions.resolve_all_asset_specs()])
    assert "postgresql://fisher:***@db/farm" in str(definitions.metadata)


def test_a_step_gets_the_platform_of_the_resource(tmp_path: Path) -> None:
    settings = Settings(
        "tiny", ("seed=7",), f"sqlite:///{tmp_path / 'a.db'}", str(tmp_path), date(2016, 3, 1), 2, release="2025-08"
    )
    platform = PlatformResource.of(settings).create_resource(dg.build_init_resource_context())
    assert platform.settings == settings


def test_no_note_decides_what_dagster_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    make_home()
    Settings(scenario="tiny", release="2025-08").note(tmp_path)
    metadata = build_defs().metadata
    assert metadata["scenario"].value == "demo"


def test_jobs_for_years_and_for_standing_checks(definitions: dg.Definitions) -> None:
    names = {job.name for job in definitions.resolve_all_job_defs() if not job.name.startswith("__")}
    side_by_side = {"ledgers", "tables_of_a_year", "readings_of_a_year"}
    assert names == {"one_year", "standing_checks", "readings_of_today"} | side_by_side


def test_the_jobs_for_many_machines_do_everything_once(definitions: dg.Definitions) -> None:
    jobs = {name: definitions.resolve_job_def(name) for name in ("ledgers", "tables_of_a_year", "readings_of_a_year")}
    done = {name: selected(job) for name, job in jobs.items()}
    assert sorted(chain(*done.values())) == sorted(selected(definitions.resolve_job_def("one_year")))
    assert {name_of(key) for key in jobs["ledgers"].asset_layer.selected_asset_keys} == set(IN_ORDER)
    serial = {name for name, job in jobs.items() if "aquamind/serial" in job.tags}
    assert serial == {"ledgers"}, "the years of the others do not wait for each other"


def selected(job: dg.JobDefinition) -> list[str]:
    """Assets and checks that a job works on."""
    layer = job.asset_layer
    return [str(key) for data in layer.data for key in layer.get_selected_entity_keys_for_node(data.node_handle)]


def test_schedules_and_sensors_are_stopped_by_default(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {schedule.name for schedule in repository.schedule_defs} == {
        *("close_previous_year", "extend_running_year", "extend_today", "check_years"),
    }
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
        assert yearly(Settings(scenario="tiny", release="2025-08").load_scenario()).get_partition_keys() == [
            str(year) for year in range(2015, last + 1)
        ]


@pytest.mark.parametrize("year", [2015, 2016])
def test_a_partition_is_a_whole_calendar_year(year: int) -> None:
    window = yearly(Settings(scenario="tiny", release="2025-08").load_scenario()).time_window_for_partition_key(
        str(year)
    )
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
