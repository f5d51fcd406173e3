"""Rules of the summaries of feed that release 2026-03 adds."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_STAY, _BATCH = "inventory_containerfeedingsummary", "inventory_batchfeedingsummary"
_SAMPLE = "batch_growthsample"

_SINCE = (
    "(CAST(substr(CAST(t.period_end AS varchar(10)), 9, 2) AS integer)"
    " - CAST(substr(CAST(t.last_date AS varchar(10)), 9, 2) AS integer))"
)
"""Days from the last sample to the end of the period: both are in one month."""


_WITH_SAMPLES = f"""
    SELECT t.*, n.number, n.last_date, f.avg_weight_g AS first_weight_g, l.avg_weight_g AS last_weight_g
    FROM {_STAY} t
    LEFT JOIN (
        SELECT t.id, count(*) AS number, min(s.sample_date) AS first_date, max(s.sample_date) AS last_date
        FROM {_STAY} t JOIN {_SAMPLE} s ON s.assignment_id = t.container_assignment_id
            AND s.sample_date >= t.period_start AND s.sample_date <= t.period_end
        WHERE {{rows}}
        GROUP BY t.id
    ) n ON n.id = t.id
    LEFT JOIN {_SAMPLE} f ON f.assignment_id = t.container_assignment_id AND f.sample_date = n.first_date
    LEFT JOIN {_SAMPLE} l ON l.assignment_id = t.container_assignment_id AND l.sample_date = n.last_date
    WHERE {{rows}}
"""
"""Summaries of stays with the number of their growth samples in the period, and the first and last of them."""

_WITH_STAYS = f"""
    SELECT t.*, a.*
    FROM {_BATCH} t
    LEFT JOIN (
        SELECT c.batch_id AS batch, c.period_start AS since, c.period_end AS until, count(*) AS stays,
               SUM(c.total_feed_kg) AS feed, SUM(c.starting_biomass_kg) AS starting,
               SUM(c.ending_biomass_kg) AS ending, SUM(c.growth_kg) AS growth,
               SUM(c.fcr * c.total_feed_kg) AS weighted,
               SUM(CASE WHEN c.fcr IS NULL THEN 0 ELSE c.total_feed_kg END) AS known,
               max(CASE c.confidence_level WHEN 'VERY_HIGH' THEN 0 WHEN 'HIGH' THEN 1 WHEN 'MEDIUM' THEN 2
                   ELSE 3 END) AS worst
        FROM {_STAY} c
        WHERE c.period_start >= (SELECT min(t.period_start) FROM {_BATCH} t WHERE {{rows}})
            AND c.period_start <= (SELECT max(t.period_start) FROM {_BATCH} t WHERE {{rows}})
        GROUP BY c.batch_id, c.period_start, c.period_end
    ) a ON a.batch = t.batch_id AND a.since = t.period_start AND a.until = t.period_end
    WHERE {{rows}}
"""
"""Summaries of batches with the sums of the summaries of their stays."""


def _samples(name: str, description: str, violation: str) -> Rule:
    """Return a rule on the summary ``t`` of a stay with what :data:`_WITH_SAMPLES` adds."""
    return Rule(f"{_STAY}.{name}", _STAY, description, violation=violation, query=_WITH_SAMPLES, over_days=True)


def _of_stays(name: str, description: str, violation: str) -> Rule:
    """Return a rule on the summary ``t`` of a batch with what :data:`_WITH_STAYS` adds."""
    return Rule(f"{_BATCH}.{name}", _BATCH, description, violation=violation, query=_WITH_STAYS)


RULES: list[Rule] = [
    rule(
        _STAY,
        "container_assignment_id.batch",
        "The stay of a summary is of its batch.",
        "[container_assignment_id.batch_id] <> t.batch_id",
    ),
    Rule(
        f"{_STAY}.total_feed_kg.sum",
        _STAY,
        "The feed of a stay in a period is the sum of its feedings.",
        query=f"""
            SELECT t.id
            FROM {_STAY} t
            LEFT JOIN (
                SELECT e.batch_assignment_id, e.feeding_date, SUM(e.amount_kg) AS amount_kg
                FROM inventory_feedingevent e
                WHERE e.feeding_date >= (SELECT min(t.period_start) FROM {_STAY} t WHERE {{rows}})
                    AND e.feeding_date <= (SELECT max(t.period_end) FROM {_STAY} t WHERE {{rows}})
                GROUP BY e.batch_assignment_id, e.feeding_date
            ) e ON e.batch_assignment_id = t.container_assignment_id AND e.feeding_date >= t.period_start
                AND e.feeding_date <= t.period_end
            WHERE {{rows}}
            GROUP BY t.id, t.total_feed_kg
            HAVING abs(t.total_feed_kg - coalesce(SUM(e.amount_kg), 0)) > {HALF_CENT}
        """,
        over_days=True,
    ),
    _samples(
        "data_points.count",
        "A summary counts the growth samples of its stay in the period.",
        "t.data_points <> coalesce(t.number, 0)",
    ),
    _samples(
        "growth_kg.samples",
        "Growth is that from the first to the last growth sample, of the fish that the biomass stands for; it is given"
        " only for two samples or more, and where it is positive.",
        "t.growth_kg IS NOT NULL AND (t.number < 2 OR t.growth_kg <= 0) OR abs(t.ending_biomass_kg * t.first_weight_g -"
        " t.starting_biomass_kg * t.last_weight_g) > 0.0051 * (t.first_weight_g + t.last_weight_g) OR abs(t.growth_kg -"
        " (t.ending_biomass_kg - t.starting_biomass_kg)) > 0.0151",
    ),
    rule(
        _STAY,
        "fcr.formula",
        "The feed conversion ratio of a stay is feed divided by growth, and is given only for growth.",
        "(t.fcr IS NOT NULL AND t.growth_kg IS NULL) OR abs(t.fcr * t.growth_kg - t.total_feed_kg) > 0.000501 *"
        " t.growth_kg + 0.000001",
    ),
    _samples(
        "confidence_level.weighing",
        "The confidence falls with the days from the last weighing to the end of the period.",
        f"t.confidence_level <> CASE WHEN t.last_date IS NULL THEN 'LOW' WHEN {_SINCE} < 10 THEN 'VERY_HIGH' WHEN"
        f" {_SINCE} < 20 THEN 'HIGH' WHEN {_SINCE} < 40 THEN 'MEDIUM' ELSE 'LOW' END",
    ),
    _of_stays(
        "stays.sum",
        "The summary of a batch is the sum of the summaries of its stays.",
        f"t.container_count <> coalesce(t.stays, 0) OR abs(t.total_feed_kg - coalesce(t.feed, 0)) > {HALF_CENT} OR"
        f" abs(coalesce(t.total_starting_biomass_kg, 0) - coalesce(t.starting, 0)) > {HALF_CENT} OR"
        f" abs(coalesce(t.total_ending_biomass_kg, 0) - coalesce(t.ending, 0)) > {HALF_CENT} OR"
        f" abs(coalesce(t.total_growth_kg, 0) - coalesce(t.growth, 0)) > {HALF_CENT}",
    ),
    _of_stays(
        "weighted_avg_fcr.mean",
        "The mean feed conversion ratio of a batch is that of its stays, weighted by their feed.",
        "(t.weighted_avg_fcr IS NULL) <> (t.weighted IS NULL) OR abs(t.weighted_avg_fcr * t.known - t.weighted) >"
        " 0.000501 * t.known",
    ),
    _of_stays(
        "overall_confidence_level.worst",
        "The confidence of a batch is the lowest of its stays.",
        "t.overall_confidence_level <> CASE t.worst WHEN 0 THEN 'VERY_HIGH' WHEN 1 THEN 'HIGH' WHEN 2 THEN 'MEDIUM'"
        " ELSE 'LOW' END",
    ),
]
