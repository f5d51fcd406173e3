import mmap
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aquamind_assets.warehouse.connect import open_warehouse
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


SORTING = """
import resource, sys
from aquamind_assets.warehouse.connect import open_warehouse

with open_warehouse(sys.argv[1], "2025-08") as warehouse:
    warehouse.begin_reading()
    warehouse.query(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {sys.argv[2]})"
        " SELECT max(many) FROM (SELECT count(*) AS many, min(i), max(i) FROM n GROUP BY i % 7, i % 11)"
    )
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_reading_many_rows_of_a_file_takes_no_more_memory_than_few(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'aquamind.db'}"
    with open_warehouse(url, "2025-08") as warehouse:
        warehouse.prepare()

    def peak_mb(rows: int) -> int:
        command = [sys.executable, "-c", SORTING, url, str(rows)]
        return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    few = peak_mb(2_000_000)
    assert peak_mb(4_000_000) < few + 20
