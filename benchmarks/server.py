"""The server's side of a measurement: its processes and the space it uses, where they can be seen."""

from pathlib import Path

import psutil

from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.lake.database import LakeDatabase
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from benchmarks.processes import ProcessTree
from benchmarks.source import READINGS


class Server:
    """The server that holds a database; SQLite and a lake have none.

    Attributes:
        processes: all of its processes, on this machine; None if there are none or they run elsewhere.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before = self._bytes() if isinstance(database, SqliteDatabase) else 0
        self.processes: ProcessTree | None = None
        if isinstance(database, PostgresDatabase):
            pid = database.query("SELECT pg_backend_pid()")[0][0]
            status = Path(f"/proc/{pid}/stat")
            if status.exists() and "(postgres)" in status.read_text():
                self.processes = ProcessTree(psutil.Process(pid).ppid())

    @property
    def name(self) -> str:
        """The kind of database."""
        if not isinstance(self._database, PostgresDatabase):
            return "lake" if isinstance(self._database, LakeDatabase) else "sqlite"
        return "timescaledb" if self._database._timescale else "postgresql"

    def stored_bytes(self) -> int | None:
        """Bytes of the readings and their indexes, on SQLite those in use since this was made; None without rows."""
        return self._bytes() - self._before or None

    def _bytes(self) -> int:
        if isinstance(self._database, LakeDatabase):
            sizes = "SELECT coalesce(sum(bytes), 0) FROM lake_file WHERE table_name = ?"
            return int(self._database.query(sizes, (READINGS,))[0][0])
        if isinstance(self._database, PostgresDatabase):
            parts = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{0}')"
            whole = "SELECT hypertable_size('{0}')" if self._database._timescale else parts
            return int(self._database.query(whole.format(READINGS))[0][0])
        used = "SELECT (count.page_count - free.freelist_count) * size.page_size"
        return int(
            self._database.query(
                f"{used} FROM pragma_page_count count, pragma_freelist_count free, pragma_page_size size"
            )[0][0]
        )
