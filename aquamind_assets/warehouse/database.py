"""What a database has to be able to do to be a warehouse.

Belongs here: the border between what is decided once for all databases (the rooms beside this one) and how it is done
in each of them (``sqlite``, ``postgres``). Does not belong here: anything that is the same in all of them.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from aquamind_assets.tables.releases import DEFAULT_RELEASE, Release, tables_of
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange


@dataclass(frozen=True)
class ForeignKey:
    """A foreign key in a database.

    Attributes:
        table: the table that refers, as people write it.
        sql: the same as SQL names it.
        column: its column.
        references: the table that it refers to.
        owner: who owns the table; ``""`` where tables have no owners.
        on_delete: whether rows that refer are deleted or changed together with the row they refer to.
    """

    table: str
    sql: str
    column: str
    references: str
    owner: str
    on_delete: bool


class Database(ABC):
    """A connection to a database with AquaMind's tables. Serves one thread; portable statements use ``?`` for
    parameters.

    Attributes:
        url: where it is, for messages: without a password.
        bytes_type: the type of a column of bytes.
        chosen: the release of AquaMind that its tables must be of; None for any.
        recognized: the release that its tables were found to be of; None before they were looked at, and for an empty
            database.
    """

    url: str
    bytes_type: str
    chosen: Release | None = None
    recognized: Release | None = None

    @property
    def release(self) -> Release:
        """The release of its tables; of an empty database, the one that it gets."""
        return self.recognized or self.chosen or DEFAULT_RELEASE

    @property
    def tables(self) -> Mapping[str, TableSpec]:
        """AquaMind's tables that it has or gets, by name."""
        return tables_of(self.release)

    @abstractmethod
    def close(self) -> None:
        """Give the connection back; locks held by it go with it."""

    def give_back_memory(self) -> None:
        """Let go of what is kept to answer sooner; called between two steps that share a connection."""
        return

    @abstractmethod
    def prepare(self, *, create: bool = True) -> None:
        """Prepare the database for writing: make AquaMind's tables in an empty one (if ``create``) or check those it
        has, then bring the platform's own tables up to date.

        Raises:
            SchemaMismatch: it has other tables, or AquaMind's in another shape; nothing is changed then.
            OtherRelease: its tables are of another release than the chosen one, or than it was filled with.
            OtherVersion: a newer version of the platform wrote it; nothing is changed then.
            NothingMaterialized: it has no tables, and none are to be made.
            DatabaseRefused: it may not be written.
        """

    @abstractmethod
    def examine(self) -> bool:
        """Refuse what :meth:`prepare` would refuse, and create and change nothing; whether AquaMind's tables are there.

        Raises:
            SchemaMismatch, OtherVersion, DatabaseRefused: as :meth:`prepare`.
        """

    @abstractmethod
    def begin_reading(self) -> None:
        """Prepare for reading alone: nothing is created or changed, and rights to read suffice.

        Raises:
            NothingMaterialized: there is no such database, or it holds no rows of the platform.
            SchemaMismatch: it has other tables, or AquaMind's in another shape.
            OtherVersion: an older or a newer version of the platform wrote it.
            DatabaseRefused: it may not be read.
        """

    @abstractmethod
    def table_names(self) -> frozenset[str]:
        """Names of all tables."""

    @abstractmethod
    def lock(self, asset: str, year: int, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """Lock a year of an asset: whoever holds it is its only writer. The system releases it, however the process
        ends.

        ``wait``: seconds to wait for another writer to release it.

        Raises:
            YearLocked: another writer holds it and did not release it in time.
        """

    @abstractmethod
    def is_locked(self, asset: str, year: int) -> bool:
        """Whether a writer, this one included, holds the year of the asset: a sign of life of the run that writes
        it."""

    @abstractmethod
    def query(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Rows of a portable statement, as the database's driver gives them."""

    @abstractmethod
    def frame(self, sql: str, params: Sequence[Any] = (), *, dates: Sequence[str] = ()) -> pd.DataFrame:
        """Result of a portable statement, the same from every database.

        Numbers are integers or floats, flags 0 and 1, dates ``YYYY-MM-DD``, instants ``YYYY-MM-DD HH:MM:SS[.ffffff]``
        in UTC; columns named in ``dates`` are parsed into ``datetime64``.
        """

    def at_hand(self, table: str, condition: str) -> AbstractContextManager[None]:
        """Within this block no other rows of a table are asked about than those for which a condition holds: a database
        may have them at hand."""
        return nullcontext()

    @abstractmethod
    def execute(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Run a portable statement, one that defines tables too; rows it changed."""

    @abstractmethod
    def transaction(self, tables: Sequence[str] = ()) -> AbstractContextManager[None]:
        """All or nothing of what is done within, committed at the end. ``tables`` will be written."""

    @abstractmethod
    def serialise(self, name: str) -> None:
        """Within a transaction: wait until no other transaction holds ``name``, and hold it until the end."""

    @abstractmethod
    def load(self, blocks: Iterator[Rows]) -> None:
        """Insert the rows of all blocks, taking each block only when there is room for it."""

    @abstractmethod
    def make_room(self, table: str, days: DayRange, *, append: bool = False) -> None:
        """Delete the rows with ids of these days, which lie in one calendar year, and make the table ready for new
        ones; they may be few to ``append``."""

    @abstractmethod
    def settle(self) -> None:
        """Finish what :meth:`make_room` has prepared: the rows are loaded and proved."""

    @abstractmethod
    def delete_days(self, table: str, days: DayRange) -> int:
        """Delete the rows with ids of these days, which lie in one calendar year; how many there were."""

    @abstractmethod
    def ids_of_days(self, table: str, days: DayRange, most: int) -> list[int]:
        """At most so many ids of rows with ids of these days, which lie in one calendar year."""

    @abstractmethod
    def delete_ids(self, table: str, ids: np.ndarray) -> int:
        """Delete the rows with these ids; how many there were."""

    @abstractmethod
    def missing_ids(self, table: str, ids: np.ndarray) -> np.ndarray:
        """Which of the distinct ``ids`` the table does not have; asked within a transaction, until whose end the rows
        of the others stay."""

    @abstractmethod
    def scan(self, table: str, low: int, high: int) -> Iterator[Mapping[str, np.ndarray]]:
        """Digest values (see ``tables.digest``) of every column of the rows with ``low <= id < high`` as they lie in
        the database, block by block: int64, shape (rows of the block,)."""

    @abstractmethod
    def id_bounds(self, table: str, low: int) -> tuple[int, int] | None:
        """Smallest and largest id from ``low`` on; None if there is none."""

    @abstractmethod
    def reserve_ids(self, table: str, ids: np.ndarray) -> None:
        """Keep the database from giving user-entered rows one of these small ids, which AquaMind fixes."""

    @abstractmethod
    def foreign_keys_to(self, tables: Collection[str]) -> list[ForeignKey]:
        """All foreign keys to the ids of these tables, as the database's catalogue has them: also those of tables that
        are not described, and in other schemas. Tables that this role may not read are left out; the database enforces
        their keys."""

    @abstractmethod
    def triggers_on(self, tables: Collection[str]) -> dict[str, list[str]]:
        """By table, the triggers of the database's own that fire when this session inserts rows."""

    @abstractmethod
    def ids_condition(self, column: str, ids: np.ndarray | tuple[int, int]) -> tuple[str, list[Any]]:
        """Portable condition on a column, and its parameters: it is one of the ``ids``, or ``low <= id < high``."""

    @abstractmethod
    def finish(self, complete: Callable[[], Sequence[DayRange]]) -> None:
        """Do what is left before the commit: rows and checkpoint are in place. ``complete`` gives the days that are
        complete, this chunk's among them."""

    @abstractmethod
    def finds_by_id(self, table: str) -> bool:
        """Whether the table's rows can be found by id without reading all of them."""

    def show_to_others(self) -> list[str]:
        """Bring up to date what other programs find the rows by; the files of it."""
        return []

    def without_index(self, column: str) -> str:
        """A column in a condition, written so that the database does not look for rows by the column's index."""
        return column

    def time_key(self, table: str) -> tuple[str, ...] | None:
        """Columns of a time series that no two rows share here, the time and what is measured; None if the id is the
        key."""
        return None

    def dropped(self, table: str, days: DayRange) -> bool:
        """Whether the database has dropped the rows of these days by itself, as a retention policy does."""
        return False

    @abstractmethod
    def refuse_dropped(self, table: str, days: DayRange) -> None:
        """Refuse days of a calendar year whose rows the database would drop by itself.

        Raises:
            DatabaseRefused: a retention policy would.
        """

    def portions(self, table: str, alias: str) -> Sequence[str]:
        """Conditions on the rows ``alias`` of a table, in order of time, that divide all its rows so that a query of
        each portion touches few parts of the table."""
        return ["1 = 1"]

    @abstractmethod
    def damage(self) -> list[str] | None:
        """What the database's own check of its pages and indexes finds wrong, with the table or index; None if it has
        no such check, or this user may not run it."""

    @abstractmethod
    def size_bytes(self) -> int:
        """Bytes the database takes up."""
