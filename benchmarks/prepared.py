"""The yardstick: rows that lie ready in the form the database takes, loaded into the same table in the same state, with
nothing else done."""

from collections.abc import Iterable
from typing import Any

from aquamind_assets.tables.releases import DEFAULT_RELEASE, tables_of
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange
from aquamind_assets.warehouse.lake.columns import arrow_table
from aquamind_assets.warehouse.lake.data_files import FileWriter
from aquamind_assets.warehouse.lake.database import LakeDatabase
from aquamind_assets.warehouse.postgres.copy import copy_rows, copy_statement
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.postgres.encode import HEADER, TRAILER, encode
from aquamind_assets.warehouse.postgres.reading_partitions import windows_of
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets.warehouse.sqlite.insert import insertions
from aquamind_assets.warehouse.tally import Tally
from aquamind_assets.warehouse.warehouse import Warehouse
from benchmarks.source import READINGS

COLUMNS = tables_of(DEFAULT_RELEASE)[READINGS].column_names

Prepared = tuple[int, list[Any]]
"""Number of rows, and pieces of COPY bytes, statements with their parameters, or Arrow tables."""


def prepare(warehouse: Warehouse, blocks: Iterable[Rows]) -> Prepared:
    """The rows of the blocks, ready to be sent."""
    rows, pieces = 0, list[Any]()
    for block in blocks:
        rows += block.size
        match warehouse.database:
            case PostgresDatabase():
                pieces += map(bytes, encode(block))
            case LakeDatabase():
                pieces.append(arrow_table(block))
            case _:
                pieces += insertions(block)
    return rows, pieces


def load_prepared(warehouse: Warehouse, days: DayRange, prepared: Prepared) -> int:
    """Load what is ready in one transaction; number of rows. ``days`` lie in one chunk."""
    rows, pieces = prepared
    database = warehouse.database
    if isinstance(database, PostgresDatabase):
        _copy(database, days, pieces)
    elif isinstance(database, LakeDatabase):
        _write_parquet(database, pieces)
    elif isinstance(database, SqliteDatabase):
        _insert(database, pieces)
    return rows


def delete_prepared(warehouse: Warehouse, days: DayRange) -> None:
    """Delete what :func:`load_prepared` has loaded: it has no checkpoint, by which it could be cleared."""
    with warehouse.database.transaction([READINGS]):
        warehouse.database.delete_days(READINGS, days)


def _write_parquet(database: LakeDatabase, pieces: list[Any]) -> None:
    """Write the tables into one file beside the lake, with the lake's encodings, and nothing else."""
    path = database.folder / "prepared.parquet"
    writer = FileWriter(tables_of(DEFAULT_RELEASE)[READINGS], 0, path)
    for piece in pieces:
        writer.write(piece)
    writer.close("prepared")
    path.unlink()


def _copy(database: PostgresDatabase, days: DayRange, pieces: list[bytes]) -> None:
    if len(windows_of(days)) != 1:
        raise SystemExit("--days: prepared and pipeline are compared within one chunk; allowed are 1 to 30")
    with database.transaction([READINGS]):
        database.make_room(READINGS, days)
        _send(database, database._targets.get(READINGS), pieces)
        database.settle()
        database.finish(lambda: [days])


def _send(database: PostgresDatabase, new_table: str | None, pieces: list[bytes]) -> None:
    with database._connection.cursor() as cursor, cursor.copy(copy_statement(READINGS, COLUMNS, new_table)) as copy:
        copy.write(HEADER)
        for piece in pieces:
            copy.write(piece)
        copy.write(TRAILER)


def copy_prepared(database: PostgresDatabase, prepared: Prepared) -> int:
    """COPY what is ready into a new table without indexes; number of rows. The table is gone afterwards."""
    rows, pieces = prepared
    with database.transaction():
        database.execute(_BARE)
        _send(database, "bare", pieces)
    database.execute("DROP TABLE bare")
    return rows


def copy_pipeline(database: PostgresDatabase, days: DayRange, blocks: Iterable[Rows]) -> int:
    """The same with rows that are made, looked at, digested and encoded on the way."""
    tally = Tally([READINGS], days)
    with database.transaction():
        database.execute(_BARE)
        copy_rows(database._connection, tally.watch(blocks), {READINGS: "bare"})
    database.execute("DROP TABLE bare")
    return tally.rows


_BARE = f"CREATE TABLE bare (LIKE {READINGS} INCLUDING DEFAULTS)"


def _insert(database: SqliteDatabase, pieces: list[tuple[str, list[Any]]]) -> None:
    with database.transaction():
        for statement, values in pieces:
            database.execute(statement, values)
