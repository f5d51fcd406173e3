"""Row ids in SQL, the same in every database: the column, or the number in a UUID.

Belongs here: expressions and conditions for ids, and for columns that hold ids of other rows. Does not belong here: the
layout of UUIDs (``tables.uuids``).
"""

from collections.abc import Iterable

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.uuids import BEGINNING, FOREIGN


def id_sql(spec: TableSpec, alias: str = "") -> str:
    """The row id of a table's rows ``alias``, a whole number."""
    return reference_sql(spec, f"{alias}.{spec.id_column}" if alias else spec.id_column)


def reference_sql(target: TableSpec, column: str) -> str:
    """The whole number that a column holds as id of a row of ``target``, NULL where it is NULL."""
    return uuid_number_sql(column) if target.has_uuids else column


def any_of(conditions: Iterable[str]) -> str:
    """The condition that at least one of these holds."""
    listed = list(conditions)
    return listed[0] if len(listed) == 1 else f"({' OR '.join(f'({one})' for one in listed)})"


def uuid_number_sql(column: str) -> str:
    """The id in a column of UUIDs: its digits where the platform made it, else :data:`FOREIGN`."""
    text = f"replace(CAST({column} AS varchar), '-', '')"
    beginning, digits = f"substr({text}, 1, {len(BEGINNING)})", f"substr({text}, {len(BEGINNING) + 1})"
    return (
        f"CASE WHEN {column} IS NULL THEN NULL WHEN {beginning} = '{BEGINNING}' AND rtrim({digits}, '0123456789') = ''"
        f" THEN CAST({digits} AS bigint) ELSE {FOREIGN} END"
    )
