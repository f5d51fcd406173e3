"""Rows as they lie in the database against the digests that were committed with them, chunk by chunk."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from aquamind_assets.records.registry import recorders_of
from aquamind_assets.tables.digest import add
from aquamind_assets.timeline import DayRange, platform_ids, to_date, year_days, year_of_ids
from aquamind_assets.verification.outcomes import Verification
from aquamind_assets.warehouse.checkpoint_store import read_counts
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey, TableYear, hex_digest
from aquamind_assets.warehouse.recount import Recount
from aquamind_assets.warehouse.warehouse import Warehouse

"""The recorder of each table."""

NO_YEAR = 0
"""Year of rows whose ids AquaMind fixes."""


@dataclass(frozen=True)
class Stretch:
    """Days of a year whose rows are digested together: those of a chunk, or days that no chunk has."""

    days: DayRange
    chunk: Checkpoint | None

    def __str__(self) -> str:
        place = f"chunk {self.chunk.chunk}" if self.chunk else "outside of all chunks"
        return f"{place}, {to_date(self.days.first)} to {to_date(self.days.end - 1)}"


def compare_rows(
    warehouse: Warehouse,
    checkpoints: Sequence[Checkpoint],
    years: Collection[int] | None,
    found: Verification,
    show: Callable[[str], None],
) -> None:
    """Digest every row of these years (None for all) and of no year again, and compare with the manifest and with each
    chunk's part of it."""
    written = {(one.table, one.year): one for one in warehouse.manifest()}
    counted: dict[tuple[str, int], TableYear] = {}
    unread: set[tuple[str, int]] = set()
    for table in warehouse.tables:
        show(f"Digesting the rows of {table}")
        for year in _years(warehouse, table, years, written, found):
            unread.add((table, year))
            with found.findings.of_damage(f"{table} {year}"):
                if year == NO_YEAR:
                    entry = Recount(warehouse.database).fixed(table)
                else:
                    entry = _count_year(warehouse, checkpoints, table, year, written.get((table, year)), found)
                if entry.rows:
                    counted[table, year] = entry
                unread.discard((table, year))
    places = {place for place in written if years is None or place[1] in (NO_YEAR, *years)} | counted.keys()
    places -= unread
    found.compared = len(places)
    found.rows = sum(entry.rows for entry in counted.values())
    found.differences = [
        f"{table} {year or 'without a year'}: written {_content(written.get((table, year)))}, found"
        f" {_content(counted.get((table, year)))}"
        for table, year in sorted(places)
        if written.get((table, year)) != counted.get((table, year))
    ]


def _years(
    warehouse: Warehouse,
    table: str,
    years: Collection[int] | None,
    written: Collection[tuple[str, int]],
    found: Verification,
) -> list[int]:
    """Years of which the table may have rows, and :data:`NO_YEAR`."""
    if years is not None:
        return [NO_YEAR, *years]
    chosen = {NO_YEAR} | {year for name, year in written if name == table}
    narrow = warehouse.tables[table].narrow_id
    low, high = platform_ids(narrow=narrow)
    with found.findings.of_damage(table):
        bounds = warehouse.database.id_bounds(table, low)
        if bounds is not None and bounds[0] < high:
            ends = np.minimum(np.array(bounds), high - 1)
            first, last = (int(year) for year in year_of_ids(ends, narrow=narrow))
            chosen |= set(range(first, last + 1))
    return sorted(chosen)


def _count_year(
    warehouse: Warehouse,
    checkpoints: Sequence[Checkpoint],
    table: str,
    year: int,
    written: TableYear | None,
    found: Verification,
) -> TableYear:
    """Digest a table's year; where it is as written in all but not in its chunks, that is a finding."""
    recorder = next((one for one in recorders_of(warehouse.release).values() if table in one.tables), None)
    chunks = [one for one in checkpoints if recorder and (one.asset, one.year) == (recorder.asset, year)]
    stretches = list(_stretches(year, chunks if recorder and recorder.kind == "chunked" else []))
    counted = warehouse.recount_days(table, [stretch.days for stretch in stretches])
    parts = dict(zip(stretches, counted, strict=True))
    entry = TableYear(
        table, year, sum(rows for rows, _ in parts.values()), add([digest for _, digest in parts.values()])
    )
    if entry == written and len(parts) > 1:
        for stretch, part in parts.items():
            if part != (expected := _expected(warehouse, stretch, table)):
                found.findings.append(
                    f"{table} {year}, {stretch}: the checkpoint says {expected[0]:,} rows with digest"
                    f" {hex_digest(expected[1])}, its days have {part[0]:,} rows with digest {hex_digest(part[1])}"
                )
    return entry


def _expected(warehouse: Warehouse, stretch: Stretch, table: str) -> tuple[int, int]:
    if stretch.chunk is None:
        return 0, 0
    key = ChunkKey(stretch.chunk.asset, stretch.chunk.year, stretch.chunk.chunk)
    return read_counts(warehouse.database, key).get((table, stretch.chunk.year), (0, 0))


def _stretches(year: int, chunks: Sequence[Checkpoint]) -> Iterator[Stretch]:
    """The year's days, cut where its chunks begin and end; uncut where chunks overlap or leave the year."""
    whole = year_days(year)
    ordered = sorted(chunks, key=lambda one: one.first_day)
    borders = [border for one in ordered for border in (one.days.first, one.days.end)]
    if borders != sorted(borders) or any(not whole.first <= border <= whole.end for border in borders):
        yield Stretch(whole, None)
        return
    at = whole.first
    for one in ordered:
        if at < one.first_day:
            yield Stretch(DayRange(at, one.first_day), None)
        if len(one.days):
            yield Stretch(one.days, one)
        at = one.days.end
    if at < whole.end:
        yield Stretch(DayRange(at, whole.end), None)


def _content(entry: TableYear | None) -> str:
    return "nothing" if entry is None else f"{entry.rows:,} rows with digest {hex_digest(entry.digest)}"
