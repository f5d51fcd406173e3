"""The lake's files as Delta tables, without rewriting one: a ``_delta_log`` beside the files of each table.

Delta and not Iceberg, because a folder alone is a Delta table that Spark, DuckDB, Polars, pandas, Trino, Databricks and
Fabric read, while most engines find an Iceberg table only through a catalogue, which a lake in a folder does not have.
A version of the table is what the lake held when it was registered; registering again makes the next one. Delta has no
type for a time of day, so a column of one is left out of its tables (it stays in the files).

Belongs here: registering. Does not belong here: writing rows (``transaction``).
"""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from aquamind_assets.errors import UserError
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.uuids import texts_of
from aquamind_assets.warehouse.lake.columns import arrow_schema
from aquamind_assets.warehouse.lake.data_files import DataFile
from aquamind_assets.warehouse.lake.places import Place


class DeltaMissing(UserError):
    """The package ``deltalake`` is not installed."""


def register(place: Place, table: TableSpec, files: Sequence[DataFile]) -> int:
    """Make the next version of a table's Delta log: just these files. Its number; -1 for a table without rows and
    without a log.

    Raises:
        DeltaMissing: the package ``deltalake`` is not installed.
    """
    try:
        from deltalake import DeltaTable
        from deltalake.transaction import AddAction, create_table_with_add_actions
    except ImportError:
        raise DeltaMissing("Delta tables need the package deltalake: pip install 'aquamind-assets[delta]'") from None
    uri, options = place.location(table.name), place.storage_options
    actions = [
        AddAction(
            path=file.name.partition("/")[2],
            size=file.size,
            partition_values={"year": str(file.year)},
            modification_time=0,
            data_change=True,
            stats=json.dumps(_stats(table, file)),
        )
        for file in files
    ]
    schema = _schema(table)
    if DeltaTable.is_deltatable(uri, options):
        there = DeltaTable(uri, storage_options=options)
        if {*there.file_uris()} == {*(_uri(there, action.path) for action in actions)}:
            return there.version()
        there.create_write_transaction([*actions], "overwrite", schema, partition_by=["year"])
        there.update_incremental()
        return there.version()
    if not actions:
        return -1
    create_table_with_add_actions(
        uri, schema, actions, "error", ["year"], name=table.name, description=table.description, storage_options=options
    )
    return 0


def _stats(table: TableSpec, file: DataFile) -> dict[str, Any]:
    """What Delta keeps of a file: its rows and the bounds of its ids."""
    low, high = texts_of(np.array([file.low, file.high])) if table.has_uuids else (file.low, file.high)
    return {"numRecords": file.rows, "minValues": {table.id_column: low}, "maxValues": {table.id_column: high}}


def _uri(table: Any, path: str) -> str:
    return f"{table.table_uri.rstrip('/').removeprefix('file://')}/{path}"


def _schema(table: TableSpec) -> Any:
    """The table's columns and the year of the partition, as Delta types them; meanings as comments."""
    from deltalake import Schema

    fields = [pa.field("year", pa.int32(), metadata={"comment": "Calendar year of the row id."})]
    for field in arrow_schema(table):
        if pa.types.is_time(field.type):
            continue
        kind = pa.string() if pa.types.is_dictionary(field.type) else field.type
        about = {key.decode(): text.decode() for key, text in (field.metadata or {}).items()}
        fields.append(pa.field(field.name, kind, field.nullable, {"comment": about["description"]}))
    return Schema.from_arrow(pa.schema([*fields[1:], fields[0]]))
