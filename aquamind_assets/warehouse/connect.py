"""One URL chooses the database."""

from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.sqlite.connection import sqlite_path
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets.warehouse.warehouse import Warehouse


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at ``sqlite:///<file>`` or ``postgresql://...``; use it in a ``with`` statement. An SQLite file is
    made if it is not there.

    Raises:
        ValueError: another kind of URL.
        WarehouseUnavailable: the database cannot be reached.
    """
    if url.startswith("sqlite:"):
        return Warehouse(SqliteDatabase(sqlite_path(url)))
    if url.startswith(("postgresql://", "postgres://")):
        return Warehouse(PostgresDatabase(url))
    raise ValueError(f"database {url!r}: allowed are sqlite:///<file> and postgresql://<user>@<host>/<database>")
