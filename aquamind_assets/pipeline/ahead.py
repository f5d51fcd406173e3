"""What a process beside does while the steps of a year write its tables: simulate the next year, then write tables.

Belongs here: that work, and for which years and assets it is done. Does not belong here: the process (``beside``).
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial

from aquamind_assets.errors import Interrupted, UserError
from aquamind_assets.pipeline.beside import Beside, Task
from aquamind_assets.pipeline.generation import recorders_in_order
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.prerequisites import require_upstream
from aquamind_assets.pipeline.progress import Progress
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.shares import Shares
from aquamind_assets.pipeline.simulation import store_climate, store_year
from aquamind_assets.settings import Settings


@contextmanager
def working_ahead(platform: Platform, years: Collection[int]) -> Iterator[None]:
    """Let a process beside work ahead of the steps of these years, where there is a core for it."""
    if platform.processes < 2 or platform.days is not None:
        yield
        return
    platform.beside = Beside(partial(work, platform.settings), frozenset(years), needs_of(platform))
    try:
        yield
    finally:
        platform.beside.end()
        platform.beside = None


def needs_of(platform: Platform) -> dict[str, tuple[str, ...]]:
    """The assets of a year that a ledger is needed for, in the order of their steps, each with those of them that its
    rows refer to."""
    order = [one for one in recorders_in_order(platform.recorders) if one.asset not in BEFORE_THE_FARM]
    order.sort(key=lambda recorder: recorder.asset == READINGS)
    return {one.asset: tuple(name for name in one.upstream if name not in BEFORE_THE_FARM) for one in order}


def work(settings: Settings, task: Task) -> None:
    """Do a task, from nothing but settings.

    What stands in the way ends the process alone: the step that it worked for meets the same, and reports it.
    """
    try:
        platform = Platform(settings)
        if task.next_year is not None:
            store_climate(platform, task.next_year)
            store_year(platform, task.next_year)
            task.simulated.set()
        if platform.settings.database_url.kind != "sqlite":
            # SQLite has one writer.
            _write_tables(platform, task)
    except Exception:
        raise SystemExit(1) from None


def _write_tables(platform: Platform, task: Task) -> None:
    def in_chunks(asset: str) -> bool:
        return platform.recorders[asset].kind == "chunked"

    while (asset := task.shares.take_beside(in_chunks)) is not None:
        platform.progress = _UntilWanted(task.shares, asset)
        with suppress(UserError, Interrupted), platform.open() as warehouse:
            recorder = platform.recorders[asset]
            require_upstream(recorder, task.year, platform, warehouse)
            replace(platform.writer(recorder, warehouse, task.run_id), workers=1).write(task.year)
        task.shares.leave(asset)


class _UntilWanted(Progress):
    """Nothing is shown, and the work ends at the next chunk when the asset's step wants to go on with it."""

    def __init__(self, shares: Shares, asset: str) -> None:
        super().__init__()
        self._shares, self._asset = shares, asset

    def raise_if_interrupted(self, place: str) -> None:
        """See :class:`Progress`."""
        self.interrupt_requested = self._shares.wanted(self._asset)
        super().raise_if_interrupted(place)
