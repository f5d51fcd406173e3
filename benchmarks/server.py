"""The server's side of a measurement: its processor time and the space it uses, where they can be seen."""

import os
from pathlib import Path

from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.lake.database import LakeDatabase
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from benchmarks.source import READINGS

_TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """The server process that works for a database's connection; none for SQLite and a lake."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._status: Path | None = None
        if isinstance(database, PostgresDatabase):
            # All of the server's work is done by the process that is looked at, not by its helpers.
            database.query("SELECT set_config('max_parallel_maintenance_workers', '0', false)")
            pid = database.query("SELECT pg_backend_pid()")[0][0]
            status = Path(f"/proc/{pid}/stat")
            if status.exists() and "(postgres)" in status.read_text():
                self._status = status

    @property
    def name(self) -> str:
        """The kind of database."""
        if not isinstance(self._database, PostgresDatabase):
            return "lake" if isinstance(self._database, LakeDatabase) else "sqlite"
        return "timescaledb" if self._database._timescale else "postgresql"

    def seconds(self) -> float | None:
        """Processor time that the server's process has used; None if it runs on another machine."""
        if self._status is None:
            return None
        fields = self._status.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def stored_bytes(self) -> int | None:
        """Bytes of the readings with their indexes; None if the database does not tell."""
        if isinstance(self._database, LakeDatabase):
            sizes = "SELECT coalesce(sum(bytes), 0) FROM lake_file WHERE table_name = ?"
            return int(self._database.query(sizes, (READINGS,))[0][0])
        if not isinstance(self._database, PostgresDatabase):
            return None
        parts = "SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('{0}')"
        whole = "SELECT hypertable_size('{0}')" if self._database._timescale else parts
        return int(self._database.query(whole.format(READINGS))[0][0])
