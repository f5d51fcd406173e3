"""The model of a rule.

Belongs here: what a rule consists of. Does not belong here: the rules themselves, and running them (``evaluate``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.warehouse.ddl import READINGS

SUMMARISED: Mapping[str, str] = {
    READINGS: (
        """
        SELECT min(r.id) AS id, count(*) AS n, r.container_id, r.sensor_id, r.parameter_id,
               r.batch_id, r.recorded_by_id, r.is_manual,
               min(r.reading_time) AS first_time, max(r.reading_time) AS last_time,
               SUM(CASE WHEN r.value <> 0 AND (r.value < p.min_value
                        OR r.value > p.max_value) THEN 1 ELSE 0 END) AS outside,
               SUM(CASE WHEN r.created_at < r.reading_time THEN 1 ELSE 0 END) AS early
        FROM environmental_environmentalreading r
        LEFT JOIN environmental_environmentalparameter p ON p.id = r.parameter_id
        WHERE {rows}
        GROUP BY r.container_id, r.sensor_id, r.parameter_id,
               r.batch_id, r.recorded_by_id, r.is_manual
    """
    )
}
"""Tables whose rules are evaluated on groups of rows instead of rows, with the SQL of the groups; ``{rows}`` stands for
the condition on the ids of ``r``. One pass turns a hundred million readings into a hundred thousand groups, and the
cost of all their rules on the groups is negligible."""

TIME_COLUMNS: Mapping[str, str] = {READINGS: "reading_time", "environmental_weatherdata": "timestamp"}
"""Tables that are stored by time, with their time column. A condition on it, in addition to the condition on the ids,
saves a database without an index on ids from reading other years."""


@dataclass(frozen=True)
class Rule:
    """A condition that holds for every row of a table.

    ``violation`` or ``query`` finds violations, or both together, in SQL that both SQLite and PostgreSQL understand.

    Attributes:
        name: the name, beginning with the table; unique among all rules.
        table: the table whose rows are checked.
        description: what holds, one sentence.
        violation: condition that is true for a violation, on the row ``t`` (for a :data:`SUMMARISED` table: on the
            group ``t``). All conditions of a table are evaluated in one pass. ``[batch_id.start_date]`` stands for the
            ``start_date`` of the row that ``t.batch_id`` refers to, NULL if there is none.
        weight: number of violations that a matching ``t`` counts for: an SQL expression.
        query: a SELECT of rows ``t`` with an ``id``, each of which is a violation, or may be one: then ``violation`` is
            the condition on them. ``{rows}`` in it stands for the condition on the ids of the table's rows. Rules with
            the same query share it.
        by_chunk: whether the query may be run for thirty days at a time, because no violation spans two days.
        over_days: whether it compares a row with those of a stretch of days. It holds once all of these are written.
    """

    name: str
    table: str
    description: str
    violation: str = ""
    weight: str = "1"
    query: str = ""
    by_chunk: bool = False
    over_days: bool = False

    def __post_init__(self) -> None:
        if not (self.violation or self.query):
            raise ValueError(f"rule {self.name}: needs a condition or a query")
        if self.query and "{rows}" not in self.query:
            raise ValueError(f"rule {self.name}: the query lacks {{rows}}, the place for the condition on the ids")


def rule(table: str, what: str, description: str, violation: str, weight: str = "1") -> Rule:
    """Return a rule on single rows, named ``table.what``."""
    return Rule(f"{table}.{what}", table, description, violation=violation, weight=weight)


def versions_of(history: str, table: str, key: str = "id", deletions: bool = False) -> Rule:
    """Every row of a history table is a version of an existing row; with ``deletions`` also of one that has a version
    of its deletion. ``key`` is the column with its id in both."""
    deleted = f" AND NOT EXISTS (SELECT 1 FROM {history} d WHERE d.{key} = t.{key} AND d.history_type = '-')"
    return Rule(
        f"{history}.id.reference",
        history,
        f"A version belongs to an existing row of {table}"
        + (", or to one that has a version of its deletion." if deletions else "."),
        query=(
            f"SELECT t.history_id AS id FROM {history} t WHERE {{rows}} AND NOT EXISTS (SELECT 1 FROM {table} x WHERE"
            f" x.{key} = t.{key}){deleted if deletions else ''}"
        ),
    )


def missing(column: ColumnSpec) -> str:
    """Return the condition that ``column`` is given and the row it refers to does not exist."""
    return f"t.{column.name} IS NOT NULL AND [{column.name}.{column.referenced_key}] IS NULL"
