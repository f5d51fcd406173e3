"""Rules of the daily states of stays, which release 2026-03 adds: what AquaMind computes from the other tables."""

from aquamind_assets.laws.rules.batch import HALF_CENT
from aquamind_assets.laws.rules.model import Rule, rule
from aquamind_assets.timeline import WIDE_DAY_ROWS

_STATE = "batch_actualdailyassignmentstate"

_OF_THE_SAME_DAY = f"{{0}}.id >= t.id - {WIDE_DAY_ROWS} AND {{0}}.id < t.id + {WIDE_DAY_ROWS}"
"""Rows ``{0}`` with ids of the day of a state ``t``: SQLite finds the rows of a stay by its index, and by their ids
within it."""

_STRETCH = f"FROM {_STATE} t WHERE {{rows}}"

_FIRST_DATE, _LAST_DATE = f"(SELECT min(t.date) {_STRETCH})", f"(SELECT max(t.date) {_STRETCH})"

_WITH_THE_DAY_BEFORE = f"""
    SELECT s.id, s.assignment_id, s.date, s.day_number, s.population, s.mortality_count,
           lag(s.population) OVER (PARTITION BY s.assignment_id ORDER BY s.date) AS population_before,
           lag(s.day_number) OVER (PARTITION BY s.assignment_id ORDER BY s.date) AS day_before
    FROM {_STATE} s
    WHERE s.date >= coalesce((SELECT max(b.date) FROM {_STATE} b WHERE b.date < {_FIRST_DATE}), {_FIRST_DATE})
          AND s.date <= {_LAST_DATE}
"""
"""States with the one before each. Joined to itself by stay, a table of states has a row for every pair of days."""


def _moved(column: str) -> str:
    """Fish by stay and date of transfer actions in which the stay is in this column."""
    return (
        f"SELECT x.{column} AS stay, x.actual_execution_date AS date, SUM(x.transferred_count) AS fish"
        f" FROM batch_transferaction x WHERE x.actual_execution_date >= {_FIRST_DATE} AND x.actual_execution_date <="
        f" {_LAST_DATE} GROUP BY x.{column}, x.actual_execution_date"
    )


_HARVESTED = (
    "SELECT v.assignment_id AS stay, date(v.event_date) AS date, SUM(l.unit_count) AS fish FROM harvest_harvestevent v"
    f" JOIN harvest_harvestlot l ON l.event_id = v.id WHERE date(v.event_date) >= {_FIRST_DATE} AND"
    f" date(v.event_date) <= {_LAST_DATE} GROUP BY v.assignment_id, date(v.event_date)"
)


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
        "LEFT JOIN batch_growthsample s ON s.assignment_id = t.assignment_id AND s.sample_date = t.date AND "
        + _OF_THE_SAME_DAY.format("s"),
        "(s.id IS NULL) <> (t.anchor_type IS NULL) OR s.avg_weight_g <> t.avg_weight_g",
    ),
    Rule(
        f"{_STATE}.mortality_count.sum",
        _STATE,
        "The deaths of a day are those recorded for the stay.",
        # Joined and then added up: sums of all events would be made for every few days.
        query=f"SELECT t.id FROM {_STATE} t LEFT JOIN batch_mortalityevent e ON e.assignment_id = t.assignment_id AND"
        f" e.event_date = t.date AND {_OF_THE_SAME_DAY.format('e')} WHERE {{rows}} GROUP BY t.id, t.mortality_count"
        " HAVING t.mortality_count <> coalesce(SUM(e.count), 0)",
        by_chunk=True,
    ),
    Rule(
        f"{_STATE}.population.balance",
        _STATE,
        "Fish of a day are those of the day before, with those that came, without those that left or died.",
        query=f"SELECT t.id FROM ({_WITH_THE_DAY_BEFORE}) t"
        f" LEFT JOIN ({_moved('dest_assignment_id')}) i ON i.stay = t.assignment_id AND i.date = t.date"
        f" LEFT JOIN ({_moved('source_assignment_id')}) o ON o.stay = t.assignment_id AND o.date = t.date"
        f" LEFT JOIN ({_HARVESTED}) h ON h.stay = t.assignment_id AND h.date = t.date"
        " WHERE {rows} AND t.day_before = t.day_number - 1 AND t.population <> t.population_before - t.mortality_count"
        " + coalesce(i.fish, 0) - coalesce(o.fish, 0) - coalesce(h.fish, 0)",
        by_chunk=True,
    ),
]
