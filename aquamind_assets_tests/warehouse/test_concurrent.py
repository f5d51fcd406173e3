"""Writers at the same time: two years side by side, and two who want the same year."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from aquamind_assets.tables.digest import add, digest
from aquamind_assets.timeline import chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets_tests.warehouse.synthetic import PARENT_TABLES, READINGS, parents, readings
from aquamind_assets_tests.warehouse.writer import PER_DAY, write_year

pytestmark = pytest.mark.slow


def run_together(url: str, years: Sequence[int]) -> None:
    """A writing process for each of the years, all at once; all must succeed."""
    commands = [[sys.executable, "-m", "aquamind_assets_tests.warehouse.writer", url, str(year)] for year in years]
    processes = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for command in commands
    ]
    for process in processes:
        _, errors = process.communicate(timeout=240)
        assert process.returncode == 0, errors


def expected(years: Sequence[int]) -> list[tuple[int, int, int]]:
    found = []
    for year in years:
        blocks = [block for chunk in chunks_of(year) for block in readings(chunk.days, PER_DAY)]
        found.append((year, sum(map(len, blocks)), add([digest(block) for block in blocks])))
    return found


def test_two_years_are_written_at_the_same_time(database_url: str) -> None:
    with open_warehouse(database_url, "2025-08") as warehouse:
        warehouse.prepare()
        warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        run_together(database_url, [2015, 2016])
        manifest = warehouse.manifest()
        assert [(entry.year, entry.rows, entry.digest) for entry in manifest if entry.table == READINGS] == expected(
            [2015, 2016]
        )
        assert manifest == warehouse.recount()


def test_a_second_writer_of_a_year_waits_and_finds_it_done(database_url: str) -> None:
    with open_warehouse(database_url, "2025-08") as warehouse:
        warehouse.prepare()
        write_year(warehouse, chunks=2)
        run_together(database_url, [2015, 2015])
        assert len(warehouse.checkpoints("readings", 2015)) == 13
        assert warehouse.manifest() == warehouse.recount()
