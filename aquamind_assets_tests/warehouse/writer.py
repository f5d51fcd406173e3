"""Writes a year (2015) of the made-up farm, skipping what is there: the process that tests kill.

``python -m aquamind_assets_tests.warehouse.writer <url> [<year>]`` prints a line for each chunk begun and committed,
and one at the end. With ``stay`` in place of a year it then waits to be killed.
"""

import signal
import sys
import time
from collections.abc import Iterator
from functools import partial

from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, chunks_of, year_days
from aquamind_assets.warehouse.checkpoints import ChunkKey
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.synthetic import PARENT_TABLES, READINGS, parents, readings

PER_DAY = 960
PAUSE = 0.004
"""Seconds before each block, so that there is time to be killed in."""


def blocks(days: DayRange) -> Iterator[Rows]:
    for block in readings(days, PER_DAY):
        for part in block.slices(2_000):
            time.sleep(PAUSE)
            yield part


def write_year(warehouse: Warehouse, year: int = 2015, chunks: int = 13, wait: float = 120.0) -> None:
    warehouse.prepare()
    with warehouse.lock("readings", year, wait=wait):
        if not warehouse.checkpoints("farm", 2015):
            warehouse.write_living(ChunkKey("farm", 2015, 0), year_days(2015), "f", "run", PARENT_TABLES, parents)
        for pending in warehouse.pending_chunks("readings", year, "f", chunks_of(year)[:chunks]):
            days = pending.days
            print(f"begin {pending.chunk.index}", flush=True)
            warehouse.write_chunk(
                ChunkKey("readings", year, pending.chunk.index), days, "f", "run", [READINGS], partial(blocks, days)
            )
            print(f"done {pending.chunk.index}", flush=True)


if __name__ == "__main__":
    with open_warehouse(sys.argv[1], "2025-08") as opened:
        stays = sys.argv[2:] == ["stay"]
        write_year(opened, 2015 if stays else int(sys.argv[2]) if len(sys.argv) > 2 else 2015)
        print("complete", flush=True)
        if stays:
            signal.pause()
