"""Storage of ledgers: columnar files of one scenario's years, on a disk or in an object store.

``<place>/<fingerprint>/<year>/<part>.json`` is a pointer to the folder beside it with the part's Parquet files (one per
frame) and its state. A folder never changes once a pointer refers to it, and a pointer is replaced atomically, so a
reader sees the old content or the new content, even after a crash.

Belongs here: stored columns and arrays, by name. Does not belong here: the meaning of frames (``model``).
"""

import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from upath import UPath

from aquamind_assets.durable_files import LEDGERS, open_place, replace_file, usable
from aquamind_assets.errors import UserError

Columns = Mapping[str, np.ndarray]


class LedgerMissing(UserError):
    """A required part of a year is not stored. The message names the part and the command that stores it."""


class LedgerDamaged(UserError):
    """The file that says what is stored of a year cannot be read; the message names it and what to do."""


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
    """

    year: int
    part: str
    through: int
    digest: str
    opening: str
    rows: dict[str, int]
    bytes: int
    folder: str


class LedgerStore:
    """The stored years of one scenario."""

    def __init__(self, place: str, fingerprint: str) -> None:
        self.place = place
        self.fingerprint = fingerprint
        self.root = open_place(LEDGERS, place) / fingerprint

    def years(self, part: str) -> list[int]:
        """Return the years for which this part is stored, in order."""
        with usable(LEDGERS, self.place):
            if not self.root.exists():
                return []
            return sorted(
                int(folder.name)
                for folder in self.root.iterdir()
                if folder.name.isdigit() and (folder / f"{part}.json").exists()
            )

    def about(self, year: int, part: str) -> StoredPart | None:
        """Return the metadata of a stored part, or None.

        Raises:
            LedgerDamaged: the pointer file is damaged.
        """
        pointer = self._pointer(year, part)
        try:
            return StoredPart(**json.loads(pointer.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise LedgerDamaged(
                f"{pointer} is damaged ({error}); delete it, and the next run simulates {year} again"
            ) from None

    def write(
        self,
        year: int,
        part: str,
        through: int,
        frames: Mapping[str, Columns],
        state: Columns | None = None,
        opening: str = "",
    ) -> StoredPart:
        """Store a part of a year and replace its old content. Identical content is not written again."""
        digest = _digest(frames, state or {}, through)
        known = self.about(year, part)
        if known is not None and (known.digest, known.opening, known.through) == (digest, opening, through):
            return known
        folder = self.root / str(year) / f"{part}-{digest}-{uuid4().hex[:8]}"
        with usable(LEDGERS, self.place):
            folder.mkdir(parents=True, exist_ok=True)
        size = 0
        for name, columns in frames.items():
            size += _put(folder / f"{name}.parquet", _parquet(columns))
        if state is not None:
            size += _put(folder / "state.npz", _arrays(state))
        rows = {name: len(next(iter(columns.values()))) for name, columns in frames.items()}
        stored = StoredPart(year, part, through, digest, opening, rows, size, folder.name)
        self._point(stored)
        self._forget(year, part, keep={folder.name, known.folder if known else folder.name})
        return stored

    def frame(self, stored: StoredPart, name: str) -> dict[str, np.ndarray]:
        """Return the columns of one frame."""
        with (self._folder(stored) / f"{name}.parquet").open("rb") as file:
            table = pq.read_table(file)
        return {column: _numpy(table.column(column)) for column in table.column_names}

    def state(self, stored: StoredPart) -> dict[str, np.ndarray]:
        """Return the arrays stored as state."""
        with np.load(io.BytesIO((self._folder(stored) / "state.npz").read_bytes()), allow_pickle=False) as arrays:
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


def _put(path: UPath, content: bytes) -> int:
    replace_file(path, content)
    return len(content)


def _remove(folder: UPath) -> None:
    for entry in folder.iterdir():
        if entry.is_dir():
            _remove(entry)
        else:
            entry.unlink()
    folder.rmdir()
