"""Checkpoints against each other and against the ledgers: the columns of each, its parts, its place in the year.

Belongs here: the platform's own tables on chunks. Does not belong here: rows (``rows``), living rows' checkpoints and
claims (``living``).
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date

from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.staleness import is_stale
from aquamind_assets.pipeline.writing import wanted_chunks
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.tables.digest import add
from aquamind_assets.timeline import FIRST_ID_YEAR, LAST_ID_YEAR, DayRange, chunks_of, day_number, to_date, year_days
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY, LIVING_CHUNK, Checkpoint, ChunkKey, hex_digest
from aquamind_assets.warehouse.errors import DatabaseDamaged
from aquamind_assets.warehouse.warehouse import Warehouse

_TEXT, _DIGEST = re.compile(r".*", re.DOTALL), re.compile(r"[0-9a-f]{16}")
_DAY = range(day_number(date(FIRST_ID_YEAR, 1, 1)), day_number(date(LAST_ID_YEAR + 1, 1, 1)))
_YEAR, _ROWS = range(FIRST_ID_YEAR, LAST_ID_YEAR + 1), range(2**63)

_COLUMNS: dict[str, dict[str, range | re.Pattern[str]]] = {
    "aquamind_assets_chunk": {
        "asset": _TEXT,
        "year": _YEAR,
        "chunk": range(366),
        "first_day": _DAY,
        "last_day": _DAY,
        "row_count": _ROWS,
        "digest": _DIGEST,
        "fingerprint": _TEXT,
        "coalesce(as_of, first_day)": _DAY,
        "coalesce(known_from, first_day)": _DAY,
    },
    "aquamind_assets_chunk_table": {
        "asset": _TEXT,
        "year": range(LAST_ID_YEAR + 1),
        "chunk": range(LIVING_CHUNK, 366),
        "table_name": _TEXT,
        "id_year": range(LAST_ID_YEAR + 1),
        "row_count": _ROWS,
        "digest": _DIGEST,
    },
    "aquamind_assets_living": {"asset": _TEXT, "year": _YEAR, "table_name": _TEXT},
}
"""Columns of the platform's own tables, and their values: SQLite would hold any."""


def unreadable_checkpoints(warehouse: Warehouse) -> list[str]:
    """What keeps the platform's own tables from being read: a damaged page, a value that the column cannot have."""
    found = []
    for table, columns in _COLUMNS.items():
        try:
            rows = warehouse.query(f"SELECT {', '.join(columns)} FROM {table}")
        except DatabaseDamaged as error:
            found.append(f"{table}: {error}")
            continue
        for row in rows:
            place = " ".join(str(value) for value in row[:3])
            found += [
                f"{table}, {place}: {name} = {value!r} cannot be"
                for (name, allowed), value in zip(columns.items(), row, strict=True)
                if not _is(value, allowed)
            ]
    return found


def _is(value: object, allowed: range | re.Pattern[str]) -> bool:
    if isinstance(allowed, range):
        return type(value) is int and value in allowed
    return isinstance(value, str) and allowed.fullmatch(value) is not None


def wrong_checkpoints(
    platform: Platform, warehouse: Warehouse, checkpoints: Sequence[Checkpoint], years: Collection[int] | None
) -> list[str]:
    """What is wrong with the checkpoints of these years, None for all."""
    ours = [one for one in checkpoints if years is None or one.year in years]
    found = list(_wrong_parts(warehouse, ours, years, platform.recorders))
    by_year: dict[tuple[str, int], list[Checkpoint]] = defaultdict(list)
    for one in ours:
        by_year[one.asset, one.year].append(one)
    for (asset, year), chunks in by_year.items():
        if asset in platform.recorders and platform.recorders[asset].kind == "chunked":
            found += _wrong_days(platform, year, chunks)
    return found + list(_mixed(platform, checkpoints))


def _wrong_parts(
    warehouse: Warehouse,
    checkpoints: Sequence[Checkpoint],
    years: Collection[int] | None,
    recorders: Mapping[str, Recorder],
) -> Iterator[str]:
    """Chunks whose rows and digest are not the sum of their tables', and tables' parts of chunks that are not there."""
    parts: dict[ChunkKey, list[tuple[int, int]]] = defaultdict(list)
    for asset, year, chunk, rows, digest in warehouse.query(
        "SELECT asset, year, chunk, row_count, digest FROM aquamind_assets_chunk_table ORDER BY asset, year, chunk"
    ):
        if chunk != LIVING_CHUNK and (years is None or year in years):
            parts[ChunkKey(asset, year, chunk)].append((rows, int(digest, 16)))
    for one in checkpoints:
        if one.asset in recorders and recorders[one.asset].kind == "living":
            continue
        found = parts.pop(ChunkKey(one.asset, one.year, one.chunk), [])
        rows, digest = sum(count for count, _ in found), add([part for _, part in found])
        if (rows, digest) != (one.rows, one.digest):
            yield (
                f"{_place(one)}: says {one.rows:,} rows with digest {hex_digest(one.digest)}, its tables have {rows:,}"
                f" rows with digest {hex_digest(digest)}"
            )
    for key in parts:
        yield f"checkpoint {key}: it is missing, though rows of it are noted"


def _wrong_days(platform: Platform, year: int, chunks: Sequence[Checkpoint]) -> Iterator[str]:
    """Chunks of an asset's year that have days of another chunk, that reach further than the ledger, or that end before
    the next one begins."""
    whole = {chunk.index: chunk.days for chunk in chunks_of(year)}
    ledger = platform.ledgers.store.about(year, "farm")
    known = {one.chunk: one for one in chunks}
    for one in chunks:
        days, following = whole.get(one.chunk), known.get(one.chunk + 1)
        span = f"{to_date(one.first_day)} to {to_date(one.last_day)}"
        if one.chunk == DAY_UNDER_WAY:
            whole_days = [other.last_day for other in chunks if other.chunk != DAY_UNDER_WAY]
            if one.first_day != one.last_day or one.last_day <= max(whole_days, default=one.last_day - 1):
                yield f"{_place(one)}: its days are {span}; a day that is not over follows all others"
            continue
        if days is None:
            yield f"{_place(one)}: a year has chunks 0 to {len(whole) - 1}"
            continue
        if not days.first <= one.first_day <= one.last_day < days.end:
            yield f"{_place(one)}: its days are {span}, the chunk has {to_date(days.first)} to {to_date(days.end - 1)}"
        elif following and following.first_day == days.end and one.first_day == days.first and one.days != days:
            yield f"{_place(one)}: it ends on {to_date(one.last_day)}, though chunk {following.chunk} follows"
        elif ledger and not is_stale(platform, one) and one.last_day > max(ledger.through, _built_to(one, year)):
            yield f"{_place(one)}: it ends on {to_date(one.last_day)}, the ledger on {to_date(ledger.through)}"
        if one.as_of is not None:
            yield f"{_place(one)}: as_of = {one.as_of}, but its rows never change"
    yield from _wrong_known_from(platform, year, [one for one in chunks if not is_stale(platform, one)])


def _wrong_known_from(platform: Platform, year: int, chunks: Sequence[Checkpoint]) -> Iterator[str]:
    """Chunks of an asset's year that were written when other days before them were there than there are."""
    known = {one.chunk: one for one in chunks}
    days_back = max((platform.recorders[one.asset].days_back(platform.scenario) for one in chunks), default=0)
    for chunk in wanted_chunks(year, year_days(year).end - 1, DayRange(0, 0), chunks, days_back):
        one = known[chunk.index]
        if one.known_from != chunk.known_from:
            yield (
                f"{_place(one)}: it was written as if {_known(one.known_from)}, but {_known(chunk.known_from)}; run"
                f" {year} again"
            )


def _known(day: int | None) -> str:
    return "all days before it were there" if day is None else f"the days before it were there from {to_date(day)} on"


def _built_to(one: Checkpoint, year: int) -> int:
    """Last day that an asset may have whatever the ledger has: all of the year for one that reads no ledger."""
    return year_days(year).end - 1 if one.asset in BEFORE_THE_FARM else -1


def _mixed(platform: Platform, checkpoints: Sequence[Checkpoint]) -> Iterator[str]:
    """Assets of which some chunks are of the current scenario and code and others are not."""
    by_asset: dict[str, list[Checkpoint]] = defaultdict(list)
    for one in checkpoints:
        by_asset[one.asset].append(one)
    for asset, chunks in by_asset.items():
        stale = [one for one in chunks if is_stale(platform, one)]
        if stale and len(stale) < len(chunks):
            years = ", ".join(map(str, sorted({one.year for one in stale})))
            yield (
                f"checkpoints of {asset}: {len(stale)} of {len(chunks)} are of another scenario or code (in {years});"
                " run these years again"
            )


def _place(one: Checkpoint) -> str:
    return f"checkpoint {ChunkKey(one.asset, one.year, one.chunk)}"
