"""Law 5: what lies in the database is what was written, row for row. So order, retries and kills cannot have mattered.

Belongs here: recounting rows against the digests that were committed with them. Does not belong here: a whole
database's (``aquamind verify``).
"""

from collections.abc import Collection
from dataclasses import dataclass

from aquamind_assets.laws.evidence import Evidence, dated, ids_of
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.timeline import DayRange
from aquamind_assets.warehouse.checkpoints import LIVING_CHUNK, Checkpoint, hex_digest


@dataclass(frozen=True)
class _Written:
    """What a chunk wrote into a table; ``days`` are the days of its ids."""

    table: str
    days: DayRange
    rows: int
    digest: int

    def __str__(self) -> str:
        return f"{self.table}, {dated(self.days.first)} to {dated(self.days.end - 1)}"


def rows_are_as_written(evidence: Evidence, asset: str, tables: Collection[str]) -> LawResult:
    """Rows and digest of every chunk of the year are those of its checkpoint.

    Of a table with too many rows, as many chunks are recounted as the limit allows, another one first each year; the
    smallest one at least is counted.
    """
    found = ResultBuilder()
    for table in tables:
        written = _written(evidence, asset, table)
        first = evidence.year % max(1, len(written))
        recounted = _affordable(written[first:] + written[:first], evidence.look_at_most)
        for part in recounted:
            rows, digest = evidence.warehouse.recount_days(table, part.days)
            found.looked(f"rows of {table}", max(rows, part.rows))
            if (rows, digest) != (part.rows, part.digest):
                found.broken(
                    1,
                    f"{part}: written {part.rows:,} rows with digest {hex_digest(part.digest)}, found {rows:,} with"
                    f" {hex_digest(digest)}",
                )
        if written and not recounted:
            _count_only(found, evidence, min(written, key=lambda part: part.rows))
        found.leave_out(
            len(written) - len(recounted),
            f"of the {len(written)} chunks of {table} are not recounted: it has too many rows",
        )
    for checkpoint in evidence.warehouse.outdated_living():
        if (checkpoint.asset, checkpoint.year) == (asset, evidence.year):
            found.broken(checkpoint.rows, as_of_another_year(checkpoint))
    found.nothing = evidence.none_written(tables)
    return found.result()


def as_of_another_year(checkpoint: Checkpoint) -> str:
    """What is wrong with living rows that do not stand for the end of the latest year in the database."""
    assert checkpoint.as_of is not None
    return (
        f"{checkpoint.asset} {checkpoint.year}: rows stand for {dated(checkpoint.as_of)}, which is not the end of the"
        f" latest year of {checkpoint.asset} in the database: materialize {checkpoint.asset} {checkpoint.year} again"
    )


def _affordable(written: list[_Written], most: int | None) -> list[_Written]:
    """The chunks, in their order, that have so many rows together at most."""
    chosen = []
    for part in written:
        if most is None or part.rows <= most:
            chosen.append(part)
            most = None if most is None else most - part.rows
    return chosen


def _count_only(found: ResultBuilder, evidence: Evidence, part: _Written) -> None:
    condition = ids_of(part.table, part.days.first, part.days.end - 1)
    rows = int(evidence.warehouse.query(f"SELECT COUNT(*) FROM {part.table} WHERE {condition}")[0][0])
    found.looked(f"rows of {part.table}, only counted", max(rows, part.rows))
    if rows != part.rows:
        found.broken(1, f"{part}: written {part.rows:,} rows, found {rows:,}")


def _written(evidence: Evidence, asset: str, table: str) -> list[_Written]:
    """What the year's checkpoints, or those of the living rows with ids of the year, say."""
    sql = (
        "SELECT chunk, row_count, digest FROM aquamind_assets_chunk_table WHERE asset = ? AND table_name = ? AND"
        " id_year = ? ORDER BY chunk"
    )
    days = {checkpoint.chunk: checkpoint.days for checkpoint in evidence.warehouse.checkpoints(asset, evidence.year)}
    found = []
    for chunk, rows, digest in evidence.warehouse.query(sql, (asset, table, evidence.year)):
        found.append(_Written(table, evidence.days if chunk == LIVING_CHUNK else days[chunk], rows, int(digest, 16)))
    return found
