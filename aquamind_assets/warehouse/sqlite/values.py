"""Rows as SQLite holds them, and back: decimals as numbers, dates, instants and UUIDs as text, the way Django
writes them."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.tables import uuids
from aquamind_assets.tables.digest import NULL_VALUE, text_value
from aquamind_assets.tables.schema import ColumnSpec
from aquamind_assets.tables.values import DECIMAL_KINDS, TEXT_KINDS, Stored
from aquamind_assets.timeline import MICROSECONDS_PER_DAY
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.errors import DatabaseDamaged
from aquamind_assets.warehouse.portable_text import texts
from aquamind_assets.warehouse.sqlite.failures import kind_of

_TEMPORAL = frozenset({"date", "time", "timestamptz"})

_NOT_INTEGERS = TEXT_KINDS | _TEMPORAL | DECIMAL_KINDS | {"uuid"}


def python_values(column: Stored) -> list[Any]:
    """The values of a varying column as Python objects, one for each row."""
    if column.labels is not None:
        objects = np.array(column.labels, dtype=object)[column.values]
    elif column.spec.kind in _TEMPORAL:
        objects = _texts_of_runs(column.spec.kind, column.values)
    elif column.spec.kind == "uuid":
        objects = np.array(uuids.texts_of(column.values), dtype=object)
    elif column.null is not None:
        objects = _numbers(column.spec, column.values).astype(object)
    else:
        return _numbers(column.spec, column.values).tolist()
    if column.null is not None:
        objects[column.null] = None
    return objects.tolist()


def _texts_of_runs(kind: str, values: np.ndarray) -> np.ndarray:
    """The texts of values, as objects. In the order of their ids rows come in runs of one day or instant: the text of
    each run is made once."""
    begins = np.ones(values.size, dtype=bool)
    np.not_equal(values[1:], values[:-1], out=begins[1:])
    starts = np.flatnonzero(begins)
    made = np.array(texts(kind, values[starts]), dtype=object)
    return np.repeat(made, np.diff(starts, append=values.size))


def constant(column: Stored) -> str:
    """The value of a column that is the same in all rows, as an SQL literal."""
    if column.null is not None:
        return "NULL"
    value = python_values(Stored(column.spec, np.atleast_1d(column.values), None, column.labels))[0]
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def listed(spec: ColumnSpec) -> str:
    """A column of many rows as :func:`digest_values` takes it: as one text, which costs a fifth of an object of Python
    for each value. Numbers that are NULL are the number of :func:`_of_null`."""
    name, null = quoted(spec.name), _of_null(spec)
    return f"json_group_array({name})" if null is None else f"json_group_array(coalesce({name}, {null!r}))"


def _of_null(spec: ColumnSpec) -> float | None:
    """What NULL is asked for as; None where it is left as it is."""
    if spec.nullable and _is_integer(spec):
        return NULL_VALUE
    return -1e300 if spec.kind in DECIMAL_KINDS else None


@contextmanager
def strange_values_named(table: str) -> Iterator[None]:
    """Name what SQLite cannot list.

    Raises:
        DatabaseDamaged: bytes in the place of a value, or a text that is not UTF-8.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        if kind_of(error) not in (sqlite3.SQLITE_ERROR, None):
            raise
        raise DatabaseDamaged(f"{table} holds bytes that are no value of a column: {str(error)[:100]}") from None


def digest_values(spec: ColumnSpec, array: str, size: int) -> np.ndarray:
    """The digest values (see ``digest``), int64, of a column's ``size`` values as SQLite returns them for
    :func:`listed`.

    Raises:
        DatabaseDamaged: a value of another type than the column's, which SQLite would hold too.
    """
    values = _values_in(spec, array, size)
    if values is None:
        values = _of_objects(spec, json.loads(array))
    if spec.kind not in DECIMAL_KINDS:
        return values
    null = values == _of_null(spec)
    units = np.rint(np.where(null, 0.0, values) * 10.0 ** (spec.scale or 0)).astype(np.int64)
    return np.where(null, np.int64(NULL_VALUE), units)


def _values_in(spec: ColumnSpec, array: str, size: int) -> np.ndarray | None:
    """The values of an array as it is written: of numbers, or of dates or instants of one length. None where they are
    others, of whatever type."""
    try:
        if _is_integer(spec) or spec.kind in DECIMAL_KINDS:
            numbers = np.fromstring(array[1:-1], dtype=np.int64 if _is_integer(spec) else np.float64, sep=",")
            return numbers if numbers.size == size else None
        if spec.kind in ("date", "timestamptz"):
            # Each between two quotes, with a comma or the closing bracket after them.
            texts = np.frombuffer(array.encode(), dtype=np.uint8, offset=1).reshape(size, -1)[:, 1:-2]
            return _instants(spec, np.ascontiguousarray(texts).view(f"S{texts.shape[1]}").ravel())
    except ValueError:
        pass
    return None


def _of_objects(spec: ColumnSpec, found: Sequence[Any]) -> np.ndarray:
    """The values of a column as Python objects; decimals as float64, others as their digest values."""
    if wrong := set(map(type, found)) - _types(spec):
        value = next(value for value in found if type(value) in wrong)
        raise DatabaseDamaged(f"{spec.name} holds {value!r}, which is not of its type, {spec.type}")
    try:
        if _is_integer(spec):
            return np.array(found, dtype=np.int64)
        if spec.kind in DECIMAL_KINDS:
            return np.array(found, dtype=np.float64)
        codes, distinct = pd.factorize(np.array(found, dtype=object))
        return np.append(_text_values(spec, distinct), np.int64(NULL_VALUE))[codes]
    except (ValueError, OverflowError) as error:
        raise DatabaseDamaged(f"{spec.name} holds a value that is not of its type, {spec.type}: {error}") from None


def _types(spec: ColumnSpec) -> frozenset[type]:
    """Types of Python that SQLite's values of a column have."""
    if _is_integer(spec):
        return frozenset({int})
    return frozenset({int, float} if spec.kind in DECIMAL_KINDS else {str, NoneType})


def _is_integer(spec: ColumnSpec) -> bool:
    return spec.kind not in _NOT_INTEGERS


def _text_values(spec: ColumnSpec, distinct: Sequence[str]) -> np.ndarray:
    if spec.kind in TEXT_KINDS:
        return _hashed(distinct)
    return uuids.ids_of(distinct) if spec.kind == "uuid" else _instants(spec, distinct)


def _hashed(texts: Sequence[str]) -> np.ndarray:
    return np.array([text_value(text) for text in texts], dtype=np.int64)


def _numbers(spec: ColumnSpec, values: np.ndarray) -> np.ndarray:
    return values / 10.0**spec.scale if spec.kind in DECIMAL_KINDS and spec.scale else values


def _instants(spec: ColumnSpec, texts: Sequence[str] | np.ndarray) -> np.ndarray:
    if spec.kind == "date":
        return np.array(texts, dtype="datetime64[D]").astype(np.int64)
    if spec.kind == "time":
        return (
            np.array([f"1970-01-01 {text}" for text in texts], dtype="datetime64[us]").astype(np.int64)
            % MICROSECONDS_PER_DAY
        )
    return np.array(texts, dtype="datetime64[us]").astype(np.int64)
