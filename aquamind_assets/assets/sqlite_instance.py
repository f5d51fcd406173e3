"""The Dagster instance of a folder, with its SQLite databases kept open.

Dagster opens and closes an SQLite database for every event and every look at one: each time a new engine, its
statements compiled anew, the file written back and waited for. That is most of what a small year costs. The instance
made here opens each database once. Files and tables are Dagster's own: the user interface, the daemon and older homes
see no difference.

Belongs here: the instance, and its storage of runs. Does not belong here: where it is (``cli.home``), its storage of
events (``sqlite_events``).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

# Private names: Dagster has no storage that keeps SQLite open, and no way to choose one for its locks and speed
# (dagster#17370).
from dagster._core.events import DagsterEvent
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData

from aquamind_assets.assets.sqlite_engine import flush, kept_open
from aquamind_assets.assets.sqlite_events import ENDS, Events
from aquamind_assets.durable_files import usable
from aquamind_assets.warehouse.file_locks import FileLocks

MAKING = "making"
"""Name of the lock that is held while an instance's databases may be made."""

PLANNED_TOGETHER = "500"
"""So many planned events are stored at a time: more than a year's run has."""

MAKING_WAIT_S = 60.0
"""Making them takes two seconds; a process that hangs over it does not keep others from trying."""


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
        storage = ConfigurableClassData(__name__, KeptOpenStorage.__name__, storage.config_yaml)
        ref = ref._replace(storage_data=storage)
        # What a run plans is stored in one transaction: Dagster's switch for that, for this process and its children.
        os.environ.setdefault("DAGSTER_EVENT_BATCH_SIZE", PLANNED_TOGETHER)
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
        self._event_log_storage = Events(str(Path(base_dir, "history", "runs")))
        self._schedule_storage = SqliteScheduleStorage.from_local(str(Path(base_dir, "schedules")))

    @classmethod
    def from_config_value(  # type: ignore[override]
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> "KeptOpenStorage":
        """Make the storage of a configuration: what Dagster calls; its own makes an object of its own class."""
        return cls.from_local(inst_data=inst_data, **config_value)


class _Runs(SqliteRunStorage):
    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(conn_string, inst_data)
        self._engine = kept_open(conn_string)

    def handle_run_event(self, run_id: str, event: DagsterEvent, update_timestamp: datetime | None = None) -> None:
        super().handle_run_event(run_id, event, update_timestamp)
        if event.event_type in ENDS:
            flush(self._engine)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        with self._engine.begin() as connection:
            yield connection

    def dispose(self) -> None:
        self._engine.dispose()
        super().dispose()
