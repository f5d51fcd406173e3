"""What SQLite's error codes mean for whoever runs the platform.

SQLite gives every failure a number (``sqlite3.Error.sqlite_errorcode``); its English texts are shown, never read. The
low byte is the kind of failure, the rest tells more about it.

Belongs here: which failures may pass, and what to do about the others. Does not belong here: raising them
(``connection``).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aquamind_assets.durable_files import free_space
from aquamind_assets.warehouse.errors import (
    DatabaseDamaged,
    DatabaseFull,
    DatabaseRefused,
    RowsRefused,
    WarehouseUnavailable,
)

PASSING = frozenset(
    {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM}
)
"""Kinds of failures that may pass by themselves: another process holds the file, a disk or a network drive hiccups."""

ADVICE = {
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database; choose another file",
    sqlite3.SQLITE_READONLY: "it may not be written; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "this user may not use it; give the user the right to read and write the file and its folder",
    sqlite3.SQLITE_AUTH: "this user may not use it; give the user the right to read and write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; see that its folder exists and that this user may use it",
    sqlite3.SQLITE_TOOBIG: "a value is larger than this SQLite library allows",
}
"""What to do about the kinds of failures that a person can change."""

_KIND = 0xFF
"""The part of an error code that is the kind of failure."""


def kind_of(error: sqlite3.Error) -> int | None:
    """The kind of a failure, such as ``sqlite3.SQLITE_BUSY``; None if SQLite itself did not fail."""
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & _KIND


@contextmanager
def failures_named(path: Path) -> Iterator[None]:
    """Raise what a failure of SQLite means instead of the failure.

    Raises:
        WarehouseUnavailable: it may pass.
        DatabaseFull: the disk is full.
        DatabaseDamaged: a page of the file is not what SQLite wrote.
        RowsRefused: a row breaks a key or a constraint.
        DatabaseRefused: a person can change it.
        sqlite3.Error: anything else, a fault of the program.
    """
    try:
        yield
    except sqlite3.Error as error:
        kind = kind_of(error)
        if kind is None:
            raise
        if kind in PASSING:
            raise WarehouseUnavailable(
                f"{path}: {error}; what was being written is not in the database ({error.sqlite_errorname})"
            ) from error
        if kind == sqlite3.SQLITE_CONSTRAINT:
            raise RowsRefused(
                f"{path} refuses a row of the platform: {error}; a row that the platform did not write has the same"
                " key, or the database has a rule of its own: change or delete that row or rule, then run again"
            ) from error
        if kind == sqlite3.SQLITE_FULL:
            raise DatabaseFull(
                f"{path} cannot be written: the disk or the largest size of the database is full; {free_space(path)};"
                " what is committed stays"
            ) from error
        if kind == sqlite3.SQLITE_CORRUPT:
            raise DatabaseDamaged(
                f"{path}: the file is damaged; restore it from a backup, or delete it and run again"
                f" ({error.sqlite_errorname}: {error})"
            ) from error
        if kind in ADVICE:
            raise DatabaseRefused(f"{path}: {ADVICE[kind]} ({error.sqlite_errorname}: {error})") from error
        raise
