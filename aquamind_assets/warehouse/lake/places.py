"""What the place of a lake has to be able to do: names, bytes and locks.

A file appears under its name whole or not at all.

Belongs here: the border between a lake and where it is. Does not belong here: what is in the files (``data_files``,
``log``), a folder (``local``), an object store (``objects``).
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

OWN_FOLDER = "_aquamind"
"""Folder of what is not rows. Readers of folders of Parquet files leave out names that begin with an underscore."""


class Place(ABC):
    """The folder of a lake; every name is relative to it, with slashes.

    Attributes:
        url: where it is, for messages.
        filesystem: file system of fsspec that reads a :meth:`location`; None for files of this machine.
        storage_options: what readers of Delta tables need to reach it; None for files of this machine.
    """

    url: str
    filesystem: Any
    storage_options: dict[str, str] | None

    @abstractmethod
    def exists(self) -> bool:
        """Whether there is such a folder with anything in it."""

    @abstractmethod
    def folder(self) -> Path:
        """The folder on this machine.

        Raises:
            WarehouseError: it is in an object store.
        """

    @abstractmethod
    def make(self) -> None:
        """Make the folder, with its parents."""

    @abstractmethod
    def refuse_unwritable(self) -> None:
        """Refuse a folder that this user may not write, or could not make; nothing is made.

        Raises:
            FileUnusable: a folder of this machine is such a one.
        """

    @abstractmethod
    def names(self, folder: str) -> list[str]:
        """Names of the files in a folder, in order; none if there is no such folder."""

    def is_the_latest(self, name: str, following: str) -> bool:
        """Whether a file of a sequence is there and the one after it is not, where that is known for less than a look
        at the names of its folder. Files are removed from the beginning of the sequence alone."""
        return False

    @abstractmethod
    def all_names(self) -> Iterator[str]:
        """Names of all files below the folder, but those of :data:`OWN_FOLDER`."""

    @abstractmethod
    def read(self, name: str) -> bytes:
        """The content of a file."""

    @abstractmethod
    def create(self, name: str, content: bytes) -> bool:
        """Make a file, durably; False if there is one of that name, which then stays as it is."""

    @abstractmethod
    def replace(self, name: str, content: bytes) -> None:
        """Write a file in one piece, durably."""

    @abstractmethod
    def publish(self, local: Path, name: str) -> None:
        """Make a file of this machine appear under a name, whole."""

    @abstractmethod
    def settle(self, names: list[str]) -> None:
        """Make published names survive a power cut."""

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def size(self, name: str) -> int:
        """Bytes of a file."""

    @abstractmethod
    def location(self, name: str) -> str:
        """The file as readers of Parquet take it, with :attr:`filesystem`."""

    @abstractmethod
    def living(self, transaction: str) -> AbstractContextManager[Path]:
        """A folder of this machine for the files of a transaction, gone at the end; meanwhile none of the transaction's
        files is a leftover."""

    @abstractmethod
    def is_leftover(self, name: str, transaction: str) -> bool:
        """Whether a file that is not in the lake was left by a transaction that is over."""

    @abstractmethod
    def clear_unfinished(self) -> None:
        """Remove what dead transactions left unpublished."""

    @abstractmethod
    def lock(self, name: str, wait: float) -> AbstractContextManager[bool]:
        """Hold a lock meanwhile; whether it was got within ``wait`` seconds. The system releases it, however the
        process ends."""

    @abstractmethod
    def is_locked(self, name: str) -> bool:
        """Whether anyone holds the lock, this process included."""

    @abstractmethod
    def release(self) -> None:
        """Release every lock that is held."""
