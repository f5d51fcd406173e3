"""Dagster's log of events in SQLite, with its databases kept open: one for each run and one for all of them.

What is read of an asset for every step below it (its record, the data versions of its partitions) is kept until
something changes it: an event of this process on that asset, or anything that another process writes.

Belongs here: storing and reading events. Does not belong here: which events there are.
"""

import sqlite3
import threading
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg
import sqlalchemy as sa

# Private names: Dagster has no storage that keeps SQLite open (dagster#17370).
from dagster._core.events import ASSET_EVENTS, EVENT_TYPE_TO_PIPELINE_RUN_STATUS, DagsterEventType
from dagster._core.events.log import EventLogEntry
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData

from aquamind_assets.assets.sqlite_engine import flush, kept_open

ENDS = frozenset(event for event, status in EVENT_TYPE_TO_PIPELINE_RUN_STATUS.items() if status in FINISHED_STATUSES)
"""Types of events with which a run ends."""


class _Known:
    """What was read of assets, by asset and question, as long as it stands in the database of all runs."""

    def __init__(self) -> None:
        self._answers: dict[dg.AssetKey, dict[Hashable, Any]] = {}
        self._read_by: sqlite3.Connection | None = None
        self._version = 0
        self._storing = False

    def get(self, asset: dg.AssetKey, question: Hashable) -> Any:
        """The answer; None where it is not known."""
        try:
            if self._read_by is None or self._version != _version(self._read_by):
                return None
        except sqlite3.ProgrammingError:
            # Of two connections that were in use at once only one stays open.
            self.forget()
        return self._answers.get(asset, {}).get(question)

    def keep(self, asset: dg.AssetKey, question: Hashable, answer: Any) -> None:
        """Keep an answer that was just read."""
        self._answers.setdefault(asset, {})[question] = answer

    def forget(self) -> None:
        """Forget everything, and the connection."""
        self._answers, self._read_by = {}, None

    @contextmanager
    def used_by(self, connection: sa.Connection) -> Iterator[None]:
        """The block reads or writes by this connection. What others wrote since the last block, and what this one
        writes that is no event, may have changed any asset."""
        here = connection.connection.driver_connection
        assert isinstance(here, sqlite3.Connection)
        version, changes = _version(here), here.total_changes
        if here is not self._read_by or version != self._version:
            self._answers, self._read_by, self._version = {}, here, version
        try:
            yield
        finally:
            if here.total_changes != changes and not self._storing:
                self._answers = {}

    @contextmanager
    def changed_by(self, event: EventLogEntry) -> Iterator[None]:
        """The block stores an event, which changes its own asset alone."""
        asset = event.dagster_event.asset_key if event.dagster_event else None
        self._storing = asset is not None or not event.is_dagster_event or event.dagster_event_type not in ASSET_EVENTS
        try:
            yield
        finally:
            self._storing = False
            if asset is not None:
                self._answers.pop(asset, None)


def _version(connection: sqlite3.Connection) -> int:
    """A number that changes with what other connections commit."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


class Events(SqliteEventLogStorage):
    """One database for each run and one for all; of runs, only the latest used is kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._together: ExitStack | None = None
        self._connected: dict[str, sa.Connection] = {}
        self._known = _Known()
        super().__init__(base_dir, inst_data)
        self._db_lock = threading.RLock()  # type: ignore[assignment]  # a batch holds it while it stores each event
        self._engine_of(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        """See :class:`SqliteEventLogStorage`."""
        with self._db_lock:
            if used := self._connected.get(INDEX_SHARD_NAME):
                return used.dialect.has_table(used, table_name)
        with self._engine_of(INDEX_SHARD_NAME).connect() as connection:
            return connection.dialect.has_table(connection, table_name)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            if self._together is None:
                with self._transaction(shard) as connection:
                    yield connection
                return
            if shard not in self._connected:
                self._connected[shard] = self._together.enter_context(self._transaction(shard))
            yield self._connected[shard]

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[sa.Connection]:
        with self._engine_of(shard).begin() as connection:
            if shard == INDEX_SHARD_NAME:
                with self._known.used_by(connection):
                    yield connection
            else:
                yield connection

    def store_event(self, event: EventLogEntry) -> None:
        """See :class:`SqliteEventLogStorage`."""
        with self._db_lock, self._known.changed_by(event):
            super().store_event(event)
        if self._together is None:
            self._flush_ends([event])

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store the same events in one transaction of each database."""
        with self._db_lock, ExitStack() as stack:
            self._together = stack
            try:
                for event in events:
                    self.store_event(event)
            finally:
                self._together, self._connected = None, {}
        self._flush_ends(events)

    def _flush_ends(self, events: Sequence[EventLogEntry]) -> None:
        """Flush the databases of runs that have ended with these events, before the runs count as ended: one that has
        succeeded never lacks what it materialized."""
        for run_id in {one.run_id for one in events if one.is_dagster_event and one.dagster_event_type in ENDS}:
            for shard in (run_id, INDEX_SHARD_NAME):
                flush(self._engine_of(shard))

    def get_asset_records(self, asset_keys: Sequence[dg.AssetKey] | None = None) -> Sequence[AssetRecord]:
        """See :class:`SqliteEventLogStorage`."""
        if asset_keys is None:
            return super().get_asset_records()
        with self._db_lock:
            unknown = [key for key in asset_keys if self._known.get(key, "record") is None]
            for record in super().get_asset_records(unknown) if unknown else ():
                self._known.keep(record.asset_entry.asset_key, "record", record)
            return [record for key in asset_keys if (record := self._known.get(key, "record")) is not None]

    def get_latest_tags_by_partition(
        self,
        asset_key: dg.AssetKey,
        event_type: DagsterEventType,
        tag_keys: Sequence[str],
        asset_partitions: Sequence[str] | None = None,
        before_cursor: int | None = None,
        after_cursor: int | None = None,
    ) -> Mapping[str, Mapping[str, str]]:
        """See :class:`SqliteEventLogStorage`."""
        asked = (event_type, *tag_keys), asset_partitions and tuple(asset_partitions), before_cursor, after_cursor
        with self._db_lock:
            tags = self._known.get(asset_key, asked)
            if tags is None:
                tags = super().get_latest_tags_by_partition(
                    asset_key, event_type, tag_keys, asset_partitions, before_cursor, after_cursor
                )
                self._known.keep(asset_key, asked, tags)
            return tags

    def _engine_of(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = kept_open(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            for other in self._engines.keys() - {shard, INDEX_SHARD_NAME}:
                self._engines.pop(other).dispose()
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """See :class:`SqliteEventLogStorage`."""
        with self._db_lock:
            self._known.forget()
            for shard in list(self._engines):
                self._engines.pop(shard).dispose()
        super().dispose()
