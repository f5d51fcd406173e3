"""One URL chooses the database."""

import os
import sqlite3
from pathlib import Path

from aquamind_assets.durable_files import made_folder
from aquamind_assets.warehouse.errors import WarehouseError, WarehouseUnavailable
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.sqlite.database import SqliteDatabase
from aquamind_assets.warehouse.url import DatabaseUrl
from aquamind_assets.warehouse.warehouse import Warehouse

PASSING_SQLITE_ERRORS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL)
"""What SQLite reports where another try may help; the low byte of its error code."""


def open_warehouse(url: str | DatabaseUrl) -> Warehouse:
    """The warehouse at ``sqlite:///<file>`` or ``postgresql://...``; use it in a ``with`` statement. An SQLite file is
    made if it is not there.

    Raises:
        DatabaseUrlError: another kind of URL, or one that cannot be read.
        FileUnusable: the folder of an SQLite file cannot be made.
        WarehouseError: the file is no SQLite database, or may not be read and written.
        WarehouseUnavailable: the database cannot be reached.
    """
    parsed = url if isinstance(url, DatabaseUrl) else DatabaseUrl.parse(url)
    return Warehouse(PostgresDatabase(parsed.text) if parsed.path is None else _open_file(parsed.path))


def _open_file(path: Path) -> SqliteDatabase:
    made_folder("the folder of the database", path.parent)
    if path.exists() and not path.is_file():
        raise WarehouseError(f"the database {path} is not a file")
    # The file itself must not be opened to look: closing it would give up the locks of this process's connections.
    if not os.access(path if path.exists() else path.parent, os.R_OK | os.W_OK):
        raise WarehouseError(f"the database {path} cannot be used: it may not be read and written by this user")
    try:
        return SqliteDatabase(path)
    except OSError as error:
        raise WarehouseError(f"the database {path} cannot be used: {error.strerror or error}") from error
    except WarehouseUnavailable as error:
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        if code is None or code & 0xFF in PASSING_SQLITE_ERRORS:
            raise
        raise WarehouseError(f"the database {path} cannot be used: {error.__cause__}") from error
