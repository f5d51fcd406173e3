"""Changes of written rows, each with the asset and the law that must find it."""

YEAR = 2017
NEW_YEAR = YEAR * 10**10
"""First id of the year."""

HEALTHY_TISSUE = "x.findings_summary LIKE 'PCR negative%' AND x.findings_summary NOT LIKE '%gill score%'"
"""Condition: a tissue sample of a container without an infection."""


def first(table: str, condition: str = "TRUE", which: str = "min") -> str:
    """Return the condition on the first row of the year that meets a condition."""
    return f"id = (SELECT {which}(x.id) FROM {table} x WHERE x.id > {NEW_YEAR} AND {condition})"


STAY = "batch_batchcontainerassignment"
READING = "environmental_environmentalreading"
FED, HISTORY = "inventory_feedingevent", "inventory_historicalfeedstock"
RECORD, EVENT = "health_mortalityrecord", "batch_mortalityevent"
REUSED = (
    f"(SELECT max(a.id) FROM {STAY} a JOIN {STAY} b ON b.container_id = a.container_id AND b.assignment_date >"
    f" a.departure_date WHERE b.assignment_date >= '{YEAR}-01-01')"
)

CHANGES = {
    "a record of deaths is gone": ("mortality", "fish_balance", [f"DELETE FROM {RECORD} WHERE {first(RECORD)}"]),
    "an event has one more death": (
        "mortality",
        "fish_balance",
        [f"UPDATE {EVENT} SET count = count + 1 WHERE {first(EVENT)}"],
    ),
    "events and records have one more death": (
        "mortality",
        "fish_balance",
        [
            f"UPDATE {EVENT} SET count = count + 1 WHERE {first(EVENT)}",
            f"UPDATE {RECORD} SET count = count + 1 WHERE {first(RECORD)}",
        ],
    ),
    "a death of the year before": (
        "mortality",
        "fish_balance",
        [f"UPDATE {EVENT} SET count = count + 1 WHERE id = (SELECT max(id) FROM {EVENT} WHERE id < {NEW_YEAR})"],
    ),
    "a cage has one fish less": (
        "mortality",
        "fish_balance",
        [f"UPDATE {STAY} SET population_count = population_count - 1 WHERE {first(STAY, 'x.is_active', 'max')}"],
    ),
    "one fish less arrives": (
        "mortality",
        "fish_balance",
        [
            "UPDATE batch_batchtransfer SET transferred_count = transferred_count - 1 WHERE"
            f" {first('batch_batchtransfer')}"
        ],
    ),
    "one more fish is lost in transfer": (
        "mortality",
        "fish_balance",
        [f"UPDATE batch_batchtransfer SET mortality_count = mortality_count + 1 WHERE {first('batch_batchtransfer')}"],
    ),
    "a harvest is gone": (
        "mortality",
        "fish_balance",
        [
            "DELETE FROM batch_batchtransfer WHERE"
            f" {first('batch_batchtransfer', 'x.destination_assignment_id IS NULL')}"
        ],
    ),
    "other eggs": (
        "mortality",
        "fish_balance",
        [f"UPDATE batch_batch SET notes = '1 own eggs, Someone.' WHERE {first('batch_batch')}"],
    ),
    "a feeding is gone": ("feeding_events", "feed", [f"DELETE FROM {FED} WHERE {first(FED)}"]),
    "ten grams more are fed": (
        "feeding_events",
        "feed",
        [f"UPDATE {FED} SET amount_kg = amount_kg + 0.01 WHERE {first(FED)}"],
    ),
    "a feeding costs a cent more": (
        "feeding_events",
        "feed",
        [f"UPDATE {FED} SET feed_cost = feed_cost + 0.01 WHERE {first(FED)}"],
    ),
    "a feeding has no cost": ("feeding_events", "feed", [f"UPDATE {FED} SET feed_cost = NULL WHERE {first(FED)}"]),
    "feed was more expensive": (
        "feeding_events",
        "feed",
        ["UPDATE inventory_feedpurchase SET cost_per_kg = cost_per_kg + 0.01"],
    ),
    "a purchase is gone": (
        "feeding_events",
        "feed",
        [f"DELETE FROM inventory_feedpurchase WHERE {first('inventory_feedpurchase')}"],
    ),
    "a purchase for another store": (
        "feeding_events",
        "feed",
        [f"UPDATE inventory_feedpurchase SET notes = 'For another store' WHERE {first('inventory_feedpurchase')}"],
    ),
    "the stock is ten grams off": (
        "feeding_events",
        "feed",
        [
            "UPDATE inventory_feedstock SET current_quantity_kg = current_quantity_kg + 0.01 WHERE id = (SELECT min(id)"
            " FROM inventory_feedstock)"
        ],
    ),
    "a lot has more left": (
        "feeding_events",
        "feed",
        [
            "UPDATE inventory_feedcontainerstock SET quantity_kg = quantity_kg + 0.01 WHERE id = (SELECT max(id) FROM"
            " inventory_feedcontainerstock)"
        ],
    ),
    "the history has another stock": (
        "feeding_events",
        "feed",
        [
            f"UPDATE {HISTORY} SET current_quantity_kg = current_quantity_kg + 1 WHERE history_id = (SELECT"
            f" max(history_id) FROM {HISTORY})"
        ],
    ),
    "a stay does not end": (
        "batches",
        "one_batch_per_container",
        [f"UPDATE {STAY} SET departure_date = NULL WHERE id = {REUSED}"],
    ),
    "grace days are missing": (
        "batches",
        "one_batch_per_container",
        [
            f"UPDATE {STAY} SET departure_date = (SELECT min(b.assignment_date) FROM {STAY} b WHERE b.container_id ="
            f" {STAY}.container_id AND b.assignment_date > {STAY}.departure_date) WHERE id = {REUSED}"
        ],
    ),
    "a reading without its batch": (
        "environmental_readings",
        "readings_batch",
        [f"UPDATE {READING} SET batch_id = NULL WHERE {first(READING, 'x.batch_id IS NOT NULL')}"],
    ),
    "a reading of an empty container with a batch": (
        "environmental_readings",
        "readings_batch",
        [
            f"UPDATE {READING} SET batch_id = (SELECT max(id) FROM batch_batch) WHERE"
            f" {first(READING, 'x.batch_id IS NULL')}"
        ],
    ),
    "a reading of another batch": (
        "environmental_readings",
        "readings_batch",
        [
            f"UPDATE {READING} SET batch_id = (SELECT min(b.id) FROM batch_batch b WHERE b.id <> batch_id) WHERE"
            f" {first(READING, 'x.batch_id IS NOT NULL')}"
        ],
    ),
    "fish arrive a day later": (
        "environmental_readings",
        "readings_batch",
        [f"UPDATE {STAY} SET assignment_date = '{YEAR}-12-31' WHERE {first(STAY, 'x.is_active')}"],
    ),
    "treated without lice": ("treatments", "treatment_rules", ["UPDATE health_licecount SET adult_female_count = 0"]),
    "treated without a count": ("treatments", "treatment_rules", ["DELETE FROM health_licecount"]),
    "harvested while withheld": (
        "treatments",
        "treatment_rules",
        ["UPDATE health_treatment SET withholding_period_days = 365 WHERE treatment_type <> 'vaccination'"],
    ),
    "vaccinated again": (
        "treatments",
        "treatment_rules",
        [
            "UPDATE health_treatment SET treatment_type = 'vaccination', batch_id = (SELECT min(v.batch_id) FROM"
            " health_treatment v WHERE v.treatment_type = 'vaccination') WHERE"
            f" {first('health_treatment', which='max')}"
        ],
    ),
    "a result without a cause": (
        "lab_samples",
        "abnormal",
        [
            "DELETE FROM health_journalentry",
            (
                "UPDATE health_healthlabsample SET quantitative_results = '{\"abnormal\": true}' WHERE"
                f" {first('health_healthlabsample', HEALTHY_TISSUE)}"
            ),
        ],
    ),
    "a sample with other notes": (
        "growth_samples",
        "sound_rows",
        [f"UPDATE batch_growthsample SET notes = 'x' WHERE {first('batch_growthsample')}"],
    ),
    "a table is empty": ("lice_counts", "sound_rows", ["DELETE FROM health_licecount"]),
    "one row too many": (
        "lice_counts",
        "sound_rows",
        [
            f"UPDATE health_licecount SET id = {NEW_YEAR} + 9 * 10000000 + 999999 WHERE id = (SELECT max(id) FROM"
            f" health_licecount WHERE id < {NEW_YEAR})"
        ],
    ),
}
