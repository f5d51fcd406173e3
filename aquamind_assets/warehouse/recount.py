"""The manifest made anew from the rows that lie in the database: where it differs from the stored one, rows are not
what was written.

Digests are of the rows as they were recorded, so what was translated on the way into the database is translated back
before it is digested.

Belongs here: counting and digesting rows that are in the database. Does not belong here: references between them
(``references``), the law that compares (``laws.digests``).
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from aquamind_assets.tables.digest import add, hash_values
from aquamind_assets.timeline import LAST_ID_YEAR, DayRange, id_range, platform_ids, year_days, year_of_ids
from aquamind_assets.warehouse.adoption.adopted_rows import read_translation
from aquamind_assets.warehouse.checkpoints import TableYear
from aquamind_assets.warehouse.claims import fixed_ids
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.tally import Tally

Counted = tuple[int, int]
"""Number of rows, and their digest."""

IdRange = tuple[int, int]
"""The ids ``low <= id < high``."""


class Recount:
    """Counts rows of one database, as its translation stands when this is made."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._translation = read_translation(database)

    def manifest(self, tables: Iterable[str]) -> list[TableYear]:
        """Rows and digest of every year of these tables, in order."""
        found = []
        for table in tables:
            narrow = self._database.tables[table].narrow_id
            bounds = self._database.id_bounds(table, platform_ids(narrow=narrow)[0])
            if bounds is not None:
                first, last = (int(year) for year in year_of_ids(np.array(bounds), narrow=narrow))
                found += [self.year(table, year) for year in range(first, min(last, LAST_ID_YEAR) + 1)]
            found.append(self.fixed(table))
        return sorted(entry for entry in found if entry.rows)

    def year(self, table: str, year: int) -> TableYear:
        """The rows with ids of a calendar year."""
        return TableYear(table, year, *self.days(table, [year_days(year)])[0])

    def days(self, table: str, stretches: Sequence[DayRange]) -> list[Counted]:
        """Rows with ids of each of these stretches of days, and their digest. A stretch lies in one calendar year and
        shares no day with another; those that follow each other are read together."""
        narrow = self._database.tables[table].narrow_id
        ranges = [id_range(days, narrow=narrow) for days in stretches]
        counted: dict[IdRange, Counted] = {}
        for run in _runs(sorted(ranges)):
            counted |= zip(run, self._count(table, run), strict=True)
        return [counted[one] for one in ranges]

    def fixed(self, table: str) -> TableYear:
        """The rows of the platform with ids that AquaMind fixes: few, and none in most tables."""
        numbers = fixed_ids(self._database, table).tolist()
        counts = [count for run in _runs([(one, one + 1) for one in numbers]) for count in self._count(table, run)]
        return TableYear(table, 0, sum(rows for rows, _ in counts), add([digest for _, digest in counts]))

    def ids(self, table: str, ids: np.ndarray) -> Counted:
        """Rows with these ids (ascending), and their digest; reads all rows between the first and the last of them."""
        return self._count(table, [(int(ids[0]), int(ids[-1]) + 1)], ids)[0] if ids.size else (0, 0)

    def _count(self, table: str, run: Sequence[IdRange], ids: np.ndarray | None = None) -> list[Counted]:
        """Rows and digest of each range of ids of a run, and of ``ids`` alone where they are given."""
        rows, digests, spec = [0] * len(run), [0] * len(run), self._database.tables[table]
        for values in self._database.scan(table, run[0][0], run[-1][1]):
            found = values[spec.id_column]
            hashes = hash_values(spec, found.size, self._translation.to_recorded(spec, values))
            if ids is not None:
                wanted = np.isin(found, ids)
                found, hashes = found[wanted], hashes[wanted]
            if not found.size:
                continue
            first, last = found.min(), found.max()
            for place, (low, high) in enumerate(run):
                if last < low or first >= high:
                    continue
                part = hashes if low <= first and last < high else hashes[(found >= low) & (found < high)]
                rows[place] += part.size
                digests[place] = add([digests[place], int(part.sum(dtype=np.uint64))])
        return list(zip(rows, digests, strict=True))


def _runs(ranges: Iterable[IdRange]) -> Iterator[list[IdRange]]:
    """Ranges of ids, ascending, in lists of those that follow each other without a gap."""
    run: list[IdRange] = []
    for one in ranges:
        if run and run[-1][1] != one[0]:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def prove_stored(database: Database, tally: Tally) -> None:
    """The rows just loaded are in the database as they were written. Asked only of tables with triggers of the
    database's own, which may change rows or leave them out.

    Raises:
        RowsRefused: they are not; the message names the triggers.
    """
    triggers = database.triggers_on(tally.tables)
    recount = Recount(database) if triggers else None
    for table, names in triggers.items():
        assert recount is not None
        written = tally.of_table(table)
        found = recount.ids(table, tally.ids_of(table)) if tally.days is None else recount.days(table, [tally.days])[0]
        if found != written:
            raise RowsRefused(
                f"{database.url}: of {written[0]} rows written into {table}, {found[0]} are there or they differ: a"
                f" trigger changes them or leaves them out ({', '.join(names)}); disable it while the platform writes"
            )
