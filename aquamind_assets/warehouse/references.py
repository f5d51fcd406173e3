"""Proofs that no row refers to nothing, made set by set: what triggers on every row would say, at a thousandth of their
cost.

Databases are loaded with their own foreign keys switched off where that is allowed, and SQLite does not enforce them by
default; so each write is proved before it is committed.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from aquamind_assets.tables.schema import TABLES
from aquamind_assets.timeline import platform_ids
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import MissingReferences, StillReferenced
from aquamind_assets.warehouse.tally import Tally


def _referring(tables: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Table, column and referenced table of every foreign key to one of ``tables``."""
    for child in TABLES.values():
        for column in child.foreign_keys:
            if column.references in tables:
                yield child.name, column.name, str(column.references)


def prove_references(database: Database, tally: Tally) -> None:
    """Every foreign key of the rows just loaded points to a row that is there.

    Raises:
        MissingReferences: some do not; the message names columns and an example.
    """
    faults = []
    for table, (ids, places) in tally.references.items():
        missing = database.missing_ids(table, ids)
        if missing.size:
            faults.append(f"{places}: {missing.size} of {ids.size} ids are not in {table}, such as {missing[0]}")
    if faults:
        raise MissingReferences(
            "rows refer to rows that are not there; materialize what they depend on first:\n" + "\n".join(faults)
        )


def prove_users_rows(database: Database, tables: Sequence[str]) -> None:
    """No row that a user made has lost the row of ``tables`` that it refers to.

    Raises:
        StillReferenced: some have.
    """
    for child, column, parent in _referring(tables):
        if not database.finds_by_id(child):
            continue
        key = TABLES[child].id_column
        sql = (
            f'SELECT count(*), min({key}) FROM "{child}" AS child WHERE ({key} < ? OR {key} >= ?) AND "{column}" IS NOT'
            f' NULL AND NOT EXISTS (SELECT 1 FROM "{parent}" AS parent WHERE parent.id = child."{column}")'
        )
        count, example = database.query(sql, platform_ids(narrow=TABLES[child].narrow_id))[0]
        if count:
            raise StillReferenced(
                f"{count} rows that users made in {child} refer ({column}) to rows of {parent} that would go, such as"
                f" id {example}"
            )


def prove_unreferenced(database: Database, year: int, table: str, gone: np.ndarray | tuple[int, int]) -> None:
    """No row refers to the deleted rows of a table: their ids, or a range of ids.

    Raises:
        StillReferenced: some do.
    """
    for child, column, _ in _referring([table]):
        count = database.count_references(child, column, gone)
        if count:
            raise StillReferenced(
                f"{count} rows of {child} refer ({column}) to rows of {table} of {year}; clear the later years, or"
                f" {child} too"
            )


def broken_references(database: Database, tables: Iterable[str]) -> dict[str, int]:
    """``table.column`` to the number of rows whose foreign key points nowhere."""
    found = {}
    for table in tables:
        portions = database.portions(table, "child")
        for column in TABLES[table].foreign_keys:
            sql = (
                f'SELECT count(*) FROM "{table}" AS child WHERE child."{column.name}" IS NOT NULL AND NOT EXISTS'
                f' (SELECT 1 FROM "{column.references}" AS parent WHERE parent.id = child."{column.name}") AND'
            )
            count = sum(database.query(f"{sql} {portion}")[0][0] for portion in portions)
            if count:
                found[f"{table}.{column.name}"] = count
    return found
