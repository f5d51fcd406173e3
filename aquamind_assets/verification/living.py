"""Checkpoints of living rows, and the claims of each year's run on them.

The rows of a living table are compared with the manifest as all others (``rows``). What a checkpoint says of them, the
rows of a year as its run wrote them, is made again from the ledgers: later years may have written the rows since.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from aquamind_assets.ledger.store import LedgerMissing
from aquamind_assets.pipeline.living import block_ends
from aquamind_assets.pipeline.platform import Platform, YearNotBegun
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets.pipeline.staleness import is_stale
from aquamind_assets.records.recorder import Recorder
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.timeline import platform_ids, to_date, year_days
from aquamind_assets.verification.outcomes import Verification
from aquamind_assets.warehouse.adoption.adopted_rows import read_translation
from aquamind_assets.warehouse.checkpoints import Checkpoint, hex_digest
from aquamind_assets.warehouse.claims import Claims
from aquamind_assets.warehouse.id_sql import id_sql
from aquamind_assets.warehouse.incoming import own_rows
from aquamind_assets.warehouse.tally import Tally
from aquamind_assets.warehouse.warehouse import Warehouse


def wrong_living(
    platform: Platform,
    warehouse: Warehouse,
    checkpoints: Sequence[Checkpoint],
    years: Collection[int] | None,
    found: Verification,
) -> None:
    """Check the checkpoints and claims of living assets in these years, None for all; claims are compared with the rows
    of all years."""
    last_days = _last_days(checkpoints, platform.recorders)
    for recorder in platform.recorders.values():
        if recorder.kind != "living":
            continue
        written = {one.year: one for one in checkpoints if one.asset == recorder.asset}
        found.findings += _wrong_days(recorder.asset, written, years)
        found.findings += _another_day(recorder.asset, written, years, last_days)
        with found.findings.of_damage(f"claims of {recorder.asset}"):
            claims = Claims(warehouse.database, recorder.asset)
            there = {table: _ids(warehouse, table) for table in recorder.tables}
            found.findings += _unclaimed(warehouse.tables, recorder.asset, there, claims)
            for year, one in written.items():
                if (years is None or year in years) and not is_stale(platform, one):
                    found.findings += _not_as_simulated(platform, warehouse, recorder, one, there, claims, found)


def _wrong_days(asset: str, written: dict[int, Checkpoint], years: Collection[int] | None) -> Iterator[str]:
    """Checkpoints that are not of their whole year, and years whose rows do not stand as of the latest one."""
    latest = max(written, default=0)
    for year, one in written.items():
        if years is not None and year not in years:
            continue
        place, days = f"checkpoint {asset} {year}", year_days(year)
        if one.days != days or one.chunk:
            yield f"{place}: its days are {to_date(one.first_day)} to {to_date(one.last_day)}; allowed: the whole year"
        if one.as_of is None:
            yield f"{place}: its rows stand for no day; run {year} again"
        elif one.as_of < days.first or (year == latest and one.as_of >= days.end):
            yield f"{place}: its rows stand for {to_date(one.as_of)}, which is no day of {year}"
        elif year in block_ends(written):
            if one.as_of != written[latest].as_of:
                yield (
                    f"{place}: its rows stand for {to_date(one.as_of)}, but not as of the latest year, {latest}; run"
                    f" {year} again"
                )
        elif one.as_of < days.end - 1:
            yield f"{place}: its rows stand for {to_date(one.as_of)}, though {year + 1} is written; run {year} again"


def _last_days(checkpoints: Sequence[Checkpoint], recorders: Mapping[str, Recorder]) -> dict[int, set[int]]:
    """The last day that the farm's events are written to, by year: one day, but where a run was interrupted."""
    last: dict[int, dict[str, int]] = {}
    for one in checkpoints:
        if one.asset in recorders and recorders[one.asset].kind == "chunked" and one.asset not in BEFORE_THE_FARM:
            of_year = last.setdefault(one.year, {})
            of_year[one.asset] = max(one.last_day, of_year.get(one.asset, one.last_day))
    return {year: set(days.values()) for year, days in last.items()}


def _another_day(
    asset: str, written: dict[int, Checkpoint], years: Collection[int] | None, last_days: dict[int, set[int]]
) -> Iterator[str]:
    """Years whose rows stand for another day than the last one of the events in that day's year. Rows that lived on
    into the next year are written again with it, so the others need not stand for more than the end of their own."""
    for year, one in written.items():
        if one.as_of is None or (years is not None and year not in years):
            continue
        ends = last_days.get(to_date(one.as_of).year, set())
        needed = year_days(year).end - 1 if year + 1 in written else max(ends, default=one.as_of)
        if len(ends) == 1 and (one.as_of < needed or (one.as_of > max(ends) and asset not in BEFORE_THE_FARM)):
            yield (
                f"checkpoint {asset} {year}: its rows stand for {to_date(one.as_of)}, the events of that year reach to"
                f" {to_date(max(ends))}"
            )


def _ids(warehouse: Warehouse, table: str) -> np.ndarray:
    """The ids of the platform's rows in a table, but for those that AquaMind fixes."""
    spec = warehouse.tables[table]
    key, ours = id_sql(spec), platform_ids(narrow=spec.narrow_id)
    found = warehouse.query(f'SELECT {key} FROM "{table}" WHERE {key} >= ? AND {key} < ?', ours)
    return np.array([number for (number,) in found], dtype=np.int64)


def _unclaimed(
    tables: Mapping[str, TableSpec], asset: str, there: dict[str, np.ndarray], claims: Claims
) -> Iterator[str]:
    """Rows that no year's run claims, and claims on rows that are not there."""
    for table, ids in there.items():
        claimed = claims.of_table(table)
        ours = claimed[claimed >= platform_ids(narrow=tables[table].narrow_id)[0]]
        for odd, what in (
            (np.setdiff1d(ids, ours), "rows that no year's run claims"),
            (np.setdiff1d(ours, ids), "claims on rows that are not there"),
        ):
            if odd.size:
                yield f"claims of {asset} on {table}: {odd.size:,} {what}, such as {odd[0]}"


def _not_as_simulated(
    platform: Platform,
    warehouse: Warehouse,
    recorder: Recorder,
    one: Checkpoint,
    there: dict[str, np.ndarray],
    claims: Claims,
    found: Verification,
) -> Iterator[str]:
    """Whether a checkpoint, and the claims of its year, are of the rows that the ledgers give for it."""
    place = f"{one.asset} {one.year}"
    if one.as_of is None:
        return
    try:
        year = to_date(one.as_of).year
        inputs = platform.inputs_for(recorder, one.year, year, one.as_of if year > one.year else None)
    except (LedgerMissing, YearNotBegun) as error:
        found.left_out.append(f"checkpoint {place}: {error}")
        return
    if inputs.lives.through != one.as_of:
        found.left_out.append(
            f"checkpoint {place}: its rows stand for {to_date(one.as_of)}, the ledgers reach to"
            f" {to_date(inputs.lives.through)}"
        )
        return
    tally = Tally(recorder.tables, None)
    translation = read_translation(warehouse.database)
    for _ in tally.watch(own_rows(translation, recorder.rows_alive(inputs))):
        pass
    if (tally.rows, tally.digest) != (one.rows, one.digest):
        yield (
            f"checkpoint {place}: says {one.rows:,} rows with digest {hex_digest(one.digest)}; the ledgers give"
            f" {tally.rows:,} rows with digest {hex_digest(tally.digest)}"
        )
    for table in recorder.tables:
        alive = np.concatenate([np.zeros(0, dtype=np.int64), *tally.ids.get(table, [])])
        held = claims.of_year(one.year, table)
        foreign, missing = np.setdiff1d(held, alive), np.setdiff1d(np.intersect1d(alive, there[table]), held)
        if foreign.size:
            yield f"claims of {place} on {table}: {foreign.size:,} ids that it does not have, such as {foreign[0]}"
        if missing.size:
            yield f"claims of {place} on {table}: {missing.size:,} are missing, such as {missing[0]}"
