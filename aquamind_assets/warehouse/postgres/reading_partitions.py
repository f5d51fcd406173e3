"""The readings on plain PostgreSQL: one partition for each thirty days, loaded alone and attached with its indexes.

A row loaded into a table with AquaMind's eight indexes costs nine microseconds, loaded into a bare new table and
indexed afterwards three (benchmarks/load.py). So a chunk becomes a new table: made, filled (COPY FREEZE: nothing is
left for VACUUM), indexed, proved and attached in the chunk's own transaction. Readers see all of it or nothing, and
whatever dies leaves nothing behind. A chunk that is written again replaces its partition in the same way; readings that
users entered in these days are carried over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import DayRange, chunks_of, id_range, to_date
from aquamind_assets.warehouse import ddl
from aquamind_assets.warehouse.ddl import DEFAULT_PARTITION, READINGS, quoted

INDEX_MEMORY = "256MB"
"""Memory in which the server may sort for an index: a full-scale chunk's nine million keys nearly fit, and more gains
nothing."""


_NEW = "_new"
"""Ending of the table that is to replace a partition."""


@dataclass(frozen=True)
class _Staging:
    """A new partition under construction: its table, the days it takes, and the ids that are written anew."""

    name: str
    window: DayRange
    ids: tuple[int, int]


class ReadingPartitions:
    """The partitions of the readings; everything happens in the connection's transaction."""

    def __init__(self, connection: psycopg.Connection, tables: Mapping[str, TableSpec]) -> None:
        self._connection, self._tables = connection, tables
        self._staging: _Staging | None = None

    @staticmethod
    def used(connection: psycopg.Connection) -> bool:
        """Whether the database's readings are a partitioned table (AquaMind's own migrations make a plain one)."""
        found = connection.execute(
            "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass(%s)", (READINGS,)
        ).fetchone()
        return bool(found and found[0])

    def begin(self, days: DayRange) -> str | None:
        """Start a new partition for the chunk that ``days`` are of: the table to load; None if they are of several
        chunks, which then have partitions."""
        windows = windows_of(days)
        if len(windows) > 1:
            self.ensure(days)
            return None
        name = ddl.partition_name(windows[0])
        if self._exists(name):
            name += _NEW
        self._run(ddl.create_partition(name, windows[0]))
        self._staging = _Staging(name, windows[0], id_range(days))
        return name

    def settle(self) -> None:
        """Index the new partition, carry over what others wrote in its days, and put it in its place; the server proves
        its foreign keys."""
        if self._staging is None:
            return
        staging, self._staging = self._staging, None
        name, final = staging.name, ddl.partition_name(staging.window)
        self._run(f"SET LOCAL maintenance_work_mem = '{INDEX_MEMORY}'")
        for statement in ddl.partition_indexes(self._tables[READINGS], name):
            self._run(statement)
        self._lock()
        low, high = staging.ids
        first, end = (to_date(day).isoformat() + " 00:00+00" for day in (staging.window.first, staging.window.end))
        into = f"INSERT INTO {quoted(name)}"
        self._run(
            f"WITH moved AS (DELETE FROM {quoted(DEFAULT_PARTITION)} WHERE reading_time >= '{first}' AND reading_time <"
            f" '{end}' RETURNING *) {into} SELECT * FROM moved"
        )
        replaced = name != final
        if replaced:
            self._run(f"{into} SELECT * FROM {quoted(final)} WHERE id < {low} OR id >= {high}")
        if replaced:
            self._run(f"DROP TABLE {quoted(final)}")
            self._rename(name, final)
        self._run(ddl.attach_partition(final, staging.window))
        self._run(f"ALTER TABLE {quoted(final)} DROP CONSTRAINT {quoted(name + '_bounds')}")

    def _lock(self) -> None:
        """What attaching locks anyway, but in the order in which every writer takes its tables, so that no two wait for
        each other.

        From here on others are kept waiting until the commit: a few seconds in which the server proves the foreign keys
        of a full-scale chunk.
        """
        referenced = {str(column.references) for column in self._tables[READINGS].foreign_keys}
        in_order = ", ".join(quoted(table) for table in self._tables if table in referenced)
        self._run(f"LOCK TABLE {in_order} IN SHARE ROW EXCLUSIVE MODE")
        self._run(f"LOCK TABLE ONLY {quoted(READINGS)} IN SHARE UPDATE EXCLUSIVE MODE")
        self._run(f"LOCK TABLE {quoted(DEFAULT_PARTITION)} IN ACCESS EXCLUSIVE MODE")

    def _rename(self, name: str, final: str) -> None:
        """Give a table and its indexes the names that those it replaced had."""
        indexes = self._connection.execute(
            "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND tablename = %s", (name,)
        ).fetchall()
        for (index,) in indexes:
            if _NEW in index:
                self._run(f"ALTER INDEX {quoted(index)} RENAME TO {quoted(index.replace(_NEW, '', 1))}")
        self._run(f"ALTER TABLE {quoted(name)} RENAME TO {quoted(final)}")

    def ensure(self, days: DayRange) -> None:
        """Make the partitions, empty, that these days lack."""
        for window in windows_of(days):
            if not self._exists(ddl.partition_name(window)):
                self.begin(window)
                self.settle()

    def delete(self, days: DayRange) -> int:
        """Delete the rows with ids of these days; a partition that holds nothing else goes with them. How many rows
        there were."""
        low, high = id_range(days)
        deleted = 0
        for window in windows_of(days):
            name = quoted(ddl.partition_name(window))
            if not self._exists(ddl.partition_name(window)):
                continue
            counts = f"SELECT count(*) FILTER (WHERE id >= {low} AND id < {high}), count(*) FROM {name}"
            ours, everyones = self._connection.execute(counts.encode()).fetchone() or (0, 0)
            deleted += ours
            if ours == everyones:
                self._run(f"DROP TABLE {name}")
            else:
                self._run(f"DELETE FROM {name} WHERE id >= {low} AND id < {high}")
        return deleted

    def _exists(self, table: str) -> bool:
        found = self._connection.execute("SELECT to_regclass(%s) IS NOT NULL", (quoted(table),)).fetchone()
        return bool(found and found[0])

    def _run(self, statement: str) -> None:
        self._connection.execute(statement.encode())


def windows_of(days: DayRange) -> list[DayRange]:
    """The thirty days of each chunk of the calendar year that ``days`` reach into."""
    year = to_date(days.first).year
    return [chunk.days for chunk in chunks_of(year) if chunk.days.first < days.end and chunk.days.end > days.first]
