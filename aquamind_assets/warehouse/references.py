"""Proofs that no row refers to a missing row, made set by set: what triggers on every row would say, at a thousandth of
their cost.

Databases are loaded with their own foreign keys switched off where that is allowed, and SQLite does not enforce them by
default; so each write is proved before it is committed. Which foreign keys exist is read from the database: users have
tables of their own that refer to the platform's rows.

Belongs here: finding rows that refer to others. Does not belong here: deleting any (``clearing``, ``living_rows``).
"""

from collections.abc import Iterable, Sequence

import numpy as np

from aquamind_assets.timeline import platform_ids, year_of_ids
from aquamind_assets.warehouse.adoption.translation import Translation
from aquamind_assets.warehouse.database import Database, ForeignKey
from aquamind_assets.warehouse.ddl import quoted
from aquamind_assets.warehouse.errors import MissingReferences, StillReferenced
from aquamind_assets.warehouse.id_sql import id_sql, reference_sql
from aquamind_assets.warehouse.tally import Tally

Ids = np.ndarray | tuple[int, int]
"""Ids of rows: each of them, or a range ``low <= id < high``."""

_SHOWN = 5
"""Rows that a message names."""


def prove_references(database: Database, tally: Tally, translation: Translation) -> None:
    """Every foreign key of the rows just loaded points to a row that is in the database.

    Raises:
        MissingReferences: some do not; the message names columns and an example.
    """
    faults = []
    for table, (ids, places) in tally.references.items():
        missing = database.missing_ids(table, translation.ids_to_database(table, ids))
        if missing.size:
            faults.append(f"{places}: {missing.size} of {ids.size} ids are not in {table}, such as {missing[0]}")
    if faults:
        raise MissingReferences(
            "rows refer to rows that are not there; materialize what they depend on first:\n" + "\n".join(faults)
        )


def prove_users_rows(database: Database, tables: Sequence[str]) -> None:
    """No user-entered row has lost the row of ``tables`` that it refers to.

    Raises:
        StillReferenced: some have.
    """
    for key in database.foreign_keys_to(tables):
        spec = database.tables.get(key.table)
        if spec is not None and not database.finds_by_id(key.table):
            continue
        low, high = platform_ids(narrow=database.tables[key.references].narrow_id)
        column = f"child.{key.column}"
        if spec is not None:
            # There are few user-entered rows, and often millions of the platform's that refer to its rows.
            column = database.without_index(column)
        column = reference_sql(database.tables[key.references], column)
        condition, params = f"{column} >= ? AND {column} < ?", [low, high]
        if spec is not None:
            condition += f" AND ({id_sql(spec, 'child')} < ? OR {id_sql(spec, 'child')} >= ?)"
            params += platform_ids(narrow=spec.narrow_id)
        sql = (
            f"SELECT count(*) FROM {key.sql} AS child WHERE {condition} AND NOT EXISTS (SELECT 1 FROM"
            f" {quoted(key.references)} AS parent WHERE parent.{database.tables[key.references].id_column} ="
            f" child.{key.column})"
        )
        count = database.query(sql, params)[0][0]
        if count:
            raise StillReferenced(
                f"{count} {_of_table(database, key)} refer ({key.column}) to rows of {key.references} that would be"
                " deleted; they are not the platform's: change or delete them first"
            )


def refuse_cascades(database: Database, table: str, ids: Ids) -> None:
    """Refuse to delete rows with which the database would delete or change rows that refer to them.

    Raises:
        StillReferenced: there are such rows.
    """
    for key in database.foreign_keys_to([table]):
        if key.on_delete and (count := _count(database, key, ids)):
            raise StillReferenced(
                f"{count} {_of_table(database, key)} refer ({key.column}) to rows of {table} that are deleted or"
                " written again, and their foreign key has the database delete or change them then: change the key to"
                " ON DELETE NO ACTION, or delete these rows first"
            )


def prove_unreferenced(database: Database, year: int, table: str, gone: Ids) -> None:
    """No row refers to the deleted rows of a table.

    Raises:
        StillReferenced: some do; the message names them, their owner and what to do.
    """
    faults = [fault for key in database.foreign_keys_to([table]) if (fault := _referring(database, key, year, gone))]
    if faults:
        raise StillReferenced("\n".join(faults))


def dangling_sql(table: str, column: str, referenced: str, key: str) -> str:
    """A statement that counts the rows ``child`` of a table whose foreign key points to no row; conditions may follow.

    A join, because DuckDB copies all columns of a table into memory, and out of it, to answer NOT EXISTS.
    """
    return (
        f'SELECT count(*) FROM "{table}" AS child LEFT JOIN "{referenced}" AS parent ON parent."{key}" ='
        f' child."{column}" WHERE child."{column}" IS NOT NULL AND parent."{key}" IS NULL'
    )


def broken_references(database: Database, tables: Iterable[str]) -> dict[str, int]:
    """``table.column`` to the number of rows with a dangling foreign key."""
    found = {}
    for table in tables:
        portions = database.portions(table, "child")
        for column in database.tables[table].foreign_keys:
            sql = dangling_sql(table, column.name, str(column.references), str(column.referenced_key))
            count = sum(database.query(f"{sql} AND {portion}")[0][0] for portion in portions)
            if count:
                found[f"{table}.{column.name}"] = count
    return found


def _referring(database: Database, key: ForeignKey, year: int, gone: Ids) -> str:
    """The message about rows that refer by this key to deleted rows; ``""`` if there are none."""
    spec = database.tables.get(key.table)
    where = f"refer ({key.column}) to rows of {key.references} of {year}"
    if spec is None:
        count = _count(database, key, gone)
        return f"{count} {_of_table(database, key)} {where}: change or delete them first" if count else ""
    condition, params = database.ids_condition(_number(database, key), gone)
    low, high = platform_ids(narrow=spec.narrow_id)
    own = id_sql(spec)
    entered = f"({own} < ? OR {own} >= ?)"
    select = f"FROM {key.sql} AS t WHERE {condition} AND"
    sql = f"SELECT count(*), min({own}), max({own}) {select} NOT {entered} AND"
    found = [database.query(f"{sql} {portion}", [*params, low, high])[0] for portion in _portions(database, key)]
    count = sum(number for number, _, _ in found)
    parts = []
    if count:
        bounds = np.array([bound for number, *both in found if number for bound in both])
        years = sorted(set(year_of_ids(bounds, narrow=spec.narrow_id).tolist()))
        parts.append(
            f"{count} rows of the platform in {key.table}, written by {spec.made_by} with ids of"
            f" {'-'.join(map(str, years))}, {where}: clear those years, or {spec.made_by} too"
        )
    ids, count = [], 0
    for portion in _portions(database, key):
        sql = f"{select} {entered} AND {portion}"
        count += database.query(f"SELECT count(*) {sql}", [*params, low, high])[0][0]
        first = f"SELECT {own} {sql} ORDER BY {own} LIMIT {_SHOWN}"
        ids += [number for (number,) in database.query(first, [*params, low, high])]
    if count:
        shown = ", ".join(map(str, sorted(ids)[:_SHOWN])) + (", ..." if count > _SHOWN else "")
        parts.append(f"{count} user-entered rows of {key.table} (id {shown}) {where}: change or delete them first")
    return "\n".join(parts)


def _number(database: Database, key: ForeignKey) -> str:
    """The id that a foreign key holds, a whole number."""
    return reference_sql(database.tables[key.references], key.column)


def _count(database: Database, key: ForeignKey, ids: Ids) -> int:
    condition, params = database.ids_condition(_number(database, key), ids)
    sql = f"SELECT count(*) FROM {key.sql} AS t WHERE {condition} AND"
    return sum(int(database.query(f"{sql} {portion}", params)[0][0]) for portion in _portions(database, key))


def _portions(database: Database, key: ForeignKey) -> Sequence[str]:
    """Conditions that divide the rows (``AS t``) that may refer, so that no query locks more of a table than a year."""
    return database.portions(key.table, "t") if key.table in database.tables else ("1 = 1",)


def _of_table(database: Database, key: ForeignKey) -> str:
    """Whose rows they are."""
    if key.table in database.tables:
        return f"user-entered rows of {key.table}"
    owner = f", owner {key.owner}" if key.owner else ""
    return f"rows of {key.table} (not a table of the platform{owner})"
