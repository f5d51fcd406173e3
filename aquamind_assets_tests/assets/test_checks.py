"""Laws and published figures as Dagster's asset checks: where they stand, what a run tells of them, what a broken one
stops."""

import sqlite3
from collections.abc import Callable
from datetime import date

import dagster as dg
import pytest

from aquamind_assets.assets.asset_checks import FIGURES, check_result
from aquamind_assets.assets.keys import key_of, name_of
from aquamind_assets.assets.partitions import yearly
from aquamind_assets.assets.standing_checks import HISTORY_FIGURES, NO_YEAR_FAILED, STANDING_CHECKS, failed_years
from aquamind_assets.definitions import build_defs
from aquamind_assets.laws.registry import JudgedLaw
from aquamind_assets.laws.result import LawResult
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import DayRange, day_number
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.release_2025_08 import LAWS, RECORDERS

OWN_CHECKS = {
    "farm_year": {
        "daily_fish_balance",
        "silo_feed_balance",
        "space_limits",
        "treatment_rules_in_ledger",
        "dead_fish_collected",
        "working_days",
        FIGURES,
        HISTORY_FIGURES,
    },
    "batches": {"one_batch_per_container"},
    "mortality": {"fish_balance"},
    "feeding_events": {"feed_balance"},
    "environmental_readings": {"readings_batch"},
    "treatments": {"treatment_rules"},
    "lab_samples": {"abnormal_results_have_cause"},
}


def evaluations(workshop: Workshop, run_id: str) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    """What the checks of a run say, by asset and name."""
    found = {}
    for record in workshop.instance.all_logs(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION):
        assert record.dagster_event is not None
        check = record.dagster_event.asset_check_evaluation_data
        found[name_of(check.asset_key), check.check_name] = check
    return found


def test_every_asset_has_its_checks() -> None:
    graph = build_defs(Settings(scenario="tiny", release="2025-08")).get_repository_def().asset_graph
    found: dict[str, set[str]] = {}
    for key in graph.asset_check_keys:
        found.setdefault(name_of(key.asset_key), set()).add(key.name)
        spec = graph.get_check_spec(key)
        assert spec.description, key
        assert (spec.partitions_def is None) == (key in STANDING_CHECKS), key
        assert spec.blocking == (key.name not in (FIGURES, HISTORY_FIGURES, NO_YEAR_FAILED)), key
    assert found == {asset: OWN_CHECKS.get(asset, set()) | {"sound_rows"} for asset in RECORDERS} | {
        "farm_year": OWN_CHECKS["farm_year"],
        "year_report": {NO_YEAR_FAILED},
    }


def test_a_run_tells_of_every_law_how_much_it_looked_at(made: Workshop) -> None:
    runs = made.instance.get_runs(ascending=True, limit=2)
    assert [run.tags["dagster/partition"] for run in runs] == ["2015", "2016"]
    for run in runs:
        found = evaluations(made, run.run_id)
        assert set(found) == {(law.asset, law.name) for law in LAWS} | {("farm_year", FIGURES)}
        for key, check in found.items():
            assert check.partition == run.tags["dagster/partition"], key
            assert check.metadata.get("violations", dg.IntMetadataValue(0)).value == 0, key
            if key[1] != FIGURES:
                assert check.passed, (key, check.description)
                rows = check.metadata["rows_checked"].value
                assert str(check.description).startswith("Passed: checked" if rows else "Nothing to check"), key
    figures = evaluations(made, runs[0].run_id)["farm_year", FIGURES]
    assert figures.severity == dg.AssetCheckSeverity.WARN
    assert figures.metadata["measured"].value >= 3
    assert isinstance(figures.metadata["sea_temperature_year_faroes"].value, float)
    assert "| Annual mean sea temperature, Faroes | degC |" in str(figures.metadata["figures"].value)
    assert "7.8 to 8.9" in str(figures.metadata["figures"].value)


def path_of(platform: Platform) -> str:
    return platform.settings.database.removeprefix("sqlite:///")


def change(platform: Platform, statement: str) -> None:
    with sqlite3.connect(path_of(platform)) as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()


@pytest.fixture
def copied(made: Workshop, fresh: Callable[..., Platform]) -> Platform:
    """Both years in a database of the test's own."""
    platform = fresh()
    with sqlite3.connect(path_of(made.platform())) as there, sqlite3.connect(path_of(platform)) as here:
        there.backup(here)
    there.close()
    here.close()
    return platform


def test_a_broken_law_stops_the_run_and_says_what_is_wrong(made: Workshop, copied: Platform) -> None:
    """What is committed is not written again, so running a year once more judges what lies in the database."""
    change(
        copied,
        "UPDATE inventory_feedingevent SET amount_kg = amount_kg + 0.01 WHERE id = (SELECT max(id) FROM"
        " inventory_feedingevent)",
    )
    run = made.run(copied, [2016])[0]
    assert not run.success
    assert [text.partition(":")[0] for text in run.failures] == ["feeding_events"]
    assert "feeding_events: feed_balance is violated" in run.failures[0]
    found = evaluations(made, run.run_id)
    broken = found["feeding_events", "feed_balance"]
    assert (broken.passed, broken.severity, broken.blocking) == (False, dg.AssetCheckSeverity.ERROR, True)
    assert broken.metadata["violations"].value > 0
    assert "feed store" in str(broken.metadata["examples"].value)
    assert found["mortality", "fish_balance"].passed, "what does not depend on it is judged all the same"
    assert ("feeding_summaries", "sound_rows") not in found, "what depends on it is not made"
    years = yearly(copied.scenario)
    assert failed_years(made.instance, years, [key_of("feeding_events")]) == {2016: ["feeding_events"]}


def test_a_law_across_assets_stops_what_is_made_from_them(made: Workshop, copied: Platform) -> None:
    change(copied, "UPDATE batch_batchcontainerassignment SET population_count = population_count + 1 WHERE is_active")
    run = made.run(copied, [2016], ["mortality", "year_report"])[0]
    assert not run.success
    assert "fish_balance is violated" in run.failures[0]
    steps = {
        event.step_key
        for event in made.instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
        for event in [event.dagster_event]
        if event
    }
    assert "reports__year_report" not in steps
    assert steps


def test_a_single_asset_brings_its_own_checks_along(made: Workshop, copied: Platform) -> None:
    run = made.run(copied, [2016], ["mortality"])[0]
    assert set(evaluations(made, run.run_id)) == {("mortality", "fish_balance"), ("mortality", "sound_rows")}


@pytest.mark.slow
def test_some_days_alone_are_judged_as_far_as_they_go(made: Workshop, fresh: Callable[..., Platform]) -> None:
    platform = fresh(today=date(2015, 7, 1))
    platform.days = DayRange(day_number(date(2015, 6, 1)), day_number(date(2015, 6, 4)))
    assert made.run(fresh(), [2015], ["reference_data", "infrastructure"])[0].success
    run = made.run(
        platform, [2015], [asset for asset in RECORDERS if asset not in ("reference_data", "infrastructure")]
    )[0]
    assert run.success, run.failures
    found = evaluations(made, run.run_id)
    assert found["mortality", "sound_rows"].passed
    feed = found["feeding_events", "feed_balance"]
    assert (feed.passed, feed.severity) == (
        False,
        dg.AssetCheckSeverity.WARN,
    ), "the stock before these days is unknown"
    assert "do not begin with the first day" in str(feed.metadata["not checked"].value)
    change(
        platform,
        "UPDATE health_mortalityrecord SET count = count + 1 WHERE id = (SELECT min(id) FROM health_mortalityrecord)",
    )
    again = made.run(platform, [2015], ["mortality"])[0]
    assert not again.success
    assert "mortality: sound_rows is violated" in again.failures[0]


def test_a_law_that_looked_at_nothing_warns() -> None:
    silent = check_result(JudgedLaw(LAWS[0], LawResult({}), 0.0))
    assert (silent.passed, silent.severity) == (False, dg.AssetCheckSeverity.WARN)
    known = check_result(JudgedLaw(LAWS[0], LawResult({}, empty_reason="the ledger of 2015 has no fish"), 0.0))
    assert known.passed
    assert known.description == "Nothing to check: the ledger of 2015 has no fish."
