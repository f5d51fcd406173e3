"""A valid farm has no violations, and a violation of each rule is found, on both databases."""

import re
import sqlite3

import psycopg
import pytest

from aquamind_assets.laws.registry import laws_of
from aquamind_assets.laws.rules import Rule, rules_of, violations
from aquamind_assets.laws.rules_across import rules_across
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.releases import RELEASES, Release, tables_of
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.laws.small_farm import ROWS, WIDE, Farm
from aquamind_assets_tests.laws.wrong_values import CHANGES, READING, SAMPLING
from aquamind_assets_tests.release_2025_08 import RULES, TABLES


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def farm(request):
    if request.param == "sqlite":
        connection = sqlite3.connect(":memory:", isolation_level=None)
        connection.execute("BEGIN")
        yield Farm(connection, "sqlite")
        connection.close()
        return
    server = request.getfixturevalue("postgres_server")
    with psycopg.connect(server.get_uri(), options="-c timezone=UTC") as connection:
        connection.execute("CREATE SCHEMA small_farm")
        connection.execute("SET LOCAL search_path = small_farm")
        yield Farm(connection, "postgresql")
        connection.rollback()


def violated(farm, **restrictions):
    return {result.rule.name: result for result in violations(farm, **restrictions, release="2025-08") if result.count}


@pytest.mark.parametrize("release", RELEASES)
def test_rules_of_a_table_by_time_look_at_the_rows_of_each_day_alone(release: Release) -> None:
    """While they are judged, no other rows of it may be seen (``at_hand``)."""
    by_time = {name for name, spec in tables_of(release).items() if spec.time_column}
    queries = [rule for rule in rules_of(release) if rule.table in by_time and rule.query]
    assert {rule.table for rule in queries} == by_time
    for rule in queries:
        assert len(re.findall(rf"\b{rule.table}\b", rule.query)) == rule.query.count("{rows}") == 1, rule.name


def test_every_table_has_rows_and_rules():
    assert set(ROWS) == set(TABLES)
    assert {rule.table for rule in RULES} == set(TABLES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.description.endswith(".") for rule in RULES)


def test_a_valid_farm_has_no_violations(farm):
    results = violations(farm, release="2025-08")
    assert [result.rule.name for result in results if result.count] == []
    assert sorted(result.rule.name for result in results) == sorted(rule.name for rule in RULES)
    assert all(result.example_id is None for result in results)


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_a_violation_is_found(farm, name, change):
    rule = next(rule for rule in RULES if rule.name == name)
    with farm.changed(change):
        result = violated(farm, tables=[rule.table])[name]
    assert result.example_id is not None
    assert result.table == rule.table


def test_every_application_rule_is_violated_by_a_change():
    """Derived rules are tested by kind, the others one by one."""
    given = {name for name, _ in CHANGES}
    by_kind = (".given", ".non_empty", ".choices", ".length", ".range", ".reference")
    untried = [
        rule.name
        for rule in RULES
        if rule.name not in given
        and not rule.name.endswith(by_kind)
        and "unique" not in rule.name
        and "_check" not in rule.name
    ]
    assert untried == ["health_individualfishobservation.sizes.positive"]


def test_a_fish_without_weight_counts_as_not_measured(farm):
    with farm.changed("UPDATE health_individualfishobservation SET weight_g = 0 WHERE id = #2"):
        assert {"health_individualfishobservation.sizes.positive", f"{SAMPLING}.sample_size.count"} <= violated(
            farm
        ).keys()


def test_fish_that_have_left_since_could_be_sampled(farm):
    """Of 1,001 fish that are there at the end: a cage may be nearly emptied after a sample."""
    sampled = "UPDATE batch_growthsample SET sample_size = 1006"
    later = "UPDATE batch_mortalityevent SET event_date = '2015-08-01'"
    with farm.changed(sampled, later):
        assert violated(farm) == {}
    moved = (
        "UPDATE batch_batchtransfer SET transfer_date = '2015-08-01', source_assignment_id = #2,"
        " destination_assignment_id = NULL, transferred_count = 5, mortality_count = 0"
    )
    name = "batch_growthsample.sample_size.population"
    with farm.changed(sampled, moved):
        assert name not in violated(farm)
    with farm.changed(sampled):
        assert name in violated(farm)


def test_violations_are_counted_and_the_first_is_named(farm):
    with farm.changed("UPDATE inventory_feedingevent SET method = 'SHOVEL'"):
        result = violated(farm)["inventory_feedingevent.method.choices"]
    assert (result.count, result.example_id) == (2, WIDE + 1)
    with farm.changed(f"UPDATE {READING} SET value = -1 WHERE id >= #2"):
        assert violated(farm)[f"{READING}.value.range"].count == 2
    with farm.changed(f"UPDATE {READING} SET reading_time = '2015-08-01 00:00:00'"):
        result = violated(farm)[f"{READING}.unique(sensor_id, reading_time)"]
    assert (result.count, result.example_id) == (1, WIDE + 1)


def test_only_rows_of_the_year_are_checked(farm):
    with farm.changed(f"UPDATE {READING} SET value = 99, sensor_id = NULL"):
        assert violated(farm, tables=[READING], year=2015).keys() == {
            f"{READING}.value.range",
            f"{READING}.sensor_id.given",
        }
        assert violated(farm, tables=[READING], year=2014) == {}
        assert violated(farm, tables=[READING], year=2016) == {}
    with farm.changed(f"UPDATE {READING} SET reading_time = '2015-08-01 00:00:00'"):
        assert f"{READING}.unique(sensor_id, reading_time)" in violated(farm, tables=[READING], year=2015)
        assert violated(farm, year=2016) == {}


def test_history_is_of_the_year_of_its_own_number(farm):
    with farm.changed("UPDATE batch_historicalbatch SET history_type = '?'"):
        assert violated(farm, year=2015).keys() == {"batch_historicalbatch.history_type.choices"}
        assert violated(farm, year=2016) == {}


def test_only_the_given_tables_are_checked(farm):
    results = violations(farm, tables=["health_licecount"], release="2025-08")
    assert {result.table for result in results} == {"health_licecount"}
    with pytest.raises(ValueError, match="unknown tables: health_lice; allowed: auth_user"):
        violations(farm, tables=["health_lice"], release="2025-08")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_an_empty_warehouse_has_no_violations(dialect, tmp_path, request):
    url = f"sqlite:///{tmp_path / 'empty.db'}" if dialect == "sqlite" else request.getfixturevalue("postgres_url")
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()
        for year in (None, 2015):
            results = violations(warehouse, year=year, release="2025-08")
            assert len(results) == len(RULES)
            assert [result for result in results if result.count] == []


def test_a_rule_has_a_condition_or_a_query():
    with pytest.raises(ValueError, match="rule r: needs a condition or a query"):
        Rule("r", "batch_batch", "It holds.")
    with pytest.raises(ValueError, match=r"rule r: the query lacks \{rows\}"):
        Rule("r", "batch_batch", "It holds.", query="SELECT id FROM batch_batch")


@pytest.mark.parametrize("release", RELEASES)
def test_a_rule_is_judged_when_all_that_it_reads_is_written(release: Release) -> None:
    recorders = recorders_of(release)
    writer = {table: asset for asset, recorder in recorders.items() for table in recorder.tables}

    def before(asset: str) -> set[str]:
        return {asset}.union(*(before(one) for one in recorders[asset].upstream))

    laws = {law.asset: law for law in laws_of(release) if law.name == "rules_across_assets"}
    seen = 0
    for rule in rules_of(release):
        if not rule.query or rule.table not in writer:
            continue
        read = {writer[word] for word in re.findall(r"\w+", rule.query) if word in writer}
        place = rules_across(release).get(rule.name)
        asset, beside = (place.asset, set(laws[place.asset].beside)) if place else (writer[rule.table], set())
        assert read <= before(asset) | beside, rule.name
        # Else what it waits for would wait for it.
        assert not any(asset in before(one) for one in beside), rule.name
        seen += place is not None
    assert seen == {"2025-08": 0, "2026-03": 2}[release]
