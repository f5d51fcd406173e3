"""One URL chooses the database."""

from aquamind_assets.warehouse.base import Warehouse
from aquamind_assets.warehouse.postgres import PostgresWarehouse
from aquamind_assets.warehouse.sqlite import SqliteWarehouse, sqlite_path


def open_warehouse(url: str) -> Warehouse:
    """The warehouse at ``sqlite:///<file>`` or ``postgresql://...``; use it in a ``with`` statement. An SQLite file is made if it is not there.

    Raises:
        ValueError: another kind of URL.
        WarehouseUnavailable: the database cannot be reached.
    """
    if url.startswith("sqlite:"):
        return SqliteWarehouse(sqlite_path(url))
    if url.startswith(("postgresql://", "postgres://")):
        return PostgresWarehouse(url)
    raise ValueError(f"database {url!r}: allowed are sqlite:///<file> and postgresql://<user>@<host>/<database>")
