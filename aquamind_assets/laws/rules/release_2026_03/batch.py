"""Rules of stages, stays and deaths that release 2026-03 adds."""

from aquamind_assets.laws.rules.batch import sample_of_population, summed
from aquamind_assets.laws.rules.model import Rule, rule

_STAY = "batch_batchcontainerassignment"
_EVENT = "batch_mortalityevent"

_LEFT_SINCE = " + ".join(
    (
        summed(
            "x.transferred_count",
            "batch_transferaction x WHERE x.source_assignment_id = t.assignment_id AND x.actual_execution_date >="
            " t.sample_date",
        ),
        summed("m.count", f"{_EVENT} m WHERE m.assignment_id = t.assignment_id AND m.event_date >= t.sample_date"),
        summed(
            "l.unit_count",
            "harvest_harvestevent v JOIN harvest_harvestlot l ON l.event_id = v.id WHERE v.assignment_id ="
            " t.assignment_id AND date(v.event_date) >= t.sample_date",
        ),
    )
)

RULES: list[Rule] = [
    sample_of_population(_LEFT_SINCE),
    rule(
        "batch_lifecyclestage",
        "typical_duration_days.given",
        "A stage has a usual duration: without one AquaMind does not know when a container becomes free.",
        "t.typical_duration_days IS NULL OR t.typical_duration_days < 1",
    ),
    rule(
        _STAY,
        "last_weighing_date.newest",
        "The last weighing of a stay is not before the newest growth sample of its fish.",
        "EXISTS (SELECT 1 FROM batch_growthsample s WHERE s.assignment_id = t.id AND (t.last_weighing_date IS NULL OR"
        " s.sample_date > t.last_weighing_date))",
    ),
    rule(
        _STAY,
        "last_weighing_date.order",
        "The last weighing of a stay lies inside it.",
        "t.last_weighing_date < t.assignment_date OR t.last_weighing_date > t.departure_date",
    ),
    rule(
        _EVENT,
        "assignment_id.given",
        "A death names the stay: AquaMind's growth assimilation counts no other deaths.",
        "t.assignment_id IS NULL",
    ),
    rule(
        _EVENT,
        "assignment_id.batch",
        "Fish die in a stay of their batch, while it lasts.",
        "[assignment_id.batch_id] <> t.batch_id OR t.event_date < [assignment_id.assignment_date] OR t.event_date >"
        " [assignment_id.departure_date]",
    ),
    Rule(
        f"{_EVENT}.unique(assignment_id, event_date, cause)",
        _EVENT,
        "There is one row for each stay, day and cause.",
        query=(
            f"SELECT min(t.id) AS id FROM {_EVENT} t WHERE {{rows}} AND t.assignment_id IS NOT NULL GROUP BY"
            " t.assignment_id, t.event_date, t.cause HAVING count(*) > 1"
        ),
    ),
]
