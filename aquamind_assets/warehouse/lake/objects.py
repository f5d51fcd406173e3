"""A lake in an object store, through fsspec: one PUT makes an object, whole or not at all.

A commit is made by a PUT that fails if the object exists (``If-None-Match: *``), which S3 and the stores that speak its
language have. A lock is a row of such objects: whoever makes the next one holds the lock, renews it while it lasts, and
marks it as released. A holder that has not renewed it for a minute is dead, and the next one may be made; clocks of the
machines must agree to some seconds. The log of commits does not rely on locks: it refuses the second of two writers of
the same rows.

Belongs here: objects and locks. Does not belong here: what is in the objects (``data_files``, ``log``).
"""

import errno
import json
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from aquamind_assets.durable_files import is_of_object_store
from aquamind_assets.errors import UserError
from aquamind_assets.warehouse.errors import DatabaseRefused, WarehouseError
from aquamind_assets.warehouse.lake.places import OWN_FOLDER, Place

LEASE_S = 60.0
"""A lock that was not renewed for so long is free."""

RENEW_S = 15.0
LEFT_AFTER_S = 6 * 3600.0
"""A file that is not in the lake was left by a dead writer when it is as old as this: no transaction takes as long."""

POLL_S = 0.5
LOCKS = f"{OWN_FOLDER}/locks"


class StoreMissing(UserError):
    """The package that opens such an object store is not installed."""


class ObjectPlace(Place):
    """See :class:`Place`."""

    def __init__(self, protocol: str, root: str, url: str) -> None:
        from upath import UPath

        try:
            place = UPath(f"{protocol}://{root}", skip_instance_cache=True, use_listings_cache=False)
            self.filesystem = place.fs
        except (ImportError, ValueError) as error:
            raise StoreMissing(f"{url} cannot be opened: {error}") from None
        self._protocol, self._root = protocol, root.strip("/")
        self.url = url
        self.storage_options: dict[str, str] | None = {}
        self._local: Path | None = None
        self._held: set[str] = set()

    def exists(self) -> bool:
        """See :class:`Place`."""
        return next(iter(self.all_names()), None) is not None

    def make(self) -> None:
        """See :class:`Place`; a folder need not be made, but its bucket must be there, and the store must be able to
        make an object only if there is none.

        Raises:
            DatabaseRefused: it is not, or it cannot.
        """
        bucket = self._root.partition("/")[0]
        if not self.filesystem.exists(bucket):
            raise DatabaseRefused(
                f"{self.url} cannot be used: there is no bucket {bucket}; make it, or correct the name"
            )
        if not self._makes_objects_once():
            raise DatabaseRefused(
                f"{self.url} cannot be used: its store does not make an object only if there is none"
                " (If-None-Match: *), so two writers would overwrite each other's commits; use a store that does, such"
                " as S3, MinIO or R2"
            )

    def _makes_objects_once(self) -> bool:
        """Whether the store refuses to make an object that is there."""
        tried = f"{OWN_FOLDER}/tried-{uuid4().hex}"
        try:
            return self.create(tried, b"first") and not self.create(tried, b"second")
        except OSError as error:
            if error.errno != errno.ENOSYS:
                raise
            return False
        finally:
            self.remove(tried)

    def folder(self) -> Path:
        """See :class:`Place`."""
        raise WarehouseError(f"{self.url} is not a folder of this machine; a catalogue is made for those alone")

    def refuse_unwritable(self) -> None:
        """See :class:`Place`; rights show when objects are written."""

    def names(self, folder: str) -> list[str]:
        """See :class:`Place`."""
        try:
            found = self.filesystem.ls(self._key(folder), detail=False, refresh=True)
        except FileNotFoundError:
            return []
        return sorted(key.rpartition("/")[2] for key in found if not key.endswith("/"))

    def all_names(self) -> Iterator[str]:
        """See :class:`Place`."""
        try:
            found = self.filesystem.find(self._root)
        except FileNotFoundError:
            return
        for key in found:
            name = key.removeprefix(f"{self._root}/")
            if not name.startswith(OWN_FOLDER):
                yield name

    def read(self, name: str) -> bytes:
        """See :class:`Place`."""
        return bytes(self.filesystem.cat_file(self._key(name)))

    def create(self, name: str, content: bytes) -> bool:
        """See :class:`Place`."""
        try:
            self.filesystem.pipe_file(self._key(name), content, mode="create")
        except FileExistsError:
            # Made by this process, if the store took the object and its answer was lost on the way.
            return self.read(name) == content
        return True

    def replace(self, name: str, content: bytes) -> None:
        """See :class:`Place`."""
        self.filesystem.pipe_file(self._key(name), content)

    def publish(self, local: Path, name: str) -> None:
        """See :class:`Place`."""
        self.filesystem.put_file(str(local), self._key(name))
        local.unlink()

    def settle(self, names: list[str]) -> None:
        """See :class:`Place`; an object that was put is safe."""

    def remove(self, name: str) -> None:
        """See :class:`Place`."""
        with suppress(FileNotFoundError):
            self.filesystem.rm_file(self._key(name))

    def size(self, name: str) -> int:
        """See :class:`Place`."""
        return int(self.filesystem.size(self._key(name)))

    def location(self, name: str) -> str:
        """See :class:`Place`."""
        return f"{self._protocol}://{self._key(name)}"

    @contextmanager
    def living(self, transaction: str) -> Iterator[Path]:
        """See :class:`Place`."""
        if self._local is None:
            self._local = Path(tempfile.mkdtemp(prefix="aquamind-lake-"))
        try:
            yield self._local / transaction
        finally:
            shutil.rmtree(self._local / transaction, ignore_errors=True)

    def is_leftover(self, name: str, transaction: str) -> bool:
        """See :class:`Place`."""
        modified = self.filesystem.modified(self._key(name))
        return bool((datetime.now(UTC) - modified).total_seconds() > LEFT_AFTER_S)

    def clear_unfinished(self) -> None:
        """See :class:`Place`; unfinished files are in the temporary folder of their machine."""

    @contextmanager
    def lock(self, name: str, wait: float) -> Iterator[bool]:
        """See :class:`Place`."""
        until, owner = time.monotonic() + wait, uuid4().hex
        while (number := self._next_free(name)) is None or not self.create(
            _lock_name(name, number), _lease(owner, time.time())
        ):
            if time.monotonic() >= until:
                yield False
                return
            time.sleep(POLL_S)
        over = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(_lock_name(name, number), owner, over), daemon=True)
        keeper.start()
        self._held.add(name)
        try:
            yield True
        finally:
            self._held.discard(name)
            over.set()
            keeper.join()
            self.replace(_lock_name(name, number), _lease(owner, 0.0))
            if number:
                self.remove(_lock_name(name, number - 1))

    def _renew(self, name: str, owner: str, over: threading.Event) -> None:
        while not over.wait(RENEW_S):
            try:
                self.replace(name, _lease(owner, time.time()))
            except Exception as error:
                # A lost connection: the next time may do.
                if not (isinstance(error, OSError) or is_of_object_store(error)):
                    raise

    def _next_free(self, name: str) -> int | None:
        """The number of the object that takes the lock; None while the lock is held."""
        number, renewed = self._latest(name)
        return None if time.time() - renewed < LEASE_S else number + 1

    def _latest(self, name: str) -> tuple[int, float]:
        """Number of the latest object of a lock (-1 for none), and when it was renewed."""
        numbers = [int(one.rpartition(".")[2]) for one in self.names(LOCKS) if one.rpartition(".")[0] == name]
        if not numbers:
            return -1, 0.0
        try:
            return max(numbers), float(json.loads(self.read(_lock_name(name, max(numbers))))["renewed"])
        except FileNotFoundError:
            return max(numbers), time.time()

    def is_locked(self, name: str) -> bool:
        """See :class:`Place`."""
        return name in self._held or self._next_free(name) is None

    def release(self) -> None:
        """See :class:`Place`; locks end with their blocks."""
        if self._local is not None:
            shutil.rmtree(self._local, ignore_errors=True)
            self._local = None

    def _key(self, name: str) -> str:
        return f"{self._root}/{name}"


def _lock_name(name: str, number: int) -> str:
    return f"{LOCKS}/{name}.{number}"


def _lease(owner: str, renewed: float) -> bytes:
    """A lock's object; renewed at 0 is released."""
    content: dict[str, Any] = {"owner": owner, "renewed": renewed}
    return json.dumps(content).encode()
