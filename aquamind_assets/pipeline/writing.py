"""Write one asset's year into the database, chunk by chunk, from where the last attempt left off.

Belongs here: which chunks are to be written, continued or left alone. Does not belong here: Dagster, making rows
(``records``), loading them (``warehouse``).
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from aquamind_assets.pipeline.living import due_years
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.workers import ChunkTask, ChunkWriter, write_side_by_side
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.timeline import Chunk, DayRange, chunks_of, merged, year_days
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY, Checkpoint, ChunkKey, pending
from aquamind_assets.warehouse.warehouse import Warehouse

LOCK_WAIT_S = 60.0
"""How long a second writer of the same year waits for the first to finish; what that one has committed is not written
again."""

WORTH_A_WORKER_S = 1.0
"""Chunks of an asset's year are written side by side if one of the asset takes at least this long."""

InputsOf = Callable[[int, int, int | None], YearInputs]
"""The inputs of a year, with everything that changes over its life as of the end of the second year, or of a day of
it."""

OnChunk = Callable[[Checkpoint, int], None]


@dataclass
class YearWritten:
    """What came of writing one asset's year.

    Attributes:
        written: checkpoints of the chunks that this attempt wrote or continued.
        resumed: checkpoints of the chunks that were already there.
        appended: how many of ``written`` were continued by new days only.
        rows_before: rows that the continued chunks had before.
        seconds_before: seconds that those had taken.
    """

    written: list[Checkpoint] = field(default_factory=list)
    resumed: list[Checkpoint] = field(default_factory=list)
    appended: int = 0
    rows_before: int = 0
    seconds_before: float = 0.0

    @property
    def rows(self) -> int:
        """Rows of the year that are in the database now."""
        return sum(checkpoint.rows for checkpoint in (*self.written, *self.resumed))

    @property
    def rows_written(self) -> int:
        """Rows that this attempt wrote; of a continued chunk those of its new days."""
        return sum(checkpoint.rows for checkpoint in self.written) - self.rows_before

    @property
    def seconds(self) -> float:
        """Seconds spent on those."""
        return sum(checkpoint.seconds for checkpoint in self.written) - self.seconds_before

    @property
    def peak_memory_mb(self) -> float:
        """Most memory that the process held while writing."""
        return max((checkpoint.peak_memory_mb for checkpoint in self.written), default=0.0)

    @property
    def digest(self) -> str:
        """Sixteen hex digits of the year's content, whatever the chunks and their order."""
        return f"{sum(checkpoint.digest for checkpoint in (*self.written, *self.resumed)) % 2**64:016x}"


@dataclass(frozen=True)
class YearWriter:
    """Writes years of one asset into one database.

    Attributes:
        recorder: makes the rows.
        inputs_of: the recorder's inputs.
        warehouse: the database, prepared.
        fingerprint: of what decides the rows, see ``provenance``.
        run_id: kept with the checkpoints.
        progress: receives every chunk, and may ask to stop between two.
        workers: processes that write chunks side by side.
        database: URL of the database, for those.
    """

    recorder: Recorder
    inputs_of: InputsOf
    warehouse: Warehouse
    fingerprint: str
    run_id: str
    progress: Progress = field(default_factory=Progress)
    workers: int = 1
    database: str = ""

    def write(
        self,
        year: int,
        days: DayRange | None = None,
        on_chunk: OnChunk = lambda one, count: None,
        *,
        keep_only: Collection[str] | None = None,
        begun_beside: bool = False,
    ) -> YearWritten:
        """Write what is missing of a year.

        Args:
            year: the calendar year.
            days: the only days of which events are recorded; their chunks stay unfinished until all days are there.
            on_chunk: called with each chunk that was written, and the number of chunks of the year.
            keep_only: write what is there too, but for chunks that runs of these ids have written; None to keep all.
            begun_beside: whether chunks of this run that are there were written for this attempt, and count as its own.

        Raises:
            Interrupted: a person asked to stop; what is committed stays.
            LedgerMissing: a ledger that is needed is not stored.
            YearLocked: another process writes the year.
        """
        if self.recorder.kind == "living":
            return self._write_living(year, on_chunk, keep_only)
        with self.warehouse.lock(self.recorder.asset, year, wait=LOCK_WAIT_S):
            return self._write_events(year, days, on_chunk, keep_only, begun_beside)

    def refresh(self) -> list[int]:
        """Write living rows again that no longer stand as of the latest materialized year; the years that were written.

        To be called after years were cleared.

        Raises:
            LedgerMissing: a ledger that is needed is not stored.
        """
        due = self._due(None)
        for year in due:
            self._replace_living(year)
        return due

    def _write_living(self, year: int, on_chunk: OnChunk, keep_only: Collection[str] | None) -> YearWritten:
        done = YearWritten()
        self.progress.started(self.recorder.asset, year, 1)
        due = self._due(year)
        if year in due or not self._kept(self.warehouse.checkpoints(self.recorder.asset, year), keep_only):
            done.written.append(self._replace_living(year))
            on_chunk(done.written[0], 1)
        else:
            done.resumed += self.warehouse.checkpoints(self.recorder.asset, year)
        self.progress.chunk_written(self.recorder.asset, year, done.rows_written)
        for other in due:
            if other != year:
                self._replace_living(other)
        self.progress.completed(self.recorder.asset, year)
        return done

    def _due(self, year: int | None) -> list[int]:
        """Years whose living rows have to be written, when ``year`` is."""
        written = self._living_years()
        latest = max([*written, *([] if year is None else [year])], default=None)
        if latest is None:
            return []
        if year is not None and year < latest and (last_day := written[latest]) is not None:
            return due_years(written, last_day, year)
        return due_years(written, self.inputs_of(latest, latest, None).lives.through, year)

    def _living_years(self) -> dict[int, int | None]:
        """The day that the living rows of each year stand for; stale years are left out."""
        checkpoints = self.warehouse.checkpoints(self.recorder.asset)
        return {one.year: one.as_of for one in checkpoints if one.fingerprint == self.fingerprint}

    def _replace_living(self, year: int) -> Checkpoint:
        """Write a year's living rows as of the latest year that is materialized, itself included."""
        with self.warehouse.lock(self.recorder.asset, year, wait=LOCK_WAIT_S):
            written = self._living_years()
            latest = max([year, *written])
            # A later year may have been written when the ledger reached less far, or in part: what came since is not
            # there to be referred to.
            inputs = self.inputs_of(year, latest, written[latest] if latest > year else None)
            return self.warehouse.write_living(
                ChunkKey(self.recorder.asset, year, 0),
                year_days(year),
                self.fingerprint,
                self.run_id,
                self.recorder.tables,
                self.recorder.rows_alive(inputs),
                self.recorder.gone(inputs) if self.recorder.gone else {},
                as_of=inputs.lives.through,
            )

    def _kept(self, there: Sequence[Checkpoint], keep_only: Collection[str] | None) -> list[Checkpoint]:
        """The chunks that need not be written again."""
        return [checkpoint for checkpoint in there if keep_only is None or checkpoint.run_id in keep_only]

    def _write_events(
        self,
        year: int,
        days: DayRange | None,
        on_chunk: OnChunk,
        keep_only: Collection[str] | None,
        begun_beside: bool,
    ) -> YearWritten:
        asset, inputs, done = self.recorder.asset, self.inputs_of(year, year, None), YearWritten()
        there = {checkpoint.chunk: checkpoint for checkpoint in self.warehouse.checkpoints(asset, year)}
        current = [checkpoint for checkpoint in there.values() if checkpoint.fingerprint == self.fingerprint]
        days_back = self.recorder.days_back(inputs.scenario)
        chunks = wanted_chunks(year, inputs.ledger.through, days, current, days_back)
        missing = pending(self._kept(list(there.values()), keep_only), self.fingerprint, chunks)
        tasks = [
            ChunkTask(ChunkKey(asset, year, one.chunk.index), one.days, one.append, one.chunk.known_from)
            for one in missing
        ]
        if tasks and DAY_UNDER_WAY in there:
            # The whole day replaces what there is of it, and a kill in between leaves the days before it.
            self.warehouse.drop_day_under_way(asset, year, self.recorder.tables)
        self.progress.started(asset, year, len(chunks))
        for chunk in chunks:
            if chunk.index in {task.key.chunk for task in tasks}:
                continue
            checkpoint = there[chunk.index]
            ours = begun_beside and checkpoint.run_id == self.run_id
            (done.written if ours else done.resumed).append(checkpoint)
            self.progress.chunk_written(asset, year, checkpoint.rows if ours else 0)
            if ours:
                on_chunk(checkpoint, len(chunks))
        for task, checkpoint in self._written(ChunkWriter(inputs, self.fingerprint, self.run_id), tasks):
            before = done.rows_written
            done.written.append(checkpoint)
            if task.append:
                done.appended += 1
                done.rows_before += there[task.key.chunk].rows
                done.seconds_before += there[task.key.chunk].seconds
            self.progress.chunk_written(asset, year, done.rows_written - before)
            on_chunk(checkpoint, len(chunks))
        done.written.sort(key=lambda checkpoint: checkpoint.chunk)
        self.progress.completed(asset, year)
        return done

    def _written(self, writer: ChunkWriter, tasks: Sequence[ChunkTask]) -> Iterator[tuple[ChunkTask, Checkpoint]]:
        """Write the chunks, each as it is committed: in this process, or, once one of the asset has taken long enough
        for that to be worth it, in several."""
        shared = replace(writer, share=self.workers)
        if self.workers > 1 and len(tasks) > 1 and self._has_long_chunks():
            yield from write_side_by_side(self.database, self.recorder.asset, shared, tasks, self.progress)
            return
        guard = writer.guard(logging.getLogger(__name__).warning)
        for number, task in enumerate(tasks):
            self.progress.raise_if_interrupted(f"{task.key.asset} {task.key.year}")
            began = time.monotonic()
            yield task, writer.write(self.warehouse, self.recorder, task, guard)
            left = tasks[number + 1 :]
            if self.workers > 1 and len(left) > 1 and time.monotonic() - began >= WORTH_A_WORKER_S:
                yield from write_side_by_side(self.database, self.recorder.asset, shared, left, self.progress)
                return

    def _has_long_chunks(self) -> bool:
        """Whether a committed chunk of the asset, of any year, was worth a worker."""
        return any(one.seconds >= WORTH_A_WORKER_S for one in self.warehouse.checkpoints(self.recorder.asset))


def wanted_chunks(
    year: int, through: int, days: DayRange | None, committed: Sequence[Checkpoint], days_back: int = 0
) -> list[Chunk]:
    """The year's chunks as they should be: whole, or cut to ``days`` but never smaller than what is committed.

    Args:
        year: the calendar year.
        through: the last day that is simulated, a day number.
        days: the only days to record; None for all.
        committed: what is there of the year from the same scenario and code.
        days_back: how many days the rows of a chunk look back. Where only some days are recorded, a chunk leaves out
            what belongs to rows that are not there, and says so; once they are there it is written again.
    """
    chunks = chunks_of(year, through)
    if days is None:
        return chunks
    known = {checkpoint.chunk: checkpoint.days for checkpoint in committed}
    cut = []
    for chunk in chunks:
        first, end = max(chunk.days.first, days.first), min(chunk.days.end, days.end)
        there = known.get(chunk.index)
        if first < end:
            there = there or DayRange(first, end)
            cut.append(Chunk(year, chunk.index, DayRange(min(first, there.first), max(end, there.end))))
        elif there:
            cut.append(Chunk(year, chunk.index, there))
    recorded = merged([one.days for one in cut])
    return [replace(one, known_from=_known_from(one, recorded, days_back)) for one in cut]


def _known_from(chunk: Chunk, recorded: Sequence[DayRange], days_back: int) -> int | None:
    """See :class:`Chunk`; ``recorded`` are all days that are there once the chunks are written."""
    since = next((one.first for one in recorded if chunk.days.first in one), chunk.days.first)
    return since if since > max(chunk.days.first - days_back, year_days(chunk.year).first) else None
