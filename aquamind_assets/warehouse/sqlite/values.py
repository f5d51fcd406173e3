"""Rows as SQLite holds them, and back: decimals as numbers, dates, instants and UUIDs as text, the way Django
writes them."""

from collections.abc import Sequence
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

_TEMPORAL = frozenset({"date", "time", "timestamptz"})


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


def chosen(spec: ColumnSpec) -> str:
    """A column as :func:`digest_values` takes it: integers that are NULL as the number that NULL counts as."""
    name = quoted(spec.name)
    return f"coalesce({name}, {NULL_VALUE})" if spec.nullable and _is_integer(spec) else name


def frame_of(rows: Sequence[tuple[Any, ...]], names: Sequence[str]) -> pd.DataFrame:
    """Rows as a frame with the types that pandas finds in them. It looks at every value one by one; columns of numbers
    are arrays before it does, which takes a third off."""
    if not rows or len(set(names)) < len(names):
        return pd.DataFrame(rows, columns=names)
    columns = zip(*rows, strict=True)
    return pd.DataFrame({name: _as_array(values) for name, values in zip(names, columns, strict=True)}, copy=False)


def _as_array(values: tuple[Any, ...]) -> np.ndarray | list[Any]:
    types = set(map(type, values))
    return np.array(values) if types <= {int, float} else list(values)


def digest_values(spec: ColumnSpec, found: Sequence[Any]) -> np.ndarray:
    """The digest values (see ``digest``), int64, of a column's values as SQLite returns them for :func:`chosen`.

    Raises:
        DatabaseDamaged: a value of another type than the column's, which SQLite would hold too.
    """
    if wrong := set(map(type, found)) - _types(spec):
        value = next(value for value in found if type(value) in wrong)
        raise DatabaseDamaged(f"{spec.name} holds {value!r}, which is not of its type, {spec.type}")
    try:
        return _digest_values(spec, found)
    except (ValueError, OverflowError) as error:
        raise DatabaseDamaged(f"{spec.name} holds a value that is not of its type, {spec.type}: {error}") from None


def _types(spec: ColumnSpec) -> frozenset[type]:
    """Types of Python that SQLite's values of a column have."""
    if _is_integer(spec):
        return frozenset({int})
    return frozenset({int, float, NoneType} if spec.kind in DECIMAL_KINDS else {str, NoneType})


def _digest_values(spec: ColumnSpec, found: Sequence[Any]) -> np.ndarray:
    if _is_integer(spec):
        return np.array(found, dtype=np.int64)
    if spec.kind in DECIMAL_KINDS:
        data = np.array(found, dtype=np.float64)  # NULL becomes NaN
        units = np.rint(np.nan_to_num(data) * 10.0 ** (spec.scale or 0)).astype(np.int64)
        return np.where(np.isnan(data), np.int64(NULL_VALUE), units)
    codes, distinct = pd.factorize(np.array(found, dtype=object))
    values = _text_values(spec, distinct)
    return np.append(values, np.int64(NULL_VALUE))[codes]


def _is_integer(spec: ColumnSpec) -> bool:
    return spec.kind not in TEXT_KINDS | _TEMPORAL | DECIMAL_KINDS | {"uuid"}


def _text_values(spec: ColumnSpec, distinct: Sequence[str]) -> np.ndarray:
    if spec.kind in TEXT_KINDS:
        return _hashed(distinct)
    return uuids.ids_of(distinct) if spec.kind == "uuid" else _instants(spec, distinct)


def _hashed(texts: Sequence[str]) -> np.ndarray:
    return np.array([text_value(text) for text in texts], dtype=np.int64)


def _numbers(spec: ColumnSpec, values: np.ndarray) -> np.ndarray:
    return values / 10.0**spec.scale if spec.kind in DECIMAL_KINDS and spec.scale else values


def _instants(spec: ColumnSpec, texts: Sequence[str]) -> np.ndarray:
    if spec.kind == "date":
        return np.array(texts, dtype="datetime64[D]").astype(np.int64)
    if spec.kind == "time":
        return (
            np.array([f"1970-01-01 {text}" for text in texts], dtype="datetime64[us]").astype(np.int64)
            % MICROSECONDS_PER_DAY
        )
    return np.array(texts, dtype="datetime64[us]").astype(np.int64)
