"""What a commit proves again when others have committed since it looked.

Belongs here: whether the changes of two transactions can both stand. Does not belong here: their order (``log``).
"""

from collections.abc import Callable
from typing import Any

from aquamind_assets.tables.schema import TABLES
from aquamind_assets.warehouse.errors import Overtaken, WarehouseUnavailable
from aquamind_assets.warehouse.lake.transaction import Transaction
from aquamind_assets.warehouse.references import dangling_sql


def prove_again(url: str, transaction: Transaction, query: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """Prove a transaction's changes on top of the commits that came before it.

    Raises:
        Overtaken: the same rows were written.
        WarehouseUnavailable: a row that it refers to is gone, or a row came that refers to
            one that it deleted; nothing of the transaction is in the lake.
    """
    if table := transaction.filled_by_others():
        raise Overtaken(f"{url}: another writer has changed the same rows of {table}; nothing was written")
    for table, ids in transaction.referenced.items():
        if transaction.missing_ids(table, ids).size:
            raise WarehouseUnavailable(f"{url}: another writer has deleted rows of {table}; nothing was written")
    for table in transaction.deleted_from:
        for child, column in referring(table):
            ((broken,),) = query(dangling_sql(child, column, table, "id"))
            if broken:
                raise WarehouseUnavailable(
                    f"{url}: another writer has added rows of {child} that refer to {table}; nothing was written"
                )


def referring(table: str) -> list[tuple[str, str]]:
    """Tables and columns with a foreign key to the table."""
    return [
        (spec.name, column.name)
        for spec in TABLES.values()
        for column in spec.foreign_keys
        if column.references == table
    ]
