"""A valid farm has no violations, and a violation of each rule is found, on both databases."""

import sqlite3

import psycopg
import pytest

from aquamind_assets.laws.rules import Rule, violations
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.laws.small_farm import NARROW, ROWS, WIDE, Farm
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
    return {result.rule.name: result for result in violations(farm, **restrictions) if result.count}


def test_every_table_has_rows_and_rules():
    assert set(ROWS) == set(TABLES)
    assert {rule.table for rule in RULES} == set(TABLES)
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.description.endswith(".") for rule in RULES)


def test_a_valid_farm_has_no_violations(farm):
    results = violations(farm)
    assert [result.rule.name for result in results if result.count] == []
    assert sorted(result.rule.name for result in results) == sorted(rule.name for rule in RULES)
    assert all(result.example_id is None for result in results)


ASSIGNMENT = "batch_batchcontainerassignment"
READING = "environmental_environmentalreading"
SAMPLING = "health_healthsamplingevent"

CHANGES = [
    # what follows from the description
    ("batch_batch.notes.given", "UPDATE batch_batch SET notes = NULL WHERE id = #1"),
    ("batch_batch.batch_number.non_empty", "UPDATE batch_batch SET batch_number = '' WHERE id = #1"),
    (
        "health_healthparameter.description_score_5.non_empty",
        "UPDATE health_healthparameter SET description_score_5 = '' WHERE id = #1",
    ),
    ("batch_mortalityevent.cause.choices", "UPDATE batch_mortalityevent SET cause = 'ESCAPE' WHERE id = #1"),
    ("health_journalentry.severity.choices", "UPDATE health_journalentry SET severity = 'grave' WHERE id = #1"),
    ("health_fishparameterscore.score.range", "UPDATE health_fishparameterscore SET score = 6 WHERE id = #1"),
    (
        "inventory_feedpurchase.quantity_kg.range",
        "UPDATE inventory_feedpurchase SET quantity_kg = 0, feed_id = #1 WHERE id = #1",
    ),
    (
        "environmental_weatherdata.wind_direction.range",
        "UPDATE environmental_weatherdata SET wind_direction = 361 WHERE id = #2",
    ),
    ("inventory_feedingevent.feed_cost.range", "UPDATE inventory_feedingevent SET feed_cost = -0.01 WHERE id = #1"),
    ("health_licecount.user_id.reference", "UPDATE health_licecount SET user_id = 7 WHERE id = #1"),
    (
        "inventory_feedstock.feed_container_id.reference",
        "UPDATE inventory_feedstock SET feed_container_id = #9 WHERE id = #1",
    ),
    (
        "infrastructure_container.container_in_either_hall_or_area",
        "UPDATE infrastructure_container SET area_id = #1 WHERE id = #1",
    ),
    (
        "infrastructure_feedcontainer.feed_container_in_either_hall_or_area",
        "UPDATE infrastructure_feedcontainer SET area_id = NULL WHERE id = #1",
    ),
    ("batch_lifecyclestage.unique(name)", "UPDATE batch_lifecyclestage SET name = 'Smolt' WHERE id = #2"),
    ("batch_lifecyclestage.unique(species_id, order)", 'UPDATE batch_lifecyclestage SET "order" = 1 WHERE id = #2'),
    # places and people
    ("auth_user.profile", "DELETE FROM users_userprofile"),
    (
        "infrastructure_containertype.max_volume_m3.positive",
        "UPDATE infrastructure_containertype SET max_volume_m3 = 0 WHERE id = #2",
    ),
    ("infrastructure_container.volume_m3.positive", "UPDATE infrastructure_container SET volume_m3 = 0 WHERE id = #1"),
    ("infrastructure_container.volume_m3.type", "UPDATE infrastructure_container SET volume_m3 = 100.01 WHERE id = #1"),
    (
        "infrastructure_container.max_biomass_kg.positive",
        "UPDATE infrastructure_container SET max_biomass_kg = 0 WHERE id = #1",
    ),
    (
        "infrastructure_container.name.unique_in_hall_id",
        "UPDATE infrastructure_container SET name = 'Tank 1' WHERE id = #3",
    ),
    (
        "infrastructure_sensor.last_calibration_date.order",
        "UPDATE infrastructure_sensor SET last_calibration_date = '2015-01-01'",
    ),
    ("infrastructure_feedcontainer.capacity_kg.positive", "UPDATE infrastructure_feedcontainer SET capacity_kg = 0"),
    ("infrastructure_historicalcontainer.id.reference", "UPDATE infrastructure_historicalcontainer SET id = 5"),
    # fish
    ("batch_species.optima.order", "UPDATE batch_species SET optimal_temperature_min = 15"),
    (
        "batch_lifecyclestage.expected.order",
        "UPDATE batch_lifecyclestage SET expected_weight_min_g = 101 WHERE id = #1",
    ),
    ("batch_batch.expected_end_date.order", "UPDATE batch_batch SET expected_end_date = start_date WHERE id = #2"),
    ("batch_batch.actual_end_date.order", "UPDATE batch_batch SET actual_end_date = '2015-06-24' WHERE id = #2"),
    ("batch_batch.status.end", "UPDATE batch_batch SET actual_end_date = NULL WHERE id = #2"),
    (
        "batch_batch.status.assignments",
        "UPDATE batch_batch SET status = 'COMPLETED', actual_end_date = '2015-12-31' WHERE id = #1",
    ),
    ("batch_batch.lifecycle_stage_id.species", "UPDATE batch_lifecyclestage SET species_id = #9 WHERE id = #1"),
    ("batch_historicalbatch.id.reference", "UPDATE batch_historicalbatch SET id = 5"),
    (f"{ASSIGNMENT}.biomass_kg.product", f"UPDATE {ASSIGNMENT} SET biomass_kg = 501.01 WHERE id = #2"),
    (f"{ASSIGNMENT}.avg_weight_g.positive", f"UPDATE {ASSIGNMENT} SET avg_weight_g = -1 WHERE id = #1"),
    (f"{ASSIGNMENT}.is_active.departure", f"UPDATE {ASSIGNMENT} SET departure_date = NULL WHERE id = #1"),
    (f"{ASSIGNMENT}.departure_date.order", f"UPDATE {ASSIGNMENT} SET departure_date = '2015-06-24' WHERE id = #3"),
    (f"{ASSIGNMENT}.dates.batch", f"UPDATE {ASSIGNMENT} SET departure_date = '2015-12-02' WHERE id = #3"),
    (f"{ASSIGNMENT}.lifecycle_stage_id.species", "UPDATE batch_lifecyclestage SET species_id = #9 WHERE id = #2"),
    (f"{ASSIGNMENT}.biomass_kg.container", "UPDATE infrastructure_container SET max_biomass_kg = 500 WHERE id = #2"),
    (
        f"{ASSIGNMENT}.unique(batch_id, container_id)",
        f"UPDATE {ASSIGNMENT} SET is_active = TRUE, container_id = #2 WHERE id = #1",
    ),
    ("batch_batchcomposition.amounts.positive", "UPDATE batch_batchcomposition SET biomass_kg = 0 WHERE id = #1"),
    ("batch_batchcomposition.mixed_batch_id.type", "UPDATE batch_batch SET batch_type = 'STANDARD' WHERE id = #2"),
    ("batch_batchcomposition.percentage.sum", "UPDATE batch_batchcomposition SET percentage = 59 WHERE id = #2"),
    ("batch_batchtransfer.counts.source", "UPDATE batch_batchtransfer SET mortality_count = 101"),
    (
        "batch_batchtransfer.transferred_count.positive",
        "UPDATE batch_batchtransfer SET mortality_count = 0, transferred_count = 0",
    ),
    (
        "batch_batchtransfer.transferred_biomass_kg.source",
        "UPDATE batch_batchtransfer SET transferred_biomass_kg = 120.02",
    ),
    (
        "batch_batchtransfer.transfer_type.lifecycle",
        "UPDATE batch_batchtransfer SET destination_lifecycle_stage_id = NULL",
    ),
    (
        "batch_batchtransfer.transfer_type.container",
        "UPDATE batch_batchtransfer SET transfer_type = 'CONTAINER', destination_assignment_id = NULL",
    ),
    ("batch_batchtransfer.transfer_type.batch", "UPDATE batch_batchtransfer SET transfer_type = 'SPLIT'"),
    ("batch_batchtransfer.source_assignment_id.batch", f"UPDATE {ASSIGNMENT} SET batch_id = #2 WHERE id = #1"),
    ("batch_batchtransfer.destination_assignment_id.batch", "UPDATE batch_batchtransfer SET destination_batch_id = #2"),
    ("batch_batchtransfer.transfer_date.source", "UPDATE batch_batchtransfer SET transfer_date = '2015-06-02'"),
    ("batch_batchtransfer.transfer_date.destination", "UPDATE batch_batchtransfer SET transfer_date = '2015-05-31'"),
    ("batch_mortalityevent.count.positive", "UPDATE batch_mortalityevent SET count = 0"),
    ("batch_mortalityevent.event_date.batch", "UPDATE batch_mortalityevent SET event_date = '2015-01-04'"),
    ("batch_growthsample.avg_weight_g.positive", "UPDATE batch_growthsample SET min_weight_g = 0"),
    ("batch_growthsample.sample_size.positive", "UPDATE batch_growthsample SET sample_size = 0"),
    ("batch_growthsample.sample_size.population", "UPDATE batch_growthsample SET sample_size = 1002"),
    ("batch_growthsample.weights.order", "UPDATE batch_growthsample SET min_weight_g = 501"),
    ("batch_growthsample.condition_factor.formula", "UPDATE batch_growthsample SET condition_factor = 1.16"),
    ("batch_growthsample.condition_factor.formula", "UPDATE batch_growthsample SET condition_factor = NULL"),
    ("batch_growthsample.sample_date.assignment", "UPDATE batch_growthsample SET sample_date = '2015-05-31'"),
    # water
    (
        "environmental_environmentalparameter.ranges.order",
        "UPDATE environmental_environmentalparameter SET optimal_max = 20.01 WHERE id = #1",
    ),
    (f"{READING}.sensor_id.reference", f"UPDATE {READING} SET sensor_id = #9 WHERE id = #2"),
    (f"{READING}.container_id.reference", f"UPDATE {READING} SET container_id = #9, batch_id = NULL WHERE id = #2"),
    (f"{READING}.sensor_id.given", f"UPDATE {READING} SET sensor_id = NULL WHERE id = #2"),
    (f"{READING}.sensor_id.container", "UPDATE infrastructure_sensor SET container_id = #3"),
    (f"{READING}.sensor_id.parameter", f"UPDATE {READING} SET parameter_id = #2 WHERE id = #2"),
    (f"{READING}.value.range", f"UPDATE {READING} SET value = 20.0001 WHERE id = #2"),
    (f"{READING}.created_at.order", f"UPDATE {READING} SET created_at = '2015-07-31 00:00:00' WHERE id = #2"),
    (f"{READING}.recorded_by_id.manual", f"UPDATE {READING} SET recorded_by_id = {NARROW + 1} WHERE id = #2"),
    (f"{READING}.batch_id.container", f"UPDATE {READING} SET batch_id = #2 WHERE id = #2"),
    (f"{READING}.batch_id.given", f"UPDATE {READING} SET batch_id = NULL WHERE id = #2"),
    (
        f"{READING}.unique(sensor_id, reading_time)",
        f"UPDATE {READING} SET reading_time = '2015-08-01 00:00:00' WHERE id = #2",
    ),
    (
        "environmental_weatherdata.unique(area_id, timestamp)",
        "UPDATE environmental_weatherdata SET timestamp = '2015-08-01 00:00:00'",
    ),
    (
        "environmental_stagetransitionenvironmental.values.range",
        "UPDATE environmental_stagetransitionenvironmental SET ph = 14.1",
    ),
    # feed
    ("inventory_feed.nutrients.sum", "UPDATE inventory_feed SET protein_percentage = 60 WHERE id = #1"),
    ("inventory_feedpurchase.expiry_date.order", "UPDATE inventory_feedpurchase SET expiry_date = '2015-05-19'"),
    ("inventory_feedcontainerstock.quantity_kg.positive", "UPDATE inventory_feedcontainerstock SET quantity_kg = 0"),
    (
        "inventory_feedcontainerstock.quantity_kg.purchase",
        "UPDATE inventory_feedcontainerstock SET quantity_kg = 1000.01",
    ),
    (
        "inventory_feedcontainerstock.feed_purchase_id.feed",
        "UPDATE inventory_feedpurchase SET feed_id = #2 WHERE id = #2",
    ),
    (
        "inventory_feedcontainerstock.entry_date.order",
        "UPDATE inventory_feedcontainerstock SET entry_date = '2015-05-19 10:00:00'",
    ),
    ("inventory_feedstock.current_quantity_kg.lots", "UPDATE inventory_feedstock SET current_quantity_kg = 700.01"),
    ("inventory_feedstock.current_quantity_kg.capacity", "UPDATE infrastructure_feedcontainer SET capacity_kg = 699"),
    ("inventory_historicalfeedstock.id.reference", "UPDATE inventory_historicalfeedstock SET id = 5"),
    (
        "inventory_feedingevent.batch_assignment_id.batch",
        "UPDATE inventory_feedingevent SET batch_id = #2 WHERE id = #2",
    ),
    (
        "inventory_feedingevent.batch_assignment_id.container",
        "UPDATE inventory_feedingevent SET container_id = #1 WHERE id = #2",
    ),
    (
        "inventory_feedingevent.feeding_date.assignment",
        "UPDATE inventory_feedingevent SET feeding_date = '2015-05-31' WHERE id = #2",
    ),
    ("inventory_feedingevent.feed_stock_id.feed", "UPDATE inventory_feedingevent SET feed_id = #2 WHERE id = #2"),
    (
        "inventory_feedingevent.feeding_percentage.formula",
        "UPDATE inventory_feedingevent SET feeding_percentage = 1.01 WHERE id = #2",
    ),
    (
        "inventory_batchfeedingsummary.period.order",
        "UPDATE inventory_batchfeedingsummary SET period_end = '2015-07-31'",
    ),
    ("inventory_batchfeedingsummary.fcr.formula", "UPDATE inventory_batchfeedingsummary SET fcr = 1.251"),
    (
        "inventory_batchfeedingsummary.fcr.formula",
        "UPDATE inventory_batchfeedingsummary SET total_biomass_gain_kg = NULL",
    ),
    (
        "inventory_batchfeedingsummary.total_feed_kg.sum",
        "UPDATE inventory_batchfeedingsummary SET total_feed_kg = 10.01",
    ),
    (
        "inventory_batchfeedingsummary.averages.mean",
        "UPDATE inventory_batchfeedingsummary SET average_biomass_kg = 500.01",
    ),
    # health
    (
        "health_journalentry.entry_date.batch",
        "UPDATE health_journalentry SET entry_date = '2015-01-04 23:00:00', container_id = NULL",
    ),
    ("health_journalentry.entry_date.container", "UPDATE health_journalentry SET container_id = #1"),
    (f"{SAMPLING}.sampling_date.assignment", f"UPDATE {SAMPLING} SET sampling_date = '2015-05-31'"),
    (f"{SAMPLING}.sample_size.count", f"UPDATE {SAMPLING} SET calculated_sample_size = 1"),
    (f"{SAMPLING}.weight_g.statistics", f"UPDATE {SAMPLING} SET avg_weight_g = 500.01"),
    (f"{SAMPLING}.std_dev_weight_g.statistics", f"UPDATE {SAMPLING} SET std_dev_weight_g = 100.01"),
    (f"{SAMPLING}.length_cm.statistics", f"UPDATE {SAMPLING} SET max_length_cm = 38"),
    (f"{SAMPLING}.std_dev_length_cm.statistics", f"UPDATE {SAMPLING} SET std_dev_length_cm = 2.83"),
    (f"{SAMPLING}.avg_k_factor.mean", f"UPDATE {SAMPLING} SET avg_k_factor = 1.1662"),
    ("health_fishparameterscore.parameter_id.active", "UPDATE health_healthparameter SET is_active = FALSE"),
    ("health_healthlabsample.dates.order", "UPDATE health_healthlabsample SET date_sent_to_lab = '2015-08-02'"),
    (
        "health_healthlabsample.batch_container_assignment_id.latest",
        "UPDATE health_healthlabsample SET sample_date = '2015-05-31'",
    ),
    (
        "health_healthlabsample.sample_date.batch",
        "UPDATE batch_batch SET expected_end_date = '2015-08-02' WHERE id = #1",
    ),
    (
        "health_treatment.vaccination_type_id.type",
        "UPDATE health_treatment SET treatment_type = 'vaccination' WHERE id = #2",
    ),
    (
        "health_treatment.batch_assignment_id.batch",
        "UPDATE health_treatment SET container_id = NULL, batch_assignment_id = #3 WHERE id = #1",
    ),
    (
        "health_treatment.treatment_date.batch",
        "UPDATE health_treatment SET treatment_date = '2015-01-04 09:00:00' WHERE id = #2",
    ),
    (
        "health_treatment.treatment_date.container",
        "UPDATE health_treatment SET treatment_date = '2015-06-02 09:00:00' WHERE id = #1",
    ),
    ("health_mortalityrecord.count.positive", "UPDATE health_mortalityrecord SET count = 0"),
    (
        "health_mortalityrecord.event_date.batch",
        "UPDATE health_mortalityrecord SET event_date = '2015-01-04 10:00:00', container_id = NULL",
    ),
    ("health_mortalityrecord.event_date.container", "UPDATE health_mortalityrecord SET container_id = #3"),
    ("health_licecount.fish_sampled.positive", "UPDATE health_licecount SET fish_sampled = 0"),
    (
        "health_licecount.count_date.batch",
        "UPDATE health_licecount SET count_date = '2015-01-01 10:00:00', container_id = NULL",
    ),
    ("health_licecount.count_date.container", "UPDATE health_licecount SET count_date = '2015-05-31 10:00:00'"),
]


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
    results = violations(farm, tables=["health_licecount"])
    assert {result.table for result in results} == {"health_licecount"}
    with pytest.raises(ValueError, match="unknown tables: health_lice; allowed: auth_user"):
        violations(farm, tables=["health_lice"])


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_an_empty_warehouse_has_no_violations(dialect, tmp_path, request):
    url = f"sqlite:///{tmp_path / 'empty.db'}" if dialect == "sqlite" else request.getfixturevalue("postgres_url")
    with open_warehouse(url) as warehouse:
        warehouse.prepare()
        for year in (None, 2015):
            results = violations(warehouse, year=year)
            assert len(results) == len(RULES)
            assert [result for result in results if result.count] == []


def test_a_rule_has_either_a_condition_or_a_query():
    with pytest.raises(ValueError, match="rule r: needs either a condition or a query, not both"):
        Rule("r", "batch_batch", "It holds.")
    with pytest.raises(ValueError, match=r"rule r: the query lacks \{rows\}"):
        Rule("r", "batch_batch", "It holds.", query="SELECT id FROM batch_batch")
