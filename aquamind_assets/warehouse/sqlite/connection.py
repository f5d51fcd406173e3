"""The connection to a SQLite file: for reading alone, or for writing.

Belongs here: opening the file, what it is set to, and that reading creates and changes nothing. Does not belong here:
tables and rows (``database``).
"""

import sqlite3
from pathlib import Path

from aquamind_assets.durable_files import flush_file, refuse_unwritable
from aquamind_assets.warehouse.errors import DatabaseRefused, NothingMaterialized
from aquamind_assets.warehouse.sqlite.failures import failures_named, kind_of

BUSY_SECONDS = 3600.0
"""A second writer waits as long as this for the first one's chunk: far longer than any chunk takes."""

PAGE_BYTES = 16384
"""Pages of a new file: a tenth faster than SQLite's 4,096 for readings and their index, and a smaller file."""

WRITING = (
    f"page_size = {PAGE_BYTES}",
    "journal_mode = WAL",
    "journal_size_limit = 67108864",
    "synchronous = NORMAL",
    "cache_size = -65536",
    "temp_store = MEMORY",
    "foreign_keys = OFF",
)
"""Readers do not wait; a power cut may take the last commits but never tears one; references are proved set by set."""

READING = ("query_only = ON", "cache_size = -65536", "temp_store = FILE")
"""Laws group the readings of a year: SQLite would sort them in memory, whatever the budget is."""


class SqliteFile:
    """A file and the one connection to it, made when it is first needed.

    Attributes:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._writable = False

    @property
    def has_content(self) -> bool:
        """Whether there is a file that is not empty."""
        return self.path.is_file() and self.path.stat().st_size > 0

    def connection(self) -> sqlite3.Connection:
        """The connection there is, else a new one for reading alone.

        Raises:
            NothingMaterialized: there is no such file.
            DatabaseRefused: it is a folder, no SQLite database, or may not be read.
        """
        if self._connection is None:
            self._refuse_folder()
            if not self.path.exists():
                raise NothingMaterialized(
                    f"{self.path}: there is no such file; correct the name, or `aquamind run` makes it"
                )
            self._connection = self._reading()
        return self._connection

    def writable(self) -> sqlite3.Connection:
        """A connection for writing; the file and its folder are made if they do not exist.

        Raises:
            DatabaseRefused: it is a folder, no SQLite database, or may not be written.
        """
        if self._connection is None or not self._writable:
            self.close()
            self._refuse_folder()
            self.make_folder(self.path.parent)
            with failures_named(self.path):
                self._connection = sqlite3.connect(
                    self.path, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=64
                )
                for setting in WRITING:
                    self._connection.execute(f"PRAGMA {setting}")
            self._writable = True
        return self._connection

    def refuse_unwritable(self) -> None:
        """Refuse a file that this user may not write, or could not make; nothing is made.

        Raises:
            DatabaseRefused: it is a folder, or may not be written.
            FileUnusable: its folder, or the folder that would hold its folder, may not be written.
        """
        self._refuse_folder()
        refuse_unwritable("the folder of the database", self.path.parent)
        try:
            if self.path.exists():
                self.path.open("r+b").close()
        except OSError as error:
            raise DatabaseRefused(f"{self.path} cannot be opened for writing: {error.strerror}") from error

    def make_folder(self, folder: Path) -> None:
        """Make a folder for the database's files.

        Raises:
            DatabaseRefused: it cannot be made.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseRefused(f"{self.path}: the folder {folder} cannot be made: {error.strerror}") from error

    def size_bytes(self) -> int:
        """Bytes of the file and its write-ahead log."""
        files = (self.path, self._log)
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Close the connection, if there is one; what it wrote survives a power cut from then on."""
        if self._connection is not None:
            self._connection.close()
            if self._writable:
                # SQLite flushes everything when the last connection is closed; this is not the last one where a log is
                # left.
                flush_file(self._log)
        self._connection, self._writable = None, False

    @property
    def _log(self) -> Path:
        return self.path.with_name(self.path.name + "-wal")

    def _refuse_folder(self) -> None:
        if self.path.is_dir():
            raise DatabaseRefused(f"{self.path} cannot be used: it is a folder; a SQLite database is a file")
        above = next((folder for folder in self.path.absolute().parents if folder.exists()), None)
        if above is not None and not above.is_dir():
            raise DatabaseRefused(f"{self.path} cannot be used: {above} is not a folder")

    def _reading(self) -> sqlite3.Connection:
        """A connection that changes nothing.

        The file is opened as if for writing, because only then does SQLite remove the two files that it keeps beside a
        database in WAL mode. Where this user may not write the folder, SQLite cannot make them; as long as there is no
        write-ahead log nothing but the file itself has to be read, so it is opened as one that does not change.
        """
        with failures_named(self.path):
            try:
                return self._opened("mode=rw")
            except sqlite3.OperationalError as error:
                if kind_of(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY) or self._log.exists():
                    raise
                return self._opened("immutable=1")

    def _opened(self, how: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.absolute().as_uri()}?{how}", uri=True, timeout=BUSY_SECONDS, isolation_level=None
        )
        try:
            for setting in READING:
                connection.execute(f"PRAGMA {setting}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection
