"""A process beside the one that works on a year, as that one sees it: begun, waited for, and ended.

While the steps of a year write its tables, most of them with one core, the process writes tables whose steps come
later, and then simulates the next year, which needs no table. What it stores and commits is what the steps themselves
would have stored and committed, so each step takes over what is there. What is not there, because the process died,
found no room or met a refusal, the step does itself, and reports what stands in the way.

Belongs here: the process. Does not belong here: what it does (``ahead``), who writes what (``shares``).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event

from aquamind_assets.pipeline import side_process
from aquamind_assets.pipeline.lineage import READINGS
from aquamind_assets.pipeline.shares import Shares

WORTH_A_PROCESS_S = 2.0
"""A year has a process beside if the year before took at least this long to simulate, as long as the first process
takes to begin, or was simulated beside."""

_ENDS_WITHIN_S = 5.0
_LOOKS_EVERY_S = 0.2


@dataclass(frozen=True)
class Task:
    """What the process is to do.

    Attributes:
        year: of which tables are written.
        run_id: kept with their checkpoints.
        next_year: the year to simulate before that; None where there is none.
        simulated: set when that year is stored.
        shares: which tables it writes.
    """

    year: int
    run_id: str
    next_year: int | None
    simulated: Event
    shares: Shares


@dataclass
class Beside:
    """Works ahead of the steps of one run after another.

    Attributes:
        work: does a task; can be pickled.
        years: the years that are going to be asked for.
        needs: assets of a year, in the order of their steps, each with those that its rows refer to.
    """

    work: Callable[[Task], None]
    years: Collection[int]
    needs: dict[str, tuple[str, ...]]
    _task: Task | None = field(default=None, init=False)
    _process: ForkServerProcess | None = field(default=None, init=False)

    def begin(self, year: int, run_id: str, seconds: float) -> None:
        """Begin beside the steps of a year that took so many seconds to simulate."""
        worth_it = seconds >= WORTH_A_PROCESS_S or (self._task is not None and self._task.next_year == year)
        self.end()
        if not worth_it:
            return
        context = side_process.context()
        next_year = year + 1 if year + 1 in self.years else None
        self._task = Task(year, run_id, next_year, context.Event(), Shares.among(context, self.needs, READINGS))
        self._process = context.Process(target=_work, args=(self.work, self._task), daemon=True)
        self._process.start()

    def simulated(self, year: int) -> bool:
        """Whether this year was simulated beside; waits for it where it is to come. The year before is over then, also
        where some of its assets were not asked for."""
        if self._task is None or self._task.next_year != year:
            return False
        self._task.shares.close()
        while self._alive() and not self._task.simulated.wait(_LOOKS_EVERY_S):
            pass
        return self._task.simulated.is_set()

    @property
    def simulates(self) -> bool:
        """Whether the process is going to simulate a year, or does so now."""
        task = self._task
        return task is not None and task.next_year is not None and self._alive() and not task.simulated.is_set()

    def hand_over(self, asset: str, year: int) -> bool:
        """Leave an asset's year to its step, once the chunk under way is committed; whether chunks may be there."""
        if self._task is None or self._task.year != year:
            return False
        return self._task.shares.take_for_step(asset, self._alive)

    def complete(self, asset: str, year: int) -> None:
        """Note that the step of an asset's year is complete."""
        if self._task is not None and self._task.year == year:
            self._task.shares.complete(asset)

    def end(self) -> None:
        """End the process, and with it what is under way; nothing of that stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.join(_ENDS_WITHIN_S)
            if self._process.is_alive():
                self._process.kill()
                self._process.join()
            self._process.close()
        self._task = self._process = None

    def _alive(self) -> bool:
        return self._process is not None and self._process.is_alive()


def _work(work: Callable[[Task], None], task: Task) -> None:
    side_process.begin()
    work(task)
