"""Rules of creation workflows and of the eggs' origins, which release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_WORKFLOW, _ACTION = "batch_creationworkflow", "batch_creationaction"
_PRODUCTION, _EXTERNAL, _PARENTAGE = (
    "broodstock_eggproduction",
    "broodstock_externaleggbatch",
    "broodstock_batchparentage",
)
_PAIR, _FISH, _PLAN = "broodstock_breedingpair", "broodstock_broodstockfish", "broodstock_breedingplan"


def _of_actions(what: str, description: str, violation: str) -> Rule:
    """Return a rule on a workflow ``t`` and the aggregates ``a`` of its actions."""
    return Rule(
        f"{_WORKFLOW}.{what}",
        _WORKFLOW,
        description,
        query=f"""
            SELECT t.id
            FROM {_WORKFLOW} t
            LEFT JOIN (
                SELECT x.workflow_id, count(*) AS planned, SUM(x.egg_count_planned) AS ordered,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN 1 ELSE 0 END) AS done,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.egg_count_actual ELSE 0 END) AS received,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.mortality_on_arrival ELSE 0 END) AS dead,
                       min(x.actual_delivery_date) AS first_date, max(x.actual_delivery_date) AS last_date,
                       max(x.action_number) AS last_number
                FROM {_ACTION} x GROUP BY x.workflow_id
            ) a ON a.workflow_id = t.id
            WHERE {{rows}} AND ({violation})
        """,
    )


RULES: list[Rule] = [
    rule(
        _WORKFLOW,
        "egg_source_type.origin",
        "Own eggs name their production and no supplier, a supplier's eggs their supplier and no production.",
        "(t.egg_source_type = 'INTERNAL') <> (t.egg_production_id IS NOT NULL) OR (t.egg_source_type = 'EXTERNAL') <>"
        " (t.external_supplier_id IS NOT NULL)",
    ),
    rule(
        _WORKFLOW,
        "dates.order",
        "A workflow does not end before it begins, planned or done, and begins on the first day of its batch.",
        "t.planned_completion_date < t.planned_start_date OR t.actual_completion_date < t.actual_start_date OR"
        " t.actual_start_date <> [batch_id.start_date]",
    ),
    rule(
        _WORKFLOW,
        "cancelled.reason",
        "A workflow that is cancelled has a reason and a moment, others have none.",
        "(t.status = 'CANCELLED') <> (t.cancelled_at IS NOT NULL) OR t.status = 'CANCELLED' AND"
        " length(t.cancellation_reason) < 10",
    ),
    _of_actions(
        "eggs.sum",
        "The eggs of a workflow are the sums over its deliveries.",
        "t.total_eggs_received <> coalesce(a.received, 0) OR t.total_mortality_on_arrival <> coalesce(a.dead, 0) OR"
        " t.total_eggs_planned <> coalesce(a.ordered, 0)",
    ),
    _of_actions(
        "actions.count",
        "A workflow counts its deliveries and those that are done; a completed one has no others.",
        "t.total_actions <> coalesce(a.planned, 0) OR t.actions_completed <> coalesce(a.done, 0) OR a.last_number <>"
        " a.planned OR (t.status = 'COMPLETED') <> (coalesce(a.done, 0) >= coalesce(a.planned, 0) AND"
        " coalesce(a.planned, 0) > 0) OR a.planned > 0 AND abs(t.progress_percentage - 100.0 * a.done / a.planned) >"
        " .005001",
    ),
    _of_actions(
        "dates.actions",
        "A workflow lasts from its first delivery to its last.",
        "t.actual_start_date <> a.first_date OR t.actual_completion_date <> a.last_date",
    ),
    Rule(
        f"{_WORKFLOW}.eggs.productions",
        _WORKFLOW,
        "The eggs that were ordered for a batch are those of the productions that it came from.",
        query=(
            f"SELECT t.id FROM {_WORKFLOW} t LEFT JOIN (SELECT x.batch_id, SUM(p.egg_count) AS eggs FROM {_PARENTAGE} x"
            f" JOIN {_PRODUCTION} p ON p.id = x.egg_production_id GROUP BY x.batch_id) o ON o.batch_id = t.batch_id"
            " WHERE {rows} AND coalesce(o.eggs, 0) <> t.total_eggs_planned"
        ),
    ),
    rule(
        _ACTION,
        "egg_count.sum",
        "The eggs of a delivery are those that arrived alive and those that were dead.",
        "t.mortality_on_arrival > t.egg_count_planned OR t.egg_count_actual + t.mortality_on_arrival <>"
        " t.egg_count_planned",
    ),
    rule(
        _ACTION,
        "dest_assignment_id.batch",
        "Eggs are laid into a stay of their batch, on its first day.",
        "[dest_assignment_id.batch_id] <> [workflow_id.batch_id] OR t.actual_delivery_date <>"
        " [dest_assignment_id.assignment_date]",
    ),
    rule(
        _ACTION,
        "status.completed",
        "A completed delivery names its day, its eggs and the person who carried it out.",
        "t.status = 'COMPLETED' AND (t.actual_delivery_date IS NULL OR t.egg_count_actual IS NULL OR t.executed_by_id"
        " IS NULL)",
    ),
    rule(
        _PRODUCTION,
        "pair_id.source",
        "Own eggs have parents, a supplier's eggs have none.",
        "(t.source_type = 'internal') <> (t.pair_id IS NOT NULL) OR [pair_id.progeny_count] <> t.egg_count",
    ),
    rule(
        _EXTERNAL,
        "egg_production_id.source",
        "A supplier's number is that of a supplier's eggs.",
        "[egg_production_id.source_type] <> 'external'",
    ),
    rule(
        _PARENTAGE,
        "assignment_date.order",
        "Eggs are produced before they become a batch.",
        "t.assignment_date < [egg_production_id.production_date]",
    ),
    rule(
        _PAIR,
        "fish.two",
        "A pair is of two fish, and is made while its plan lasts.",
        "t.female_fish_id = t.male_fish_id OR t.pairing_date < [plan_id.start_date] OR t.pairing_date >"
        " [plan_id.end_date] OR t.pairing_date < [female_fish_id.created_at] OR t.pairing_date <"
        " [male_fish_id.created_at]",
    ),
    rule(_PLAN, "dates.order", "A plan does not end before it begins.", "t.end_date < t.start_date"),
    Rule(
        f"{_FISH}.container_id.broodstock",
        _FISH,
        "Parents are in tanks whose type has broodstock in its name.",
        query=(
            f"SELECT t.id FROM {_FISH} t JOIN infrastructure_container c ON c.id = t.container_id JOIN"
            " infrastructure_containertype k ON k.id = c.container_type_id WHERE {rows} AND (k.category <> 'TANK' OR"
            " lower(k.name) NOT LIKE '%broodstock%')"
        ),
    ),
]
