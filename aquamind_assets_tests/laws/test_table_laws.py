"""Laws over the tables, on both databases: written rows have no violations, and the right law finds each later
change."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from aquamind_assets.laws.digests import judge_digests
from aquamind_assets.laws.feed_in_tables import judge_feed_balance_over
from aquamind_assets.laws.feed_rows import Opening
from aquamind_assets.laws.registry import judge
from aquamind_assets.laws.row_rules import judge_row_rules
from aquamind_assets.laws.rules import violations
from aquamind_assets.laws.timing import judge_rows_in_time_range
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.timeline import DayRange, year_days
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.laws.changes import CHANGES, HISTORY, NEW_YEAR, READING, STAY, YEAR, first
from aquamind_assets_tests.laws.written import TABLE_LAWS, Written, evidence, law_named, write, write_all
from aquamind_assets_tests.release_2025_08 import RECORDERS
from aquamind_assets_tests.slow_cases import slow_after


@pytest.fixture(scope="module", params=slow_after(1, ["sqlite", "postgresql"]))
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('laws') / 'laws.db'}"
    else:
        server = request.getfixturevalue("postgres_server")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("CREATE DATABASE laws")
        url = server.get_uri(database="laws")
    with open_warehouse(url, "2025-08") as warehouse:
        write_all(warehouse)
        yield Written(warehouse)


@pytest.mark.slow
def test_laws_hold_for_what_is_written_into_a_lake(tmp_path: Path) -> None:
    with open_warehouse(f"parquet:///{tmp_path / 'lake'}", "2025-08") as warehouse:
        write_all(warehouse)
        for year in (2015, 2016, 2017):
            for judged in judge(TABLE_LAWS, evidence(warehouse, year)):
                assert judged.result.passed, (judged.law.asset, judged.law.name, str(judged.result))
                assert judged.result.total_checked or judged.result.empty_reason
                assert not [text for text in judged.result.not_checked if "stock of" not in text]


@pytest.mark.parametrize("year", [2015, 2016, 2017])
def test_laws_hold_for_what_is_written(written: Written, year: int) -> None:
    for judged in judge(TABLE_LAWS, evidence(written.warehouse, year)):
        assert judged.result.passed, (judged.law.asset, judged.law.name, str(judged.result))
        assert judged.result.total_checked or judged.result.empty_reason
        assert not [text for text in judged.result.not_checked if "stock of" not in text]


def test_no_row_of_the_history_violates_a_rule(written: Written) -> None:
    assert {entry.table for entry in written.warehouse.manifest()} == {
        table for recorder in RECORDERS.values() for table in recorder.tables
    }, "three years hold rows of every table"
    for year in (None, YEAR):
        found = violations(written.warehouse, year=year, release="2025-08")
        assert [(one.rule.name, one.count, one.example_id) for one in found if one.count] == []


def test_feed_balances_over_all_years_from_the_tables_alone(written: Written) -> None:
    whole = DayRange(year_days(2015).first, year_days(2017).end)
    result = judge_feed_balance_over(evidence(written.warehouse, 2017, with_ledger=False), whole, Opening.nothing())
    assert result.passed, str(result)
    assert not result.not_checked
    with written.changed(
        "UPDATE inventory_feedingevent SET feed_cost = feed_cost - 0.01 WHERE id = (SELECT min(id) FROM"
        " inventory_feedingevent)"
    ):
        assert (
            judge_feed_balance_over(
                evidence(written.warehouse, 2017, with_ledger=False), whole, Opening.nothing()
            ).violations
            == 1
        )


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found_by_its_law(written: Written, change: str) -> None:
    asset, name, statements = CHANGES[change]
    law = next(law for law in TABLE_LAWS if law.asset == asset and law.name.startswith(name))
    with written.changed(*statements):
        result = law.judge(evidence(written.warehouse, YEAR))
    assert result.violations, str(result)
    assert not result.passed
    assert result.examples
    assert law.judge(evidence(written.warehouse, YEAR)).passed


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        (
            "health_licecount",
            (
                f"UPDATE health_licecount SET count_date = '{YEAR}-01-01 10:00:00' WHERE"
                f" {first('health_licecount', which='max')}"
            ),
        ),
        (
            "batch_growthsample",
            (
                f"UPDATE batch_growthsample SET assignment_id = (SELECT max(id) FROM {STAY}) WHERE"
                f" {first('batch_growthsample')}"
            ),
        ),
        (
            HISTORY,
            (
                f"UPDATE {HISTORY} SET history_date = '2016-05-05 10:00:00' WHERE history_id = (SELECT max(history_id)"
                f" FROM {HISTORY})"
            ),
        ),
        (READING, f"UPDATE {READING} SET sensor_id = {NEW_YEAR} + 9000000000 WHERE {first(READING)}"),
    ],
)
def test_a_row_outside_its_time_range_is_found(written: Written, table: str, statement: str) -> None:
    asked = evidence(written.warehouse, YEAR)
    assert judge_rows_in_time_range(asked, [table]).passed
    with written.changed(statement):
        assert judge_rows_in_time_range(asked, [table]).violations == 1


def test_a_violated_row_rule_is_found(written: Written) -> None:
    with written.changed(f"UPDATE health_journalentry SET severity = 'grave' WHERE {first('health_journalentry')}"):
        result = judge_row_rules(evidence(written.warehouse, YEAR), "journal", ["health_journalentry"])
    assert result.violations == 1
    assert "health_journalentry.severity.choices" in result.examples[0]


def test_a_year_with_too_many_rows_is_checked_as_a_sample(written: Written) -> None:
    few = evidence(written.warehouse, YEAR, max_rows=5_000)
    for law in (
        law_named("environmental_readings", "readings_batch"),
        law_named("environmental_readings", "sound_rows"),
    ):
        result = law.judge(few)
        assert result.passed, str(result)
        assert 0 < max(result.checked.values()) <= 6_000
        assert any("4 times" in text for text in result.not_checked)
    days = few.sample(READING).stretches
    assert len(days) == 4
    assert all(year_days(YEAR).first <= one.first < one.end <= year_days(YEAR).end for one in days)
    assert all(before.end <= after.first for before, after in pairwise(days))
    digests = judge_digests(few, "environmental_readings", [READING])
    assert any("are not recounted" in text for text in digests.not_checked)
    only_counted = judge_digests(evidence(written.warehouse, YEAR, max_rows=100), "environmental_readings", [READING])
    assert only_counted.passed
    assert list(only_counted.checked) == [f"rows of {READING}, only counted"]
    with written.changed(f"DELETE FROM {READING} WHERE id >= {NEW_YEAR}"):
        assert (
            judge_digests(
                evidence(written.warehouse, YEAR, max_rows=100), "environmental_readings", [READING]
            ).violations
            == 1
        )


def test_a_year_with_very_many_rows_is_read_thirty_days_at_a_time(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    law = law_named("environmental_readings", "readings_batch")
    at_once = law.judge(evidence(written.warehouse, YEAR))
    monkeypatch.setattr("aquamind_assets.laws.evidence.MAX_ROWS_PER_QUERY", 1_000)
    assert len(evidence(written.warehouse, YEAR).sample(READING).stretches) == 13
    assert law.judge(evidence(written.warehouse, YEAR)) == at_once


def test_without_the_ledger_an_unexplained_result_is_no_violation(written: Written) -> None:
    asset, name, statements = CHANGES["a result without a cause"]
    law = next(law for law in TABLE_LAWS if law.asset == asset and law.name.startswith(name))
    with written.changed(*statements):
        assert law.judge(evidence(written.warehouse, YEAR)).violations
        blind = law.judge(evidence(written.warehouse, YEAR, with_ledger=False))
    assert not blind.violations
    assert any("outbreaks are in the ledger" in text for text in blind.not_checked)


@pytest.fixture
def fresh(written: Written, request: pytest.FixtureRequest, tmp_path) -> str:
    return (
        f"sqlite:///{tmp_path / 'fresh.db'}"
        if written.warehouse.url.startswith("sqlite")
        else request.getfixturevalue("postgres_url")
    )


def test_without_rows_no_law_passes_without_a_reason(fresh: str) -> None:
    with open_warehouse(fresh, "2025-08") as warehouse:
        warehouse.prepare()
        for judged in judge(TABLE_LAWS, evidence(warehouse, YEAR)):
            result = judged.result
            assert not result.total_checked or result.violations, (judged.law.name, str(result))
            assert result.violations or not result.passed or result.empty_reason, judged.law.name


@pytest.mark.slow
def test_a_single_year_is_judged_as_far_as_its_rows_reach(fresh: str) -> None:
    """The middle year is written first, after all three are simulated: batches also live in years that are not in the
    database."""
    with open_warehouse(fresh, "2025-08") as warehouse:
        warehouse.prepare()
        for year in (2015, 2016):
            write(warehouse, year, BEFORE_THE_FARM)
        write(warehouse, 2016, [asset for asset in RECORDERS if asset not in BEFORE_THE_FARM])
        found = {(one.law.asset, one.law.name): one.result for one in judge(TABLE_LAWS, evidence(warehouse, 2016))}
        assert {key: str(result) for key, result in found.items() if not result.passed} == {}
        assert any(
            "batches that also live on days that are not in the database" in text
            for text in found["mortality", "fish_balance"].not_checked
        )
        for year in (2017, 2015):
            write(warehouse, year)
        again = law_named("mortality", "fish_balance").judge(evidence(warehouse, 2016))
        assert again.passed
        assert not again.not_checked
