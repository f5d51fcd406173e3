"""Rules of mix events, which release 2026-03 adds."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_EVENT, _PART = "batch_batchmixevent", "batch_batchmixeventcomponent"

RULES: list[Rule] = [
    rule(
        _PART,
        "source_batch_id.assignment",
        "A part of a mixing comes from a stay of its batch.",
        "[source_assignment_id.batch_id] <> t.source_batch_id",
    ),
    Rule(
        f"{_EVENT}.percentage.sum",
        _EVENT,
        "The parts of a mixing add up to 100 %, and to the fish of the composition of its batch.",
        query=f"""
            SELECT t.id
            FROM {_EVENT} t
            LEFT JOIN (
                SELECT x.mix_event_id, SUM(x.percentage) AS percentage FROM {_PART} x GROUP BY x.mix_event_id
            ) p ON p.mix_event_id = t.id
            LEFT JOIN (
                SELECT e.mixed_batch_id, SUM(x.population_count) AS fish FROM {_PART} x JOIN {_EVENT} e
                    ON e.id = x.mix_event_id GROUP BY e.mixed_batch_id
            ) f ON f.mixed_batch_id = t.mixed_batch_id
            LEFT JOIN (
                SELECT c.mixed_batch_id, SUM(c.population_count) AS fish FROM batch_batchcomposition c
                GROUP BY c.mixed_batch_id
            ) c ON c.mixed_batch_id = t.mixed_batch_id
            WHERE {{rows}} AND (p.percentage IS NULL OR abs(p.percentage - 100) > {HALF_CENT} OR f.fish <> c.fish)
        """,
    ),
]
