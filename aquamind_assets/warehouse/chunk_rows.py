"""Writing the rows of a chunk: what it held is deleted, its blocks are loaded and proved, its checkpoint is set, all in
one transaction.

Belongs here: rows of events, which never change once their days are over. Does not belong here: rows that change over
their life (``living_rows``), how a database loads (``sqlite``, ``postgres``).
"""

import time
from collections.abc import Iterable, Iterator, Sequence

from aquamind_assets.tables.digest import add
from aquamind_assets.tables.rows import Rows
from aquamind_assets.timeline import DayRange, id_range, to_date, year_days
from aquamind_assets.warehouse import checkpoint_store as store
from aquamind_assets.warehouse import incoming, references
from aquamind_assets.warehouse.adoption.translation import Translation
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY, Checkpoint, ChunkKey
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import WarehouseError
from aquamind_assets.warehouse.recount import prove_stored
from aquamind_assets.warehouse.taken_ids import refuse_taken_days
from aquamind_assets.warehouse.tally import Tally


def write_chunk(
    database: Database,
    key: ChunkKey,
    days: DayRange,
    fingerprint: str,
    run_id: str,
    tables: Sequence[str],
    blocks: Iterable[Rows],
    known_from: int | None = None,
) -> Checkpoint:
    """Write a chunk; see ``Warehouse.write_chunk``."""
    if not len(days) or days.first not in year_days(key.year) or days.end > year_days(key.year).end:
        raise WarehouseError(f"{key}: days {days.first} to {days.end - 1} are not days of {key.year}")
    tally = Tally(tables, days)
    with database.transaction(tables):
        started = time.monotonic()
        before = store.read_checkpoint(database, key)
        whole = days if before is None else _hull(days, before.days)
        translation, decided = incoming.decided(database, tables, blocks)
        for table in tables:
            refuse_taken_days(database, table, days, None if before is None else before.days)
            references.refuse_cascades(database, table, id_range(whole, narrow=database.tables[table].narrow_id))
            # A day under way lies beside the rows of its thirty days, and never takes their place.
            database.make_room(table, whole, append=key.chunk == DAY_UNDER_WAY)
        load_proved(database, tally, translation, incoming.incoming(translation, tally, decided))
        store.forget_chunk(database, key)
        store.note_counts(database, key, tally.counts)
        return _commit_ready(
            database,
            Checkpoint(
                asset=key.asset,
                year=key.year,
                chunk=key.chunk,
                first_day=days.first,
                last_day=days.end - 1,
                rows=tally.rows,
                digest=tally.digest,
                fingerprint=fingerprint,
                as_of=None,
                known_from=known_from,
                run_id=run_id,
                seconds=time.monotonic() - started,
                peak_memory_mb=tally.peak_mb,
            ),
        )


def append_days(
    database: Database,
    key: ChunkKey,
    days: DayRange,
    fingerprint: str,
    run_id: str,
    tables: Sequence[str],
    blocks: Iterable[Rows],
) -> Checkpoint:
    """Add days to a chunk; see ``Warehouse.append_days``."""
    tally = Tally(tables, days)
    with database.transaction(tables):
        started = time.monotonic()
        before = _followed_by(store.read_checkpoint(database, key), key, days, fingerprint)
        translation, decided = incoming.decided(database, tables, blocks)
        for table in tables:
            refuse_taken_days(database, table, days, before.days)
            database.make_room(table, days, append=True)
        load_proved(database, tally, translation, incoming.incoming(translation, tally, decided))
        counts = store.read_counts(database, key)
        for place, (rows, digest) in tally.counts.items():
            counted, digested = counts.get(place, (0, 0))
            counts[place] = counted + rows, add([digested, digest])
        store.forget_chunk(database, key)
        store.note_counts(database, key, counts)
        return _commit_ready(
            database,
            Checkpoint(
                asset=key.asset,
                year=key.year,
                chunk=key.chunk,
                first_day=before.first_day,
                last_day=days.end - 1,
                rows=before.rows + tally.rows,
                digest=add([before.digest, tally.digest]),
                fingerprint=fingerprint,
                as_of=None,
                known_from=before.known_from,
                run_id=run_id,
                seconds=before.seconds + time.monotonic() - started,
                peak_memory_mb=max(before.peak_memory_mb, tally.peak_mb),
            ),
        )


def drop_day_under_way(database: Database, asset: str, year: int, tables: Sequence[str]) -> None:
    """Delete the rows of a day that was not over; see ``Warehouse.drop_day_under_way``."""
    key = ChunkKey(asset, year, DAY_UNDER_WAY)
    with database.transaction(tables):
        before = store.read_checkpoint(database, key)
        if before is None:
            return
        for table in tables:
            references.refuse_cascades(database, table, id_range(before.days, narrow=database.tables[table].narrow_id))
            database.delete_days(table, before.days)
        store.forget_chunk(database, key)


def load_proved(database: Database, tally: Tally, translation: Translation, blocks: Iterator[Rows]) -> None:
    """Load blocks that the tally sees, and prove what the database does not prove by itself."""
    database.load(blocks)
    references.prove_references(database, tally, translation)
    database.settle()
    references.prove_users_rows(database, tally.tables)
    prove_stored(database, tally)


def _commit_ready(database: Database, checkpoint: Checkpoint) -> Checkpoint:
    """Store the checkpoint, the last thing before the commit."""
    store.note_checkpoint(database, checkpoint)
    database.finish(
        lambda: [
            known.days for known in store.read_checkpoints(database, checkpoint.asset) if known.chunk != DAY_UNDER_WAY
        ]
    )
    return checkpoint


def _followed_by(before: Checkpoint | None, key: ChunkKey, days: DayRange, fingerprint: str) -> Checkpoint:
    """The chunk's checkpoint, if these days follow it.

    Raises:
        WarehouseError: they do not.
    """
    if before is not None and before.fingerprint == fingerprint and before.last_day + 1 == days.first:
        return before
    state = (
        "is not in the database"
        if before is None
        else f"ends on {to_date(before.last_day)} with fingerprint {before.fingerprint}"
    )
    raise WarehouseError(f"{key} {state}; days from {to_date(days.first)} with fingerprint {fingerprint} cannot follow")


def _hull(one: DayRange, other: DayRange) -> DayRange:
    return DayRange(min(one.first, other.first), max(one.end, other.end))
