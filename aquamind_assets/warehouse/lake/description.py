"""The description of the tables that a lake was made with, kept in the lake: files are of one shape.

Belongs here: noting and reading it. Does not belong here: which release it is of (``recognition``).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from aquamind_assets.tables.releases import RELEASES, tables_of
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.warehouse.schema_check import ActualColumn, ActualTable

DESCRIPTION_TABLE = "lake_column"


def note(tables: Iterable[TableSpec], execute: Callable[[str, Sequence[Any]], int]) -> None:
    """Note how the tables are described now, in a new lake."""
    execute(
        f"CREATE TABLE {DESCRIPTION_TABLE} (table_name varchar(100) NOT NULL, column_name varchar(100) NOT NULL,"
        " type varchar(30) NOT NULL, nullable integer NOT NULL, PRIMARY KEY (table_name, column_name))",
        (),
    )
    for table in tables:
        rows = [(table.name, column.name, column.type, int(column.nullable)) for column in table.columns]
        values = ", ".join(["(?, ?, ?, ?)"] * len(rows))
        execute(f"INSERT INTO {DESCRIPTION_TABLE} VALUES {values}", [value for row in rows for value in row])


def read(query: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, ActualTable]:
    """The tables that a lake was made with; those that no release describes are left out."""
    found: dict[str, dict[str, ActualColumn]] = {}
    for table, column, kind, nullable in query(
        f"SELECT table_name, column_name, type, nullable FROM {DESCRIPTION_TABLE}"
    ):
        found.setdefault(table, {})[column] = ActualColumn(kind, bool(nullable))
    keys = {name: table.primary_key for release in RELEASES for name, table in tables_of(release).items()}
    return {name: ActualTable(columns, keys[name]) for name, columns in found.items() if name in keys}
