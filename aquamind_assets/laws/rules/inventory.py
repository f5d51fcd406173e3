"""Rules of feed, purchases, stock, feedings and summaries that AquaMind's models, services and pages require."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule, versions_of

_ASSIGNMENT = "batch_batchcontainerassignment"
_SUMMARY = "inventory_batchfeedingsummary"


_PERIODS = f"FROM {_SUMMARY} t WHERE {{rows}}"

_SUMS_OF_FEEDINGS = f"""
    SELECT t.id, t.total_feed_kg, t.average_biomass_kg, t.average_feeding_percentage,
           coalesce(SUM(e.amount_kg), 0) AS fed_kg, 1.0 * SUM(e.biomass_kg) / SUM(e.meals) AS mean_biomass_kg,
           1.0 * SUM(e.percentage) / SUM(e.meals) AS mean_percentage
    FROM {_SUMMARY} t
    LEFT JOIN (
        SELECT f.batch_id, f.feeding_date, count(*) AS meals, SUM(f.amount_kg) AS amount_kg,
               SUM(f.batch_biomass_kg) AS biomass_kg,
               SUM(f.feeding_percentage) AS percentage
        FROM inventory_feedingevent f
        WHERE f.feeding_date >= (SELECT min(t.period_start) {_PERIODS})
           AND f.feeding_date <= (SELECT max(t.period_end) {_PERIODS})
        GROUP BY f.batch_id, f.feeding_date
    ) e ON e.batch_id = t.batch_id AND e.feeding_date >= t.period_start AND e.feeding_date <= t.period_end
    WHERE {{rows}}
    GROUP BY t.id, t.total_feed_kg, t.average_biomass_kg, t.average_feeding_percentage
"""
"""Summaries with the sums and means of their feeding events. The events are restricted to the time of all summaries
before they are joined, so that the feedings of a decade are read once."""


def _sum_of_feedings(name: str, description: str, violation: str) -> Rule:
    """Return a rule on a summary and its feeding events."""
    return Rule(
        f"{_SUMMARY}.{name}", _SUMMARY, description, violation=violation, query=_SUMS_OF_FEEDINGS, over_days=True
    )


RULES: list[Rule] = [
    rule(
        "inventory_feed",
        "nutrients.sum",
        "Protein, fat and carbohydrate of a feed add up to at most 100 %.",
        "coalesce(t.protein_percentage, 0) + coalesce(t.fat_percentage, 0) + coalesce(t.carbohydrate_percentage, 0)"
        " > 100",
    ),
    rule(
        "inventory_feedpurchase",
        "expiry_date.order",
        "Feed is bought before it expires.",
        "t.expiry_date < t.purchase_date",
    ),
    rule(
        "inventory_feedcontainerstock",
        "quantity_kg.positive",
        "A lot in store has feed left; AquaMind deletes an empty lot.",
        "t.quantity_kg <= 0",
    ),
    rule(
        "inventory_feedcontainerstock",
        "quantity_kg.purchase",
        "The feed left of a purchase, over all stores, does not exceed the amount bought.",
        "(SELECT SUM(s.quantity_kg) FROM inventory_feedcontainerstock s WHERE s.feed_purchase_id = t.feed_purchase_id)"
        f" > [feed_purchase_id.quantity_kg] + {HALF_CENT}",
    ),
    rule(
        "inventory_feedcontainerstock",
        "feed_purchase_id.feed",
        "A store holds lots of one feed: the application consumes the oldest lot, whatever its feed.",
        "EXISTS (SELECT 1 FROM inventory_feedcontainerstock s JOIN inventory_feedpurchase p ON p.id ="
        " s.feed_purchase_id WHERE s.feed_container_id = t.feed_container_id AND p.feed_id <>"
        " [feed_purchase_id.feed_id])",
    ),
    rule(
        "inventory_feedcontainerstock",
        "entry_date.order",
        "A lot is stored on or after the day of its purchase.",
        "date(t.entry_date) < [feed_purchase_id.purchase_date]",
    ),
    rule(
        "inventory_feedstock",
        "current_quantity_kg.lots",
        "The stock of a store is the sum of its lots.",
        "abs(t.current_quantity_kg - (SELECT coalesce(SUM(s.quantity_kg), 0) FROM inventory_feedcontainerstock s"
        f" WHERE s.feed_container_id = t.feed_container_id)) > {HALF_CENT}",
    ),
    rule(
        "inventory_feedstock",
        "current_quantity_kg.capacity",
        "The stock of a store does not exceed its capacity.",
        "t.current_quantity_kg > [feed_container_id.capacity_kg]",
    ),
    versions_of("inventory_historicalfeedstock", "inventory_feedstock"),
    rule(
        "inventory_feedingevent",
        "batch_assignment_id.batch",
        "The stay that is fed belongs to the batch.",
        "[batch_assignment_id.batch_id] <> t.batch_id",
    ),
    rule(
        "inventory_feedingevent",
        "batch_assignment_id.container",
        "The stay that is fed is in the container.",
        "[batch_assignment_id.container_id] <> t.container_id",
    ),
    rule(
        "inventory_feedingevent",
        "feeding_date.assignment",
        "Fish are fed during their stay.",
        "t.feeding_date < [batch_assignment_id.assignment_date] OR t.feeding_date >"
        " [batch_assignment_id.departure_date]",
    ),
    rule(
        "inventory_feedingevent",
        "feed_stock_id.feed",
        "The feed of a feeding is the feed of the stock.",
        "[feed_stock_id.feed_id] <> t.feed_id",
    ),
    rule(
        "inventory_feedingevent",
        "feeding_percentage.formula",
        "The percentage is feed divided by biomass; the application rounds it to two decimals and stores six.",
        "t.feeding_percentage < 99.99 AND abs(t.feeding_percentage - 100.0 * t.amount_kg / t.batch_biomass_kg) >"
        f" {HALF_CENT}",
    ),
    rule(_SUMMARY, "period.order", "A period does not end before it begins.", "t.period_end < t.period_start"),
    rule(
        _SUMMARY,
        "fcr.formula",
        "The feed conversion ratio is feed divided by biomass gain, and is given only for a positive gain.",
        "(t.fcr IS NOT NULL AND coalesce(t.total_biomass_gain_kg, 0) <= 0) OR abs(t.fcr * t.total_biomass_gain_kg -"
        " t.total_feed_consumed_kg) > 0.000501 * t.total_biomass_gain_kg + 0.000001",
    ),
    _sum_of_feedings(
        "total_feed_kg.sum",
        "The feed of a period is the sum of its feedings.",
        f"abs(t.total_feed_kg - t.fed_kg) > {HALF_CENT}",
    ),
    _sum_of_feedings(
        "averages.mean",
        "Mean biomass and mean percentage of a period are the means over its feedings.",
        f"abs(t.average_biomass_kg - t.mean_biomass_kg) > {HALF_CENT}"
        f" OR abs(t.average_feeding_percentage - t.mean_percentage) > {HALF_CENT}",
    ),
]
