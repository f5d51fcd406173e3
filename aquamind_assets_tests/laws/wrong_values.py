"""For each rule that the description of the tables does not give, a change that makes the small farm violate it."""

from aquamind_assets_tests.laws.small_farm import NARROW

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
"""The name of a rule, and a statement that breaks it; ``#n`` is the wide id of row n."""
