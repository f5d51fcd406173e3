"""User-entered rows that refer to the platform's rows, and have a key that a row of the platform's will have too.

A user may enter the day length of an area of the platform's, for a day that is not written yet; the database allows one
row for each area and day. TimescaleDB allows one reading for each sensor and time. Such a row is neither the platform's
to change nor to adopt: it is named before anything is written.

Belongs here: keys that a database enforces, on tables without natural keys (``natural_keys``). Does not belong here:
rows with ids of the platform's (``taken_ids``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from aquamind_assets.tables.rows import Rows
from aquamind_assets.tables.schema import ColumnSpec, UniqueSpec
from aquamind_assets.timeline import DayRange, day_number, platform_ids, to_date
from aquamind_assets.warehouse.adoption.natural_keys import MASTER_DATA
from aquamind_assets.warehouse.adoption.translation import Translation
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.id_sql import id_sql, reference_sql

DAYS_OF_TIMES = 10
"""Days with user-entered rows of a time series for which the platform's rows are compared; of more, the first."""


@dataclass(frozen=True)
class EnteredKeys:
    """A unique key of a table, and the user-entered rows that refer by it to rows of the platform.

    Attributes:
        table: the table.
        unique: the key.
        rows: id of the row with each value of the key; dates and times as ISO text.
        days: the days on which alone the platform's rows can have such a key; None if on any.
    """

    table: str
    unique: UniqueSpec
    rows: dict[tuple[str, ...], int]
    days: tuple[int, ...] | None = None

    def met_by(self, block: Rows) -> Iterator[str]:
        """What is wrong with the rows of a block, as the database will hold them, that have a key of these."""
        where = self.unique.where
        chosen = np.broadcast_to(block.columns[where].values, (block.size,)) != 0 if where else slice(None)
        some = block.take(chosen)
        columns = [_texts(some, block.spec.by_name[name]) for name in self.unique.columns]
        for values in zip(*columns, strict=True):
            if values in self.rows:
                key = ", ".join(f"{name} = {value}" for name, value in zip(self.unique.columns, values, strict=True))
                yield (
                    f"{self.table}: {key} is the key of row {self.rows[values]}, which a user entered, and of a row"
                    " that is to be written; change or delete the user's row"
                )


def entered_keys(database: Database, tables: Iterable[str]) -> list[EnteredKeys]:
    """The keys of these tables with user-entered rows that refer to the platform's."""
    found = []
    for table in tables:
        for unique in database.tables[table].unique if table not in MASTER_DATA else ():
            rows = _entered(database, table, unique)
            if rows:
                found.append(EnteredKeys(table, unique, rows))
    return found


def entered_times(database: Database, table: str, missing: Iterable[DayRange]) -> Iterator[EnteredKeys]:
    """The times of a time series with user-entered rows of what the platform measures, on days that are ``missing``.

    Only these days are read, and on them lie users' rows alone.
    """
    key, spec = database.time_key(table), database.tables[table]
    if key is None:
        return
    (measured,) = (spec.by_name[name] for name in key if name != spec.time_column)
    time, place = quoted(str(spec.time_column)), quoted(measured.name)
    low, high = platform_ids(narrow=spec.narrow_id)
    own = platform_ids(narrow=database.tables[str(measured.references)].narrow_id)
    for days in missing:
        first, end = (f"{to_date(day)} 00:00:00+00:00" for day in (days.first, days.end))
        where = (
            f"{time} >= ?::timestamptz AND {time} < ?::timestamptz AND {place} >= ? AND {place} < ?"
            f" AND ({spec.id_column} < ? OR {spec.id_column} >= ?)"
        )
        params = (first, end, *own, low, high)
        lived = database.query(f"SELECT DISTINCT {time}::date FROM {quoted(table)} WHERE {where} ORDER BY 1", params)
        chosen = tuple(day_number(day) for (day,) in lived[:DAYS_OF_TIMES])
        if not chosen:
            continue
        names = ", ".join(map(quoted, key))
        last = f"{to_date(chosen[-1] + 1)} 00:00:00+00:00"
        found = database.query(
            f"SELECT {spec.id_column}, {names} FROM {quoted(table)} WHERE {where}", (first, last, *params[2:])
        )
        rows = {tuple(map(_text, values)): int(number) for number, *values in found}
        yield EnteredKeys(table, UniqueSpec(f"{table}_pkey", key), rows, chosen)


def taken_keys(keys: Iterable[EnteredKeys], translation: Translation, blocks: Iterable[Rows]) -> list[str]:
    """What is wrong with recorded rows that have a key of user-entered ones."""
    by_table: dict[str, list[EnteredKeys]] = {}
    for one in keys:
        by_table.setdefault(one.table, []).append(one)
    return [
        text
        for block in blocks
        for one in by_table.get(block.table, [])
        for text in one.met_by(translation.to_database(translation.without_adopted(block)))
    ]


def _entered(database: Database, table: str, unique: UniqueSpec) -> dict[tuple[str, ...], int]:
    spec = database.tables[table]
    low, high = platform_ids(narrow=spec.narrow_id)
    references = {name: spec.by_name[name].references for name in unique.columns}
    conditions: list[str] = []
    params: list[int] = [low, high]
    for name, target in references.items():
        if target is not None:
            number = _number(database, name, target)
            conditions.append(f"({number} >= ? AND {number} < ?)")
            params += platform_ids(narrow=database.tables[target].narrow_id)
    if not conditions:
        return {}
    names = ", ".join(_number(database, name, target) for name, target in references.items())
    found = database.query(
        f"SELECT {id_sql(spec)}, {names} FROM {quoted(table)} WHERE ({id_sql(spec)} < ? OR {id_sql(spec)} >= ?)"
        f" AND ({' OR '.join(conditions)})" + (f" AND {unique.where}" if unique.where else ""),
        params,
    )
    return {tuple(map(str, values)): int(number) for number, *values in found}


def _number(database: Database, column: str, target: str | None) -> str:
    """A column of a key, as the number of the row that it refers to."""
    return quoted(column) if target is None else reference_sql(database.tables[target], quoted(column))


def _text(value: object) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() if isinstance(value, datetime) else str(value)


def _texts(block: Rows, column: ColumnSpec) -> list[str]:
    stored = block.columns[column.name]
    values = np.broadcast_to(stored.values, (block.size,)).tolist()
    if column.kind == "timestamptz":
        return [value.isoformat() for value in np.array(values, dtype="datetime64[us]").tolist()]
    if column.kind == "date":
        return [str(to_date(value)) for value in values]
    return [str(value) if stored.labels is None else stored.labels[value] for value in values]
