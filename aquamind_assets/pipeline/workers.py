"""Processes that make and write chunks of one asset's year side by side, each over a connection of its own.

The chunks of a year do not depend on each other, and each is a transaction, so their order and number of writers
decide nothing. The process that began the year holds its lock, reports progress and asks to stop; workers end with it,
however it ends.

Belongs here: the processes. Does not belong here: which chunks are written (``writing``), how (``warehouse``).
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from typing import Any

from aquamind_assets.errors import TransientError
from aquamind_assets.pipeline import side_process
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.records.inputs import YearInputs
from aquamind_assets.records.recorder import BLOCK_ROWS
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.timeline import DayRange
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.memory import MemoryGuard, memory_budget_mb
from aquamind_assets.warehouse.warehouse import Warehouse

WORKER_MB = 500
"""Memory that a worker needs at full scale."""


class WorkerLost(TransientError):
    """A worker died, for example for want of memory; the chunks that were committed stay."""


@dataclass(frozen=True)
class ChunkTask:
    """A chunk to write.

    Attributes:
        key: which one.
        days: the days of it to write.
        append: whether they follow days that are there.
        known_from: see :class:`Chunk`.
    """

    key: ChunkKey
    days: DayRange
    append: bool
    known_from: int | None = None


@dataclass(frozen=True)
class ChunkWriter:
    """What a process needs to write chunks of an asset's year.

    Attributes:
        inputs: the recorder's inputs of the year.
        fingerprint: of what decides the rows.
        run_id: kept with the checkpoints.
        share: how many processes share the memory budget.
    """

    inputs: YearInputs
    fingerprint: str
    run_id: str
    share: int = 1

    def guard(self, report: Any = None) -> MemoryGuard:
        """Decides the size of blocks."""
        budget = memory_budget_mb(self.inputs.scenario.memory_budget_mb) / self.share
        return MemoryGuard(budget, BLOCK_ROWS, report=report or (lambda message: None))

    def write(self, warehouse: Warehouse, recorder: Any, task: ChunkTask, guard: MemoryGuard) -> Checkpoint:
        """Write a chunk."""
        blocks = partial(recorder.rows_of_days, self.inputs, task.days, guard.next_block, task.known_from)
        what = (task.key, task.days, self.fingerprint, self.run_id, recorder.tables, blocks)
        return warehouse.append_days(*what) if task.append else warehouse.write_chunk(*what, task.known_from)


def processes_with_room(configured_mb: int | None) -> int:
    """How many processes run side by side by default: the cores, as far as memory allows."""
    return max(1, min(len(os.sched_getaffinity(0)), memory_budget_mb(configured_mb) // WORKER_MB))


def write_side_by_side(
    url: str, asset: str, writer: ChunkWriter, tasks: Sequence[ChunkTask], progress: Progress
) -> Iterator[tuple[ChunkTask, Checkpoint]]:
    """Write chunks in ``writer.share`` processes; each as it is committed, in any order.

    After a request to stop no other chunk is begun; those under way are committed.

    Raises:
        Interrupted: a person asked to stop.
        WorkerLost: a process died.
    """
    count = min(writer.share, len(tasks))
    waiting, under_way = list(reversed(tasks)), dict[Future[Checkpoint], ChunkTask]()
    with ProcessPoolExecutor(count, side_process.context(), _begin, (url, asset, writer)) as pool:
        try:
            while waiting or under_way:
                while waiting and len(under_way) < count and not progress.interrupt_requested:
                    task = waiting.pop()
                    under_way[pool.submit(_write, task)] = task
                if not under_way:
                    break
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                    yield under_way.pop(future), future.result()
        except BrokenProcessPool as error:
            raise WorkerLost(f"{asset}: a worker process died ({error}); committed chunks stay") from error
    progress.raise_if_interrupted(f"{asset} {tasks[0].key.year}")


@dataclass(frozen=True)
class _Worker:
    """This process as a worker."""

    warehouse: Warehouse
    recorder: Any
    writer: ChunkWriter
    guard: MemoryGuard


_here: list[_Worker] = []


def _begin(url: str, asset: str, writer: ChunkWriter) -> None:
    side_process.begin()
    release = writer.inputs.release
    _here[:] = [_Worker(open_warehouse(url, release), recorders_of(release)[asset], writer, writer.guard())]


def _write(task: ChunkTask) -> Checkpoint:
    (worker,) = _here
    return worker.writer.write(worker.warehouse, worker.recorder, task, worker.guard)
