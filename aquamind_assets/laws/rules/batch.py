"""Rules of batches, assignments, transfers, deaths and growth samples that AquaMind's models and pages require."""

from aquamind_assets.laws.rules.model import Rule, rule, versions_of

_ASSIGNMENT = "batch_batchcontainerassignment"

HALF_CENT = "0.00501"
"""Half of the second decimal, the last stored one, and a little more for SQLite's floating point decimals."""


def sample_of_population(left_since: str) -> Rule:
    """The rule on the size of a growth sample: the application compares with the population on the day of the sample.

    Args:
        left_since: SQL for the fish that may have left the sample's stay since.
    """
    return rule(
        "batch_growthsample",
        "sample_size.population",
        "A sample has no more fish than the population of the stay, with those that have died or were moved since.",
        "[assignment_id.is_active] AND t.sample_size > [assignment_id.population_count] AND t.sample_size >"
        f" [assignment_id.population_count] + {left_since}",
    )


def summed(column: str, source: str) -> str:
    """SQL for the sum of a column, 0 where there is no row."""
    return f"coalesce((SELECT SUM({column}) FROM {source}), 0)"


# A death names its batch alone.
_LEFT_SINCE = (
    summed(
        "b.transferred_count + b.mortality_count",
        "batch_batchtransfer b WHERE b.source_assignment_id = t.assignment_id AND b.transfer_date >= t.sample_date",
    )
    + " + "
    + summed(
        "m.count",
        "batch_mortalityevent m WHERE m.batch_id = [assignment_id.batch_id] AND m.event_date >= t.sample_date",
    )
)


RULES: list[Rule] = [
    rule(
        "batch_species",
        "optima.order",
        "The lower bound of an optimal range of a species does not exceed the upper bound.",
        "t.optimal_temperature_min > t.optimal_temperature_max OR t.optimal_ph_min > t.optimal_ph_max",
    ),
    rule(
        "batch_lifecyclestage",
        "expected.order",
        "The lower bound of an expected range of a stage does not exceed the upper bound.",
        "t.expected_weight_min_g > t.expected_weight_max_g OR t.expected_length_min_cm > t.expected_length_max_cm",
    ),
    rule(
        "batch_batch",
        "expected_end_date.order",
        "A batch is expected to end after it starts.",
        "t.expected_end_date <= t.start_date",
    ),
    rule(
        "batch_batch",
        "actual_end_date.order",
        "A batch does not end before it starts.",
        "t.actual_end_date < t.start_date",
    ),
    rule(
        "batch_batch",
        "status.end",
        "An active batch has no end date, a batch that has ended has one.",
        "(t.status = 'ACTIVE') <> (t.actual_end_date IS NULL)",
    ),
    rule(
        "batch_batch",
        "status.assignments",
        "A batch that has ended is in no container, an active batch is in at least one.",
        f"(t.status = 'ACTIVE') <> EXISTS (SELECT 1 FROM {_ASSIGNMENT} a WHERE a.batch_id = t.id AND a.is_active)",
    ),
    rule(
        "batch_batch",
        "lifecycle_stage_id.species",
        "The stage of a batch belongs to its species.",
        "[lifecycle_stage_id.species_id] <> t.species_id",
    ),
    versions_of("batch_historicalbatch", "batch_batch"),
    rule(
        _ASSIGNMENT,
        "biomass_kg.product",
        "Biomass is population times mean weight, rounded to the second decimal.",
        f"abs(t.biomass_kg - t.population_count * coalesce(t.avg_weight_g, 0) / 1000.0) > {HALF_CENT}",
    ),
    rule(_ASSIGNMENT, "avg_weight_g.positive", "A mean weight is not negative.", "t.avg_weight_g < 0"),
    rule(
        _ASSIGNMENT,
        "is_active.departure",
        "An active stay has no departure date. A stay that has ended has a departure date and no fish.",
        "CASE WHEN t.is_active THEN t.departure_date IS NOT NULL ELSE t.departure_date IS NULL OR t.population_count <>"
        " 0 END",
    ),
    rule(
        _ASSIGNMENT,
        "departure_date.order",
        "Fish do not leave before they arrive.",
        "t.departure_date < t.assignment_date",
    ),
    rule(
        _ASSIGNMENT,
        "dates.batch",
        "A stay lies inside the life of its batch.",
        "t.assignment_date < [batch_id.start_date] OR t.departure_date > [batch_id.actual_end_date]",
    ),
    rule(
        _ASSIGNMENT,
        "lifecycle_stage_id.species",
        "The stage of a stay belongs to the species of its batch.",
        "[lifecycle_stage_id.species_id] <> [batch_id.species_id]",
    ),
    rule(
        _ASSIGNMENT,
        "biomass_kg.container",
        "The biomass in a container does not exceed its maximum.",
        f"t.is_active AND (SELECT SUM(a.biomass_kg) FROM {_ASSIGNMENT} a WHERE a.container_id = t.container_id AND"
        " a.is_active) > [container_id.max_biomass_kg]",
    ),
    rule(
        "batch_batchcomposition",
        "amounts.positive",
        "A part of a mixed batch has fish and weight.",
        "t.population_count <= 0 OR t.biomass_kg <= 0",
    ),
    rule(
        "batch_batchcomposition",
        "mixed_batch_id.type",
        "Only a mixed batch has a composition.",
        "[mixed_batch_id.batch_type] <> 'MIXED'",
    ),
    rule(
        "batch_batchcomposition",
        "percentage.sum",
        "The parts of a mixed batch add up to 100 %.",
        "abs((SELECT SUM(c.percentage) FROM batch_batchcomposition c WHERE c.mixed_batch_id = t.mixed_batch_id) - 100)"
        " > 0.1",
    ),
    rule(
        "batch_batchtransfer",
        "counts.source",
        "A transfer does not move and lose more fish than the source had.",
        "t.transferred_count + t.mortality_count > t.source_count",
    ),
    rule(
        "batch_batchtransfer",
        "transferred_count.positive",
        "A transfer moves or loses at least one fish.",
        "t.transferred_count + t.mortality_count = 0",
    ),
    rule(
        "batch_batchtransfer",
        "transferred_biomass_kg.source",
        "A transfer does not move more biomass than the source had.",
        f"t.transferred_biomass_kg > t.source_biomass_kg + {HALF_CENT} OR t.transferred_biomass_kg < 0",
    ),
    rule(
        "batch_batchtransfer",
        "transfer_type.lifecycle",
        "A transfer to another stage names that stage.",
        "t.transfer_type = 'LIFECYCLE' AND t.destination_lifecycle_stage_id IS NULL",
    ),
    rule(
        "batch_batchtransfer",
        "transfer_type.container",
        "A transfer to another container names the destination stay.",
        "t.transfer_type = 'CONTAINER' AND t.destination_assignment_id IS NULL",
    ),
    rule(
        "batch_batchtransfer",
        "transfer_type.batch",
        "A split or a merge names the other batch.",
        "t.transfer_type IN ('SPLIT', 'MERGE') AND t.destination_batch_id IS NULL",
    ),
    rule(
        "batch_batchtransfer",
        "source_assignment_id.batch",
        "Fish leave a stay of their batch.",
        "[source_assignment_id.batch_id] <> t.source_batch_id",
    ),
    rule(
        "batch_batchtransfer",
        "destination_assignment_id.batch",
        "Fish enter a stay of the batch that they belong to after the transfer.",
        "[destination_assignment_id.batch_id] <> coalesce(t.destination_batch_id, t.source_batch_id)",
    ),
    rule(
        "batch_batchtransfer",
        "transfer_date.source",
        "Fish leave a stay while it lasts.",
        "t.transfer_date < [source_assignment_id.assignment_date] OR t.transfer_date >"
        " [source_assignment_id.departure_date]",
    ),
    rule(
        "batch_batchtransfer",
        "transfer_date.destination",
        "Fish enter a stay while it lasts.",
        "t.transfer_date < [destination_assignment_id.assignment_date] OR t.transfer_date >"
        " [destination_assignment_id.departure_date]",
    ),
    rule(
        "batch_mortalityevent",
        "count.positive",
        "A mortality event has dead fish, and their biomass is not negative.",
        "t.count < 1 OR t.biomass_kg < 0",
    ),
    rule(
        "batch_mortalityevent",
        "event_date.batch",
        "Fish die during the life of their batch.",
        "t.event_date < [batch_id.start_date] OR t.event_date > [batch_id.actual_end_date]",
    ),
    rule(
        "batch_growthsample",
        "avg_weight_g.positive",
        "Weights and lengths of sampled fish are positive.",
        "t.avg_weight_g <= 0 OR t.min_weight_g <= 0 OR t.avg_length_cm <= 0",
    ),
    rule("batch_growthsample", "sample_size.positive", "A sample has fish.", "t.sample_size < 1"),
    sample_of_population(_LEFT_SINCE),
    rule(
        "batch_growthsample",
        "weights.order",
        "The mean weight lies between the lightest and the heaviest fish.",
        "t.min_weight_g > t.max_weight_g OR t.avg_weight_g < t.min_weight_g OR t.avg_weight_g > t.max_weight_g",
    ),
    rule(
        "batch_growthsample",
        "condition_factor.formula",
        "The condition factor is 100 W / L^3 of the means, rounded to the second decimal.",
        "abs(t.condition_factor - 100.0 * t.avg_weight_g / (t.avg_length_cm * t.avg_length_cm * t.avg_length_cm)) >"
        f" {HALF_CENT} OR (t.condition_factor IS NULL) <> (t.avg_length_cm IS NULL)",
    ),
    rule(
        "batch_growthsample",
        "sample_date.assignment",
        "Fish are sampled during their stay.",
        "t.sample_date < [assignment_id.assignment_date] OR t.sample_date > [assignment_id.departure_date]",
    ),
]
