"""Finding where a database differs from the tables that the platform can fill.

``read_postgresql`` and ``read_sqlite`` look at a database, :func:`differences` compares what they saw with the
description. Nothing is written.

A database may have more than is described (columns of a later AquaMind that may be empty, other tables); it may not
have less or other.
"""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.warehouse.ddl import SQLITE_TYPES, quoted


@dataclass(frozen=True)
class ActualColumn:
    """A column as a database has it: its type as declared, and whether a row can be written without it."""

    type: str
    nullable: bool
    has_default: bool = False


@dataclass(frozen=True)
class ActualTable:
    """A table as a database has it."""

    columns: Mapping[str, ActualColumn]
    primary_key: tuple[str, ...]


_POSTGRESQL_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, a.atthasdef OR a.attidentity <> ''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""

_POSTGRESQL_KEYS = """
SELECT c.relname, a.attname
FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number
WHERE c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, k.place
"""

_POSTGRESQL_NAMES = {"timestamp with time zone": "timestamptz", "time without time zone": "time"}


def read_postgresql(connection: psycopg.Connection) -> dict[str, ActualTable]:
    """Name to table, of every table in the schema that the connection writes to; partitions and tables of extensions'
    own schemas are left out."""
    columns: dict[str, dict[str, ActualColumn]] = {}
    keys: dict[str, list[str]] = {}
    for table, name, kind, nullable, has_default in connection.execute(_POSTGRESQL_COLUMNS):
        text = str(_POSTGRESQL_NAMES.get(kind, kind)).replace("character varying", "varchar")
        columns.setdefault(table, {})[name] = ActualColumn(text, nullable, has_default)
    for table, name in connection.execute(_POSTGRESQL_KEYS):
        keys.setdefault(table, []).append(name)
    return {table: ActualTable(found, tuple(keys.get(table, ()))) for table, found in columns.items()}


def read_sqlite(connection: sqlite3.Connection) -> dict[str, ActualTable]:
    """Name to table, of every table in the file; types in lower case, as declared."""
    names = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    tables = {}
    for table in names:
        rows = connection.execute(f"PRAGMA table_info({quoted(table)})").fetchall()
        columns = {
            name: ActualColumn(kind.lower(), not (not_null or key), default is not None)
            for _, name, kind, not_null, default, key in rows
        }
        key = sorted((place, name) for _, name, _, _, _, place in rows if place)
        tables[table] = ActualTable(columns, tuple(name for _, name in key))
    return tables


_SQLITE_INTEGERS = frozenset(
    {"integer", "bigint", "smallint", "integer unsigned", "bigint unsigned", "smallint unsigned"}
)


def _same_type(column: ColumnSpec, found: str, *, sqlite: bool) -> bool:
    if not sqlite:
        return found == column.type
    if column.kind in ("bigint", "integer", "smallint"):
        return found in _SQLITE_INTEGERS
    return found == SQLITE_TYPES.get(column.kind, column.type)


def _column_differences(table: TableSpec, actual: ActualTable, *, sqlite: bool) -> list[str]:
    found = []
    for column in table.columns:
        where = f"{table.name}.{column.name}"
        other = actual.columns.get(column.name)
        if other is None:
            found.append(f"{where} is missing; it should be {column.type}")
            continue
        if not _same_type(column, other.type, sqlite=sqlite):
            found.append(
                f"{where} is {other.type}; it should be"
                f" {SQLITE_TYPES.get(column.kind, column.type) if sqlite else column.type}"
            )
        # A key's columns can never be NULL: with TimescaleDB the sensor and the area are in it.
        if other.nullable != column.nullable and column.name not in actual.primary_key:
            found.append(
                f"{where} {'allows NULL; it should not' if other.nullable else 'does not allow NULL; it should'}"
            )
    for name, other in actual.columns.items():
        if name not in table.by_name and not other.nullable and not other.has_default:
            found.append(f"{table.name}.{name} is not described, and no row can be written without it")
    return found


def differences(
    expected: Mapping[str, TableSpec], actual: Mapping[str, ActualTable], *, sqlite: bool = False
) -> list[str]:
    """What a database lacks or has otherwise than described, one sentence each; empty if it can be filled.

    Either of AquaMind's primary keys is accepted for its time series: with or without TimescaleDB. On SQLite the id
    alone is a third, and types are compared as Django declares them there.
    """
    found = []
    for table in expected.values():
        other = actual.get(table.name)
        if other is None:
            found.append(f"table {table.name} is missing")
            continue
        found += _column_differences(table, other, sqlite=sqlite)
        keys = {table.primary_key, table.timescaledb_primary_key} | ({(table.id_column,)} if sqlite else set())
        if other.primary_key not in keys:
            allowed = " or ".join(f"({', '.join(key)})" for key in sorted(keys))
            found.append(f"{table.name} has the primary key ({', '.join(other.primary_key)}); it should be {allowed}")
    return found
