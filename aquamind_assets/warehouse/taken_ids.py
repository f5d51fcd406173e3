"""Rows that the platform did not write, with ids that it gives to rows of its own.

User-entered rows get ids far below the platform's (PostgreSQL) or far above (SQLite). Some rows have the platform's all
the same: a number that was entered, a restored copy of rows without the platform's own tables. Writing replaces the
rows that have the ids of its days, so it would delete them. They are looked for first, and refused.

Belongs here: finding rows by their ids. Does not belong here: rows with a key of the platform's (``adoption``).
"""

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from aquamind_assets.timeline import DayRange, days_without, id_range, platform_ids, year_days
from aquamind_assets.warehouse import own_tables
from aquamind_assets.warehouse.checkpoint_store import read_checkpoints
from aquamind_assets.warehouse.claims import Claims
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import RowsRefused
from aquamind_assets.warehouse.id_sql import id_sql

SHOWN = 5
"""Ids that a message names."""


def taken_ids(
    database: Database, assets: Mapping[str, Sequence[str]], living: Collection[str], years: Sequence[int]
) -> list[str]:
    """What is to be written in these years, and has ids of rows that the platform did not write: a sentence for each
    table and year, or table of a ``living`` asset.

    ``assets`` gives the tables of each. A database with the platform's own tables of an older version is not looked at.
    """
    version = own_tables.installed_version(database)
    if version not in (0, own_tables.VERSION):
        return []
    found = []
    for asset, tables in assets.items():
        if asset in living:
            claims = Claims(database, asset) if version else None
            found += [text for table in tables if (text := _unclaimed(database, claims, table))]
            continue
        for year in years:
            committed = [one.days for one in read_checkpoints(database, asset, year)] if version else []
            free = list(days_without(year_days(year), committed))
            found += [text for table in tables if (text := _in_days(database, table, free))]
    return found


def refuse_taken_days(database: Database, table: str, days: DayRange, committed: DayRange | None) -> None:
    """Refuse to write days, those that are ``committed`` left out, whose ids other rows have.

    Raises:
        RowsRefused: there are such rows.
    """
    free = days_without(days, [] if committed is None else [committed])
    if text := _in_days(database, table, list(free)):
        raise RowsRefused(f"{database.url}: {text}")


def refuse_taken_ids(
    database: Database, table: str, alive: np.ndarray, claimed: np.ndarray, days_of_year: DayRange
) -> None:
    """Refuse to write living rows, with the ids ``alive``, where rows that no year has ``claimed`` have one of them or
    another id of the year.

    Raises:
        RowsRefused: there are such rows.
    """
    new = np.setdiff1d(alive, claimed)
    known = np.setdiff1d(new, database.missing_ids(table, new)) if new.size else new
    low, high = id_range(days_of_year, narrow=database.tables[table].narrow_id)
    taken = np.union1d(known, np.setdiff1d(_ids_between(database, table, low, high), claimed))
    if taken.size:
        raise RowsRefused(f"{database.url}: {_named(table, taken.tolist())}")


def _in_days(database: Database, table: str, days: Sequence[DayRange]) -> str:
    found: list[int] = []
    for one in days:
        if len(found) <= SHOWN:
            found += database.ids_of_days(table, one, SHOWN + 1)
    return _named(table, found) if found else ""


def _unclaimed(database: Database, claims: Claims | None, table: str) -> str:
    spec = database.tables[table]
    condition, bounds = f"{id_sql(spec)} >= ? AND {id_sql(spec)} < ?", platform_ids(narrow=spec.narrow_id)
    claimed = np.zeros(0, dtype=np.int64) if claims is None else claims.of_table(table)
    count = database.query(f'SELECT count(*) FROM "{table}" WHERE {condition}', bounds)[0][0]
    if count <= claimed.size:
        return ""
    return _named(table, np.setdiff1d(_ids_between(database, table, *bounds), claimed).tolist())


def _ids_between(database: Database, table: str, low: int, high: int) -> np.ndarray:
    key = id_sql(database.tables[table])
    found = database.query(f'SELECT {key} FROM "{table}" WHERE {key} >= ? AND {key} < ?', (low, high))
    return np.array(found, dtype=np.int64).ravel()


def _named(table: str, ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, sorted(ids)[:SHOWN])) + (", ..." if len(ids) > SHOWN else "")
    return (
        f"{table}: rows with ids of the platform that it did not write (id {shown}); delete them, or give them ids"
        " below or above the platform's"
    )
