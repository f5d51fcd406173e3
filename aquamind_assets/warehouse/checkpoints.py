"""What has been written: checkpoints, the manifest, and the platform's own tables that hold them.

A checkpoint is committed together with the rows it speaks of, so whatever dies whenever, the checkpoints say exactly
what is there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aquamind_assets.timeline import Chunk, DayRange

LIVING_CHUNK = -1
"""Number under which the digests of living tables are kept: their rows belong to the year of their ids, whichever
year's run wrote them last."""

OWN_TABLES = {
    "aquamind_assets_chunk": (
        """
        asset varchar(100) NOT NULL, year integer NOT NULL, chunk integer NOT NULL,
        first_day integer NOT NULL, last_day integer NOT NULL,
        row_count bigint NOT NULL, digest varchar(16) NOT NULL,
        fingerprint varchar(64) NOT NULL, run_id varchar(100) NOT NULL,
        seconds double precision NOT NULL, peak_memory_mb double precision NOT NULL, PRIMARY KEY (asset, year, chunk)"""
    ),
    "aquamind_assets_chunk_table": (
        """
        asset varchar(100) NOT NULL, year integer NOT NULL, chunk integer NOT NULL,
        table_name varchar(100) NOT NULL, id_year integer NOT NULL,
        row_count bigint NOT NULL, digest varchar(16) NOT NULL, PRIMARY KEY (asset, year, chunk, table_name, id_year)"""
    ),
    "aquamind_assets_living": (
        """
        asset varchar(100) NOT NULL, year integer NOT NULL, table_name varchar(100) NOT NULL, ids {bytes} NOT NULL,
        PRIMARY KEY (asset, year, table_name)"""
    ),
}
"""The platform's own tables and their columns; ``{bytes}`` is the database's type for bytes. Days are day numbers,
digests sixteen hex digits.

``aquamind_assets_living`` holds, compressed, the ids that each year's run wrote into living tables: a row is deleted
when no year claims it any more.
"""


@dataclass(frozen=True)
class ChunkKey:
    """Names a chunk: ``chunk`` counts from 0 within the year; a living asset's year is one chunk, number 0."""

    asset: str
    year: int
    chunk: int

    def __str__(self) -> str:
        return f"{self.asset} {self.year} chunk {self.chunk}"


@dataclass(frozen=True)
class Checkpoint:
    """A committed chunk.

    Attributes:
        asset: name of the asset.
        year: calendar year.
        chunk: number of the chunk in the year.
        first_day: first day in it, a day number.
        last_day: last day in it.
        rows: rows in all its tables.
        digest: of all its rows, 0 <= digest < 2**64.
        fingerprint: of the scenario it was made from.
        run_id: the run that wrote it.
        seconds: time it took, from when it was this chunk's turn to write until just before the commit.
        peak_memory_mb: most memory the process was seen to hold meanwhile.
    """

    asset: str
    year: int
    chunk: int
    first_day: int
    last_day: int
    rows: int
    digest: int
    fingerprint: str
    run_id: str
    seconds: float
    peak_memory_mb: float

    @property
    def days(self) -> DayRange:
        """The days in it."""
        return DayRange(self.first_day, self.last_day + 1)


CHECKPOINT_COLUMNS = (
    "asset, year, chunk, first_day, last_day, row_count, digest, fingerprint, run_id, seconds, peak_memory_mb"
)


def checkpoint(row: tuple[Any, ...]) -> Checkpoint:
    """A checkpoint from a row of :data:`CHECKPOINT_COLUMNS`."""
    asset, year, chunk, first_day, last_day, rows, digest, *rest = row
    return Checkpoint(asset, year, chunk, first_day, last_day, rows, int(digest, 16), *rest)


@dataclass(frozen=True, order=True)
class TableYear:
    """Rows of a table whose ids say one calendar year; year 0 holds ids that are fixed by AquaMind."""

    table: str
    year: int
    rows: int
    digest: int


@dataclass(frozen=True)
class PendingChunk:
    """A chunk that is not there, or not complete.

    Attributes:
        chunk: the chunk as it should be.
        days: the days of it to write.
        append: whether earlier days of it are there from the same scenario, so that ``append_days`` does.
    """

    chunk: Chunk
    days: DayRange
    append: bool


def pending(committed: Sequence[Checkpoint], fingerprint: str, chunks: Sequence[Chunk]) -> list[PendingChunk]:
    """Which of ``chunks`` have to be written, given a year's checkpoints: all but those committed with this fingerprint
    for all their days."""
    known = {checkpoint.chunk: checkpoint for checkpoint in committed if checkpoint.fingerprint == fingerprint}
    found = []
    for chunk in chunks:
        checkpoint = known.get(chunk.index)
        if checkpoint is None or checkpoint.first_day != chunk.days.first:
            found.append(PendingChunk(chunk, chunk.days, append=False))
        elif checkpoint.last_day + 1 < chunk.days.end:
            found.append(PendingChunk(chunk, DayRange(checkpoint.last_day + 1, chunk.days.end), append=True))
    return found


def hex_digest(digest: int) -> str:
    """A digest as it is stored and shown: sixteen hex digits."""
    return f"{digest:016x}"
