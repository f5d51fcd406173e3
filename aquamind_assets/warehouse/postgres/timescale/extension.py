"""The extension in a database: its version, what that version can do, which tables are hypertables.

Belongs here: looking. Does not belong here: changing anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

ATTACHES_CHUNKS_SINCE = (2, 21)
SPARSE_INDEXES_SINCE = (2, 22)
AGGREGATES_WITHOUT_TRIGGERS_SINCE = (2, 23)


@dataclass(frozen=True, order=True)
class TimescaleVersion:
    """Version of the extension in the database."""

    major: int
    minor: int

    def _at_least(self, version: tuple[int, int]) -> bool:
        return (self.major, self.minor) >= version

    @property
    def attaches_chunks(self) -> bool:
        """Whether a table can be made a chunk of a hypertable (``attach_chunk``)."""
        return self._at_least(ATTACHES_CHUNKS_SINCE)

    @property
    def chooses_sparse_indexes(self) -> bool:
        """Whether a hypertable can say which columns of compressed chunks have bloom filters."""
        return self._at_least(SPARSE_INDEXES_SINCE)

    @property
    def aggregates_by_trigger(self) -> bool:
        """Whether triggers tell continuous aggregates which rows are new."""
        return not self._at_least(AGGREGATES_WITHOUT_TRIGGERS_SINCE)


def installed_version(connection: psycopg.Connection) -> TimescaleVersion | None:
    """The extension's version; None if the database does not have it."""
    found = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'").fetchone()
    if found is None:
        return None
    major, minor = str(found[0]).split(".")[:2]
    return TimescaleVersion(int(major), int(minor))


def hypertables(connection: psycopg.Connection, tables: Iterable[str]) -> frozenset[str]:
    """Names of those of the ``tables`` that are hypertables; the extension must be there."""
    found = connection.execute(
        "SELECT hypertable_name FROM timescaledb_information.hypertables WHERE hypertable_schema = current_schema()"
    ).fetchall()
    return frozenset(name for (name,) in found) & frozenset(tables)


def aggregated(connection: psycopg.Connection, tables: Iterable[str]) -> frozenset[str]:
    """Names of those of the ``tables`` that a continuous aggregate looks at."""
    sql = (
        "SELECT hypertable_name FROM timescaledb_information.continuous_aggregates WHERE hypertable_schema ="
        " current_schema()"
    )
    return frozenset(name for (name,) in connection.execute(sql).fetchall()) & frozenset(tables)


def needs_triggers(connection: psycopg.Connection, version: TimescaleVersion, tables: Iterable[str]) -> bool:
    """Whether triggers must not be skipped: in this version they tell continuous aggregates which rows are new."""
    return version.aggregates_by_trigger and bool(aggregated(connection, tables))
