"""Rules of the daily states of stays, which release 2026-03 adds: what AquaMind computes from the other tables."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule

_STATE = "batch_actualdailyassignmentstate"


def _of_day(name: str, description: str, joined: str, violation: str) -> Rule:
    """Return a rule on a state ``t`` and rows of its stay on its day."""
    return Rule(
        f"{_STATE}.{name}",
        _STATE,
        description,
        query=f"SELECT t.id FROM {_STATE} t {joined} WHERE {{rows}} AND ({violation})",
        by_chunk=True,
    )


RULES: list[Rule] = [
    rule(
        _STATE,
        "assignment_id.stay",
        "A state is of a stay of its batch in its container, on a day on which the fish stay there overnight.",
        "[assignment_id.batch_id] <> t.batch_id OR [assignment_id.container_id] <> t.container_id OR t.date <"
        " [assignment_id.assignment_date] OR t.date >= [assignment_id.departure_date]",
    ),
    rule(
        _STATE,
        "biomass_kg.formula",
        "Biomass is the number of fish times their mean weight.",
        f"abs(t.biomass_kg - t.population * t.avg_weight_g / 1000.0) > {HALF_CENT}",
    ),
    rule(
        _STATE,
        "observed_fcr.limit",
        "A feed conversion ratio is given only for a fed stay, and is at most 10.",
        "t.observed_fcr > 10 OR t.observed_fcr IS NOT NULL AND t.feed_kg <= 0",
    ),
    _of_day(
        "avg_weight_g.sample",
        "On the day of a growth sample the weight is the sample's, and only then is it measured.",
        "LEFT JOIN batch_growthsample s ON s.assignment_id = t.assignment_id AND s.sample_date = t.date",
        "(s.id IS NULL) <> (t.anchor_type IS NULL) OR s.avg_weight_g <> t.avg_weight_g",
    ),
    Rule(
        f"{_STATE}.mortality_count.sum",
        _STATE,
        "The deaths of a day are those recorded for the stay.",
        # Joined and then added up: sums of all events would be made for every few days.
        query=f"SELECT t.id FROM {_STATE} t LEFT JOIN batch_mortalityevent e ON e.assignment_id = t.assignment_id AND"
        " e.event_date = t.date WHERE {rows} GROUP BY t.id, t.mortality_count HAVING t.mortality_count <>"
        " coalesce(SUM(e.count), 0)",
        by_chunk=True,
    ),
    _of_day(
        "population.balance",
        "Fish of a day are those of the day before, with those that came, without those that left or died.",
        f"JOIN {_STATE} p ON p.assignment_id = t.assignment_id AND p.day_number = t.day_number - 1"
        " LEFT JOIN (SELECT x.dest_assignment_id AS stay, x.actual_execution_date AS date, SUM(x.transferred_count) AS"
        " fish FROM batch_transferaction x GROUP BY x.dest_assignment_id, x.actual_execution_date) i ON i.stay ="
        " t.assignment_id AND i.date = t.date"
        " LEFT JOIN (SELECT x.source_assignment_id AS stay, x.actual_execution_date AS date, SUM(x.transferred_count)"
        " AS fish FROM batch_transferaction x GROUP BY x.source_assignment_id, x.actual_execution_date) o ON o.stay ="
        " t.assignment_id AND o.date = t.date"
        " LEFT JOIN (SELECT v.assignment_id AS stay, date(v.event_date) AS date, SUM(l.unit_count) AS fish FROM"
        " harvest_harvestevent v JOIN harvest_harvestlot l ON l.event_id = v.id GROUP BY v.assignment_id,"
        " date(v.event_date)) h ON h.stay = t.assignment_id AND h.date = t.date",
        "t.population <> p.population - t.mortality_count + coalesce(i.fish, 0) - coalesce(o.fish, 0) -"
        " coalesce(h.fish, 0)",
    ),
]
