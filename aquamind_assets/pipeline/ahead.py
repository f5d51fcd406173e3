"""What a process beside does while the steps of a year write its tables: write tables that are ready, fill the time
between with readings, of which there are most, and simulate the next year.

Belongs here: that work, and for which years and assets it is done. Does not belong here: the process (``beside``).
"""

import time
from collections.abc import Callable, Collection, Iterator
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
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM, Code, code_of
from aquamind_assets.pipeline.shares import LOOKS_EVERY_S
from aquamind_assets.pipeline.simulation import store_climate, store_year
from aquamind_assets.settings import Settings
from aquamind_assets.warehouse.memory import return_freed_memory


@contextmanager
def working_ahead(platform: Platform, years: Collection[int]) -> Iterator[None]:
    """Let a process beside work ahead of the steps of these years, where there is a core for it."""
    if platform.processes < 2 or platform.days is not None:
        yield
        return
    its_work = partial(work, platform.settings, code_of(platform.release))
    platform.beside = Beside(its_work, frozenset(years), needs_of(platform))
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


def work(settings: Settings, code: Code, task: Task) -> None:
    """Do a task, from nothing but settings and what the code is.

    What stands in the way ends the process alone: the step that it worked for meets the same, and reports it.
    """
    try:
        platform = Platform(settings, code=code)
        with platform.kept_open():
            _work(platform, task)
    except Exception:
        raise SystemExit(1) from None


def _work(platform: Platform, task: Task) -> None:
    shares = task.shares

    def allowed(asset: str) -> bool:
        # SQLite has one writer.
        return platform.settings.database_url.kind != "sqlite" and platform.recorders[asset].kind == "chunked"

    while not shares.is_over(allowed):
        if asset := shares.take(allowed):
            _write(platform, task, asset, lambda: False)
        elif asset := shares.take_spare(allowed):
            _write(platform, task, asset, lambda: shares.ready(allowed) is not None)
        else:
            time.sleep(LOOKS_EVERY_S)
    # The last steps of a year and the first ones of the next leave a core free that no table can use.
    _simulate(platform, task)


def _simulate(platform: Platform, task: Task) -> None:
    if task.next_year is None:
        return
    platform.ledgers.forget()
    return_freed_memory()
    store_climate(platform, task.next_year)
    store_year(platform, task.next_year)
    task.simulated.set()


def _write(platform: Platform, task: Task, asset: str, another: Callable[[], bool]) -> None:
    """Write an asset's year until its step wants to go on with it, or ``another`` is to be written first."""
    until = platform.progress = _Until(partial(task.shares.wanted, asset), another)
    with suppress(UserError), platform.step() as warehouse:
        recorder = platform.recorders[asset]
        require_upstream(recorder, task.year, platform, warehouse)
        writer = replace(platform.writer(recorder, warehouse, task.run_id), workers=1)
        # The connection is in a known state, and stays open.
        with suppress(Interrupted):
            writer.write(task.year)
    if until.paused:
        task.shares.pause(asset)
    else:
        task.shares.leave(asset)


class _Until(Progress):
    """Nothing is shown; the work ends at the next chunk when the asset's step wants to go on with it, and pauses when
    another asset is to be written first."""

    def __init__(self, wanted: Callable[[], bool], another: Callable[[], bool]) -> None:
        super().__init__()
        self._wanted, self._another = wanted, another
        self.paused = False

    def raise_if_interrupted(self, place: str) -> None:
        """See :class:`Progress`."""
        self.paused = not self._wanted() and self._another()
        self.interrupt_requested = self.paused or self._wanted()
        super().raise_if_interrupted(place)
