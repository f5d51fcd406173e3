"""How much memory a process may use, and how large its blocks may therefore be.

Belongs here: measuring memory and choosing the size of blocks. Does not belong here: making the blocks (``records``).
"""

import ctypes
import gc
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import cast

import psutil
import pyarrow as pa

MEGABYTE = 1 << 20
HALVE_ABOVE = 0.6
SMALLEST_ABOVE = 0.8
"""Shares of the budget above which blocks are halved, and above which they are the smallest."""

SMALLEST_BLOCK = 10_000
"""Rows in the smallest block: below this, the cost of a block begins to show in the cost of a row."""

_CGROUP_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def resident_mb() -> float:
    """Memory that this process holds now, in MB."""
    return _process(os.getpid()).memory_info().rss / MEGABYTE


@cache
def _process(pid: int) -> psutil.Process:
    # Kept: finding a process out costs ten times as much as one look at its memory.
    return psutil.Process(pid)


def memory_budget_mb(configured: int | None) -> int:
    """The memory a process may use, in MB: as configured, else the control group's limit, else the machine's memory
    (whichever is smaller)."""
    if configured is not None:
        return configured
    machine = psutil.virtual_memory().total
    limits = [int(text) for path in _CGROUP_LIMITS if path.exists() and (text := path.read_text().strip()).isdigit()]
    return int(min([machine, *limits]) / MEGABYTE)


def return_freed_memory() -> None:
    """Let the machine have what this process has freed and its allocators keep for later."""
    pa.default_memory_pool().release_unused()
    if (trim := _trim()) is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    """The C library's function that gives back what it keeps; None where it has none, as on macOS and Windows."""
    try:
        return cast("Callable[[int], int]", ctypes.CDLL(None).malloc_trim)
    except (AttributeError, OSError, TypeError):
        return None


@dataclass
class MemoryGuard:
    """Watches the process's memory and decides how many rows the next block may have.

    Attributes:
        budget_mb: memory the process may use.
        block_rows: rows of a block while there is room.
        measure: memory held now, in MB.
        report: called with a message for each change for the worse or the better.
        peak_mb: most memory seen.
    """

    budget_mb: float
    block_rows: int
    measure: Callable[[], float] = resident_mb
    report: Callable[[str], None] = lambda message: None
    peak_mb: float = 0.0
    _step: int = field(default=0, init=False)

    def next_block(self) -> int:
        """Rows the next block may have, by the memory held now: all, half of them above 60 % of the budget, the
        smallest block above 80 %.

        Above 60 % what Python no longer needs is collected first, and the second look decides.
        """
        step = self._look()
        if step:
            gc.collect()
            step = self._look()
        if step != self._step:
            now = f"{self.peak_mb:.0f} MB at most of {self.budget_mb:.0f} MB"
            self.report(
                (
                    "memory is within bounds again",
                    "memory above 60 %: blocks halved",
                    "memory above 80 %: smallest blocks",
                )[step]
                + f" ({now})"
            )
        self._step = step
        return (self.block_rows, max(SMALLEST_BLOCK, self.block_rows // 2), SMALLEST_BLOCK)[step]

    def _look(self) -> int:
        held = self.measure()
        self.peak_mb = max(self.peak_mb, held)
        return (held > HALVE_ABOVE * self.budget_mb) + (held > SMALLEST_ABOVE * self.budget_mb)
