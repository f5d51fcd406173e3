"""Readings and weather on TimescaleDB: hypertables, compressed when they are complete.

Detected, never assumed. AquaMind's primary key there is (reading_time, sensor_id). Direct compress (rows compressed
while they are copied) costs half of compressing stored rows, but TimescaleDB leaves it out, with a warning at most,
where a table has unique keys or triggers, and AquaMind's tables have both. So it is asked for only where nothing stands
against it, and what every chunk became is looked up afterwards; chunks that are complete and not compressed are
compressed then.

Belongs here: which statements, and when. Does not belong here: the bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from aquamind_assets.tables.schema import TABLES, TableSpec
from aquamind_assets.timeline import DayRange, to_date
from aquamind_assets.warehouse.ddl import quoted

DIRECT_COMPRESS_SINCE = (2, 21)
COMPRESS_AFTER = "60 days"
"""Age at which TimescaleDB's own policy compresses what users add: later than any correction of a reading."""


@dataclass(frozen=True)
class TimescaleVersion:
    """Version of the extension in the database."""

    major: int
    minor: int

    @property
    def direct_compress(self) -> bool:
        """Whether rows can be compressed while they are copied."""
        return (self.major, self.minor) >= DIRECT_COMPRESS_SINCE


def installed_version(connection: psycopg.Connection) -> TimescaleVersion | None:
    """The extension's version; None if the database does not have it."""
    found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    if found is None:
        return None
    major, minor = str(found[0]).split(".")[:2]
    return TimescaleVersion(int(major), int(minor))


def hypertables(connection: psycopg.Connection) -> frozenset[str]:
    """Names of the described tables that are hypertables; the extension must be there."""
    found = connection.execute(
        "SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = current_schema()"
    ).fetchall()
    return frozenset(name for (name,) in found) & TABLES.keys()


def aggregated(connection: psycopg.Connection) -> bool:
    """Whether a continuous aggregate looks at one of the described tables: a trigger tells it which rows are new, so
    triggers must not be skipped."""
    sql = (
        "SELECT hypertable_name FROM timescaledb_information.continuous_aggregates WHERE hypertable_schema ="
        " current_schema()"
    )
    found = connection.execute(sql).fetchall()
    return bool({name for (name,) in found} & TABLES.keys())


def compression_statements(table: TableSpec) -> list[str]:
    """Let a hypertable of our own be compressed: one segment for each sensor or area, in order of time; and the policy
    for what comes later."""
    segment = next(name for name in table.timescaledb_primary_key if name != table.time_column)
    settings = (
        f"timescaledb.compress, timescaledb.compress_segmentby = '{segment}', timescaledb.compress_orderby ="
        f" '{table.time_column}'"
    )
    return [
        f"ALTER TABLE {quoted(table.name)} SET ({settings})",
        (
            f"SELECT add_compression_policy('{table.name}', compress_after => INTERVAL '{COMPRESS_AFTER}',"
            " if_not_exists => true)"
        ),
    ]


OBSTACLES = """
SELECT 'unique index ' || indexrelid::regclass::text FROM pg_index WHERE indrelid = to_regclass(%s) AND indisunique
UNION ALL SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND tgname NOT LIKE 'ts\\_%%'
"""
"""What keeps TimescaleDB from compressing directly: unique keys, and triggers other than its own (foreign keys are
triggers too)."""

_CHUNKS = """
SELECT format('%%I.%%I', chunk_schema, chunk_name), is_compressed FROM timescaledb_information.chunks
WHERE hypertable_schema = current_schema() AND hypertable_name = %s
    AND range_start >= %s AND range_end <= %s ORDER BY range_start
"""

_OVERLAPPING = """
SELECT format('%%I.%%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks
WHERE hypertable_schema = current_schema() AND hypertable_name = %s
    AND range_start < %s AND range_end > %s AND is_compressed ORDER BY range_start
"""


class Hypertable:
    """One hypertable; everything happens in the connection's transaction."""

    def __init__(self, connection: psycopg.Connection, table: str, version: TimescaleVersion) -> None:
        self._connection, self._table, self._version = connection, table, version

    def compressed(self) -> bool:
        """Whether the hypertable is set up for compression."""
        sql = (
            "SELECT compression_enabled FROM timescaledb_information.hypertables WHERE hypertable_schema ="
            " current_schema() AND hypertable_name = %s"
        )
        found = self._connection.execute(sql, (self._table,)).fetchone()
        return bool(found and found[0])

    def open(self, days: DayRange) -> None:
        """Make the days ready for deleting and loading: compressed chunks they reach into are unpacked, direct compress
        is asked for where possible."""
        # Deleting from compressed chunks row by row is limited by TimescaleDB, and slower than unpacking them.
        for (chunk,) in self._connection.execute(
            _OVERLAPPING, (self._table, _instant(days.end), _instant(days.first))
        ).fetchall():
            self._connection.execute("SELECT decompress_chunk(%s::regclass, true)", (chunk,))
        if self._version.direct_compress and self.compressed() and not self.obstacles():
            self._connection.execute("SET LOCAL timescaledb.enable_direct_compress_copy = on")

    def obstacles(self) -> list[str]:
        """What keeps TimescaleDB from compressing rows while they are copied."""
        return [name for (name,) in self._connection.execute(OBSTACLES, (self._table, self._table)).fetchall()]

    def close(self, complete: Sequence[DayRange]) -> list[str]:
        """Compress the chunks that lie wholly within days that are ``complete`` and did not become compressed; their
        names."""
        if not self.compressed():
            return []
        # Foreign keys are deferred, so their checks of rows loaded in this transaction still wait; compressing takes
        # these rows away from under them.
        self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        done = []
        for days in merged(complete):
            for chunk, is_compressed in self._connection.execute(
                _CHUNKS, (self._table, _instant(days.first), _instant(days.end))
            ).fetchall():
                if not is_compressed:
                    self._connection.execute("SELECT compress_chunk(%s::regclass, true)", (chunk,))
                    done.append(chunk)
        return done


def merged(days: Sequence[DayRange]) -> list[DayRange]:
    """The same days in as few ranges as possible, in order."""
    found: list[DayRange] = []
    for one in sorted(days):
        if found and one.first <= found[-1].end:
            found[-1] = DayRange(found[-1].first, max(found[-1].end, one.end))
        else:
            found.append(one)
    return found


def _instant(day: int) -> str:
    return f"{to_date(day).isoformat()} 00:00+00"
