"""What a commit proves again when others have committed since it looked.

Belongs here: whether the changes of two transactions can both stand. Does not belong here: their order (``log``).
"""

from collections.abc import Mapping

from aquamind_assets.tables.schema import TableSpec
from aquamind_assets.warehouse.errors import Overtaken, WarehouseUnavailable
from aquamind_assets.warehouse.lake.transaction import Transaction


def prove_again(url: str, transaction: Transaction) -> None:
    """Prove a transaction's changes on top of the commits that came before it.

    Raises:
        Overtaken: the same rows were written.
        WarehouseUnavailable: a row that it refers to is gone, or a row came that refers to one that it deleted; nothing
            of the transaction is in the lake.
    """
    if table := transaction.filled_by_others():
        raise Overtaken(f"{url}: another writer has changed the same rows of {table}; nothing was written")
    for table, ids in transaction.referenced.items():
        if transaction.missing_ids(table, ids).size:
            raise WarehouseUnavailable(f"{url}: another writer has deleted rows of {table}; nothing was written")
    for table in transaction.deleted_from:
        for child, column in referring(transaction.tables, table):
            if transaction.missing_ids(table, transaction.referred_to_by_others(table, child, column)).size:
                raise WarehouseUnavailable(
                    f"{url}: another writer has added rows of {child} that refer to {table}; nothing was written"
                )


def referring(tables: Mapping[str, TableSpec], table: str) -> list[tuple[str, str]]:
    """Tables and columns with a foreign key to the table."""
    return [
        (spec.name, column.name)
        for spec in tables.values()
        for column in spec.foreign_keys
        if column.references == table
    ]
