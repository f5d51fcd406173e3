"""One URL chooses the database."""

from contextlib import suppress

from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.tables.releases import DEFAULT_RELEASE, Release
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets.warehouse.url import DatabaseUrl
from aquamind_assets.warehouse.warehouse import Warehouse


def open_warehouse(url: str | DatabaseUrl, release: Release | None = None) -> Warehouse:
    """The warehouse at ``sqlite:///<file>``, ``parquet:///<folder>`` or ``postgresql://...``; use it in a ``with``
    statement. Nothing is created yet: see ``Warehouse.prepare`` and ``Warehouse.begin_reading``.

    ``release``: the release of AquaMind that an empty database gets the tables of, and any other must have; None for
    the default one, and for any.

    Raises:
        DatabaseUrlError: another kind of URL, or one that cannot be read.
        DatabaseRefused: the server refuses the connection, for a reason that a person can change.
        WarehouseUnavailable: the server cannot be reached.
    """
    database = _database(url if isinstance(url, DatabaseUrl) else DatabaseUrl.parse(url))
    database.chosen = release
    return Warehouse(database)


def release_of(url: DatabaseUrl) -> Release:
    """The release of AquaMind whose tables a database has; the default one where it is empty, is none of AquaMind's, or
    cannot be reached. Nothing is created; what is wrong with a database is an error of opening it for work."""
    with suppress(UserError, TransientError), open_warehouse(url) as warehouse:
        with suppress(UserError):
            warehouse.examine()
        return warehouse.release
    return DEFAULT_RELEASE


def _database(url: DatabaseUrl) -> Database:
    if url.kind == "lake":
        # Imported here, because DuckDB takes a third of a second that no other database needs.
        from aquamind_assets.warehouse.lake.open_lake import lake_at

        return lake_at(url)
    return PostgresDatabase(url.text) if url.path is None else SqliteDatabase(url.path)
