"""Write one asset's year into the database, chunk by chunk, from where the last attempt left off.

Belongs here: which chunks are to be written, continued or left alone. Does not belong here: Dagster, making rows
(``records``), loading them (``warehouse``).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from aquamind_assets.pipeline.living import due_years
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.provenance import Fingerprint
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import BLOCK_ROWS, Recorder
from aquamind_assets.timeline import Chunk, DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey, pending
from aquamind_assets.warehouse.memory import MemoryGuard, memory_budget_mb
from aquamind_assets.warehouse.warehouse import Warehouse

LOCK_WAIT_S = 60.0
"""How long a second writer of the same year waits for the first to finish; what that one has committed is not written
again."""


InputsOf = Callable[[int, int], YearInputs]
"""The inputs of a year, with everything that changes over its life as of the end of the second year."""

OnChunk = Callable[[Checkpoint, int], None]


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
    year: int,
    inputs_of: InputsOf,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    days: DayRange | None = None,
    on_chunk: OnChunk = lambda checkpoint, chunks: None,
) -> YearWritten:
    """Write what is missing of an asset's year.

    Args:
        recorder: makes the rows.
        year: the calendar year.
        inputs_of: the recorder's inputs of a year, as of the end of another one.
        warehouse: the database, prepared.
        fingerprint: of what decides the rows, see ``provenance``.
        run_id: kept with the checkpoints.
        progress: receives every chunk, and may ask to stop between two.
        days: the only days of which events are recorded; their chunks stay unfinished until all days are there.
        on_chunk: called with each chunk that was written, and the number of chunks of the year.

    Raises:
        Interrupted: a person asked to stop; what is committed stays.
        LedgerMissing: a ledger that is needed is not stored.
    """
    if recorder.kind == "living":
        return _write_living(recorder, year, inputs_of, warehouse, fingerprint, run_id, progress, on_chunk)
    with warehouse.lock(recorder.asset, year, wait=LOCK_WAIT_S):
        there = {checkpoint.chunk: checkpoint for checkpoint in warehouse.checkpoints(recorder.asset, year)}
        inputs = inputs_of(year, year)
        return _write_events(recorder, inputs, warehouse, fingerprint, run_id, progress, there, on_chunk, days)


def refresh_living(
    recorder: Recorder, inputs_of: InputsOf, warehouse: Warehouse, fingerprint: str, run_id: str
) -> list[int]:
    """Write living rows again that no longer stand as of the latest materialized year; the years that were written.

    To be called after years were cleared.

    Raises:
        LedgerMissing: a ledger that is needed is not stored.
    """
    written = _living_years(recorder, warehouse)
    due = due_years(written, fingerprint, _last_days(inputs_of, written, fingerprint, None))
    for one in due:
        _replace_living(recorder, one, inputs_of, warehouse, fingerprint, run_id)
    return due


def _write_living(
    recorder: Recorder,
    year: int,
    inputs_of: InputsOf,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    on_chunk: OnChunk,
) -> YearWritten:
    done = YearWritten()
    progress.started(recorder.asset, year, 1)
    written = _living_years(recorder, warehouse)
    due = due_years(written, fingerprint, _last_days(inputs_of, written, fingerprint, year), year)
    if year in due:
        done.written.append(_replace_living(recorder, year, inputs_of, warehouse, fingerprint, run_id))
        on_chunk(done.written[0], 1)
    else:
        done.resumed += warehouse.checkpoints(recorder.asset, year)
    progress.chunk_written(recorder.asset, year, done.rows_written)
    for other in due:
        if other != year:
            _replace_living(recorder, other, inputs_of, warehouse, fingerprint, run_id)
    progress.completed(recorder.asset, year)
    return done


def _living_years(recorder: Recorder, warehouse: Warehouse) -> dict[int, Fingerprint]:
    return {one.year: Fingerprint.parse(one.fingerprint) for one in warehouse.checkpoints(recorder.asset)}


def _last_days(
    inputs_of: InputsOf, written: Mapping[int, Fingerprint], fingerprint: str, year: int | None
) -> dict[int, int]:
    """Last simulated day of the latest year that is materialized, by that year; empty if there is none."""
    years = [one for one, known in written.items() if known.content == fingerprint]
    latest = max([*years, *([] if year is None else [year])], default=None)
    return {} if latest is None else {latest: inputs_of(latest, latest).lives.through}


def _replace_living(
    recorder: Recorder, year: int, inputs_of: InputsOf, warehouse: Warehouse, fingerprint: str, run_id: str
) -> Checkpoint:
    """Write a year's living rows as of the latest year that is materialized, itself included."""
    with warehouse.lock(recorder.asset, year, wait=LOCK_WAIT_S):
        written = _living_years(recorder, warehouse)
        latest = max([year, *(one for one, known in written.items() if known.content == fingerprint)])
        inputs = inputs_of(year, latest)
        gone: Mapping[str, np.ndarray] = recorder.gone(inputs) if recorder.gone else {}
        return warehouse.write_living(
            ChunkKey(recorder.asset, year, 0),
            year_days(year),
            str(Fingerprint(fingerprint, inputs.lives.through)),
            run_id,
            recorder.tables,
            recorder.rows_alive(inputs),
            gone,
        )


def _write_events(
    recorder: Recorder,
    inputs: YearInputs,
    warehouse: Warehouse,
    fingerprint: str,
    run_id: str,
    progress: Progress,
    there: Mapping[int, Checkpoint],
    on_chunk: OnChunk,
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
        memory_budget_mb(inputs.scenario.memory_budget_mb), BLOCK_ROWS, say=logging.getLogger(__name__).warning
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
