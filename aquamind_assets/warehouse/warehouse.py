"""What a warehouse does, whichever database it is.

Everything that decides what is written is here, once; a database only says how a transaction, a bulk load, a deletion
and a scan are done there. So both databases hold the same rows, and the same checkpoints about them.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
import pandas as pd

from aquamind_assets.tables.digest import add
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.tables.values import RowsError
from aquamind_assets.timeline import Chunk, DayRange, id_range, to_date, year_days, year_of_ids
from aquamind_assets.warehouse import checkpoints as own
from aquamind_assets.warehouse import references as proofs
from aquamind_assets.warehouse.checkpoints import (
    LIVING_CHUNK,
    Checkpoint,
    ChunkKey,
    PendingChunk,
    TableYear,
    hex_digest,
)
from aquamind_assets.warehouse.claims import LOWEST_ID, Claims
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import WarehouseError, WarehouseUnavailable
from aquamind_assets.warehouse.references import LAST_ID_YEAR, platform_ids
from aquamind_assets.warehouse.tally import Tally

Blocks = Iterable[Rows] | Callable[[], Iterable[Rows]]
"""Blocks of rows, or a function that makes them, and would make the same ones again."""

ATTEMPTS = 3
"""Times that a chunk is tried when the connection is lost and its blocks can be made again."""


class Warehouse:
    """A database that holds AquaMind's tables and the platform's checkpoints. Made by ``connect.open_warehouse``; a
    context manager.

    One warehouse serves one thread. Statements that are portable use ``?`` for parameters.

    Attributes:
        database: the connection behind it.
        url: where it is.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.url = database.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; locks held by it go with it."""
        self.database.close()

    def prepare(self) -> None:
        """See :meth:`Database.prepare`."""
        self.database.prepare()

    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """See :meth:`Database.lock`."""
        return self.database.lock(asset, year, wait=wait)

    def is_locked(self, asset: str, year: int) -> bool:
        """See :meth:`Database.is_locked`."""
        return self.database.is_locked(asset, year)

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :meth:`Database.query`."""
        return self.database.query(sql, params)

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :meth:`Database.frame`."""
        return self.database.frame(sql, params, dates=dates)

    def size_bytes(self) -> int:
        """See :meth:`Database.size_bytes`."""
        return self.database.size_bytes()

    def checkpoints(self, asset: str | None = None, year: int | None = None) -> list[Checkpoint]:
        """Committed chunks in order: of everything, of an asset, or of a year of it."""
        sql = (
            f"SELECT {own.CHECKPOINT_COLUMNS} FROM aquamind_assets_chunk WHERE (asset = ? OR ? = '') AND (year = ? OR ?"
            " = 0) ORDER BY asset, year, chunk"
        )
        found = self.query(sql, (asset or "", asset or "", year or 0, year or 0))
        return [own.checkpoint(row) for row in found]

    def pending_chunks(self, asset: str, year: int, fingerprint: str, chunks: Sequence[Chunk]) -> list[PendingChunk]:
        """Which of a year's ``chunks`` are still to be written for the scenario with this fingerprint, in order."""
        return own.pending(self.checkpoints(asset, year), fingerprint, chunks)

    def write_chunk(
        self, key: ChunkKey, days: DayRange, fingerprint: str, run_id: str, tables: Sequence[str], blocks: Blocks
    ) -> Checkpoint:
        """Write a chunk in one transaction: what it held before is deleted, the blocks are loaded, and its checkpoint
        is set.

        ``blocks`` are taken one at a time. Where a function is given that makes them, a lost connection is mended and
        the chunk tried again, :data:`ATTEMPTS` times in all.

        Raises:
            RowsError: a block is for another table, or has ids outside ``days``.
            MissingReferences: a foreign key points to a row that is not there.
            WarehouseUnavailable: the connection was lost; nothing of this chunk is there.
        """
        if not len(days) or days.first not in year_days(key.year) or days.end > year_days(key.year).end:
            raise WarehouseError(f"{key}: days {days.first} to {days.end - 1} are not days of {key.year}")

        def write() -> Checkpoint:
            tally = Tally(tables, days)
            with self.database.transaction(tables):
                started = time.monotonic()
                before = self._checkpoint(key)
                whole = (
                    days
                    if before is None
                    else DayRange(min(days.first, before.first_day), max(days.end, before.last_day + 1))
                )
                for table in tables:
                    self.database.make_room(table, whole)
                self._fill(tally, _made(blocks))
                self._forget(key)
                self._note_tables(key, tally.counts)
                return self._note(
                    key, days, tally.rows, tally.digest, fingerprint, run_id, time.monotonic() - started, tally.peak_mb
                )

        return self._tried(write, blocks)

    def append_days(
        self, key: ChunkKey, days: DayRange, fingerprint: str, run_id: str, tables: Sequence[str], blocks: Blocks
    ) -> Checkpoint:
        """Add days to a chunk in one transaction; they follow the last day it has.

        Raises:
            WarehouseError: the chunk is not there, was made from another scenario, or ends on another day.
            RowsError, MissingReferences, WarehouseUnavailable: as :meth:`write_chunk`.
        """

        def write() -> Checkpoint:
            tally = Tally(tables, days)
            with self.database.transaction(tables):
                started = time.monotonic()
                before = self._checkpoint(key)
                if before is None or before.fingerprint != fingerprint or before.last_day + 1 != days.first:
                    there = (
                        "is not there"
                        if before is None
                        else f"ends on {to_date(before.last_day)} with fingerprint {before.fingerprint}"
                    )
                    raise WarehouseError(
                        f"{key} {there}; days from {to_date(days.first)} with fingerprint {fingerprint} cannot follow"
                    )
                for table in tables:
                    self.database.make_room(table, days, append=True)
                self._fill(tally, _made(blocks))
                counts = self._table_counts(key)
                for place, (rows, digest) in tally.counts.items():
                    counted, digested = counts.get(place, (0, 0))
                    counts[place] = counted + rows, add([digested, digest])
                self._forget(key)
                self._note_tables(key, counts)
                seconds, peak = before.seconds + time.monotonic() - started, max(before.peak_memory_mb, tally.peak_mb)
                together, digest = DayRange(before.first_day, days.end), add([before.digest, tally.digest])
                return self._note(key, together, before.rows + tally.rows, digest, fingerprint, run_id, seconds, peak)

        return self._tried(write, blocks)

    def write_living(
        self,
        key: ChunkKey,
        days_of_year: DayRange,
        fingerprint: str,
        run_id: str,
        tables: Sequence[str],
        blocks: Blocks,
        gone: Mapping[str, np.ndarray] | None = None,
    ) -> Checkpoint:
        """Write the rows of a living asset that are alive in a year, in one transaction: new ones are inserted, known
        ones replaced.

        Deleted are: rows with ids of this year that are not among the blocks; rows that this year's run wrote before
        and no year's run claims any more; and the rows in ``gone`` (ids by table).

        Raises:
            RowsError: a block is for another table, has ids of later years, or an id twice.
            MissingReferences, WarehouseUnavailable: as :meth:`write_chunk`.
        """
        started, tally = time.monotonic(), Tally(tables, None)
        kept = list(tally.watch(_made(blocks)))

        def write() -> Checkpoint:
            with self.database.transaction(tables):
                self.database.serialise(f"living/{key.asset}")
                claims, touched = Claims(self.database, key.asset), {}
                for table in tables:
                    alive = _distinct_ids(key, table, tally)
                    vanished = np.asarray((gone or {}).get(table, ()), dtype=np.int64)
                    low, high = id_range(year_days(key.year), narrow=TABLES[table].narrow_id)
                    stale = claims.replace(key.year, table, alive, vanished, (low, high))
                    self.database.delete_ids(table, np.union1d(stale, alive))
                    self.database.make_room(table, year_days(key.year))
                    self.database.reserve_ids(table, alive[alive < LOWEST_ID])
                    touched[table] = np.union1d(np.union1d(stale, alive), [low])
                self._fill(tally, kept, seen=True)
                for table, ids in touched.items():
                    self._recount_living(key.asset, table, ids)
                self._forget(key)
                return self._note(
                    key,
                    days_of_year,
                    tally.rows,
                    tally.digest,
                    fingerprint,
                    run_id,
                    time.monotonic() - started,
                    tally.peak_mb,
                )

        return self._tried(write, lambda: kept)

    def manifest(self) -> list[TableYear]:
        """Rows and digest of every table and year as they were written, in order."""
        found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for table, year, rows, digest in self.query(
            "SELECT table_name, id_year, row_count, digest FROM aquamind_assets_chunk_table"
        ):
            found.setdefault((table, year), []).append((rows, int(digest, 16)))
        entries = [
            TableYear(table, year, sum(r for r, _ in parts), add([d for _, d in parts]))
            for (table, year), parts in found.items()
        ]
        return sorted(entry for entry in entries if entry.rows)

    def recount(self, tables: Sequence[str] | None = None) -> list[TableYear]:
        """The manifest made anew from the rows that lie in the database: differs from :meth:`manifest` where they are
        not what was written."""
        found = []
        for table in TABLES if tables is None else tables:
            narrow = TABLES[table].narrow_id
            first_id = platform_ids(table)[0]
            bounds = self.database.id_bounds(table, first_id)
            if bounds is not None:
                first, last = (int(year) for year in year_of_ids(np.array(bounds), narrow=narrow))
                found += [self._count(table, year) for year in range(first, min(last, LAST_ID_YEAR) + 1)]
            found.append(self._count_fixed(table, Claims.fixed(self.database, table)))
        return sorted(entry for entry in found if entry.rows)

    def recount_days(self, table: str, days: DayRange) -> tuple[int, int]:
        """Rows with ids of these days, which lie in one calendar year, and their digest, from the rows that lie in the
        database."""
        low, high = id_range(days, narrow=TABLES[table].narrow_id)
        rows = digest = 0
        for hashes in self.database.scan(table, low, high):
            rows, digest = rows + hashes.size, add([digest, int(hashes.sum(dtype=np.uint64))])
        return rows, digest

    def clear(self, assets: Mapping[str, Sequence[str]], years: Iterable[int]) -> dict[str, int]:
        """Delete what the platform wrote for these assets (name to its tables) in these years, checkpoints too; rows
        deleted by table.

        A year goes in one transaction, the latest first. A living row stays as long as another year's run claims it.
        Rows that users made are never touched.

        Raises:
            StillReferenced: rows that stay refer to rows that would go; nothing of that year is deleted.
        """
        deleted: dict[str, int] = {}
        for year in sorted(years, reverse=True):
            with self.database.transaction([table for tables in assets.values() for table in tables]):
                conditions: list[tuple[str, np.ndarray | tuple[int, int]]] = []
                for asset, tables in reversed(list(assets.items())):
                    self.database.serialise(f"living/{asset}")
                    claims = Claims(self.database, asset)
                    for table in reversed(tables):
                        living = claims.knows(table)
                        gone = (
                            claims.release(year, table)
                            if living
                            else id_range(year_days(year), narrow=TABLES[table].narrow_id)
                        )
                        count = (
                            self.database.delete_ids(table, gone)
                            if isinstance(gone, np.ndarray)
                            else self.database.delete_days(table, year_days(year))
                        )
                        if isinstance(gone, np.ndarray):
                            # Rows with AquaMind's own ids stay (0 stands for them), but are the platform's no more once
                            # nobody claims them.
                            self._recount_living(asset, table, np.union1d(gone, [0]))
                        if count:
                            conditions.append((table, gone))
                        deleted[table] = deleted.get(table, 0) + count
                    self.database.execute(
                        "DELETE FROM aquamind_assets_chunk WHERE asset = ? AND year = ?", (asset, year)
                    )
                    self.database.execute(
                        "DELETE FROM aquamind_assets_chunk_table WHERE asset = ? AND year = ? AND chunk <> ?",
                        (asset, year, LIVING_CHUNK),
                    )
                for table, gone in conditions:
                    proofs.prove_unreferenced(self.database, year, table, gone)
        return deleted

    def broken_references(self, tables: Sequence[str] | None = None) -> dict[str, int]:
        """``table.column`` to the number of rows whose foreign key points nowhere, proved set by set; empty if all is
        well."""
        return proofs.broken_references(self.database, TABLES if tables is None else tables)

    def _checkpoint(self, key: ChunkKey) -> Checkpoint | None:
        return next(
            (checkpoint for checkpoint in self.checkpoints(key.asset, key.year) if checkpoint.chunk == key.chunk), None
        )

    def _tried(self, write: Callable[[], Checkpoint], blocks: Blocks) -> Checkpoint:
        """Do it; and again, if the connection was lost and the blocks can be made again."""
        for attempt in range(1, ATTEMPTS):
            try:
                return write()
            except WarehouseUnavailable:
                if not callable(blocks):
                    raise
                time.sleep(attempt)
        return write()

    def _fill(self, tally: Tally, blocks: Iterable[Rows], *, seen: bool = False) -> None:
        """Load the blocks, which the tally sees unless it has ``seen`` them, and prove what the database does not prove
        by itself."""
        self.database.load(iter(blocks) if seen else tally.watch(blocks))
        proofs.prove_references(self.database, tally)
        self.database.settle()
        proofs.prove_users_rows(self.database, tally.tables)

    def _forget(self, key: ChunkKey) -> None:
        for table in ("aquamind_assets_chunk", "aquamind_assets_chunk_table"):
            self.database.execute(
                f"DELETE FROM {table} WHERE asset = ? AND year = ? AND chunk = ?", (key.asset, key.year, key.chunk)
            )

    def _note(
        self,
        key: ChunkKey,
        days: DayRange,
        rows: int,
        digest: int,
        fingerprint: str,
        run_id: str,
        seconds: float,
        peak_mb: float,
    ) -> Checkpoint:
        values = (
            key.asset,
            key.year,
            key.chunk,
            days.first,
            days.end - 1,
            rows,
            hex_digest(digest),
            fingerprint,
            run_id,
            seconds,
            peak_mb,
        )
        self.database.execute(
            f"INSERT INTO aquamind_assets_chunk ({own.CHECKPOINT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        )
        self.database.finish(lambda: [checkpoint.days for checkpoint in self.checkpoints(key.asset)])
        return Checkpoint(
            key.asset,
            key.year,
            key.chunk,
            days.first,
            days.end - 1,
            rows,
            digest,
            fingerprint,
            run_id,
            seconds,
            peak_mb,
        )

    def _note_tables(self, key: ChunkKey, counts: Mapping[tuple[str, int], tuple[int, int]]) -> None:
        for (table, year), (rows, digest) in counts.items():
            values = (key.asset, key.year, key.chunk, table, year, rows, hex_digest(digest))
            self.database.execute("INSERT INTO aquamind_assets_chunk_table VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def _table_counts(self, key: ChunkKey) -> dict[tuple[str, int], tuple[int, int]]:
        sql = (
            "SELECT table_name, id_year, row_count, digest FROM aquamind_assets_chunk_table WHERE asset = ? AND year ="
            " ? AND chunk = ?"
        )
        found = self.query(sql, (key.asset, key.year, key.chunk))
        return {(table, year): (rows, int(digest, 16)) for table, year, rows, digest in found}

    def _recount_living(self, asset: str, table: str, ids: np.ndarray) -> None:
        """Set the digests of the calendar years in which these ids of a living table lie."""
        for year in np.unique(year_of_ids(ids, narrow=TABLES[table].narrow_id)).tolist():
            entry = self._count(table, year) if year else self._count_fixed(table, Claims.fixed(self.database, table))
            place = (asset, year, LIVING_CHUNK, table)
            self.database.execute(
                "DELETE FROM aquamind_assets_chunk_table WHERE asset = ? AND year = ? AND chunk = ? AND table_name = ?",
                place,
            )
            if entry.rows:
                self._note_tables(ChunkKey(asset, year, LIVING_CHUNK), {(table, year): (entry.rows, entry.digest)})

    def _count(self, table: str, year: int) -> TableYear:
        return TableYear(table, year, *self.recount_days(table, year_days(year)))

    def _count_fixed(self, table: str, ids: np.ndarray) -> TableYear:
        """The rows with ids that are AquaMind's own, but that the platform wrote."""
        rows = digest = 0
        for number in ids.tolist():
            for hashes in self.database.scan(table, number, number + 1):
                rows, digest = rows + hashes.size, add([digest, int(hashes.sum(dtype=np.uint64))])
        return TableYear(table, 0, rows, digest)


def _made(blocks: Blocks) -> Iterable[Rows]:
    return blocks() if callable(blocks) else blocks


def _distinct_ids(key: ChunkKey, table: str, tally: Tally) -> np.ndarray:
    parts = tally.ids.get(table)
    if not parts:
        return np.zeros(0, dtype=np.int64)
    ids = np.sort(np.concatenate(parts))
    if (ids[1:] == ids[:-1]).any():
        raise RowsError(f"{table}: id {ids[1:][ids[1:] == ids[:-1]][0]} twice among the rows of {key}")
    latest = id_range(year_days(key.year), narrow=TABLES[table].narrow_id)[1]
    if ids[-1] >= latest:
        raise RowsError(f"{table}: id {ids[-1]} is of a year after {key.year}")
    return ids
