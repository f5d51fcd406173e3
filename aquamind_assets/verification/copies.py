"""User-entered rows that are copies of the platform's, to the last column: such as a second death of the same fish.

What users enter is theirs, and laws leave it out. A row that repeats one of the platform's in every column but the id
is nothing that a user entered: it was copied, and reports and balances would count it twice.
"""

from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.timeline import platform_ids
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import id_sql
from aquamind_assets.warehouse.warehouse import Warehouse

EXAMPLES = 3


def copied_rows(warehouse: Warehouse, table: str) -> list[str]:
    """The copies in a table. Tables whose rows cannot be found by id are left out."""
    spec = warehouse.tables[table]
    if not warehouse.database.finds_by_id(table):
        return []
    key, ours = id_sql(spec), platform_ids(narrow=spec.narrow_id)
    of_users = f"({key} < ? OR {key} >= ?)"
    if not warehouse.query(f"SELECT 1 FROM {quoted(table)} WHERE {of_users} LIMIT 1", ours):
        return []
    same = " AND ".join(_same(column) for column in spec.columns if column.name != spec.id_column)
    copy, original = id_sql(spec, "entered"), id_sql(spec, "written")
    found = warehouse.query(
        f"SELECT {copy}, {original} FROM (SELECT * FROM {quoted(table)} WHERE {of_users}) AS entered JOIN"
        f" {quoted(table)} AS written ON {same} WHERE {original} >= ? AND {original} < ? ORDER BY 1, 2",
        (*ours, *ours),
    )
    if not found:
        return []
    examples = ", ".join(f"{copy} of {original}" for copy, original in found[:EXAMPLES])
    return [f"{table}: {len(found):,} user-entered rows are copies of the platform's (id {examples})"]


def _same(column: ColumnSpec) -> str:
    name = quoted(column.name)
    equal = f"entered.{name} = written.{name}"
    return f"({equal} OR (entered.{name} IS NULL AND written.{name} IS NULL))" if column.nullable else equal
