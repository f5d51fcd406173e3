"""Storage of ledgers: columnar files of one scenario's years, on a disk or in an object store.

``<place>/<fingerprint>/<year>/<part>.json`` is a pointer to the folder beside it with the part's Parquet files (one per
frame) and its state. A folder never changes once a pointer refers to it, and a pointer is replaced atomically, so a
reader sees the old content or the new content, even after a crash. Files and folders are flushed to the disk before a
pointer names them, so that a power cut leaves the same. A pointer or a file that is damaged all the same counts as not
stored: a warning names it, and simulating the year stores it again.

Belongs here: stored columns and arrays, by name. Does not belong here: the meaning of frames (``model``).
"""

import hashlib
import io
import json
import logging
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from aquamind_assets.durable_files import LEDGERS, make_folders, open_place, replace_file, usable
from aquamind_assets.errors import UserError

Columns = Mapping[str, np.ndarray]


class LedgerMissing(UserError):
    """A required part of a year is not stored. The message names the part and the command that stores it."""


class LedgerDamaged(LedgerMissing):
    """A stored file cannot be read; the message names it and the command that stores it again."""


@dataclass(frozen=True)
class StoredPart:
    """Metadata of a stored part of a year, known without opening its files.

    Attributes:
        year: calendar year.
        part: such as ``farm`` or ``climate``.
        through: last day in it, a day number.
        digest: sixteen hex digits of its content.
        opening: digest of the previous year's part that it was simulated from, or ``""``.
        rows: number of rows of each frame.
        bytes: size of its files.
        folder: name of its folder.
        hashes: hash of each file, by its name; empty for a part that an older version stored.
    """

    year: int
    part: str
    through: int
    digest: str
    opening: str
    rows: dict[str, int]
    bytes: int
    folder: str
    hashes: dict[str, str] = field(default_factory=dict)


class LedgerStore:
    """The stored years of one scenario."""

    def __init__(self, place: str, fingerprint: str) -> None:
        self.place = place
        self.fingerprint = fingerprint
        self._warned: set[str] = set()
        self.root = open_place(LEDGERS, place) / fingerprint

    def years(self, part: str) -> list[int]:
        """Return the years for which this part is stored, in order."""
        with usable(LEDGERS, self.place):
            if not self.root.exists():
                return []
            years = [int(folder.name) for folder in self.root.iterdir() if folder.name.isdigit()]
        return sorted(year for year in years if self.about(year, part) is not None)

    def about(self, year: int, part: str) -> StoredPart | None:
        """Return the metadata of a stored part; None if it is not stored, or if its pointer is damaged.

        Raises:
            FileUnusable: the pointer may not be read.
        """
        pointer = self._pointer(year, part)
        try:
            with usable(LEDGERS, self.place):
                if not pointer.exists():
                    return None
                content = pointer.read_bytes()
            return StoredPart(**json.loads(content))
        except (ValueError, TypeError) as error:
            self._warn(f"{pointer} is damaged ({error}) and counts as not stored")
            return None

    def write(
        self,
        year: int,
        part: str,
        through: int,
        frames: Mapping[str, Columns],
        state: Columns | None = None,
        opening: str = "",
    ) -> StoredPart:
        """Store a part of a year and replace its old content. Identical content that can be read is not written again.

        Raises:
            PlaceFull: there is no room for it; the old content stays.
            FileUnusable: the place cannot be written.
        """
        digest = _digest(frames, state or {}, through)
        known = self.about(year, part)
        identical = known is not None and (known.digest, known.opening, known.through) == (digest, opening, through)
        if known is not None and identical and self._is_whole(known, frames, with_state=state is not None):
            return known
        folder = self.root / str(year) / f"{part}-{digest}-{uuid4().hex[:8]}"
        files = {f"{name}.parquet": _parquet(columns) for name, columns in frames.items()}
        if state is not None:
            files["state.npz"] = _arrays(state)
        with usable(LEDGERS, self.place):
            make_folders(folder)
            for name, content in files.items():
                replace_file(folder / name, content)
            rows = {name: len(next(iter(columns.values()))) for name, columns in frames.items()}
            size, hashes = sum(map(len, files.values())), {name: _hash(content) for name, content in files.items()}
            stored = StoredPart(year, part, through, digest, opening, rows, size, folder.name, hashes)
            self._point(stored)
        self._forget(year, part, keep={folder.name, known.folder if known else folder.name})
        return stored

    def require_writable(self) -> None:
        """Make the folder of the scenario's ledgers, and write a file into it that is deleted again.

        Raises:
            PlaceFull, FileUnusable: it cannot be written, or the package that opens such a URL is not installed.
        """
        probe = self.root / f"writable-{uuid4().hex[:8]}"
        with usable(LEDGERS, self.place):
            make_folders(self.root)
            probe.write_bytes(b"")
            probe.unlink()

    def frame(self, stored: StoredPart, name: str) -> dict[str, np.ndarray]:
        """Return the columns of one frame.

        Raises:
            LedgerDamaged: its file is missing or cannot be read.
        """
        with self._content(stored, f"{name}.parquet") as content:
            table = pq.read_table(io.BytesIO(content))
        return {column: _numpy(table.column(column)) for column in table.column_names}

    def state(self, stored: StoredPart) -> dict[str, np.ndarray]:
        """Return the arrays stored as state.

        Raises:
            LedgerDamaged: their file is missing or cannot be read.
        """
        with (
            self._content(stored, "state.npz") as content,
            np.load(io.BytesIO(content), allow_pickle=False) as arrays,
        ):
            return dict(arrays)

    def clear(self, years: Iterable[int]) -> None:
        """Remove all stored parts of these years."""
        for year in years:
            folder = self.root / str(year)
            if folder.exists():
                for pointer in folder.glob("*.json"):
                    pointer.unlink()
                _remove(folder)

    def other_fingerprints(self) -> list[str]:
        """Return the fingerprints of other scenarios with ledgers in the same place."""
        place = self.root.parent
        return (
            sorted(folder.name for folder in place.iterdir() if folder.is_dir() and folder.name != self.fingerprint)
            if place.exists()
            else []
        )

    @contextmanager
    def _content(self, stored: StoredPart, name: str) -> Iterator[bytes]:
        """The content of a file, as it was written, for a block that reads it."""
        path = self._folder(stored) / name
        try:
            content = path.read_bytes()
            if stored.hashes and _hash(content) != stored.hashes.get(name):
                raise ValueError("its content is not what was written")
            yield content
        except (
            FileNotFoundError,
            ValueError,
            KeyError,
            EOFError,
            zipfile.BadZipFile,
            zlib.error,
            pa.ArrowException,
        ) as error:
            asset = "site_climate" if stored.part == "climate" else "farm_year"
            reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise LedgerDamaged(
                f"{path} is damaged or missing ({reason}): materialize {asset} {stored.year} again, which stores it"
                " anew"
            ) from None

    def _is_whole(self, stored: StoredPart, frames: Iterable[str], *, with_state: bool) -> bool:
        """Whether every file of a stored part can be read."""
        try:
            for name in frames:
                self.frame(stored, name)
            if with_state:
                self.state(stored)
        except LedgerDamaged as error:
            self._warn(f"{error}; it is stored again now")
            return False
        return True

    def _warn(self, text: str) -> None:
        """Log a damage, once for each store."""
        if text not in self._warned:
            self._warned.add(text)
            logging.getLogger(__name__).warning("%s", text)

    def _pointer(self, year: int, part: str) -> UPath:
        return self.root / str(year) / f"{part}.json"

    def _folder(self, stored: StoredPart) -> UPath:
        return self.root / str(stored.year) / stored.folder

    def _point(self, stored: StoredPart) -> None:
        pointer = self._pointer(stored.year, stored.part)
        replace_file(pointer, json.dumps(asdict(stored), indent=1))

    def _forget(self, year: int, part: str, keep: set[str]) -> None:
        """Remove folders without a pointer. The folder of the previous pointer stays for readers that still use it."""
        for folder in (self.root / str(year)).iterdir():
            if folder.name.startswith(f"{part}-") and folder.name not in keep:
                _remove(folder)


def _digest(frames: Mapping[str, Columns], state: Columns, through: int) -> str:
    hashed = hashlib.blake2b(str(through).encode(), digest_size=8)
    for name in sorted(frames):
        for column, values in frames[name].items():
            hashed.update(f"{name}.{column}:{values.dtype.str}:{values.shape}".encode())
            hashed.update(
                "\0".join(values).encode() if values.dtype == object else np.ascontiguousarray(values).tobytes()
            )
    for name in sorted(state):
        values = np.asarray(state[name])
        hashed.update(f"{name}:{values.dtype.str}:{values.shape}".encode() + np.ascontiguousarray(values).tobytes())
    return hashed.hexdigest()


def _parquet(columns: Columns) -> bytes:
    table = pa.table(
        {
            name: pa.array(values, type=pa.string()) if values.dtype == object else pa.array(values)
            for name, values in columns.items()
        }
    )
    target = io.BytesIO()
    pq.write_table(table, target, compression="zstd")
    return target.getvalue()


def _arrays(state: Columns) -> bytes:
    target = io.BytesIO()
    plain: dict[str, Any] = {name: np.asarray(values) for name, values in state.items()}
    np.savez(target, allow_pickle=False, **plain)
    return target.getvalue()


def _numpy(column: pa.ChunkedArray) -> np.ndarray:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return np.array(column.to_pylist(), dtype=object)
    return column.to_numpy()


def _hash(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def _remove(folder: UPath) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _remove(entry)
        else:
            entry.unlink()
    folder.rmdir()
