"""What a rule is. Does not belong here: the rules themselves, and running them (``evaluate``)."""

from collections.abc import Mapping
from dataclasses import dataclass

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
"""Tables whose rules look at groups of rows instead of rows, with the SQL that makes the groups; ``{rows}`` stands for
the condition on the ids of ``r``. A hundred million readings become a hundred thousand groups in one pass, and all
their rules then cost nothing."""

TIME_COLUMNS: Mapping[str, str] = {READINGS: "reading_time", "environmental_weatherdata": "timestamp"}
"""Tables that are stored by time: a condition on it besides the one on the ids spares a database that has no index on
them from reading other years."""


@dataclass(frozen=True)
class Rule:
    """Something that holds for every row of a table.

    Either ``broken`` or ``query`` says when it does not, in SQL that SQLite and PostgreSQL both understand.

    Attributes:
        name: its name, beginning with the table; no two rules share one.
        table: the table whose rows it is about.
        description: what holds, one sentence.
        broken: condition on the row ``t`` (of a :data:`SUMMARISED` table: on the group ``t``); all of a table's are
            evaluated in one pass. ``[batch_id.start_date]`` in it stands for the ``start_date`` of the row that
            ``t.batch_id`` refers to, NULL if there is none.
        weight: how many violations a broken ``t`` counts for: an expression.
        query: a SELECT of one ``id`` for each violation instead; ``{rows}`` in it stands for the condition on the ids
            of ``t``.
        by_chunk: whether the query may be asked of thirty days at a time; what it looks for never spans two days.
    """

    name: str
    table: str
    description: str
    broken: str = ""
    weight: str = "1"
    query: str = ""
    by_chunk: bool = False

    def __post_init__(self) -> None:
        if bool(self.broken) == bool(self.query):
            raise ValueError(f"rule {self.name}: give either a condition or a query")
        if self.query and "{rows}" not in self.query:
            raise ValueError(
                f"rule {self.name}: its query does not say where the condition on the ids belongs ({{rows}})"
            )


def rule(table: str, what: str, description: str, broken: str, weight: str = "1") -> Rule:
    """A rule on single rows, named ``table.what``."""
    return Rule(f"{table}.{what}", table, description, broken=broken, weight=weight)


def versions_of(history: str, table: str) -> Rule:
    """Every row of a history table is a version of a row that is there."""
    return Rule(
        f"{history}.id.reference",
        history,
        f"A version is one of a row of {table} that is there.",
        query=(
            f"SELECT t.history_id AS id FROM {history} t WHERE {{rows}} AND NOT EXISTS (SELECT 1 FROM {table} x WHERE"
            " x.id = t.id)"
        ),
    )


def missing(column: str) -> str:
    """Condition: ``column`` is given and the row it refers to is not there."""
    return f"t.{column} IS NOT NULL AND [{column}.id] IS NULL"
