import mmap
import os

import pytest

from aquamind_assets.warehouse.memory import SMALLEST_BLOCK, MemoryGuard, memory_budget_mb, resident_mb


def guard(held: list[float], said: list[str]) -> MemoryGuard:
    """A guard of 1,000 MB that finds these amounts held, one at each look."""
    looks = iter(held)
    return MemoryGuard(1000, 600_000, measure=lambda: next(looks), report=said.append)


def test_blocks_shrink_as_memory_fills_and_grow_again() -> None:
    said: list[str] = []
    watched = guard([500, 700, 700, 850, 820, 900, 650, 400], said)
    assert [watched.next_block() for _ in range(5)] == [600_000, 300_000, SMALLEST_BLOCK, 300_000, 600_000]
    assert [line.split(":")[0].split(" (")[0] for line in said] == [
        "memory above 60 %",
        "memory above 80 %",
        "memory above 60 %",
        "memory is within bounds again",
    ]
    assert watched.peak_mb == 900


def test_collecting_may_be_enough() -> None:
    said: list[str] = []
    assert guard([700, 500], said).next_block() == 600_000
    assert said == []


def test_the_budget_is_the_scenarios_or_at_most_the_machines() -> None:
    assert memory_budget_mb(900) == 900
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20
    assert 0 < memory_budget_mb(None) <= machine


def test_resident_memory_is_what_the_process_holds() -> None:
    before = resident_mb()
    # A mapping of its own: what Python allocates may come from memory that earlier work has freed and the process still
    # holds.
    with mmap.mmap(-1, 64 << 20) as held:
        held.write(os.urandom(1 << 20) * 64)
        assert resident_mb() - before == pytest.approx(64, abs=24)
