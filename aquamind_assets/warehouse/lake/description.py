"""The description of the tables that a lake was made with, kept in the lake: files are of one shape.

Belongs here: noting and comparing it. Does not belong here: what differs (``schema_check``).
"""

from collections.abc import Callable, Sequence
from typing import Any

from aquamind_assets.tables.schema import TABLES
from aquamind_assets.warehouse.schema_check import ActualColumn, ActualTable, SchemaMismatch, differences

DESCRIPTION_TABLE = "lake_column"


def note(execute: Callable[[str, Sequence[Any]], int]) -> None:
    """Note how the tables are described now, in a new lake."""
    execute(
        f"CREATE TABLE {DESCRIPTION_TABLE} (table_name varchar(100) NOT NULL, column_name varchar(100) NOT NULL,"
        " type varchar(30) NOT NULL, nullable integer NOT NULL, PRIMARY KEY (table_name, column_name))",
        (),
    )
    for table in TABLES.values():
        rows = [(table.name, column.name, column.type, int(column.nullable)) for column in table.columns]
        values = ", ".join(["(?, ?, ?, ?)"] * len(rows))
        execute(f"INSERT INTO {DESCRIPTION_TABLE} VALUES {values}", [value for row in rows for value in row])


def compare(url: str, query: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """Compare a lake's description with the present one.

    Raises:
        SchemaMismatch: they differ.
    """
    found: dict[str, dict[str, ActualColumn]] = {}
    for table, column, kind, nullable in query(
        f"SELECT table_name, column_name, type, nullable FROM {DESCRIPTION_TABLE}"
    ):
        found.setdefault(table, {})[column] = ActualColumn(kind, bool(nullable))
    tables = {name: ActualTable(columns, TABLES[name].primary_key) for name, columns in found.items() if name in TABLES}
    if wrong := differences(TABLES, tables):
        raise SchemaMismatch(url, wrong)
