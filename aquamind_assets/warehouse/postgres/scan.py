"""Rows of PostgreSQL as numbers: what their digests are made of, sent by the server as fixed-width binary."""

from collections.abc import Iterator, Mapping

import numpy as np
import psycopg

from aquamind_assets.tables.digest import NULL_VALUE, text_value
from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.timeline import EPOCH, MICROSECONDS_PER_DAY, day_number
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import uuid_number_sql
from aquamind_assets.warehouse.postgres.encode import HEADER, TRAILER

_ROWS = 50_000
_SHIFT = day_number(EPOCH.replace(year=2000)) * MICROSECONDS_PER_DAY


def scan_values(connection: psycopg.Connection, table: TableSpec, condition: str) -> Iterator[Mapping[str, np.ndarray]]:
    """Digest values (int64) of every column of a table's rows that meet the SQL ``condition``, block by block."""
    dtype = np.dtype(
        [
            ("fields", ">i2"),
            *(
                (f"{name}{part}", kind)
                for name in table.column_names
                for part, kind in ((" length", ">i4"), ("", ">i8"))
            ),
        ]
    )
    chosen = ", ".join(_expression(column) for column in table.columns)
    statement = f"COPY (SELECT {chosen} FROM {quoted(table.name)} WHERE {condition}) TO STDOUT (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        parts: list[bytes] = []
        for number, message in enumerate(copy):
            parts.append(bytes(message)[len(HEADER) :] if number == 0 else bytes(message))
            if len(parts) == _ROWS:
                yield _values(table, np.frombuffer(b"".join(parts), dtype=dtype))
                parts = []
        data = b"".join(parts).removesuffix(TRAILER)
        if data:
            yield _values(table, np.frombuffer(data, dtype=dtype))


def _values(table: TableSpec, found: np.ndarray) -> Mapping[str, np.ndarray]:
    return {column.name: _digest_values(column, found[column.name].astype(np.int64)) for column in table.columns}


def _expression(column: ColumnSpec) -> str:
    """The column as eight bytes; where it may be NULL, as the number that stands for NULL, or as one that its kind
    never holds."""
    name = quoted(column.name)
    match column.kind:
        case "timestamptz":
            return f"coalesce({name}, 'infinity')" if column.nullable else name
        case "time":
            return f"coalesce({name}, '24:00')" if column.nullable else name
        case "date":
            value = f"({name} - date '1970-01-01')::int8"
        case "numeric":
            value = f"({name} * {10 ** (column.scale or 0)})::int8"
        case "double":
            value = f"round({name} * {10 ** (column.scale or 0)})::int8"
        case "boolean":
            value = f"{name}::int4::int8"
        case "varchar" | "text" | "jsonb":
            text = f"{name}::text"
            value = f"CASE {text} WHEN '' THEN {text_value('')} ELSE ('x' || left(md5({text}), 16))::bit(64)::int8 END"
            return f"CASE WHEN {name} IS NULL THEN {NULL_VALUE} ELSE {value} END" if column.nullable else value
        case "uuid":
            value = uuid_number_sql(name)
        case _:
            value = f"{name}::int8"
    return f"coalesce({value}, {NULL_VALUE})" if column.nullable else value


def _digest_values(column: ColumnSpec, values: np.ndarray) -> np.ndarray:
    if column.kind == "timestamptz":
        never = np.iinfo(np.int64).max
        return np.where(values == never, np.int64(NULL_VALUE), np.where(values == never, 0, values) + _SHIFT)
    if column.kind == "time" and column.nullable:
        return np.where(values == MICROSECONDS_PER_DAY, np.int64(NULL_VALUE), values)
    return values
