"""Write one asset's year into the database, chunk by chunk, from where the last attempt left off.

Belongs here: which chunks are to be written, continued or left alone. Does not belong here: Dagster, making rows
(``records``), loading them (``warehouse``).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import BLOCK_ROWS, Recorder
from aquamind_assets.timeline import Chunk, DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey, pending
from aquamind_assets.warehouse.memory import MemoryGuard, memory_budget_mb
from aquamind_assets.warehouse.warehouse import Warehouse

LOCK_WAIT_S = 60.0
"""How long a second writer of the same year waits for the first to finish; what that one has committed is not written
again."""


@dataclass
class YearWritten:
    """What came of writing one asset's year.

    Attributes:
        written: checkpoints of the chunks that this attempt wrote or continued.
        resumed: checkpoints of the chunks that were already there.
        appended: how many of ``written`` were continued by new days only.
    """

    written: list[Checkpoint] = field(default_factory=list)
    resumed: list[Checkpoint] = field(default_factory=list)
    appended: int = 0

    @property
    def rows(self) -> int:
        """Rows of the year that are in the database now."""
        return sum(checkpoint.rows for checkpoint in (*self.written, *self.resumed))

    @property
    def rows_written(self) -> int:
        """Rows of the chunks that this attempt wrote."""
        return sum(checkpoint.rows for checkpoint in self.written)

    @property
    def seconds(self) -> float:
        """Seconds spent on those."""
        return sum(checkpoint.seconds for checkpoint in self.written)

    @property
    def peak_memory_mb(self) -> float:
        """Most memory that the process held while writing."""
        return max((checkpoint.peak_memory_mb for checkpoint in self.written), default=0.0)

    @property
    def digest(self) -> str:
        """Sixteen hex digits of the year's content, whatever the chunks and their order."""
        return f"{sum(checkpoint.digest for checkpoint in (*self.written, *self.resumed)) % 2**64:016x}"


def write_year(
    recorder: Recorder,
    inputs: YearInputs,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    days: DayRange | None = None,
    on_chunk: Callable[[Checkpoint, int], None] = lambda checkpoint, chunks: None,
) -> YearWritten:
    """Write what is missing of the year; ``on_chunk`` hears of each chunk written and of how many the year has.

    ``days`` restricts events to some days of the year; the chunks they lie in count as unfinished until all their days
    are there.

    Raises:
        Interrupted: a person asked for it; what is committed stays.
    """
    with warehouse.lock(recorder.asset, inputs.year, wait=LOCK_WAIT_S):
        there = {checkpoint.chunk: checkpoint for checkpoint in warehouse.checkpoints(recorder.asset, inputs.year)}
        if recorder.kind == "living":
            return _write_living(recorder, inputs, warehouse, fingerprint, run_id, progress, there, on_chunk)
        return _write_events(recorder, inputs, warehouse, fingerprint, run_id, progress, there, on_chunk, days)


def _write_living(
    recorder: Recorder,
    inputs: YearInputs,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    there: Mapping[int, Checkpoint],
    on_chunk: Callable[[Checkpoint, int], None],
) -> YearWritten:
    done = YearWritten()
    progress.started(recorder.asset, inputs.year, 1)
    if 0 in there and (there[0].fingerprint, there[0].as_of) == (fingerprint, inputs.lives.through):
        done.resumed.append(there[0])
        progress.chunk_written(recorder.asset, inputs.year, 0)
    else:
        gone: Mapping[str, np.ndarray] = recorder.gone(inputs) if recorder.gone else {}
        key = ChunkKey(recorder.asset, inputs.year, 0)
        done.written.append(
            warehouse.write_living(
                key,
                year_days(inputs.year),
                fingerprint,
                run_id,
                recorder.tables,
                recorder.rows_alive(inputs),
                gone,
                as_of=inputs.lives.through,
            )
        )
        progress.chunk_written(recorder.asset, inputs.year, done.written[-1].rows)
        on_chunk(done.written[-1], 1)
    progress.completed(recorder.asset, inputs.year)
    return done


def _write_events(
    recorder: Recorder,
    inputs: YearInputs,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    there: Mapping[int, Checkpoint],
    on_chunk: Callable[[Checkpoint, int], None],
    days: DayRange | None,
) -> YearWritten:
    done = YearWritten()
    chunks = wanted_chunks(
        inputs.year,
        inputs.ledger.through,
        days,
        [known for known in there.values() if known.fingerprint == fingerprint],
    )
    missing = {one.chunk.index: one for one in pending(list(there.values()), fingerprint, chunks)}
    guard = MemoryGuard(
        memory_budget_mb(inputs.scenario.memory_budget_mb), BLOCK_ROWS, report=logging.getLogger(__name__).warning
    )
    progress.started(recorder.asset, inputs.year, len(chunks))
    for chunk in chunks:
        if chunk.index not in missing:
            done.resumed.append(there[chunk.index])
            progress.chunk_written(recorder.asset, inputs.year, 0)
            continue
        progress.raise_if_interrupted(recorder.asset, inputs.year)
        new = missing[chunk.index]
        write = warehouse.append_days if new.append else warehouse.write_chunk
        key = ChunkKey(recorder.asset, inputs.year, chunk.index)
        done.written.append(
            write(
                key,
                new.days,
                fingerprint,
                run_id,
                recorder.tables,
                partial(recorder.rows_of_days, inputs, new.days, guard.next_block),
            )
        )
        done.appended += new.append
        progress.chunk_written(recorder.asset, inputs.year, done.written[-1].rows)
        on_chunk(done.written[-1], len(chunks))
    progress.completed(recorder.asset, inputs.year)
    return done


def wanted_chunks(year: int, through: int, days: DayRange | None, committed: Sequence[Checkpoint]) -> list[Chunk]:
    """The year's chunks as they should be: whole, or cut to ``days`` but never smaller than what is committed."""
    chunks = chunks_of(year, through)
    if days is None:
        return chunks
    known = {checkpoint.chunk: checkpoint.days for checkpoint in committed}
    cut = []
    for chunk in chunks:
        first, end = max(chunk.days.first, days.first), min(chunk.days.end, days.end)
        if first < end:
            there = known.get(chunk.index, DayRange(first, end))
            cut.append(Chunk(year, chunk.index, DayRange(min(first, there.first), max(end, there.end))))
    return cut
