"""Which ids each year's run has written into living tables.

A batch that lives in 2016 and 2017 is written by both years' runs. It may be deleted only when neither writes it any
more: each run claims the ids it wrote, and a row is deleted with its last claim. That makes the content of living
tables depend on which years are materialized, and not on the order.

Belongs here: claims and their SQL. Does not belong here: deleting rows (``living_rows``, ``clearing``).
"""

import zlib

import numpy as np

from aquamind_assets.timeline import LOWEST_PLATFORM_ID
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import DatabaseDamaged


def pack(ids: np.ndarray) -> bytes:
    """Ascending int64 ids, compressed: their differences are small and mostly alike."""
    return zlib.compress(np.diff(ids, prepend=0).astype("<i8").tobytes(), 6)


def unpack(packed: bytes) -> np.ndarray:
    """The ids that :func:`pack` was given.

    Raises:
        DatabaseDamaged: the bytes are not what it made.
    """
    try:
        return np.cumsum(np.frombuffer(zlib.decompress(packed), dtype="<i8").astype(np.int64))
    except (zlib.error, ValueError, TypeError) as error:
        raise DatabaseDamaged(
            f"aquamind_assets_living.ids is damaged ({error}); clear the years of this asset and run them again"
        ) from None


def fixed_ids(database: Database, table: str) -> np.ndarray:
    """The ids of a table's rows that the platform wrote with ids that AquaMind fixes, ascending; none where the
    platform has no tables of its own yet."""
    if "aquamind_assets_living" not in database.table_names():
        return np.zeros(0, dtype=np.int64)
    packed = database.query("SELECT ids FROM aquamind_assets_living WHERE table_name = ?", (table,))
    if not packed:
        return np.zeros(0, dtype=np.int64)
    ids = np.unique(np.concatenate([unpack(bytes(one)) for (one,) in packed]))
    return ids[ids < LOWEST_PLATFORM_ID]


class Claims:
    """The claims of one asset, read when this is made. Used within a transaction that holds the asset's living
    tables."""

    def __init__(self, database: Database, asset: str) -> None:
        self._database, self._asset = database, asset
        sql = "SELECT year, table_name, ids FROM aquamind_assets_living WHERE asset = ?"
        self._held = {(year, table): unpack(bytes(ids)) for year, table, ids in database.query(sql, (asset,))}

    @property
    def exist(self) -> bool:
        """Whether there are any: an asset of events has none."""
        return bool(self._held)

    def of_table(self, table: str) -> np.ndarray:
        """The ids of a table that any year claims, ascending."""
        held = [ids for (_, name), ids in self._held.items() if name == table]
        return np.unique(np.concatenate(held)) if held else np.zeros(0, dtype=np.int64)

    def of_year(self, year: int, table: str) -> np.ndarray:
        """The ids of a table that a year claims, ascending."""
        return self._held.get((year, table), np.zeros(0, dtype=np.int64))

    def replace(self, year: int, table: str, alive: np.ndarray, gone: np.ndarray, own: tuple[int, int]) -> np.ndarray:
        """Let a year claim just ``alive``; the ids that are to be deleted, ascending.

        ``gone`` ids, and ids in the year's ``own`` range that are not alive, are taken from the other years too.
        """
        before = self._held.get((year, table), np.zeros(0, dtype=np.int64))
        for (other, name), ids in list(self._held.items()):
            if name == table and other != year:
                dead = np.isin(ids, gone) | ((ids >= own[0]) & (ids < own[1]) & ~np.isin(ids, alive))
                if dead.any():
                    before = np.union1d(before, ids[dead])
                    self._set(other, table, ids[~dead])
        self._set(year, table, alive)
        return self._unclaimed(table, np.union1d(before, gone))

    def release(self, year: int, table: str) -> np.ndarray:
        """Drop a year's claims on a table; the ids that no year claims any more, ascending."""
        before = self._held.get((year, table), np.zeros(0, dtype=np.int64))
        self._set(year, table, np.zeros(0, dtype=np.int64))
        return self._unclaimed(table, before)

    def _unclaimed(self, table: str, ids: np.ndarray) -> np.ndarray:
        for (_, name), held in self._held.items():
            if name == table:
                ids = np.setdiff1d(ids, held)
        return ids

    def _set(self, year: int, table: str, ids: np.ndarray) -> None:
        place = (self._asset, year, table)
        self._database.execute(
            "DELETE FROM aquamind_assets_living WHERE asset = ? AND year = ? AND table_name = ?", place
        )
        self._held.pop((year, table), None)
        if ids.size:
            self._database.execute("INSERT INTO aquamind_assets_living VALUES (?, ?, ?, ?)", (*place, pack(ids)))
            self._held[year, table] = ids
