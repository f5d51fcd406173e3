"""Rules of scenarios, projections and planned activities, which release 2026-03 adds."""

from aquamind_assets.laws.rules.model import Rule, rule

_SCENARIO, _RUN, _PROJECTION = "scenario", "scenario_projection_run", "scenario_scenarioprojection"
_ACTIVITY = "planning_plannedactivity"
_LIMITS = "scenario_stage_constraint"


def _of_run(name: str, description: str, violation: str) -> Rule:
    """Return a rule on a run ``t``, the number ``n`` of its projections and the last of them, ``l``."""
    return Rule(
        f"{_RUN}.{name}",
        _RUN,
        description,
        query=f"""
            SELECT t.run_id AS id
            FROM {_RUN} t
            LEFT JOIN (
                SELECT p.projection_run_id, count(*) AS number, max(p.day_number) AS last_day FROM {_PROJECTION} p
                GROUP BY p.projection_run_id
            ) n ON n.projection_run_id = t.run_id
            LEFT JOIN {_PROJECTION} l ON l.projection_run_id = t.run_id AND l.day_number = n.last_day
            WHERE {{rows}} AND ({violation})
        """,
    )


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
    _of_run(
        "total_projections.count",
        "A run counts its projections, a day each from the first on.",
        "t.total_projections <> coalesce(n.number, 0) OR n.last_day <> n.number",
    ),
    _of_run(
        "final.last",
        "A run ends with the weight and the biomass of its last day.",
        "abs(t.final_weight_g - l.average_weight) > 0.0001 OR abs(t.final_biomass_kg - l.biomass) > 0.0001",
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
]
