"""Rules of parameters, readings, weather and transitions that AquaMind's pages and TimescaleDB's keys require."""

from aquamind_assets.laws.rules.model import TIME_COLUMNS, Rule, missing, rule
from aquamind_assets.tables.releases import tables_of
from aquamind_assets.warehouse.ddl import READINGS, quoted

_REFERENCES = tables_of("2025-08")[READINGS].foreign_keys


def _in_container(instant: str) -> str:
    """Return the condition that the group's batch was in its container on the day of that instant."""
    return (
        "EXISTS (SELECT 1 FROM batch_batchcontainerassignment a WHERE a.batch_id = t.batch_id AND a.container_id ="
        f" t.container_id AND a.assignment_date <= date({instant}) AND (a.departure_date IS NULL OR a.departure_date >="
        f" date({instant})))"
    )


def _reading(what: str, description: str, violation: str, weight: str = "t.n") -> Rule:
    return rule(READINGS, what, description, violation, weight)


def _once_an_instant(table: str, place: str) -> Rule:
    """No two rows of one ``place`` share an instant: the table's key with TimescaleDB. The count is of instants with
    such rows.

    Counting distinct places by instant costs a third of grouping by both, on a hundred million rows.
    """
    time = quoted(TIME_COLUMNS[table])
    return Rule(
        f"{table}.unique({place}, {TIME_COLUMNS[table]})",
        table,
        f"There is at most one row for each {place.removesuffix('_id')} and instant: the table's key with TimescaleDB.",
        query=(
            f"SELECT min(t.id) AS id FROM {table} t WHERE {{rows}} GROUP BY t.{time} HAVING count(t.{place}) <>"
            f" count(DISTINCT t.{place})"
        ),
        by_chunk=True,
    )


RULES: list[Rule] = [
    rule(
        "environmental_environmentalparameter",
        "ranges.order",
        "A parameter's optimal range lies inside its accepted one.",
        "t.min_value > t.max_value OR t.optimal_min > t.optimal_max OR t.optimal_min < t.min_value OR t.optimal_max >"
        " t.max_value OR t.optimal_min > t.max_value OR t.optimal_max < t.min_value",
    ),
    *(
        _reading(f"{column.name}.reference", f"{column.name} refers to a row of {column.references}.", missing(column))
        for column in _REFERENCES
    ),
    _reading(
        "sensor_id.given",
        "A reading names its sensor, which is part of the table's key with TimescaleDB.",
        "t.sensor_id IS NULL",
    ),
    _reading(
        "sensor_id.container",
        "A reading is of the container in which its sensor is installed.",
        "[sensor_id.container_id] <> t.container_id",
    ),
    Rule(
        f"{READINGS}.sensor_id.parameter",
        READINGS,
        "A sensor measures one parameter.",
        query=(
            f"SELECT min(t.id) AS id FROM {READINGS} t WHERE {{rows}} GROUP BY t.sensor_id HAVING min(t.parameter_id)"
            " <> max(t.parameter_id)"
        ),
    ),
    _reading(
        "value.range",
        "A value lies in its parameter's accepted range; values of 0 are not checked.",
        "t.outside > 0",
        "t.outside",
    ),
    _reading("created_at.order", "A reading is not entered before it is taken.", "t.early > 0", "t.early"),
    _reading(
        "recorded_by_id.manual",
        "Only a manual reading names the user who took it.",
        "t.recorded_by_id IS NOT NULL AND NOT t.is_manual",
    ),
    _reading(
        "batch_id.container",
        "A reading names a batch that is in the container at that time.",
        f"t.batch_id IS NOT NULL AND NOT ({_in_container('t.first_time')} AND {_in_container('t.last_time')})",
    ),
    Rule(
        f"{READINGS}.batch_id.given",
        READINGS,
        "A reading in a container that holds fish the whole day names their batch.",
        # Readings of a day are counted before stays are looked for: a third of the time of a join of every reading.
        query=(
            "SELECT d.id, d.n FROM (SELECT min(t.id) AS id, count(*) AS n, t.container_id, date(t.reading_time) AS day"
            f" FROM {READINGS} t WHERE {{rows}} AND t.batch_id IS NULL GROUP BY t.container_id, date(t.reading_time)) d"
            " JOIN batch_batchcontainerassignment a ON a.container_id = d.container_id AND a.assignment_date < d.day"
            " AND (a.departure_date IS NULL OR a.departure_date > d.day)"
        ),
        weight="t.n",
        by_chunk=True,
    ),
    _once_an_instant(READINGS, "sensor_id"),
    _once_an_instant("environmental_weatherdata", "area_id"),
    rule(
        "environmental_stagetransitionenvironmental",
        "values.range",
        "Temperature, oxygen and salinity at a transition are not negative, and pH lies between 0 and 14.",
        "t.temperature < 0 OR t.oxygen < 0 OR t.salinity < 0 OR t.ph < 0 OR t.ph > 14",
    ),
]
