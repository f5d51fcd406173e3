"""A lake in a folder of this machine.

Belongs here: files that survive a power cut, and locks that the system releases. Does not belong here: what is in the
files (``data_files``, ``log``).
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from aquamind_assets.durable_files import create_file, flush_folder, make_folders, refuse_unwritable, replace_file
from aquamind_assets.warehouse.file_locks import FileLocks
from aquamind_assets.warehouse.lake.places import OWN_FOLDER, Place


class LocalPlace(Place):
    """See :class:`Place`."""

    filesystem = None
    storage_options = None

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()
        self.url = f"parquet:///{root}"
        self._unfinished = self._root / OWN_FOLDER / "unfinished"
        self._locks = FileLocks(self._root / OWN_FOLDER / "locks")

    def exists(self) -> bool:
        """See :class:`Place`."""
        return self._root.is_dir() and any(self._root.iterdir())

    def folder(self) -> Path:
        """See :class:`Place`."""
        return self._root

    def make(self) -> None:
        """See :class:`Place`."""
        make_folders(self._root)

    def refuse_unwritable(self) -> None:
        """See :class:`Place`."""
        refuse_unwritable("the lake", self._root)

    def names(self, folder: str) -> list[str]:
        """See :class:`Place`."""
        try:
            return sorted(entry.name for entry in os.scandir(self._root / folder) if not entry.name.startswith("."))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def is_the_latest(self, name: str, following: str) -> bool:
        """See :class:`Place`."""
        # In this order: what follows may not come and go between the two looks while the first stays.
        return not os.path.exists(self.location(following)) and os.path.exists(self.location(name))

    def all_names(self) -> Iterator[str]:
        """See :class:`Place`."""
        for file in sorted(self._root.rglob("*")):
            name = file.relative_to(self._root)
            if name.parts[0] != OWN_FOLDER and file.is_file():
                yield name.as_posix()

    def read(self, name: str) -> bytes:
        """See :class:`Place`."""
        return (self._root / name).read_bytes()

    def create(self, name: str, content: bytes) -> bool:
        """See :class:`Place`."""
        make_folders((self._root / name).parent)
        return create_file(self._root / name, content)

    def replace(self, name: str, content: bytes) -> None:
        """See :class:`Place`."""
        make_folders((self._root / name).parent)
        replace_file(self._root / name, content)

    def publish(self, local: Path, name: str) -> None:
        """See :class:`Place`."""
        with local.open("rb+") as file:
            os.fsync(file.fileno())
        make_folders((self._root / name).parent)
        os.replace(local, self._root / name)

    def settle(self, names: list[str]) -> None:
        """See :class:`Place`."""
        for folder in {(self._root / name).parent for name in names}:
            flush_folder(folder)

    def remove(self, name: str) -> None:
        """See :class:`Place`."""
        with suppress(FileNotFoundError):
            os.unlink(self._root / name)

    def size(self, name: str) -> int:
        """See :class:`Place`."""
        return (self._root / name).stat().st_size

    def location(self, name: str) -> str:
        """See :class:`Place`."""
        # Asked for every file with every question: joining paths as objects took more than the questions.
        return os.path.join(self._root, name)

    @contextmanager
    def living(self, transaction: str) -> Iterator[Path]:
        """See :class:`Place`."""
        with self.lock(_alive(transaction), 0.0):
            try:
                yield self._unfinished / transaction
            finally:
                shutil.rmtree(self._unfinished / transaction, ignore_errors=True)
        with suppress(OSError):
            os.unlink(self._locks.file(_alive(transaction)))

    def is_leftover(self, name: str, transaction: str) -> bool:
        """See :class:`Place`."""
        return not self.is_locked(_alive(transaction))

    def clear_unfinished(self) -> None:
        """See :class:`Place`."""
        for folder in self._unfinished.iterdir() if self._unfinished.is_dir() else ():
            if not self.is_locked(_alive(folder.name)):
                shutil.rmtree(folder, ignore_errors=True)

    def lock(self, name: str, wait: float) -> AbstractContextManager[bool]:
        """See :class:`Place`."""
        make_folders(self._locks.folder)
        return self._locks.lock(name, wait)

    def is_locked(self, name: str) -> bool:
        """See :class:`Place`."""
        return self._locks.is_locked(name)

    def release(self) -> None:
        """See :class:`Place`."""
        self._locks.release()


def _alive(transaction: str) -> str:
    """The lock that a transaction holds while it lasts."""
    return f"transaction-{transaction}"
