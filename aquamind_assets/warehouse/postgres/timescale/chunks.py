"""Chunks of a hypertable: which there are, what they hold, making, locking, compressing and dropping them.

Belongs here: statements on single chunks. Does not belong here: deciding what happens to them (``hypertable``).
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psycopg

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import MICROSECONDS_PER_DAY, DayRange, id_range, platform_ids, to_date
from aquamind_assets.warehouse.ddl import quoted

_CHUNKS = """
SELECT format('%%I.%%I', chunk_schema, chunk_name), is_compressed,
    (extract(epoch FROM range_start) * 1000000)::int8, (extract(epoch FROM range_end) * 1000000)::int8
FROM timescaledb_information.chunks
WHERE hypertable_schema = current_schema() AND hypertable_name = %s
    AND range_start < to_timestamp(%s) AND range_end > to_timestamp(%s)
ORDER BY range_start, chunk_name
"""

_INDEXES = """
SELECT format('%%I.%%I', schemaname, indexname), indexdef FROM pg_indexes i
JOIN pg_index x ON x.indexrelid = format('%%I.%%I', schemaname, indexname)::regclass
WHERE x.indrelid = %s::regclass AND NOT x.indisunique ORDER BY indexname
"""

_FOREIGN_KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'
ORDER BY conname
"""

_WHOLE_HASH = [-(2**63), 2**63 - 1]
"""The range of a second dimension, a hash, that is not cut."""


@dataclass(frozen=True)
class Chunk:
    """A chunk: its table, ready for SQL; whether it is compressed; its time, in microseconds since 1970."""

    table: str
    is_compressed: bool
    start: int
    end: int

    def within(self, days: DayRange) -> bool:
        """Whether all its time is of these days."""
        first, end = days.instants
        return first <= self.start and self.end <= end


@dataclass(frozen=True)
class Holding:
    """Numbers of rows in a chunk: the platform's with ids of the days asked about, the platform's of other days, and
    user-entered ones."""

    ours: int
    siblings: int
    users: int


class Chunks:
    """The chunks of one hypertable; everything happens in the connection's transaction."""

    def __init__(self, connection: psycopg.Connection, table: TableSpec) -> None:
        self._connection, self._table = connection, table

    def overlapping(self, days: DayRange) -> list[Chunk]:
        """Chunks with time of these days, in order."""
        bounds = days.end * 86_400, days.first * 86_400
        return [Chunk(*row) for row in self._connection.execute(_CHUNKS, (self._table.name, *bounds)).fetchall()]

    def locked(self, days: DayRange) -> list[Chunk]:
        """The same, after everybody else is kept from them and from making others, until the end of the transaction.

        Writers of neighbouring days may share a chunk, and a chunk may be compressed or dropped by a policy: so they
        are listed again once they are locked.
        """
        self._connection.execute(f"LOCK TABLE ONLY {quoted(self._table.name)} IN SHARE UPDATE EXCLUSIVE MODE".encode())
        for chunk in self.overlapping(days):
            self._connection.execute(f"LOCK TABLE {chunk.table} IN ACCESS EXCLUSIVE MODE".encode())
        return self.overlapping(days)

    def holding(self, chunk: Chunk, days: DayRange) -> Holding:
        """Count its rows."""
        low, high = id_range(days, narrow=self._table.narrow_id)
        first, end = platform_ids(narrow=self._table.narrow_id)
        key = self._table.id_column
        counted = (
            f"SELECT count(*) FILTER (WHERE {key} >= {low} AND {key} < {high}), count(*) FILTER (WHERE {key} >="
            f" {first} AND {key} < {end}), count(*) FROM {chunk.table}"
        )
        ours, platforms, everyones = self._connection.execute(counted.encode()).fetchone() or (0, 0, 0)
        return Holding(ours, platforms - ours, everyones - platforms)

    def copy_users_rows(self, chunk: Chunk, target: str) -> None:
        """Copy a chunk's user-entered rows into a table."""
        first, end = platform_ids(narrow=self._table.narrow_id)
        key = self._table.id_column
        self._connection.execute(
            f"INSERT INTO {quoted(target)} SELECT * FROM {chunk.table} WHERE {key} < {first} OR {key} >= {end}".encode()
        )

    def make_bare_table(self, wanted: str) -> str:
        """A new table with the hypertable's columns; its name, which has a number behind it if there is a table of the
        name wanted."""
        names = [wanted, *(f"{wanted}_{number}" for number in range(2, 1_000))]
        found = self._connection.execute(
            "SELECT name FROM unnest(%s::text[]) WITH ORDINALITY AS u (name, place) WHERE NOT EXISTS (SELECT 1 FROM"
            " pg_class WHERE relname = name AND relnamespace = current_schema()::regnamespace) ORDER BY place LIMIT 1",
            (names,),
        ).fetchone()
        name = str(found[0]) if found else wanted
        like = f"LIKE {quoted(self._table.name)} INCLUDING DEFAULTS INCLUDING CONSTRAINTS"
        self._connection.execute(f"CREATE TABLE {quoted(name)} ({like})".encode())
        return name

    def make_chunk_table(self, first: int) -> str:
        """A new table that can become a chunk which begins at this instant.

        It belongs to whoever owns the hypertable, so that the owner's policies may compress and drop it.
        """
        name = self.make_bare_table(f"{self._table.name}_{to_date(first // MICROSECONDS_PER_DAY):%Y%m%d}")
        owner = self._connection.execute(
            "SELECT relowner::regrole::text, relowner <> current_user::regrole FROM pg_class WHERE oid = %s::regclass",
            (quoted(self._table.name),),
        ).fetchone()
        if owner and owner[1]:
            self._connection.execute(f"ALTER TABLE {quoted(name)} OWNER TO {owner[0]}".encode())
        return name

    def attach(self, name: str, first: int, end: int) -> None:
        """Make a table the chunk of this stretch of time, of all places in it; the server gives it the hypertable's
        keys and indexes, and proves the rows that it has."""
        dimensions = self._connection.execute(
            "SELECT column_name FROM timescaledb_information.dimensions WHERE hypertable_schema = current_schema() AND"
            " hypertable_name = %s",
            (self._table.name,),
        ).fetchall()
        slices = {column: _WHOLE_HASH for (column,) in dimensions} | {str(self._table.time_column): [first, end]}
        self._connection.execute(
            "CALL attach_chunk(%s::regclass, %s::regclass, %s::jsonb)",
            (quoted(self._table.name), quoted(name), json.dumps(slices)),
        )

    def drop_indexes(self, name: str) -> list[str]:
        """Drop a chunk's indexes, unique ones left out; the statements that make them again."""
        found = self._connection.execute(_INDEXES, (quoted(name),)).fetchall()
        for index, _ in found:
            self._connection.execute(f"DROP INDEX {index}".encode())
        return [str(definition) for _, definition in found]

    def drop_foreign_keys(self, name: str) -> list[str]:
        """Drop a new chunk's foreign keys; the statements that make them again, under the same names."""
        found = self._connection.execute(_FOREIGN_KEYS, (quoted(name),)).fetchall()
        for key, _ in found:
            self._connection.execute(f"ALTER TABLE {quoted(name)} DROP CONSTRAINT {quoted(key)}".encode())
        return [f"ALTER TABLE {quoted(name)} ADD CONSTRAINT {quoted(key)} {definition}" for key, definition in found]

    def drop(self, dropped: Sequence[Chunk], among: Sequence[Chunk]) -> None:
        """Drop chunks whole; ``among`` are all chunks of their time.

        TimescaleDB's own function notes for continuous aggregates that the rows are gone, but takes all chunks of a
        stretch of time.
        """
        for start, end in sorted({(chunk.start, chunk.end) for chunk in dropped}):
            together = [chunk for chunk in among if start <= chunk.start and chunk.end <= end]
            if set(together) <= set(dropped):
                self._connection.execute(
                    "SELECT drop_chunks(%s::regclass, older_than => to_timestamp(%s), newer_than => to_timestamp(%s))",
                    (quoted(self._table.name), end / 1e6, start / 1e6),
                )
        for chunk in dropped:
            self._connection.execute(f"DROP TABLE IF EXISTS {chunk.table}".encode())

    def delete(self, chunk: Chunk, days: DayRange) -> None:
        """Delete a chunk's rows with ids of these days, one by one."""
        low, high = id_range(days, narrow=self._table.narrow_id)
        first, end = max(days.instants[0], chunk.start), min(days.instants[1], chunk.end)
        key, time = self._table.id_column, quoted(str(self._table.time_column))
        during = f"{time} >= to_timestamp({first} / 1e6) AND {time} < to_timestamp({end} / 1e6)"
        deleted = f"DELETE FROM {quoted(self._table.name)} WHERE {key} >= {low} AND {key} < {high} AND {during}"
        self._connection.execute(deleted.encode())

    def decompress(self, chunk: Chunk) -> None:
        """Turn a chunk's rows back into ordinary ones."""
        self._connection.execute("SELECT decompress_chunk(%s::regclass, true)", (chunk.table,))

    def compress(self, chunk: Chunk) -> None:
        """Compress a chunk, or what was added since it was compressed."""
        self._connection.execute("SELECT compress_chunk(%s::regclass, true)", (chunk.table,))

    def years(self) -> list[int]:
        """The calendar years, in order, that chunks have time of."""
        return [year for year, _ in self.by_year()]

    def by_year(self) -> list[tuple[int, int]]:
        """Calendar years, in order, and the number of chunks that have time of each."""
        sql = (
            "SELECT year::int, count(*) FROM timescaledb_information.chunks, generate_series(extract(year FROM"
            " range_start)::int, extract(year FROM range_end - INTERVAL '1 microsecond')::int) AS year WHERE"
            " hypertable_schema = current_schema() AND hypertable_name = %s GROUP BY 1 ORDER BY 1"
        )
        return [(year, count) for year, count in self._connection.execute(sql, (self._table.name,)).fetchall()]


def gaps(window: DayRange, chunks: Sequence[Chunk]) -> Iterator[tuple[int, int]]:
    """Stretches of the window's time, in microseconds since 1970, that no chunk has."""
    start, end = window.instants
    for chunk in sorted(chunks, key=lambda one: one.start):
        if chunk.start > start:
            yield start, min(chunk.start, end)
        start = max(start, chunk.end)
    if start < end:
        yield start, end
