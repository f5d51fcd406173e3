"""The manifest made anew from the rows that lie in the database: where it differs from the stored one, rows are not
what was written.

Belongs here: counting and digesting rows that are in the database. Does not belong here: references between them
(``references``), the law that compares (``laws.digests``).
"""

from collections.abc import Iterable

import numpy as np

from aquamind_assets.tables.digest import add
from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import LAST_ID_YEAR, DayRange, id_range, platform_ids, year_days, year_of_ids
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets.warehouse.claims import fixed_ids
from aquamind_assets.warehouse.database import Database


def recount(database: Database, tables: Iterable[str]) -> list[TableYear]:
    """Rows and digest of every year of these tables, in order."""
    found = []
    for table in tables:
        narrow = TABLES[table].narrow_id
        bounds = database.id_bounds(table, platform_ids(narrow=narrow)[0])
        if bounds is not None:
            first, last = (int(year) for year in year_of_ids(np.array(bounds), narrow=narrow))
            found += [count_year(database, table, year) for year in range(first, min(last, LAST_ID_YEAR) + 1)]
        found.append(count_fixed(database, table))
    return sorted(entry for entry in found if entry.rows)


def count_year(database: Database, table: str, year: int) -> TableYear:
    """The rows with ids of a calendar year."""
    return TableYear(table, year, *count_days(database, table, year_days(year)))


def count_days(database: Database, table: str, days: DayRange) -> tuple[int, int]:
    """Rows with ids of these days, which lie in one calendar year, and their digest."""
    return _count(database, table, *id_range(days, narrow=TABLES[table].narrow_id))


def count_fixed(database: Database, table: str) -> TableYear:
    """The rows of the platform with ids that AquaMind fixes: few, and none in most tables."""
    counts = [_count(database, table, number, number + 1) for number in fixed_ids(database, table).tolist()]
    return TableYear(table, 0, sum(rows for rows, _ in counts), add([digest for _, digest in counts]))


def _count(database: Database, table: str, low: int, high: int) -> tuple[int, int]:
    rows = digest = 0
    for hashes in database.scan(table, low, high):
        rows, digest = rows + hashes.size, add([digest, int(hashes.sum(dtype=np.uint64))])
    return rows, digest
