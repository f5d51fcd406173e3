"""Rules of scenarios, projections and planned activities, which release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule
from aquamind_assets.timeline import day_of_id_sql

_SCENARIO, _RUN, _PROJECTION = "scenario", "scenario_projection_run", "scenario_scenarioprojection"
_ACTIVITY = "planning_plannedactivity"
_WORKFLOW, _STAY = "batch_batchtransferworkflow", "batch_batchcontainerassignment"
_TREATMENT, _SAMPLED = "health_treatment", "health_healthsamplingevent"
_LIMITS = "scenario_stage_constraint"


RULES: list[Rule] = [
    Rule(
        f"{_SCENARIO}.initial_weight.constraint",
        _SCENARIO,
        "The fish of a scenario begin with a weight that one of its stages allows.",
        query=(
            f"SELECT t.scenario_id AS id FROM {_SCENARIO} t WHERE {{rows}} AND t.biological_constraints_id IS NOT NULL"
            f" AND NOT EXISTS (SELECT 1 FROM {_LIMITS} c WHERE c.constraint_set_id = t.biological_constraints_id AND"
            " c.min_weight_g <= t.initial_weight AND c.max_weight_g >= t.initial_weight)"
        ),
    ),
    rule(
        _LIMITS,
        "limits.order",
        "The lightest fish of a stage weigh less than the heaviest, and its coldest water is colder than its warmest.",
        "t.min_weight_g >= t.max_weight_g OR t.min_temperature_c >= t.max_temperature_c",
    ),
    Rule(
        f"{_PROJECTION}.days.count",
        _PROJECTION,
        "A run has as many projections as it says, a day each from the first on.",
        query=(
            f"SELECT min(t.projection_id) AS id FROM {_PROJECTION} t JOIN {_RUN} r ON r.run_id = t.projection_run_id"
            " WHERE {rows} GROUP BY r.run_id, r.total_projections HAVING count(*) <> r.total_projections OR"
            " min(t.day_number) <> 1 OR max(t.day_number) <> r.total_projections"
        ),
    ),
    rule(
        _PROJECTION,
        "final.run",
        "A run ends with the weight and the biomass of its last day.",
        "t.day_number = [projection_run_id.total_projections] AND (abs(t.average_weight -"
        " [projection_run_id.final_weight_g]) > 0.0001 OR abs(t.biomass - [projection_run_id.final_biomass_kg]) >"
        " 0.0001)",
    ),
    rule(
        _PROJECTION,
        "biomass.formula",
        "Projected biomass is the number of fish times their mean weight.",
        "abs(t.biomass - t.population * t.average_weight / 1000.0) > 0.0001",
    ),
    Rule(
        f"{_PROJECTION}.day.balance",
        _PROJECTION,
        "From day to day projected fish do not become more, and the feed of the day is added to that before.",
        query=(
            f"SELECT t.projection_id AS id FROM {_PROJECTION} t JOIN {_PROJECTION} p ON p.projection_run_id ="
            " t.projection_run_id AND p.day_number = t.day_number - 1 WHERE {rows} AND (t.population > p.population OR"
            " abs(t.cumulative_feed - p.cumulative_feed - t.daily_feed) > 0.0011)"
        ),
    ),
    rule(
        _ACTIVITY,
        "scenario_id.batch",
        "An activity belongs to a scenario of its batch.",
        "[scenario_id.batch_id] <> t.batch_id",
    ),
    rule(
        _ACTIVITY,
        "status.completed",
        "A completed activity names its moment and the person who completed it, and no other one does.",
        "(t.status = 'COMPLETED') <> (t.completed_at IS NOT NULL) OR (t.status = 'COMPLETED') <> (t.completed_by_id IS"
        " NOT NULL)",
    ),
    rule(
        _ACTIVITY,
        "status.batch",
        "What is pending is of a batch that lives. What is cancelled is of one that has ended, or a treatment, or a"
        " sampling whose day is over.",
        "t.status = 'PENDING' AND [batch_id.actual_end_date] IS NOT NULL OR t.status = 'CANCELLED' AND"
        " [batch_id.actual_end_date] IS NULL AND t.activity_type <> 'TREATMENT' AND NOT (t.activity_type = 'SAMPLING'"
        " AND t.due_date <= date(t.updated_at))",
    ),
    rule(
        _ACTIVITY,
        "id.batch",
        "The activities of a batch, all but treatments, have numbers of the day on which it began.",
        f"t.activity_type <> 'TREATMENT' AND {day_of_id_sql('t.id', narrow=True)} <>"
        f" {day_of_id_sql('t.batch_id', narrow=True)}",
    ),
    rule(
        _ACTIVITY,
        "container_id.type",
        "Treatments are planned for a container, everything else for a batch.",
        "(t.activity_type = 'TREATMENT') <> (t.container_id IS NOT NULL)",
    ),
    rule(
        _ACTIVITY,
        "due_date.order",
        "Nothing is planned for a day before the one on which it is entered.",
        "t.due_date < date(t.created_at)",
    ),
    Rule(
        f"{_TREATMENT}.id.planned",
        _TREATMENT,
        "The treatment of a container of a batch that has a plan carries out a planned one.",
        query=(
            f"SELECT t.id FROM {_TREATMENT} t JOIN {_SCENARIO} s ON s.batch_id = t.batch_id WHERE {{rows}} AND"
            f" t.container_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {_ACTIVITY} p WHERE p.batch_id = t.batch_id AND"
            " p.container_id = t.container_id AND p.activity_type = 'TREATMENT' AND p.status = 'COMPLETED' AND"
            " date(p.completed_at) = date(t.treatment_date))"
        ),
    ),
    Rule(
        f"{_SAMPLED}.sampling_date.planned",
        _SAMPLED,
        "Once the samplings of a batch are due, a sampling carries out a planned one.",
        query=(
            f"SELECT t.id FROM {_SAMPLED} t JOIN {_STAY} a ON a.id = t.assignment_id WHERE {{rows}} AND EXISTS (SELECT"
            f" 1 FROM {_ACTIVITY} p WHERE p.batch_id = a.batch_id AND p.activity_type = 'SAMPLING' AND p.due_date <="
            f" t.sampling_date) AND NOT EXISTS (SELECT 1 FROM {_ACTIVITY} p WHERE p.batch_id = a.batch_id AND"
            " p.activity_type = 'SAMPLING' AND p.status = 'COMPLETED' AND p.due_date <= t.sampling_date AND"
            " date(p.completed_at) = t.sampling_date)"
        ),
    ),
    rule(
        _WORKFLOW,
        "planned_activity_id.transfer",
        "The activity of a workflow is a transfer of its batch that is completed on the day of the workflow.",
        "[planned_activity_id.batch_id] <> t.batch_id OR [planned_activity_id.activity_type] <> 'TRANSFER' OR"
        " [planned_activity_id.status] <> 'COMPLETED' OR date([planned_activity_id.completed_at]) <>"
        " t.actual_start_date",
    ),
    rule(
        "planning_activitytemplate",
        "trigger_type.value",
        "A template has what its trigger needs, and nothing else: a day, a weight or a stage.",
        "(t.trigger_type = 'DAY_OFFSET') <> (t.day_offset IS NOT NULL) OR (t.trigger_type = 'WEIGHT_THRESHOLD') <>"
        " (t.weight_threshold_g IS NOT NULL) OR (t.trigger_type = 'STAGE_TRANSITION') <> (t.target_lifecycle_stage_id"
        " IS NOT NULL)",
    ),
]
