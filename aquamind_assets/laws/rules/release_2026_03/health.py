"""Rules of fish health records that release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_LICE = "health_licecount"


def _of_batch(table: str, column: str, batch: str) -> Rule:
    return rule(
        table,
        f"{column}.batch",
        "The stay belongs to the batch, and is in the named container.",
        f"[{column}.batch_id] <> {batch} OR [{column}.container_id] <> t.container_id",
    )


RULES: list[Rule] = [
    rule(
        "health_healthparameter",
        "scores.order",
        "The smallest score of a trait is below the largest.",
        "t.min_score >= t.max_score",
    ),
    rule(
        "health_parameterscoredefinition",
        "score_value.trait",
        "A defined score is one that its trait can have.",
        "t.score_value < [parameter_id.min_score] OR t.score_value > [parameter_id.max_score]",
    ),
    rule(
        "health_fishparameterscore",
        "score.trait",
        "A fish has a score that the trait can have.",
        "t.score < [parameter_id.min_score] OR t.score > [parameter_id.max_score]",
    ),
    rule(
        _LICE,
        "count_value.type",
        "A count names a type and its lice, or has the three old counters, and never both.",
        "(t.lice_type_id IS NULL) <> (t.count_value IS NULL) OR (t.lice_type_id IS NOT NULL) = (t.adult_female_count +"
        " t.adult_male_count + t.juvenile_count > 0)",
    ),
    rule(
        _LICE,
        "confidence_level.share",
        "The confidence in a count lies between 0 and 1.",
        "t.confidence_level < 0 OR t.confidence_level > 1",
    ),
    _of_batch(_LICE, "assignment_id", "t.batch_id"),
    _of_batch("health_mortalityrecord", "assignment_id", "t.batch_id"),
    rule(
        "health_treatment",
        "journal_entry_id.batch",
        "The journal entry about a treatment is about its batch, on the same day.",
        "[journal_entry_id.batch_id] <> t.batch_id OR date([journal_entry_id.entry_date]) <> date(t.treatment_date)",
    ),
    rule(
        "health_treatment",
        "sampling_event_id.weighing",
        "Only a treatment with weighing names the sampling of the fish that were weighed.",
        "t.sampling_event_id IS NOT NULL AND NOT t.includes_weighing",
    ),
]
