"""Writing days into a hypertable, and deleting them.

AquaMind's readings have a key and seven indexes. Kept row by row they cost the server four times the load itself, on
rows that are then compressed, which empties the indexes. So a window of days (``layout.windows_of``) becomes one chunk,
in the load's own transaction: an empty table is attached as a chunk, its indexes are dropped, the rows are copied and
compressed, and the indexes are made again. The key stays, for it refuses what is there twice. Rows of days that are not
complete stay uncompressed, and are indexed once they are loaded.

A role that may not skip triggers would have each row's foreign keys checked by five of them. There the new chunk's
foreign keys are dropped too, and made again once it is loaded: the server then proves all rows at once.

Chunks that hold nothing else are dropped whole when their days are written again or cleared; a few user-entered rows
are put aside meanwhile. Where a chunk holds the platform's rows of other days, or many of the users', it stays: it is
decompressed, and the rows are deleted.

Where no chunk can be made (TimescaleDB before 2.21, a role that does not own the table), rows go into the chunks that
TimescaleDB makes.

Belongs here: the order of steps. Does not belong here: each of them (``chunks``).
"""

from collections.abc import Sequence

import psycopg

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, merged
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.postgres.reading_partitions import INDEX_MEMORY
from aquamind_assets.warehouse.postgres.timescale import limits
from aquamind_assets.warehouse.postgres.timescale.chunks import Chunk, Chunks, Holding, gaps
from aquamind_assets.warehouse.postgres.timescale.extension import TimescaleVersion
from aquamind_assets.warehouse.postgres.timescale.layout import windows_of

MOST_PUT_ASIDE = 100_000
"""User-entered rows of a chunk that are put aside to drop it; more are left where they are."""

_MAY_MAKE_CHUNKS = """
SELECT pg_has_role(c.relowner, 'USAGE') AND has_schema_privilege(current_schema(), 'CREATE')
    AND (SELECT bool_and(d.dimension_type = 'Space' OR d.column_name = %s)
         FROM timescaledb_information.dimensions d
         WHERE d.hypertable_schema = current_schema() AND d.hypertable_name = c.relname)
FROM pg_class c WHERE c.oid = %s::regclass
"""

_HAS_TRIGGERS = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
"""Triggers of the users'; TimescaleDB's own, and those of foreign keys, are internal."""


class Hypertable:
    """One hypertable within one transaction of the connection."""

    def __init__(
        self,
        connection: psycopg.Connection,
        table: TableSpec,
        version: TimescaleVersion,
        place: str,
        *,
        triggers_skipped: bool,
    ) -> None:
        self._connection, self._table, self._version, self._place = connection, table, version, place
        self._triggers_skipped = triggers_skipped
        self._chunks = Chunks(connection, self._table)
        self._days: list[DayRange] = []
        self._put_aside: str | None = None
        self._indexes: list[str] = []
        self._foreign_keys: list[str] = []

    def begin(self, days: DayRange, *, append: bool) -> None:
        """Delete these days, and prepare for loading them into the hypertable.

        Raises:
            DatabaseRefused: a policy would drop them again, or the server lacks room for locks.
        """
        windows = windows_of(self._table.name, days)
        limits.refuse_retention(self._connection, self._table, self._place, windows[0])
        self._days.append(days)
        self._remove(days, loading=not append)
        if not self._may_make_chunks():
            return
        free = [
            (first, end)
            for window in windows
            for first, end in gaps(window, self._chunks.overlapping(window))
            if first < days.instants[1] and end > days.instants[0]
        ]
        for first, end in free:
            name = self._chunks.make_chunk_table(first)
            self._chunks.attach(name, first, end)
            self._indexes += self._chunks.drop_indexes(name)
            if not self._triggers_skipped:
                self._foreign_keys += self._chunks.drop_foreign_keys(name)

    def settle(self) -> None:
        """Make the foreign keys again that were dropped, which proves what was loaded, and put back the users' rows."""
        for statement in self._foreign_keys:
            self._connection.execute(statement.encode())
        self._foreign_keys.clear()
        self._put_back()

    def finish(self, complete: Sequence[DayRange]) -> None:
        """Compress the chunks of the days begun that lie wholly within days that are ``complete``, and make the indexes
        again that were dropped."""
        if self._is_compressed():
            # Foreign keys are deferred, so their checks of rows loaded in this transaction may still wait; compressing
            # takes these rows away from under them.
            self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
            done = merged(complete)
            for chunk in sorted({chunk for days in self._days for chunk in self._chunks.overlapping(days)}, key=_place):
                if any(chunk.within(days) for days in done):
                    self._chunks.compress(chunk)
        self._set_memory()
        for statement in self._indexes:
            self._connection.execute(statement.encode())
        self._indexes.clear()

    def delete(self, days: DayRange) -> int:
        """Delete the rows with ids of these days; how many there were.

        Raises:
            DatabaseRefused: the server lacks room for locks.
        """
        deleted = self._remove(days, loading=False)
        self._put_back()
        return deleted

    def _remove(self, days: DayRange, *, loading: bool) -> int:
        """Delete the rows with ids of these days, by dropping chunks where that is possible; how many there were.

        ``loading``: these days are then loaded, so chunks with users' rows alone make room too.
        """
        limits.refuse_scarce_locks_for(self._connection, self._table, self._place, days)
        chunks = self._chunks.locked(days)
        held = {chunk: self._chunks.holding(chunk, days) for chunk in chunks}
        dropped = [chunk for chunk in chunks if self._may_drop(held[chunk], loading)]
        for chunk in dropped:
            if held[chunk].users:
                self._put_aside = self._put_aside or self._chunks.make_bare_table(f"{self._table.name}_put_aside")
                self._chunks.copy_users_rows(chunk, self._put_aside)
        self._chunks.drop(dropped, chunks)
        kept = [chunk for chunk in chunks if chunk not in dropped and held[chunk].ours]
        for chunk in kept:
            if chunk.is_compressed:
                self._chunks.decompress(chunk)
            self._chunks.delete(chunk, days)
        return sum(holding.ours for holding in held.values())

    def _may_drop(self, held: Holding, loading: bool) -> bool:
        if held.siblings or held.users > MOST_PUT_ASIDE:
            return False
        if not held.users:
            return True
        return bool(held.ours or loading) and (self._triggers_skipped or not self._has_triggers())

    def _put_back(self) -> None:
        if self._put_aside:
            self._connection.execute(
                f"INSERT INTO {quoted(self._table.name)} OVERRIDING SYSTEM VALUE SELECT * FROM"
                f" {quoted(self._put_aside)}".encode()
            )
            self._connection.execute(f"DROP TABLE {quoted(self._put_aside)}".encode())
            self._put_aside = None

    def _may_make_chunks(self) -> bool:
        if not self._version.attaches_chunks:
            return False
        found = self._connection.execute(
            _MAY_MAKE_CHUNKS, (self._table.time_column, quoted(self._table.name))
        ).fetchone()
        return bool(found and found[0])

    def _has_triggers(self) -> bool:
        found = self._connection.execute(_HAS_TRIGGERS, (quoted(self._table.name),)).fetchone()
        return bool(found and found[0])

    def _is_compressed(self) -> bool:
        """Whether the hypertable is set up for compression."""
        sql = (
            "SELECT compression_enabled FROM timescaledb_information.hypertables WHERE hypertable_schema ="
            " current_schema() AND hypertable_name = %s"
        )
        found = self._connection.execute(sql, (self._table.name,)).fetchone()
        return bool(found and found[0])

    def _set_memory(self) -> None:
        self._connection.execute(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'".encode())


def _place(chunk: Chunk) -> tuple[int, str]:
    """What chunks are sorted by, so that all writers take them in one order."""
    return chunk.start, chunk.table
