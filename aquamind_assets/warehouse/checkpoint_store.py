"""Checkpoints and the manifest in the platform's own tables: reading, noting and forgetting them.

Belongs here: the SQL on ``aquamind_assets_chunk`` and ``aquamind_assets_chunk_table``. Does not belong here: what a
checkpoint is (``checkpoints``), which rows are written (``chunk_rows``, ``living_rows``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aquamind_assets.tables.digest import add
from aquamind_assets.warehouse.checkpoints import (
    CONTENT_COLUMNS,
    DIARY_COLUMNS,
    LIVING_CHUNK,
    Checkpoint,
    ChunkKey,
    TableYear,
    hex_digest,
)
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import DatabaseDamaged

Counts = Mapping[tuple[str, int], tuple[int, int]]
"""Rows and digest of each (table, calendar year of the ids)."""

_COLUMNS = ", ".join((*CONTENT_COLUMNS, *DIARY_COLUMNS))


def read_checkpoints(database: Database, asset: str | None = None, year: int | None = None) -> list[Checkpoint]:
    """Committed chunks in order: of everything, of an asset, or of a year of it."""
    return _read(database, asset=asset, year=year)


def read_checkpoint(database: Database, key: ChunkKey) -> Checkpoint | None:
    """The checkpoint of one chunk; None if it is not committed."""
    return next(iter(_read(database, asset=key.asset, year=key.year, chunk=key.chunk)), None)


def read_present(database: Database, asset: str, year: int) -> list[Checkpoint]:
    """Committed chunks of an asset's year in order, without those whose rows the database has dropped by itself."""
    found = read_checkpoints(database, asset, year)
    sql = (
        "SELECT DISTINCT chunk, table_name FROM aquamind_assets_chunk_table WHERE asset = ? AND year = ? AND row_count"
        " > 0 ORDER BY chunk, table_name"
    )
    written = [
        (chunk, table) for chunk, table in database.query(sql, (asset, year)) if database.tables[table].time_column
    ]
    days = {checkpoint.chunk: checkpoint.days for checkpoint in found}
    gone = {chunk for chunk, table in written if chunk in days and database.dropped(table, days[chunk])}
    return [checkpoint for checkpoint in found if checkpoint.chunk not in gone]


def read_counts(database: Database, key: ChunkKey) -> dict[tuple[str, int], tuple[int, int]]:
    """Rows and digest that a committed chunk has in each table and year."""
    sql = (
        "SELECT table_name, id_year, row_count, digest FROM aquamind_assets_chunk_table WHERE asset = ? AND year ="
        " ? AND chunk = ?"
    )
    found = database.query(sql, (key.asset, key.year, key.chunk))
    return {(table, year): (rows, _digest(digest, f"{key} {table}")) for table, year, rows, digest in found}


def read_manifest(database: Database, tables: Sequence[str] | None = None) -> list[TableYear]:
    """Rows and digest of every year of these tables, or of all, as they were written, in order."""
    parts: dict[tuple[str, int], list[tuple[int, int]]] = {}
    sql = "SELECT table_name, id_year, row_count, digest FROM aquamind_assets_chunk_table"
    if tables is not None:
        sql += f" WHERE table_name IN ({', '.join('?' * len(tables))})"
    for table, year, rows, digest in database.query(sql, tables or ()):
        parts.setdefault((table, year), []).append((rows, _digest(digest, f"{table} {year}")))
    entries = [
        TableYear(table, year, sum(rows for rows, _ in found), add([digest for _, digest in found]))
        for (table, year), found in parts.items()
    ]
    return sorted(entry for entry in entries if entry.rows)


def note_checkpoint(database: Database, checkpoint: Checkpoint) -> None:
    """Store the checkpoint of a chunk that has none."""
    values = (
        checkpoint.asset,
        checkpoint.year,
        checkpoint.chunk,
        checkpoint.first_day,
        checkpoint.last_day,
        checkpoint.rows,
        hex_digest(checkpoint.digest),
        checkpoint.fingerprint,
        checkpoint.as_of,
        checkpoint.known_from,
        checkpoint.run_id,
        checkpoint.seconds,
        checkpoint.peak_memory_mb,
    )
    database.execute(f"INSERT INTO aquamind_assets_chunk ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def note_counts(database: Database, key: ChunkKey, counts: Counts) -> None:
    """Store what a chunk that has none has in each table and year."""
    for (table, year), (rows, digest) in counts.items():
        values = (key.asset, key.year, key.chunk, table, year, rows, hex_digest(digest))
        database.execute("INSERT INTO aquamind_assets_chunk_table VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def set_living_count(database: Database, asset: str, entry: TableYear) -> None:
    """Set rows and digest of one table and year of a living asset."""
    place = (asset, entry.year, LIVING_CHUNK, entry.table)
    database.execute(
        "DELETE FROM aquamind_assets_chunk_table WHERE asset = ? AND year = ? AND chunk = ? AND table_name = ?", place
    )
    if entry.rows:
        key = ChunkKey(asset, entry.year, LIVING_CHUNK)
        note_counts(database, key, {(entry.table, entry.year): (entry.rows, entry.digest)})


def unsettle(database: Database, asset: str, year: int) -> None:
    """Note that rows of a living asset's year stand for a day that is gone: the year after it, which wrote them over,
    is cleared."""
    sql = "UPDATE aquamind_assets_chunk SET as_of = NULL WHERE asset = ? AND year = ? AND as_of IS NOT NULL"
    database.execute(sql, (asset, year))


def forget_chunk(database: Database, key: ChunkKey) -> None:
    """Delete a chunk's checkpoint and its counts by table."""
    for table in ("aquamind_assets_chunk", "aquamind_assets_chunk_table"):
        database.execute(
            f"DELETE FROM {table} WHERE asset = ? AND year = ? AND chunk = ?", (key.asset, key.year, key.chunk)
        )


def forget_year(database: Database, asset: str, year: int) -> None:
    """Delete all checkpoints of an asset's year; the counts of living rows stay, they have years of their own."""
    database.execute("DELETE FROM aquamind_assets_chunk WHERE asset = ? AND year = ?", (asset, year))
    database.execute(
        "DELETE FROM aquamind_assets_chunk_table WHERE asset = ? AND year = ? AND chunk <> ?",
        (asset, year, LIVING_CHUNK),
    )


def taint(database: Database, asset: str, fingerprint: str) -> None:
    """Make the years of a living asset stale that another scenario or code wrote: rows that they share with a year that
    is being written do not belong to theirs any more."""
    sql = "UPDATE aquamind_assets_chunk SET fingerprint = '' WHERE asset = ? AND fingerprint <> ?"
    database.execute(sql, (asset, fingerprint))


def _read(database: Database, **key: str | int | None) -> list[Checkpoint]:
    """Committed chunks in order, of those columns of the key that are given: with them alone in the condition, the
    database finds the rows by their key."""
    given = {name: value for name, value in key.items() if value is not None}
    where = f" WHERE {' AND '.join(f'{name} = ?' for name in given)}" if given else ""
    sql = f"SELECT {_COLUMNS} FROM aquamind_assets_chunk{where} ORDER BY asset, year, chunk"
    return [_checkpoint(row) for row in database.query(sql, tuple(given.values()))]


def _checkpoint(row: tuple[Any, ...]) -> Checkpoint:
    asset, year, chunk, first_day, last_day, rows, digest, *rest = row
    return Checkpoint(
        asset, year, chunk, first_day, last_day, rows, _digest(digest, f"{asset} {year}, chunk {chunk}"), *rest
    )


def _digest(text: str, place: str) -> int:
    """The number of a digest as it is stored.

    Raises:
        DatabaseDamaged: it is none.
    """
    try:
        return int(text, 16)
    except ValueError:
        raise DatabaseDamaged(
            f"the checkpoint of {place}: its digest is {text!r}, allowed: hexadecimal digits; `aquamind verify` names"
            " all that is wrong"
        ) from None
