"""What a warehouse does, whichever database it is.

What decides which rows are written is in the rooms beside this one, once for all databases; a database only knows how a
transaction, a bulk load, a deletion and a scan are done there. So all databases hold the same rows, and the same
checkpoints about them.

Belongs here: the operations that callers use. Does not belong here: how they are done (``chunk_rows``, ``living_rows``,
``recount``, ``clearing``, ``references``).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Self

import numpy as np
import pandas as pd
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_incrementing

from aquamind_assets.tables.releases import Release
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import Chunk, DayRange, days_without, year_days
from aquamind_assets.warehouse import checkpoint_store, chunk_rows, clearing, living_rows, own_tables, references
from aquamind_assets.warehouse.adoption.adopted_rows import read_records, read_translation
from aquamind_assets.warehouse.adoption.decisions import Meeting, decide, has_users_rows
from aquamind_assets.warehouse.adoption.taken_keys import EnteredKeys, entered_keys, entered_times, taken_keys
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey, PendingChunk, TableYear, pending
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import Overtaken, WarehouseUnavailable
from aquamind_assets.warehouse.recount import Recount
from aquamind_assets.warehouse.taken_ids import taken_ids

Blocks = Iterable[Rows] | Callable[[], Iterable[Rows]]
"""Blocks of rows, or a function that makes them, and would make the same ones again."""

ATTEMPTS = 3
"""Times that a chunk is tried when the connection is lost and its blocks can be made again."""

ATTEMPTS_OVERTAKEN = 100
"""Times that it is tried when other writers come first. Each time, one of them has committed, so all end; the bound is
for a fault of the program."""


class Warehouse:
    """A database that holds AquaMind's tables and the platform's checkpoints. Made by ``connect.open_warehouse``; a
    context manager.

    :meth:`prepare` comes before writing, :meth:`begin_reading` before reading alone. One warehouse serves one thread.
    Statements that are portable use ``?`` for parameters.

    Attributes:
        database: the connection behind it.
        url: where it is, for messages.
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

    def give_back_memory(self) -> None:
        """See :meth:`Database.give_back_memory`."""
        self.database.give_back_memory()

    @property
    def release(self) -> Release:
        """See :attr:`Database.release`."""
        return self.database.release

    @property
    def tables(self) -> Mapping[str, TableSpec]:
        """See :attr:`Database.tables`."""
        return self.database.tables

    def prepare(self, *, create: bool = True) -> None:
        """See :meth:`Database.prepare`."""
        self.database.prepare(create=create)

    def examine(self) -> bool:
        """See :meth:`Database.examine`."""
        return self.database.examine()

    def begin_reading(self) -> None:
        """See :meth:`Database.begin_reading`."""
        self.database.begin_reading()

    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """See :meth:`Database.lock`."""
        return self.database.lock(asset, year, wait=wait)

    def is_locked(self, asset: str, year: int) -> bool:
        """See :meth:`Database.is_locked`."""
        return self.database.is_locked(asset, year)

    def at_hand(self, table: str, condition: str) -> AbstractContextManager[None]:
        """See :meth:`Database.at_hand`."""
        return self.database.at_hand(table, condition)

    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """See :meth:`Database.query`."""
        return self.database.query(sql, params)

    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """See :meth:`Database.frame`."""
        return self.database.frame(sql, params, dates=dates)

    def size_bytes(self) -> int:
        """See :meth:`Database.size_bytes`."""
        return self.database.size_bytes()

    def made_by_migrations(self) -> bool:
        """Whether AquaMind's own migrations made the tables: its ``migrate`` cannot run on others."""
        return own_tables.DJANGO in self.database.table_names()

    def checkpoints(self, asset: str | None = None, year: int | None = None) -> list[Checkpoint]:
        """Committed chunks in order: of everything, of an asset, or of a year of it."""
        return checkpoint_store.read_checkpoints(self.database, asset, year)

    def pending_chunks(self, asset: str, year: int, fingerprint: str, chunks: Sequence[Chunk]) -> list[PendingChunk]:
        """Which of a year's ``chunks`` are still to be written for the scenario with this fingerprint, in order: those
        too that the database has dropped by itself since."""
        return pending(checkpoint_store.read_present(self.database, asset, year), fingerprint, chunks)

    def write_chunk(
        self,
        key: ChunkKey,
        days: DayRange,
        fingerprint: str,
        run_id: str,
        tables: Sequence[str],
        blocks: Blocks,
        known_from: int | None = None,
    ) -> Checkpoint:
        """Write a chunk in one transaction: what it held before is deleted, the blocks are loaded, and its checkpoint
        is set.

        ``blocks`` are taken one at a time. Where a function is given that makes them, a lost connection is made again
        and the chunk tried again, :data:`ATTEMPTS` times in all. ``known_from`` is kept in the checkpoint.

        Raises:
            RowsError: a block is for another table, or has ids outside ``days``.
            MissingReferences: a foreign key points to a row that is not in the database.
            RowsRefused: the database refuses a row, for example because of a user-entered row with the same key.
            WarehouseUnavailable: the connection was lost; nothing of this chunk is in the database.
        """
        return _tried(
            lambda: chunk_rows.write_chunk(
                self.database, key, days, fingerprint, run_id, tables, _made(blocks), known_from
            ),
            blocks,
        )

    def append_days(
        self, key: ChunkKey, days: DayRange, fingerprint: str, run_id: str, tables: Sequence[str], blocks: Blocks
    ) -> Checkpoint:
        """Add days to a chunk in one transaction; they follow the last day it has, and know of what it knows of.

        Raises:
            WarehouseError: the chunk is not in the database, was made from another scenario, or ends on another day.
            RowsError, MissingReferences, RowsRefused, WarehouseUnavailable: as :meth:`write_chunk`.
        """
        return _tried(
            lambda: chunk_rows.append_days(self.database, key, days, fingerprint, run_id, tables, _made(blocks)), blocks
        )

    def drop_day_under_way(self, asset: str, year: int, tables: Sequence[str]) -> None:
        """Delete the rows of the year's day that was not over when they were written, and its checkpoint, in one
        transaction; nothing where there is none.

        Raises:
            WarehouseUnavailable: the connection was lost; nothing is deleted.
        """
        chunk_rows.drop_day_under_way(self.database, asset, year, tables)

    def write_living(
        self,
        key: ChunkKey,
        days_of_year: DayRange,
        fingerprint: str,
        run_id: str,
        tables: Sequence[str],
        blocks: Blocks,
        gone: Mapping[str, np.ndarray] | None = None,
        *,
        as_of: int | None = None,
    ) -> Checkpoint:
        """Write the rows of a living asset that are alive in a year, in one transaction: new ones are inserted, known
        ones replaced.

        Deleted are: rows with ids of this year that are not among the blocks; rows that this year's run wrote before
        and no year's run claims any more; and the rows in ``gone`` (ids by table). ``as_of`` is the day (a day number)
        that the rows stand for; the last of the year if it is not given.

        Raises:
            RowsError: a block is for another table, has ids of later years, or an id twice.
            MissingReferences, RowsRefused, WarehouseUnavailable: as :meth:`write_chunk`.
        """
        kept = list(_made(blocks))
        day = days_of_year.end - 1 if as_of is None else as_of
        return _tried(
            lambda: living_rows.write_living(
                self.database, key, days_of_year, fingerprint, run_id, tables, kept, gone or {}, day
            ),
            lambda: kept,
        )

    def meetings(self, blocks: Iterable[Rows]) -> list[Meeting]:
        """Which of these recorded rows meet user-entered ones, and what writing them will do; nothing is written.

        Blocks of tables without natural keys are looked over. Blocks of what others refer to (species before stages)
        belong into the same call.

        Raises:
            RowsRefused: rows cannot be written beside the user-entered ones.
        """
        return decide(self.database, blocks, read_records(self.database))[1]

    def tables_with_users_rows(self, tables: Iterable[str]) -> set[str]:
        """Those of the tables that have user-entered rows, or rows with ids that AquaMind fixes; tables that another
        release has are left out."""
        described = self.database.tables
        return {table for table in tables if table in described and has_users_rows(self.database, table)}

    def taken_ids(
        self, assets: Mapping[str, Sequence[str]], living: Collection[str], years: Sequence[int]
    ) -> list[str]:
        """See ``taken_ids.taken_ids``."""
        return taken_ids(self.database, assets, living, years)

    def refuse_dropped(self, assets: Mapping[str, Sequence[str]], years: Iterable[int]) -> None:
        """Refuse to write what is missing of these years where the database would drop it by itself.

        Raises:
            DatabaseRefused: a retention policy would.
        """
        known = own_tables.installed_version(self.database) == own_tables.VERSION
        for asset, tables in assets.items():
            series = [table for table in tables if self.database.tables[table].time_column]
            for year in years if series else ():
                present = checkpoint_store.read_present(self.database, asset, year) if known else []
                missing = list(days_without(year_days(year), [one.days for one in present]))
                for table in series if missing else ():
                    self.database.refuse_dropped(table, missing[0])

    def entered_keys(self, tables: Iterable[str]) -> list[EnteredKeys]:
        """See ``taken_keys.entered_keys``."""
        return entered_keys(self.database, tables)

    def entered_times(self, assets: Mapping[str, Sequence[str]], years: Iterable[int]) -> list[EnteredKeys]:
        """The times of user-entered rows in time series, on days of these years that are not written, by a key that the
        database enforces with something measured of the platform's. ``assets`` gives the tables of each."""
        known = own_tables.installed_version(self.database) == own_tables.VERSION
        found = []
        for asset, tables in assets.items():
            series = [table for table in tables if self.database.time_key(table)]
            for year in years if series else ():
                present = checkpoint_store.read_present(self.database, asset, year) if known else []
                missing = list(days_without(year_days(year), [one.days for one in present]))
                found += [one for table in series for one in entered_times(self.database, table, missing)]
        return found

    def taken_keys(self, keys: Iterable[EnteredKeys], blocks: Iterable[Rows]) -> list[str]:
        """What is wrong with recorded rows that have a key of user-entered ones."""
        return taken_keys(keys, read_translation(self.database), blocks)

    def manifest(self, tables: Sequence[str] | None = None) -> list[TableYear]:
        """Rows and digest of every year of these tables, or of all, as they were written, in order."""
        return checkpoint_store.read_manifest(self.database, tables)

    def recount(self, tables: Sequence[str] | None = None) -> list[TableYear]:
        """The manifest made anew from the rows that lie in the database: differs from :meth:`manifest` where they are
        not what was written."""
        return Recount(self.database).manifest(self.database.tables if tables is None else tables)

    def recount_days(self, table: str, stretches: Sequence[DayRange]) -> list[tuple[int, int]]:
        """Rows with ids of each of these stretches of days, and their digest, from the rows that lie in the database;
        see :meth:`Recount.days`."""
        return Recount(self.database).days(table, stretches)

    def clear(self, assets: Mapping[str, Sequence[str]], years: Iterable[int]) -> dict[str, int]:
        """Delete what the platform wrote for these assets (name to its tables) in these years, checkpoints too; rows
        deleted by table.

        A year goes in one transaction, the latest first. A living row stays as long as another year's run claims it.
        User-entered rows are never touched.

        Raises:
            StillReferenced: rows that stay refer to rows that would be deleted; nothing of that year is deleted.
        """
        return clearing.clear(self.database, assets, years)

    def show_to_others(self) -> list[str]:
        """See :meth:`Database.show_to_others`."""
        return self.database.show_to_others()

    def damage(self) -> list[str] | None:
        """See :meth:`Database.damage`."""
        return self.database.damage()

    def broken_references(self, tables: Sequence[str] | None = None) -> dict[str, int]:
        """``table.column`` to the number of rows with a dangling foreign key, proved set by set; empty if there is
        none."""
        return references.broken_references(self.database, self.database.tables if tables is None else tables)


def _made(blocks: Blocks) -> Iterable[Rows]:
    return blocks() if callable(blocks) else blocks


def _tried(write: Callable[[], Checkpoint], blocks: Blocks) -> Checkpoint:
    """Write; and again, if the blocks can be made again: at once where another writer came first, a second later and
    then two where the connection was lost."""
    wait = wait_incrementing(start=1, increment=1)

    def given_up(state: RetryCallState) -> bool:
        return state.attempt_number >= (ATTEMPTS_OVERTAKEN if _overtaken(state) else ATTEMPTS)

    attempts = Retrying(
        stop=given_up if callable(blocks) else stop_after_attempt(1),
        wait=lambda state: 0.0 if _overtaken(state) else wait(state),
        retry=retry_if_exception_type(WarehouseUnavailable),
        reraise=True,
    )
    return attempts(write)


def _overtaken(state: RetryCallState) -> bool:
    return state.outcome is not None and isinstance(state.outcome.exception(), Overtaken)
