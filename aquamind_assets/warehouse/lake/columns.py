"""Rows as Arrow tables, and back into the numbers that their digests are made of.

Decimals are doubles, with their decimals in the field's metadata (``scale``): a double holds every value of 15 digits
exactly to its last decimal, and AquaMind's have at most 12. Measured with ``benchmarks.lake_columns``, files of doubles
and of DECIMAL have the same size and cost the same to write, and to read in Polars and DuckDB; but pandas reads a
DECIMAL as an object of Python, more than thirty times as slowly as a double.

Belongs here: types and values of columns. Does not belong here: files (``data_files``).
"""

import json
from collections.abc import Mapping
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aquamind_assets.tables import uuids
from aquamind_assets.tables.digest import NULL_VALUE, text_value
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import ColumnSpec, TableSpec
from aquamind_assets.tables.values import TEXT_KINDS, Stored

UTC_MICROSECONDS = pa.timestamp("us", tz="UTC")

_TYPES: dict[str, pa.DataType] = {
    "bigint": pa.int64(),
    "integer": pa.int32(),
    "smallint": pa.int16(),
    "numeric": pa.float64(),
    "double": pa.float64(),
    "varchar": pa.dictionary(pa.int32(), pa.string()),
    "text": pa.string(),
    "jsonb": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamptz": UTC_MICROSECONDS,
    "uuid": pa.string(),
}


@cache
def arrow_schema(spec: TableSpec) -> pa.Schema:
    """A table's columns as Arrow types them; every field says what it means, in which unit, and where it comes from."""
    about = {
        "description": spec.description,
        "made_by": spec.made_by or "",
        "primary_key": json.dumps(spec.primary_key),
    }
    return pa.schema([_field(column) for column in spec.columns], metadata=about)


def _field(column: ColumnSpec) -> pa.Field:
    about = {"description": column.description, "type": column.type}
    optional = {
        "unit": column.unit,
        "source": column.how,
        "scale": "" if column.scale is None else str(column.scale),
        "references": column.references or "",
        "choices": json.dumps(column.choices) if column.choices else "",
    }
    metadata = about | {name: text for name, text in optional.items() if text}
    return pa.field(column.name, _TYPES[column.kind], nullable=column.nullable, metadata=metadata)


def arrow_table(rows: Rows) -> pa.Table:
    """The rows as an Arrow table, column by column."""
    schema = arrow_schema(rows.spec)
    arrays = [_array(rows.columns[field.name], rows.size, field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(column: Stored, size: int, kind: pa.DataType) -> pa.Array:
    if column.all_null:
        return pa.nulls(size, kind)
    null = None if column.null is None else np.broadcast_to(column.null, (size,))
    if column.labels is not None:
        return _text_array(column, size, null, kind)
    values = np.broadcast_to(column.values, (size,))
    match column.spec.kind:
        case "numeric" | "double":
            return pa.array(values / 10.0 ** (column.spec.scale or 0), mask=null)
        case "uuid":
            return pa.array(uuids.texts_of(values), pa.string(), mask=null)
        case "boolean":
            return pa.array(values.astype(bool), mask=null)
        case "date":
            return pa.array(values.astype(np.int32), mask=null).view(kind)
        case "time" | "timestamptz":
            return pa.array(values, mask=null).view(kind)
        case _:
            return pa.array(values.astype(kind.to_pandas_dtype(), copy=False), mask=null)


def _text_array(column: Stored, size: int, null: np.ndarray | None, kind: pa.DataType) -> pa.Array:
    assert column.labels is not None
    if column.constant and null is None and kind == pa.string():
        return pa.repeat(column.labels[int(column.values)], size)
    codes = np.broadcast_to(column.values, (size,))
    labels = list(column.labels)
    if len(labels) > size:
        used, codes = np.unique(codes, return_inverse=True)
        labels = [labels[code] for code in used.tolist()]
    coded = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=null), pa.array(labels, pa.string()))
    return coded if kind != pa.string() else coded.dictionary_decode()


def ids_of(spec: TableSpec, rows: pa.Table) -> np.ndarray:
    """The row ids, int64, of an Arrow table that has their column."""
    return _values(spec.by_name[spec.id_column], rows.column(spec.id_column))


def referenced_ids(column: ColumnSpec, rows: pa.Table) -> np.ndarray:
    """The distinct ids, int64, ascending, that a foreign key of an Arrow table holds."""
    return np.sort(_values(column, rows.column(column.name).unique().drop_null()))


def digest_values(spec: TableSpec, rows: pa.Table | pa.RecordBatch) -> Mapping[str, np.ndarray]:
    """Digest values (see ``tables.digest``) of every column, int64, shape (rows,)."""
    return {column.name: _values(column, rows.column(column.name)) for column in spec.columns}


def _values(column: ColumnSpec, array: pa.Array | pa.ChunkedArray) -> np.ndarray:
    array = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if column.kind in TEXT_KINDS:
        return _hashed(array)
    null = array.is_null().to_numpy(zero_copy_only=False) if array.null_count else None
    match column.kind:
        case "numeric" | "double":
            data = pc.fill_null(array, 0.0).to_numpy(zero_copy_only=False)
            values = np.rint(data * 10.0 ** (column.scale or 0)).astype(np.int64)
        case "uuid":
            values = uuids.ids_of(pc.fill_null(array, "0" * 32).to_pylist())
        case "boolean":
            values = pc.fill_null(array, False).to_numpy(zero_copy_only=False).astype(np.int64)
        case "date":
            values = pc.fill_null(array.view(pa.int32()), 0).to_numpy().astype(np.int64)
        case "time" | "timestamptz":
            values = pc.fill_null(array.view(pa.int64()), 0).to_numpy()
        case _:
            values = pc.fill_null(array, 0).to_numpy().astype(np.int64)
    return values if null is None else np.where(null, np.int64(NULL_VALUE), values)


def _hashed(array: pa.Array) -> np.ndarray:
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    of_label = np.array([text_value(text) for text in coded.dictionary.to_pylist()] + [NULL_VALUE], dtype=np.int64)
    return of_label[pc.fill_null(coded.indices, len(of_label) - 1).to_numpy()]
