"""Questions in SQL to the files of a lake, answered by DuckDB with the values that every database gives.

Belongs here: views of the files, and values in the portable form. Does not belong here: which files are in the lake
(``transaction``), the lake's own tables (``log``).
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from uuid import uuid4

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from aquamind_assets.durable_files import NO_ROOM, free_megabytes
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.warehouse.ddl import quoted, text_literal
from aquamind_assets.warehouse.errors import DatabaseDamaged, DatabaseFull, DatabaseRefused
from aquamind_assets.warehouse.lake.columns import arrow_schema
from aquamind_assets.warehouse.lake.unchanging import UnchangingFiles
from aquamind_assets.warehouse.portable_text import texts

MEMORY = "500MB"
"""Memory of DuckDB's; what does not fit is written into temporary files."""

SETTINGS = ("TimeZone = 'UTC'", "integer_division = true", "parquet_metadata_cache = true")
"""Instants are UTC; whole numbers are divided as in SQLite and PostgreSQL; footers of files are read once."""

_HELD = "held_rows"

_OFFLOADED = "Out of Memory Error: failed to offload"
"""How DuckDB begins when temporary files would take more than its own limit, by default the room that there was when
it wrote the first of them. It has a code for that neither here nor for a full disk."""


class Asked:
    """A DuckDB connection in memory with a view of every table, made over when the table's files change."""

    def __init__(self, filesystem: Any, *, one_core: bool = False) -> None:
        self._connection = duckdb.connect(":memory:")
        cores = ["threads = 1"] if one_core else []
        for setting in (*SETTINGS, f"memory_limit = {text_literal(MEMORY)}", *cores):
            self._connection.execute(f"SET {setting}")
        # Where a sort or a join needs more than its memory; by default that would be a folder in the working directory.
        self._spilled = Path(gettempdir()) / f"aquamind-duckdb-{uuid4().hex}"
        self._connection.execute(f"SET temp_directory = {text_literal(str(self._spilled))}")
        self._store = None if filesystem is None else UnchangingFiles(filesystem)
        if self._store is not None:
            self._connection.register_filesystem(self._store)
        self._tables: Mapping[str, TableSpec] = {}
        self._files_of: Callable[[str], Iterable[tuple[str, int]]] = lambda table: ()
        self._shown: dict[str, tuple[str, ...]] = {}
        self._current: set[str] = set()
        self._held: str | None = None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def show(self, tables: Mapping[str, TableSpec], files_of: Callable[[str], Iterable[tuple[str, int]]]) -> None:
        """Let every table be seen as the rows of its files, of which ``files_of`` gives places and bytes. It is asked
        again once after each call of this."""
        self._tables, self._files_of = tables, files_of
        self._current = set()

    def _let_see(self, table: str) -> None:
        """Make a table's view, unless it shows the files already. It is made when it is asked for, because DuckDB opens
        files for it: in an object store, requests by the hundred for views of all tables."""
        if table in self._current or table == self._held:
            return
        sizes = dict(self._files_of(table))
        if self._store is not None:
            self._store.sizes |= sizes
        places = tuple(sizes)
        if self._shown.get(table) != places:
            self._shown.pop(table, None)
            files = map(pattern, places) if self._store is None else places
            self._connection.execute(
                f"CREATE OR REPLACE VIEW {quoted(table)} AS {select_of(self._tables[table], files)}"
            )
            self._shown[table] = places
        self._current.add(table)

    def hold(self, table: str, condition: str) -> None:
        """Let a table be seen as a copy in memory of its rows for which a condition holds, until it is let go.

        Raises:
            FileNotFoundError, DatabaseDamaged, DatabaseFull, DatabaseRefused: see :meth:`answer`.
        """
        copy = f"CREATE TEMP TABLE {_HELD} AS SELECT * FROM {quoted(table)} WHERE {condition}"
        with self._seeing(copy):
            self._connection.execute(copy)
        self._connection.execute(f"CREATE OR REPLACE VIEW {quoted(table)} AS SELECT * FROM {_HELD}")
        self._held = table

    def let_go(self) -> None:
        """Let the held table be seen as the rows of its files again."""
        table, self._held = str(self._held), None
        self._shown.pop(table, None)
        self._current.discard(table)
        self._connection.execute(f"DROP VIEW {quoted(table)}")
        self._connection.execute(f"DROP TABLE {_HELD}")

    def answer(self, sql: str, params: Sequence[Any] = ()) -> pa.Table:
        """What a portable statement gives.

        Raises:
            FileNotFoundError: a file was replaced meanwhile.
            DatabaseDamaged: a file is not what was written.
            DatabaseFull: there is no room for DuckDB's temporary files.
            DatabaseRefused: its folder of temporary files cannot be used.
        """
        with self._seeing(sql):
            return self._connection.sql(sql, params=list(map(_parameter, params))).to_arrow_table()

    @contextmanager
    def _seeing(self, sql: str) -> Iterator[None]:
        """Within this block the tables of a statement are seen, and errors of DuckDB say what they mean."""
        if self._store is not None:
            self._store.failure = None
        try:
            for table in self._tables.keys() & set(re.findall(r"\w+", sql.lower())):
                self._let_see(table)
            yield
        except duckdb.Error as error:
            raise self._cause(error) from None

    def _cause(self, error: duckdb.Error) -> Exception:
        """What it means that DuckDB cannot answer."""
        reason = str(error)
        if self._store is not None and self._store.failure is not None:
            return self._store.failure
        if self._spilled.name in reason or reason.startswith(_OFFLOADED):
            return self._no_temporary_files(reason)
        if "No files found" in reason or "No such file" in reason:
            return FileNotFoundError(reason)
        if isinstance(error, duckdb.IOException | duckdb.HTTPException):
            return DatabaseDamaged(reason)
        if isinstance(error, duckdb.InvalidInputException) and "parquet" in reason.lower():
            return DatabaseDamaged(reason)
        return error

    def _no_temporary_files(self, reason: str) -> DatabaseRefused:
        """What it means that DuckDB cannot write what does not fit into its memory."""
        folder = self._spilled.parent
        if reason.startswith(_OFFLOADED) or any(os.strerror(code) in reason for code in NO_ROOM):
            return DatabaseFull(
                f"the folder of temporary files {folder} is full: to answer a question to the lake, DuckDB keeps there"
                f" what does not fit into its {MEMORY} of memory; {free_megabytes(folder)}: free some space, or let"
                " TMPDIR name a folder with more room, and run again"
            )
        return DatabaseRefused(
            f"the folder of temporary files {folder} cannot be used: {reason}; let TMPDIR name another, and run again"
        )


def pattern(path: str) -> str:
    """The pattern that DuckDB takes for just this path, whatever characters it has."""
    return re.sub(r"([*?\[])", r"[\1]", path)


def select_of(table: TableSpec, patterns: Iterable[str]) -> str:
    """A SELECT of the rows of the files that match."""
    if names := ", ".join(map(text_literal, patterns)):
        columns = ", ".join(map(quoted, table.column_names))
        return f"SELECT {columns} FROM read_parquet([{names}], hive_partitioning = false)"
    empty = ", ".join(f"CAST(NULL AS {_type(field.type)}) AS {quoted(field.name)}" for field in arrow_schema(table))
    return f"SELECT {empty} WHERE false"


def _type(kind: pa.DataType) -> str:
    """DuckDB's name of an Arrow type."""
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ"
    if pa.types.is_dictionary(kind) or pa.types.is_string(kind):
        return "VARCHAR"
    names = {"int64": "BIGINT", "int32": "INTEGER", "int16": "SMALLINT", "double": "DOUBLE", "bool": "BOOLEAN"}
    return names.get(str(kind), "DATE" if pa.types.is_date(kind) else "TIME")


def _parameter(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def rows_of(answer: pa.Table) -> list[tuple[Any, ...]]:
    """The rows as tuples of whole numbers, floats, texts and None; flags are 0 and 1."""
    return list(zip(*(_list(column) for column in answer.columns), strict=True)) if answer.num_columns else []


def _list(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_decimal(column.type):
        values = column.to_pylist()
        whole = column.type.scale == 0
        return [None if value is None else int(value) if whole else float(value) for value in values]
    return _portable(column).to_pylist()


def frame_of(answer: pa.Table, dates: Sequence[str]) -> pd.DataFrame:
    """The rows as a frame; columns named in ``dates`` are ``datetime64``."""
    columns: dict[str, Any] = {}
    for name, column in zip(answer.column_names, answer.columns, strict=True):
        if name in dates and (pa.types.is_timestamp(column.type) or pa.types.is_date(column.type)):
            columns[name] = column.cast(pa.timestamp("us")).to_pandas()
        elif pa.types.is_decimal(column.type):
            columns[name] = pd.Series(_list(column))
        else:
            columns[name] = _portable(column).to_pandas()
    frame = pd.DataFrame(columns, columns=answer.column_names)
    for name in dates:
        frame[name] = pd.to_datetime(frame[name], format="ISO8601")
    return frame


def _portable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Flags as 0 and 1, dates and instants as text."""
    kind = column.type
    if pa.types.is_boolean(kind):
        return column.cast(pa.int64())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    if pa.types.is_dictionary(kind):
        return column.cast(pa.string())
    if pa.types.is_date(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        coded = column.combine_chunks().dictionary_encode()
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        distinct = pc.cast(coded.dictionary, pa.timestamp("us") if pa.types.is_timestamp(kind) else pa.time64("us"))
        words = texts("timestamptz" if pa.types.is_timestamp(kind) else "time", distinct.view(pa.int64()).to_numpy())
        return pa.chunked_array([pa.DictionaryArray.from_arrays(coded.indices, pa.array(words, pa.string()))]).cast(
            pa.string()
        )
    return column
