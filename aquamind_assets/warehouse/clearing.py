"""Deleting what the platform wrote, a year at a time, and nothing else.

Belongs here: which rows go with a year. Does not belong here: proving that nothing refers to them (``references``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from aquamind_assets.timeline import DayRange, id_range, merged
from aquamind_assets.warehouse import checkpoint_store as store
from aquamind_assets.warehouse import references
from aquamind_assets.warehouse.adoption.adopted_rows import forget_records
from aquamind_assets.warehouse.claims import Claims
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.living_rows import recount_living


def clear(database: Database, assets: Mapping[str, Sequence[str]], years: Iterable[int]) -> dict[str, int]:
    """Delete these assets' rows of these years, the latest first; see ``Warehouse.clear``."""
    deleted: dict[str, int] = {}
    for year in sorted(years, reverse=True):
        with database.transaction([table for tables in assets.values() for table in tables]):
            gone: list[tuple[str, references.Ids]] = []
            for asset, tables in reversed(list(assets.items())):
                database.serialise(f"living/{asset}")
                claims = Claims(database, asset)
                committed = [] if claims.exist else store.read_checkpoints(database, asset, year)
                events = merged([one.days for one in committed])
                for table in reversed(tables):
                    for ids, count in _clear_table(database, claims, asset, table, year, events):
                        deleted[table] = deleted.get(table, 0) + count
                        if count:
                            gone.append((table, ids))
                store.forget_year(database, asset, year)
                store.unsettle(database, asset, year - 1)
            for table, ids in gone:
                references.prove_unreferenced(database, year, table, ids)
            if not store.read_checkpoints(database):
                forget_records(database)
    return deleted


def _clear_table(
    database: Database, claims: Claims, asset: str, table: str, year: int, events: Sequence[DayRange]
) -> Iterator[tuple[references.Ids, int]]:
    """Delete a year's rows of one table: those of the days of ``events``, or, where there are none, those that no other
    year claims; which ids they had, and how many there were."""
    if not events:
        unclaimed = claims.release(year, table)
        references.refuse_cascades(database, table, unclaimed)
        count = database.delete_ids(table, unclaimed)
        recount_living(database, asset, table, unclaimed)
        yield unclaimed, count
        return
    for days in events:
        ids = id_range(days, narrow=database.tables[table].narrow_id)
        references.refuse_cascades(database, table, ids)
        yield ids, database.delete_days(table, days)
