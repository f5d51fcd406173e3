"""Locks that are files: the system releases them however a process ends.

Belongs here: holding such a lock, and seeing whether anyone does. Does not belong here: what a lock is for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout


class FileLocks:
    """The locks whose files are in one folder.

    Attributes:
        folder: made by whoever holds a lock there; it need not exist for :meth:`is_locked`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[str, FileLock] = {}

    def file(self, name: str) -> Path:
        """The file of a lock."""
        return self.folder / f"{name}.lock"

    @contextmanager
    def lock(self, name: str, wait: float) -> Iterator[bool]:
        """Hold a lock meanwhile; False if it was not got within ``wait`` seconds."""
        lock = FileLock(self.file(name))
        try:
            lock.acquire(timeout=wait)
        except Timeout:
            yield False
            return
        self._held[name] = lock
        try:
            yield True
        finally:
            self._held.pop(name, None)
            lock.release()

    def is_locked(self, name: str) -> bool:
        """Whether anyone holds the lock, this process included."""
        if name in self._held:
            return True
        if not self.file(name).exists():
            return False
        try:
            with FileLock(self.file(name)).acquire(timeout=0):
                return False
        except (Timeout, PermissionError):
            # A lock file that this user may not open is another user's, who may hold it.
            return True

    def release(self) -> None:
        """Release every lock that is held."""
        for lock in self._held.values():
            lock.release(force=True)
        self._held.clear()
