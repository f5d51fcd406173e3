"""What has been written: checkpoints of chunks, and the manifest of tables and years.

A checkpoint is committed together with the rows it is about, so whenever a process dies, the checkpoints say exactly
what is in the database. Some of its columns are content (:data:`CONTENT_COLUMNS`): they are the same whenever and
wherever the same rows are written, and two databases with the same content have them in common. The others are a diary
(:data:`DIARY_COLUMNS`): which run wrote the chunk, how long it took and how much memory it held. Nothing is decided by
the diary.

Belongs here: checkpoints as values, and which chunks are still to be written. Does not belong here: the tables that
hold them (``own_tables``), their SQL (``checkpoint_store``).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aquamind_assets.timeline import Chunk, DayRange

LIVING_CHUNK = -1
"""Number under which the digests of living tables are kept: their rows belong to the year of their ids, whichever
year's run wrote them last."""

DAY_UNDER_WAY = 365
"""Number of the chunk with the rows of a day that is not over. The rows of the whole day replace it."""

CONTENT_COLUMNS = (
    "asset",
    "year",
    "chunk",
    "first_day",
    "last_day",
    "row_count",
    "digest",
    "fingerprint",
    "as_of",
    "known_from",
)
"""Columns of ``aquamind_assets_chunk`` that are a function of scenario, code and the years in the database. All of
``aquamind_assets_chunk_table`` and ``aquamind_assets_living`` is content too."""

DIARY_COLUMNS = ("run_id", "seconds", "peak_memory_mb")
"""Columns of ``aquamind_assets_chunk`` that tell how the chunk came to be written; they differ from run to run."""


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
        fingerprint: of the scenario and the code that it was made from.
        as_of: the day (a day number) that living rows stand for: the end of the latest year that the database had of
            their asset when they were last written; None for rows that never change.
        known_from: where the rows look back on days before the chunk (as the corrections of records do), and some of
            those were not to be recorded: the first day, a day number, from which on all were. What belongs to rows of
            the days before it was left out. None where nothing was.
        run_id: the run that wrote it.
        seconds: time it took, from when it was this chunk's turn to write until just before the commit.
        peak_memory_mb: most memory that the process held meanwhile.
    """

    asset: str
    year: int
    chunk: int
    first_day: int
    last_day: int
    rows: int
    digest: int
    fingerprint: str
    as_of: int | None
    known_from: int | None
    run_id: str
    seconds: float
    peak_memory_mb: float

    @property
    def days(self) -> DayRange:
        """The days in it."""
        return DayRange(self.first_day, self.last_day + 1)


@dataclass(frozen=True, order=True)
class TableYear:
    """Rows of a table whose ids say one calendar year; year 0 holds rows of the platform with ids that AquaMind
    fixes."""

    table: str
    year: int
    rows: int
    digest: int


@dataclass(frozen=True)
class PendingChunk:
    """A chunk that is missing or not complete.

    Attributes:
        chunk: the chunk as it should be.
        days: the days of it to write.
        append: whether earlier days of it are in the database from the same scenario, so that ``append_days`` suffices.
    """

    chunk: Chunk
    days: DayRange
    append: bool


def pending(committed: Sequence[Checkpoint], fingerprint: str, chunks: Sequence[Chunk]) -> list[PendingChunk]:
    """Which of ``chunks`` have to be written, given a year's checkpoints: all but those committed with this fingerprint
    for all their days, and for all that they look back on."""
    known = {checkpoint.chunk: checkpoint for checkpoint in committed if checkpoint.fingerprint == fingerprint}
    found = []
    for chunk in chunks:
        checkpoint = known.get(chunk.index)
        if checkpoint is None or (checkpoint.first_day, checkpoint.known_from) != (chunk.days.first, chunk.known_from):
            found.append(PendingChunk(chunk, chunk.days, append=False))
        elif checkpoint.last_day + 1 < chunk.days.end:
            found.append(PendingChunk(chunk, DayRange(checkpoint.last_day + 1, chunk.days.end), append=True))
    return found


def hex_digest(digest: int) -> str:
    """A digest as it is stored and shown: sixteen hex digits."""
    return f"{digest:016x}"
