"""The Dagster instance of a folder, with its SQLite databases kept open.

Dagster opens and closes an SQLite database for every event and every look at one: each time a new engine, its
statements compiled anew, the file written back and waited for. That is most of what a small year costs. The instance
made here opens each database once. Files and tables are Dagster's own: the user interface, the daemon and older homes
see no difference.

Belongs here: connections to Dagster's own SQLite databases. Does not belong here: where they are (``cli.home``), what
is stored in them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

# Private names: Dagster has no storage that keeps SQLite open, and no way to choose one for its locks and speed
# (dagster#17370).
from dagster._core.events import EVENT_TYPE_TO_PIPELINE_RUN_STATUS, DagsterEvent
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData

from aquamind_assets.durable_files import flush_file, usable
from aquamind_assets.warehouse.file_locks import FileLocks

MAKING = "making"
"""Name of the lock that is held while an instance's databases may be made."""

MAKING_WAIT_S = 60.0
"""Making them takes two seconds; a process that hangs over it does not keep others from trying."""

_ENDS = frozenset(event for event, status in EVENT_TYPE_TO_PIPELINE_RUN_STATUS.items() if status in FINISHED_STATUSES)
"""Types of events with which a run ends."""


def instance_in(home: Path) -> dg.DagsterInstance:
    """The instance that a folder's ``dagster.yaml`` describes; another storage than SQLite is left as it is.

    Two processes that make Dagster's databases at once leave them with two versions, which Dagster refuses: one
    process makes them, the others wait.

    Raises:
        DagsterError, YAMLError: the file cannot be used.
        FileUnusable: the folder cannot be written.
    """
    ref = InstanceRef.from_dir(str(home))
    storage = ref.storage_data
    if storage and storage.class_name == DagsterSqliteStorage.__name__:
        kept_open = ConfigurableClassData(__name__, KeptOpenStorage.__name__, storage.config_yaml)
        ref = ref._replace(storage_data=kept_open)
    with usable("DAGSTER_HOME", home), FileLocks(home).lock(MAKING, wait=MAKING_WAIT_S):
        return dg.DagsterInstance.from_ref(ref)


class KeptOpenStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage, with the databases of runs and of events kept open until it is disposed of."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        # In place of the parent's, which would open (and look for migrations of) each of its databases a second time.
        super(DagsterSqliteStorage, self).__init__()
        self.base_dir = base_dir
        self._inst_data = inst_data
        self._run_storage = _Runs.from_local(str(Path(base_dir, "history")))
        self._event_log_storage = _Events(str(Path(base_dir, "history", "runs")))
        self._schedule_storage = SqliteScheduleStorage.from_local(str(Path(base_dir, "schedules")))

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> "KeptOpenStorage":
        """Make the storage of a configuration: what Dagster calls; its own makes an object of its own class."""
        return cls.from_local(inst_data=inst_data, **config_value)


def _engine(url: str) -> sa.Engine:
    """An engine that keeps one connection, and opens others while that one is in use."""
    engine = sa.create_engine(
        url,
        poolclass=sa.QueuePool,
        pool_size=1,
        max_overflow=-1,
        connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
    )
    # The databases are in WAL mode, in which they stay whole without waiting for the disk at every event. A power cut
    # may take the last events of a run that is under way; what ends a run waits for the disk.
    sa.event.listen(engine, "connect", lambda opened, record: opened.execute("PRAGMA synchronous=NORMAL").close())
    return engine


def _flush(engine: sa.Engine) -> None:
    """Make all that is committed survive a power cut, as Dagster's own connections do at each commit."""
    # By the log's file alone: a process that opens and closes a database's own file drops its locks on it.
    flush_file(Path(f"{engine.url.database}-wal"))


class _Runs(SqliteRunStorage):
    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = _engine(conn_string)

    def handle_run_event(self, run_id: str, event: DagsterEvent, update_timestamp: datetime | None = None) -> None:
        super().handle_run_event(run_id, event, update_timestamp)
        if event.event_type in _ENDS:
            _flush(self._engine)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        self._engine.dispose()
        super().dispose()


class _Events(SqliteEventLogStorage):
    """One database for each run and one for all; of runs, only the latest used is kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        super().__init__(base_dir, inst_data)
        self._engine_of(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        with self._engine_of(INDEX_SHARD_NAME).connect() as connection:
            return connection.dialect.has_table(connection, table_name)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock, self._engine_of(shard).begin() as connection:
            yield connection

    def store_event(self, event: EventLogEntry) -> None:
        super().store_event(event)
        if event.is_dagster_event and event.dagster_event_type in _ENDS:
            # Before the run counts as ended: a run that has succeeded never lacks what it materialized.
            for shard in (event.run_id, INDEX_SHARD_NAME):
                _flush(self._engine_of(shard))

    def _engine_of(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            for other in self._engines.keys() - {shard, INDEX_SHARD_NAME}:
                self._engines.pop(other).dispose()
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        with self._db_lock:
            for shard in list(self._engines):
                self._engines.pop(shard).dispose()
        super().dispose()
