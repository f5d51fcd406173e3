"""The data files of a lake in an object store, as DuckDB is shown them.

Such a file is made once and never changed, and the lake's log has its size. DuckDB would ask the store for size and
time of every file at every question, and four times over: thousands of requests for the checks of one year. Here it is
answered from the log, and the store is asked for bytes alone.

Belongs here: what fsspec and DuckDB want to know of a file. Does not belong here: SQL (``asked``), objects
(``objects``).
"""

import errno
from datetime import UTC, datetime
from typing import Any

from fsspec.spec import AbstractBufferedFile, AbstractFileSystem

from aquamind_assets.warehouse.errors import DatabaseDamaged

_MADE = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of every file: DuckDB reads one again if its time is another."""


class UnchangingFiles(AbstractFileSystem):
    """Files of another file system, for reading, of which nothing is asked but their bytes.

    Attributes:
        sizes: bytes of every file that is known to be there, by its location.
        failure: why the latest bytes could not be read.
    """

    cachable = False

    def __init__(self, files: AbstractFileSystem) -> None:
        super().__init__()
        self.protocol = files.protocol
        self.sizes: dict[str, int] = {}
        self.failure: Exception | None = None
        self._files = files

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        """Locations are whole here."""
        return path

    def info(self, path: str, **_: Any) -> dict[str, Any]:
        """Name, size and type of a file.

        Raises:
            FileNotFoundError: it is not in the lake.
        """
        if path not in self.sizes:
            raise FileNotFoundError(path)
        return {"name": path, "size": self.sizes[path], "type": "file"}

    def modified(self, path: str) -> datetime:
        """The same for every file."""
        return _MADE

    def glob(self, path: str, **_: Any) -> list[str]:
        """The file, if it is there; no character of a location means anything but itself."""
        return [path] if path in self.sizes else []

    def _open(self, path: str, mode: str = "rb", **_: Any) -> "_File":
        return _File(self, path, mode, size=self.info(path)["size"])

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **_: Any) -> bytes:
        """Bytes of a file from ``start`` up to ``end``; a failure is kept in :attr:`failure`, of which DuckDB would
        leave a text."""
        try:
            return self._cat(path, start or 0, self.sizes[path] if end is None else end)
        except Exception as error:
            self.failure = error
            raise

    def _cat(self, path: str, start: int, end: int) -> bytes:
        try:
            content = bytes(self._files.cat_file(path, start=start, end=end))
        except FileNotFoundError:
            raise FileNotFoundError(path) from None
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            content = b""  # s3fs, if there are fewer bytes
        if len(content) != end - start:
            raise DatabaseDamaged(f"{path} is not what was written: it is shorter")
        return content


class _File(AbstractBufferedFile):
    def _fetch_range(self, start: int, end: int) -> bytes:
        return bytes(self.fs.cat_file(self.path, start, end))
