"""Few files: what chunks and days have added is merged, and what a dead writer left is removed.

The heavy tables keep one file for each chunk of thirty days; a small one has one for each year once the year is
complete. Nothing of this changes a row, so it is done in a transaction of its own after the commit.

Belongs here: which files are merged or removed. Does not belong here: how (``transaction``).
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import CHUNK_DAYS, DayRange, days_of_ids, year_days
from aquamind_assets.warehouse.lake.data_files import DataFile
from aquamind_assets.warehouse.lake.log import Log
from aquamind_assets.warehouse.lake.places import Place
from aquamind_assets.warehouse.lake.transaction import files_of

SMALL_BYTES = 4 << 20
"""A table's year is merged into one file up to this size. At full scale six tables are larger: readings, feedings,
growth of single fish, daily states, and histories of these. Rewriting them took longer than all else of a year's end.
"""

MANY = 12
"""So many files of one chunk, or of a year that is not over, are merged before it is complete."""


def groups_of(
    tables: Mapping[str, TableSpec],
    files: Sequence[DataFile],
    written: Collection[tuple[str, int]],
    complete: Sequence[DayRange] | None,
) -> list[list[DataFile]]:
    """Which files of these tables and years become one file each; ``complete`` as in :func:`mergeable`."""
    of_place: dict[tuple[str, int], list[DataFile]] = {}
    for file in files:
        if (file.table, file.year) in written:
            of_place.setdefault((file.table, file.year), []).append(file)
    return [group for found in of_place.values() for group in mergeable(tables[found[0].table], found, complete)]


def mergeable(table: TableSpec, files: Sequence[DataFile], complete: Sequence[DayRange] | None) -> list[list[DataFile]]:
    """Which files of one table and year become one file each.

    ``complete``: the days that are complete; None for rows that are written as a whole.
    """
    if sum(file.size for file in files) <= SMALL_BYTES:
        whole = complete is None or not files[0].year or _covered(year_days(files[0].year), complete)
        return [list(files)] if len(files) > (1 if whole else MANY) else []
    chunks: dict[int, list[DataFile]] = {}
    first = year_days(files[0].year).first
    for file in files:
        day = int(days_of_ids(np.array(file.low), narrow=table.narrow_id))
        chunks.setdefault((day - first) // CHUNK_DAYS, []).append(file)
    found = []
    for chunk, parts in chunks.items():
        start = first + chunk * CHUNK_DAYS
        days = DayRange(start, min(start + CHUNK_DAYS, year_days(files[0].year).end))
        if len(parts) > (1 if complete is None or _covered(days, complete) else MANY):
            found.append(parts)
    return found


def _covered(days: DayRange, complete: Sequence[DayRange]) -> bool:
    inside = sum(max(0, min(days.end, one.end) - max(days.first, one.first)) for one in complete)
    return inside >= len(days)


def remove_leftovers(place: Place, log: Log) -> None:
    """Remove files that are not in the lake and that no living transaction is writing."""
    there = list(place.all_names())
    log.refresh()
    known = {file.name for file in files_of(log)}
    for name in there:
        if name.endswith(".parquet") and name not in known and place.is_leftover(name, writer_of(name)):
            place.remove(name)
    place.clear_unfinished()


def writer_of(name: str) -> str:
    """The transaction that wrote a file."""
    return name.rpartition("-")[2].partition(".")[0][:12]
