"""Law 5: the database holds exactly the rows that were written. Order of writing, retries and interrupts change
nothing.

Belongs here: comparing rows with the digests that were committed with them. Does not belong here: the comparison of a
whole database (``aquamind verify``).
"""

from collections.abc import Collection
from dataclasses import dataclass

from aquamind_assets.laws.evidence import Evidence, format_day, id_condition
from aquamind_assets.laws.result import LawResult, ResultBuilder
from aquamind_assets.pipeline.living import outdated_years
from aquamind_assets.records.registry import recorders_of
from aquamind_assets.timeline import DayRange, to_date
from aquamind_assets.warehouse.checkpoints import LIVING_CHUNK, hex_digest


@dataclass(frozen=True)
class _Written:
    """Rows that one chunk wrote into a table. ``days`` are the days of their ids."""

    table: str
    days: DayRange
    rows: int
    digest: int

    def __str__(self) -> str:
        return f"{self.table}, {format_day(self.days.first)} to {format_day(self.days.end - 1)}"


def judge_digests(evidence: Evidence, asset: str, tables: Collection[str]) -> LawResult:
    """Compare the rows and the digest of every chunk of the year with its checkpoint.

    Of a table with too many rows, only as many chunks are digested as ``evidence.max_rows`` allows, each year beginning
    with another chunk. If no chunk is that small, the rows of the smallest one are counted.
    """
    found = ResultBuilder()
    for table in tables:
        written = _written(evidence, asset, table)
        first = evidence.year % max(1, len(written))
        recounted = _affordable(written[first:] + written[:first], evidence.max_rows)
        counted = evidence.warehouse.recount_days(table, [part.days for part in recounted]) if recounted else []
        for part, (rows, digest) in zip(recounted, counted, strict=True):
            found.count_checked(f"rows of {table}", max(rows, part.rows))
            if (rows, digest) != (part.rows, part.digest):
                found.add_violations(
                    1,
                    f"{part}: {part.rows:,} rows with digest {hex_digest(part.digest)} were written, {rows:,} rows with"
                    f" digest {hex_digest(digest)} were found",
                )
        if written and not recounted:
            _count_only(found, evidence, min(written, key=lambda part: part.rows))
        found.skip(
            len(written) - len(recounted),
            f"of the {len(written)} chunks of {table} are not recounted: the table has too many rows",
        )
    _check_as_of(found, evidence, asset)
    found.empty_reason = evidence.no_rows_reason(tables)
    return found.result()


def _check_as_of(found: ResultBuilder, evidence: Evidence, asset: str) -> None:
    """Check that living rows stand as of the latest year of their asset in the database."""
    if recorders_of(evidence.release)[asset].kind != "living":
        return
    days = {checkpoint.year: checkpoint.as_of for checkpoint in evidence.warehouse.checkpoints(asset)}
    if evidence.year in outdated_years(days):
        day = days[evidence.year]
        shown = "a day that is gone" if day is None else str(to_date(day))
        found.add_violations(
            1, f"rows stand as of {shown}, not of the latest year: materialize {asset} {evidence.year} again"
        )


def _affordable(written: list[_Written], most: int | None) -> list[_Written]:
    """Return the chunks, in their order, that together have at most ``most`` rows."""
    chosen = []
    for part in written:
        if most is None or part.rows <= most:
            chosen.append(part)
            most = None if most is None else most - part.rows
    return chosen


def _count_only(found: ResultBuilder, evidence: Evidence, part: _Written) -> None:
    condition = id_condition(evidence.tables[part.table], part.days.first, part.days.end - 1)
    rows = int(evidence.warehouse.query(f"SELECT COUNT(*) FROM {part.table} WHERE {condition}")[0][0])
    found.count_checked(f"rows of {part.table}, only counted", max(rows, part.rows))
    if rows != part.rows:
        found.add_violations(1, f"{part}: {part.rows:,} rows were written, {rows:,} were found")


def _written(evidence: Evidence, asset: str, table: str) -> list[_Written]:
    """Return what the year's checkpoints record for a table. For living rows, the checkpoints of the rows with ids of
    the year."""
    sql = (
        "SELECT chunk, row_count, digest FROM aquamind_assets_chunk_table WHERE asset = ? AND table_name = ? AND"
        " id_year = ? ORDER BY chunk"
    )
    days = {checkpoint.chunk: checkpoint.days for checkpoint in evidence.warehouse.checkpoints(asset, evidence.year)}
    found = []
    for chunk, rows, digest in evidence.warehouse.query(sql, (asset, table, evidence.year)):
        found.append(_Written(table, evidence.days if chunk == LIVING_CHUNK else days[chunk], rows, int(digest, 16)))
    return found
