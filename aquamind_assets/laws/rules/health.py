"""Rules of the fish health records that AquaMind's models and pages require."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_ASSIGNMENT = "batch_batchcontainerassignment"
_SAMPLING = "health_healthsamplingevent"
_LAB = "health_healthlabsample"


def _inside_batch(table: str, column: str) -> Rule:
    """The day of ``column`` lies inside the life of the batch."""
    return rule(
        table,
        f"{column}.batch",
        "The date lies inside the life of the batch.",
        f"date(t.{column}) < [batch_id.start_date] OR date(t.{column}) > [batch_id.actual_end_date]",
    )


def _in_container(table: str, column: str) -> Rule:
    """The batch was in the container on the day of ``column``, if the row names a container."""
    return Rule(
        f"{table}.{column}.container",
        table,
        "The batch was in the named container on that day.",
        query=(
            f"SELECT t.id FROM {table} t WHERE {{rows}} AND t.container_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM"
            f" {_ASSIGNMENT} a WHERE a.batch_id = t.batch_id AND a.container_id = t.container_id AND a.assignment_date"
            f" <= date(t.{column}) AND (a.departure_date IS NULL OR a.departure_date >= date(t.{column})))"
        ),
    )


def _statistics(what: str, description: str, violation: str) -> Rule:
    """Return a rule on a sampling ``t`` and the aggregates of its fish ``f``."""
    return Rule(
        f"{_SAMPLING}.{what}",
        _SAMPLING,
        description,
        query=f"""
            SELECT t.id
            FROM {_SAMPLING} t LEFT JOIN health_individualfishobservation f ON f.sampling_event_id = t.id
            WHERE {{rows}}
            GROUP BY t.id, t.number_of_fish_sampled, t.calculated_sample_size, t.avg_weight_g,
                     t.min_weight_g, t.max_weight_g, t.std_dev_weight_g,
                     t.avg_length_cm, t.min_length_cm, t.max_length_cm, t.std_dev_length_cm, t.avg_k_factor
            HAVING {violation}
        """,
    )


def _measure(statistic: str, column: str) -> list[Rule]:
    """Return the rules on mean, extremes and standard deviation of a column of the fish. ``statistic`` is the
    sampling's name for the column.

    The squares of standard deviations are compared, because not every SQLite has a square root. An error of .005 in a
    deviation is an error of .01 times the deviation in its square.
    """
    mean, deviation = f"t.avg_{statistic}", f"t.std_dev_{statistic}"
    variance = f"(AVG(f.{column} * f.{column} * 1.0) - AVG(f.{column} * 1.0) * AVG(f.{column} * 1.0))"
    return [
        _statistics(
            f"{statistic}.statistics",
            f"The mean and the extremes of {column} are those of the sampled fish.",
            f"abs({mean} - AVG(f.{column} * 1.0)) > {HALF_CENT} OR abs(t.min_{statistic} - min(f.{column})) >"
            f" {HALF_CENT} OR abs(t.max_{statistic} - max(f.{column})) > {HALF_CENT} OR ({mean} IS NULL) <>"
            f" (count(f.{column}) = 0)",
        ),
        _statistics(
            f"std_dev_{statistic}.statistics",
            f"The standard deviation of {column} is the population standard deviation of the sampled fish, if there are"
            " two or more.",
            f"abs({deviation} * {deviation} - {variance}) > 0.0101 * {deviation} + 0.001 OR ({deviation} IS NOT NULL"
            f" AND count(f.{column}) < 2)",
        ),
    ]


_K = "100.0 * f.weight_g / (f.length_cm * f.length_cm * f.length_cm)"

RULES: list[Rule] = [
    _inside_batch("health_journalentry", "entry_date"),
    _in_container("health_journalentry", "entry_date"),
    rule(
        _SAMPLING,
        "sampling_date.assignment",
        "Fish are sampled while they are there.",
        "t.sampling_date < [assignment_id.assignment_date] OR t.sampling_date > [assignment_id.departure_date]",
    ),
    _statistics(
        "sample_size.count",
        "The counts of a sampling are those of its fish: all fish, and the fish that were both weighed and measured.",
        "t.number_of_fish_sampled <> count(f.id) OR t.calculated_sample_size <> SUM(CASE WHEN f.weight_g > 0 AND"
        " f.length_cm > 0 THEN 1 ELSE 0 END)",
    ),
    *_measure("weight_g", "weight_g"),
    *_measure("length_cm", "length_cm"),
    _statistics(
        "avg_k_factor.mean",
        "The condition factor is the mean over the sampled fish, rounded to the fourth decimal.",
        f"abs(t.avg_k_factor - AVG(CASE WHEN f.weight_g > 0 AND f.length_cm > 0 THEN {_K} END)) > 0.0000501",
    ),
    rule(
        "health_individualfishobservation",
        "sizes.positive",
        "Weight and length of a fish are positive.",
        "t.weight_g <= 0 OR t.length_cm <= 0",
    ),
    rule(
        "health_fishparameterscore",
        "parameter_id.active",
        "Only traits in use are scored.",
        "NOT [parameter_id.is_active]",
    ),
    rule(
        _LAB,
        "dates.order",
        "A sample is not sent before it is taken, and its results are not received before it is sent.",
        "t.date_sent_to_lab < t.sample_date OR t.date_results_received < t.date_sent_to_lab OR t.date_results_received"
        " < t.sample_date",
    ),
    rule(
        _LAB,
        "batch_container_assignment_id.latest",
        "A sample belongs to the latest stay of its batch in its container that began on or before its date.",
        f"t.sample_date < [batch_container_assignment_id.assignment_date] OR EXISTS (SELECT 1 FROM {_ASSIGNMENT} own"
        f" JOIN {_ASSIGNMENT} a ON a.batch_id = own.batch_id AND a.container_id = own.container_id WHERE own.id ="
        " t.batch_container_assignment_id AND a.assignment_date > own.assignment_date AND a.assignment_date <="
        " t.sample_date)",
    ),
    rule(
        _LAB,
        "sample_date.batch",
        "A sample is taken inside the life of its batch, up to its actual or expected end.",
        f"EXISTS (SELECT 1 FROM {_ASSIGNMENT} a JOIN batch_batch b ON b.id = a.batch_id WHERE a.id ="
        " t.batch_container_assignment_id AND (t.sample_date < b.start_date OR t.sample_date >"
        " coalesce(b.actual_end_date, b.expected_end_date)))",
    ),
    rule(
        "health_treatment",
        "vaccination_type_id.type",
        "A vaccination names its vaccine, other treatments name none.",
        "(t.treatment_type = 'vaccination') <> (t.vaccination_type_id IS NOT NULL)",
    ),
    rule(
        "health_treatment",
        "batch_assignment_id.batch",
        "The treated stay is of the batch and in the named container.",
        "[batch_assignment_id.batch_id] <> t.batch_id OR [batch_assignment_id.container_id] <> t.container_id",
    ),
    _inside_batch("health_treatment", "treatment_date"),
    _in_container("health_treatment", "treatment_date"),
    rule("health_mortalityrecord", "count.positive", "A mortality record has dead fish.", "t.count < 1"),
    _inside_batch("health_mortalityrecord", "event_date"),
    _in_container("health_mortalityrecord", "event_date"),
    rule("health_licecount", "fish_sampled.positive", "A lice count has at least one fish.", "t.fish_sampled < 1"),
    _inside_batch("health_licecount", "count_date"),
    _in_container("health_licecount", "count_date"),
]
