"""Rules of transfer workflows and their actions, which release 2026-03 adds to AquaMind's app ``batch``."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_WORKFLOW, _ACTION = "batch_batchtransferworkflow", "batch_transferaction"


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
                SELECT x.workflow_id, count(*) AS planned,
                       SUM(CASE WHEN x.status IN ('COMPLETED', 'SKIPPED') THEN 1 ELSE 0 END) AS done,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.source_population_before ELSE 0 END) AS sources,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.transferred_count ELSE 0 END) AS moved,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.mortality_during_transfer ELSE 0 END) AS died,
                       SUM(CASE WHEN x.status = 'COMPLETED' THEN x.transferred_biomass_kg ELSE 0 END) AS biomass,
                       min(x.actual_execution_date) AS first_date, max(x.actual_execution_date) AS last_date,
                       max(x.action_number) AS last_number
                FROM {_ACTION} x GROUP BY x.workflow_id
            ) a ON a.workflow_id = t.id
            WHERE {{rows}} AND ({violation})
        """,
    )


RULES: list[Rule] = [
    rule(
        _WORKFLOW,
        "dest_lifecycle_stage_id.type",
        "A transfer into another stage names the stage.",
        "t.workflow_type = 'LIFECYCLE_TRANSITION' AND t.dest_lifecycle_stage_id IS NULL",
    ),
    rule(
        _WORKFLOW,
        "dates.order",
        "A workflow does not end before it begins, planned or done.",
        "t.planned_completion_date < t.planned_start_date OR t.actual_completion_date < t.actual_start_date",
    ),
    rule(
        _WORKFLOW,
        "dynamic_route_mode.dynamic",
        "A dynamic workflow names its route, others name none.",
        "t.is_dynamic_execution <> (t.dynamic_route_mode IS NOT NULL)",
    ),
    rule(
        _WORKFLOW,
        "status.completed",
        "A completed workflow names the person who completed it, and its days.",
        "t.status = 'COMPLETED' AND (t.completed_by_id IS NULL OR t.actual_start_date IS NULL OR"
        " t.actual_completion_date IS NULL)",
    ),
    rule(
        _WORKFLOW,
        "is_intercompany.subsidiaries",
        "A workflow between companies names both, others name none.",
        "CASE WHEN t.is_intercompany THEN t.source_subsidiary IS NULL OR t.dest_subsidiary IS NULL OR"
        " t.source_subsidiary = t.dest_subsidiary ELSE t.source_subsidiary IS NOT NULL OR t.dest_subsidiary IS NOT NULL"
        " END",
    ),
    _of_actions(
        "counts.sum",
        "The totals of a workflow are the sums of its completed actions.",
        "t.total_source_count <> coalesce(a.sources, 0) OR t.total_transferred_count <> coalesce(a.moved, 0) OR"
        f" t.total_mortality_count <> coalesce(a.died, 0) OR abs(t.total_biomass_kg - coalesce(a.biomass, 0)) >"
        f" {HALF_CENT}",
    ),
    _of_actions(
        "actions.count",
        "A workflow counts its actions and those that are done; a completed one has no others.",
        "t.total_actions_planned <> coalesce(a.planned, 0) OR t.actions_completed <> coalesce(a.done, 0) OR"
        " a.last_number <> a.planned OR NOT t.is_dynamic_execution AND (t.status = 'COMPLETED') <>"
        " (coalesce(a.done, 0) >= coalesce(a.planned, 0) AND coalesce(a.planned, 0) > 0)",
    ),
    _of_actions(
        "completion_percentage.formula",
        "The percentage of a workflow is that of its actions which are done.",
        "NOT t.is_dynamic_execution AND a.planned > 0 AND abs(t.completion_percentage - 100.0 * a.done / a.planned) >"
        f" {HALF_CENT}",
    ),
    _of_actions(
        "dates.actions",
        "A workflow lasts from its first action to its last.",
        "t.actual_start_date <> a.first_date OR t.actual_completion_date <> a.last_date",
    ),
    rule(
        _ACTION,
        "counts.source",
        "A move has fish and weight, and does not move and lose more fish than the source had.",
        "t.transferred_count < 1 OR t.transferred_biomass_kg <= 0 OR t.transferred_count + t.mortality_during_transfer"
        " > t.source_population_before",
    ),
    rule(
        _ACTION,
        "dest.agree",
        "A move names its destination, and stay and container agree.",
        "t.dest_assignment_id IS NULL AND t.dest_container_id IS NULL OR [dest_assignment_id.container_id] <>"
        " t.dest_container_id",
    ),
    rule(
        _ACTION,
        "status.completed",
        "A completed move names its day, its moment and the person who carried it out.",
        "t.status = 'COMPLETED' AND (t.actual_execution_date IS NULL OR t.executed_at IS NULL OR t.executed_by_id IS"
        " NULL)",
    ),
    rule(
        _ACTION,
        "source_assignment_id.batch",
        "Fish leave a stay of the workflow's batch.",
        "[source_assignment_id.batch_id] <> [workflow_id.batch_id]",
    ),
    rule(
        _ACTION,
        "dest_assignment_id.batch",
        "Fish enter a stay of their batch, or of a mixed batch where that is allowed.",
        "NOT t.allow_mixed AND [dest_assignment_id.batch_id] <> [workflow_id.batch_id]",
    ),
    rule(
        _ACTION,
        "actual_execution_date.stays",
        "Fish leave and enter stays while they last.",
        "t.actual_execution_date < [source_assignment_id.assignment_date] OR t.actual_execution_date >"
        " [source_assignment_id.departure_date] OR t.actual_execution_date < [dest_assignment_id.assignment_date] OR"
        " t.actual_execution_date > [dest_assignment_id.departure_date]",
    ),
    rule(
        _ACTION,
        "leg_type.dynamic",
        "Only moves of a dynamic workflow are legs of a route.",
        "NOT [workflow_id.is_dynamic_execution] AND (t.leg_type IS NOT NULL OR t.created_via = 'DYNAMIC_LIVE')",
    ),
    rule(
        _ACTION,
        "measured.together",
        "A measured mean weight is positive and names the number of fish weighed.",
        "t.measured_avg_weight_g <= 0 OR (t.measured_avg_weight_g IS NULL) <> (t.measured_sample_size IS NULL) OR"
        " t.measured_sample_size > t.transferred_count",
    ),
]
