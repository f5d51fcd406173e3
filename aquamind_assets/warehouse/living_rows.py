"""Writing rows that change over their life: all that are alive in a year at once, in one transaction.

Belongs here: which living rows are inserted, replaced and deleted. Does not belong here: which year claims which rows
(``claims``), rows that never change (``chunk_rows``).
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.tables.values import RowsError
from aquamind_assets.timeline import LOWEST_PLATFORM_ID, DayRange, id_range, year_days, year_of_ids
from aquamind_assets.warehouse import checkpoint_store as store
from aquamind_assets.warehouse import incoming, references
from aquamind_assets.warehouse.checkpoints import Checkpoint, ChunkKey
from aquamind_assets.warehouse.chunk_rows import load_proved
from aquamind_assets.warehouse.claims import Claims
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.recount import Recount
from aquamind_assets.warehouse.taken_ids import refuse_taken_ids
from aquamind_assets.warehouse.tally import Tally


def write_living(
    database: Database,
    key: ChunkKey,
    days_of_year: DayRange,
    fingerprint: str,
    run_id: str,
    tables: Sequence[str],
    blocks: Sequence[Rows],
    gone: Mapping[str, np.ndarray],
    as_of: int,
) -> Checkpoint:
    """Write all living rows of a year, few enough to be held; see ``Warehouse.write_living``."""
    started, tally = time.monotonic(), Tally(tables, None)
    with database.transaction(tables):
        database.serialise(f"living/{key.asset}")
        translation, decided = incoming.decided(database, tables, blocks)
        own = list(tally.watch(incoming.own_rows(translation, decided)))
        claims, touched = Claims(database, key.asset), {}
        for table in tables:
            alive = _distinct_ids(key, database.tables[table], tally)
            vanished = np.asarray(gone.get(table, ()), dtype=np.int64)
            low, high = id_range(year_days(key.year), narrow=database.tables[table].narrow_id)
            refuse_taken_ids(database, table, alive, claims.of_table(table), year_days(key.year))
            stale = claims.replace(key.year, table, alive, vanished, (low, high))
            references.refuse_cascades(database, table, np.union1d(stale, alive))
            database.delete_ids(table, np.union1d(stale, alive))
            database.make_room(table, year_days(key.year))
            database.reserve_ids(table, alive[alive < LOWEST_PLATFORM_ID])
            touched[table] = np.union1d(np.union1d(stale, alive), [low])
        load_proved(database, tally, translation, incoming.translated(translation, own))
        for table, ids in touched.items():
            recount_living(database, key.asset, table, ids)
        store.forget_chunk(database, key)
        store.taint(database, key.asset, fingerprint)
        checkpoint = Checkpoint(
            asset=key.asset,
            year=key.year,
            chunk=key.chunk,
            first_day=days_of_year.first,
            last_day=days_of_year.end - 1,
            rows=tally.rows,
            digest=tally.digest,
            fingerprint=fingerprint,
            as_of=as_of,
            known_from=None,
            run_id=run_id,
            seconds=time.monotonic() - started,
            peak_memory_mb=tally.peak_mb,
        )
        store.note_checkpoint(database, checkpoint)
        return checkpoint


def recount_living(database: Database, asset: str, table: str, ids: np.ndarray) -> None:
    """Set the digests of the calendar years in which these ids of a living table lie."""
    recount = Recount(database)
    for year in np.unique(year_of_ids(ids, narrow=database.tables[table].narrow_id)).tolist():
        store.set_living_count(database, asset, recount.year(table, year) if year else recount.fixed(table))


def _distinct_ids(key: ChunkKey, table: TableSpec, tally: Tally) -> np.ndarray:
    parts = tally.ids.get(table.name)
    if not parts:
        return np.zeros(0, dtype=np.int64)
    ids = np.sort(np.concatenate(parts))
    if (ids[1:] == ids[:-1]).any():
        raise RowsError(f"{table.name}: id {ids[1:][ids[1:] == ids[:-1]][0]} twice among the rows of {key}")
    latest = id_range(year_days(key.year), narrow=table.narrow_id)[1]
    if ids[-1] >= latest:
        raise RowsError(f"{table.name}: id {ids[-1]} is of a year after {key.year}")
    return ids
