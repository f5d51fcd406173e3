"""What processes use: processor time and memory of a process and everything below it, added up while work is done."""

import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import Self

import psutil

LOOK_EVERY_S = 0.1
MEGABYTE = 1 << 20


class ProcessTree:
    """A process and all below it, those included that end while it is watched.

    The processor time of a process that ends between two looks is counted up to the last look, at most
    :data:`LOOK_EVERY_S` short.
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._known: dict[int, psutil.Process] = {}
        self._before: dict[int, float] = {}
        self._seconds: dict[int, float] = {}

    def begin(self) -> None:
        """Count from here on."""
        self._known, self._before, self._seconds = {}, {}, {}
        self.look()
        self._before = dict(self._seconds)

    def look(self) -> float:
        """Note the processor time of each process; the memory that all hold together now, MB."""
        held = 0.0
        for process in self._processes():
            try:
                times = process.cpu_times()
                held += _held_mb(process)
            except psutil.NoSuchProcess:
                continue
            self._seconds[process.pid] = times.user + times.system
        return held

    def _processes(self) -> list[psutil.Process]:
        try:
            found = [self._root, *self._root.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []
        for process in found:
            self._known.setdefault(process.pid, process)
        return [self._known[process.pid] for process in found]

    @property
    def seconds(self) -> float:
        """Processor time used since it began, over all processes."""
        return sum(seconds - self._before.get(pid, 0.0) for pid, seconds in self._seconds.items())


class Watch(Thread):
    """Looks at trees of processes while a block of statements runs.

    Attributes:
        seconds: wall time of the block.
        peak_mb: the most memory that all trees were seen to hold together. Shared pages count once: the memory of a
            process is its proportional share (PSS), or, where another user's is not shown, its resident memory.
        looking_seconds: processor time that looking itself took, in this process.
        looks: how often it looked.
    """

    def __init__(self, trees: Sequence[ProcessTree]) -> None:
        super().__init__(daemon=True)
        self.seconds = self.peak_mb = self.looking_seconds = 0.0
        self.looks = 0
        self._trees, self._over = trees, Event()

    def run(self) -> None:
        """Look until it is over."""
        while not self._over.wait(LOOK_EVERY_S):
            self._look()

    def _look(self) -> None:
        began = time.thread_time()
        self.peak_mb = max(self.peak_mb, sum(tree.look() for tree in self._trees))
        self.looking_seconds += time.thread_time() - began
        self.looks += 1

    def __enter__(self) -> Self:
        for tree in self._trees:
            tree.begin()
        self.start()
        self._began = time.perf_counter()
        return self

    def __exit__(self, *exception: object) -> None:
        self.seconds = time.perf_counter() - self._began
        self._over.set()
        self.join()
        self._look()


def _held_mb(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss) / MEGABYTE
    except (psutil.AccessDenied, AttributeError):
        return float(process.memory_info().rss) / MEGABYTE
