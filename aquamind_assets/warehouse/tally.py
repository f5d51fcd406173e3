"""Counts rows on their way into the database: how many, their digests, ids and references.

Blocks are looked at once, while they are in memory; what was seen is what the checkpoint says, and what is then proved
against the database set by set, which costs a thousandth of a trigger on every row.

Belongs here: counting rows as they were recorded. Does not belong here: rows in the database (``recount``).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from aquamind_assets.tables.digest import add, digest_by_year
from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.values import RowsError, Stored
from aquamind_assets.timeline import DayRange, id_range, to_date
from aquamind_assets.warehouse.memory import resident_mb

_LARGE_BLOCK = 10_000
"""Rows of a block after which the memory is looked at; smaller ones are looked at together."""


@dataclass
class Tally:
    """What has passed until now.

    Attributes:
        tables: the only tables allowed.
        days: ids must lie in the ranges of these days; None for living rows, which are older than the year they are
            written in.
        counts: rows and digest of each (table, calendar year of the ids).
        ids: the ids themselves by table, kept for living rows only.
        peak_mb: most resident memory seen.
    """

    tables: Sequence[str]
    days: DayRange | None
    counts: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    ids: dict[str, list[np.ndarray]] = field(default_factory=dict)
    peak_mb: float = 0.0
    _referenced: dict[tuple[str, str], list[np.ndarray]] = field(default_factory=dict)

    def watch(self, blocks: Iterable[Rows]) -> Iterator[Rows]:
        """The blocks, each looked at before it is loaded; empty ones are dropped.

        Raises:
            RowsError: a block is for a table that was not announced, or an id lies outside the days.
        """
        for block in blocks:
            if block.table not in self.tables:
                raise RowsError(f"rows for {block.table}; announced were {', '.join(self.tables)}")
            if block.size:
                self._see(block)
                yield block
            if block.size >= _LARGE_BLOCK:
                self._note_memory()
        self._note_memory()

    @property
    def rows(self) -> int:
        """Rows in all."""
        return sum(count for count, _ in self.counts.values())

    @property
    def digest(self) -> int:
        """Digest of all rows."""
        return add([digest for _, digest in self.counts.values()])

    def of_table(self, table: str) -> tuple[int, int]:
        """Rows of a table, and their digest."""
        counts = [count for (name, _), count in self.counts.items() if name == table]
        return sum(rows for rows, _ in counts), add([digest for _, digest in counts])

    def ids_of(self, table: str) -> np.ndarray:
        """The ids of a table's living rows, ascending."""
        return np.sort(np.concatenate(self.ids.get(table, [np.zeros(0, dtype=np.int64)])))

    @property
    def references(self) -> dict[str, tuple[np.ndarray, str]]:
        """By table, the distinct ids that foreign keys of the rows hold, ascending, and the columns that hold them (for
        messages)."""
        found: dict[str, tuple[np.ndarray, str]] = {}
        for (place, target), parts in self._referenced.items():
            before = found.get(target)
            merged = np.unique(np.concatenate(parts if before is None else [before[0], *parts]))
            found[target] = (merged, place if before is None else f"{before[1]}, {place}")
        return found

    def _note_memory(self) -> None:
        self.peak_mb = max(self.peak_mb, resident_mb())

    def _see(self, block: Rows) -> None:
        ids = block.ids
        if self.days is not None:
            low, high = id_range(self.days, narrow=block.spec.narrow_id)
            smallest, largest = int(ids.min()), int(ids.max())
            if smallest < low or largest >= high:
                raise RowsError(
                    f"{block.table}.{block.spec.id_column} = {smallest if smallest < low else largest}; the days"
                    f" written allow {low} to {high - 1}"
                )
            if block.spec.time_column:
                _check_instants(block, self.days)
        else:
            self.ids.setdefault(block.table, []).append(np.array(ids))
        for year, (count, digest) in digest_by_year(block).items():
            counted, digested = self.counts.get((block.table, year), (0, 0))
            self.counts[block.table, year] = counted + count, add([digested, digest])
        for column in block.spec.foreign_keys:
            values = _distinct(block.columns[column.name])
            if values.size:
                place = f"{block.table}.{column.name}"
                self._referenced.setdefault((place, str(column.references)), []).append(values)


def _check_instants(block: Rows, days: DayRange) -> None:
    """A time series is cut by its time and deleted by it, so the time must be of the days of the ids."""
    times = block.columns[str(block.spec.time_column)].values
    first, end = days.instants
    earliest, latest = int(times.min()), int(times.max())
    if earliest < first or latest >= end:
        wrong = np.datetime64(earliest if earliest < first else latest, "us")
        raise RowsError(
            f"{block.table}.{block.spec.time_column} = {wrong}; the days written are {to_date(days.first)} to"
            f" {to_date(days.end - 1)}"
        )


def _distinct(column: Stored) -> np.ndarray:
    """The distinct values that are not NULL, ascending; rows often come in runs of one value, so runs are reduced
    before they are sorted."""
    values = np.atleast_1d(column.values)
    if column.null is not None:
        values = values[~np.atleast_1d(column.null)]
    if values.size > 1:
        heads = np.empty(values.size, dtype=bool)
        heads[0] = True
        np.not_equal(values[1:], values[:-1], out=heads[1:])
        values = values[heads]
    return np.unique(values)
