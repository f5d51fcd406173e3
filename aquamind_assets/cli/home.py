"""DAGSTER_HOME, where Dagster keeps its runs: made on first use, and the instance in it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from aquamind_assets.durable_files import NO_ROOM, FileUnusable, free_space, made_folder, replace_file, usable
from aquamind_assets.errors import DiskFull
from aquamind_assets.settings import SettingsError, home_of

if TYPE_CHECKING:
    import dagster as dg

INSTANCE = "dagster.yaml"
WORKSPACE = "workspace.yaml"
_WORKSPACE = (
    "load_from:\n  - python_module: {module_name: aquamind_assets.definitions, location_name: aquamind_assets}\n"
)

LEAST_FREE_BYTES = 1_000_000
"""Where less is free, a failed write of SQLite's is taken for a full disk: its shared memory reports no other code."""


class HomeFull(DiskFull):
    """There is no room in DAGSTER_HOME."""


class HomeDamaged(FileUnusable):
    """A database of Dagster's own in DAGSTER_HOME is damaged."""


def make_home() -> Path:
    """DAGSTER_HOME, or ``.dagster_home`` in the working directory, with a ``dagster.yaml`` and a ``workspace.yaml``.

    Sets the variable for this process and its children. An instance file that is there is left alone.

    Raises:
        FileUnusable: the folder or its files cannot be made.
    """
    home = made_folder("DAGSTER_HOME", home_of())
    with usable("DAGSTER_HOME", home):
        if not (home / INSTANCE).exists():
            replace_file(home / INSTANCE, (resources.files("aquamind_assets.cli") / INSTANCE).read_text("utf-8"))
        if not (home / WORKSPACE).exists() or (home / WORKSPACE).read_text("utf-8") != _WORKSPACE:
            replace_file(home / WORKSPACE, _WORKSPACE)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


@contextmanager
def open_instance() -> "Iterator[dg.DagsterInstance]":
    """The Dagster instance in DAGSTER_HOME, which is made if it is not there.

    Raises:
        FileUnusable: DAGSTER_HOME cannot be made, or Dagster's databases in it are damaged.
        HomeFull: there is no room for them.
        SettingsError: its ``dagster.yaml`` cannot be used.
    """
    import dagster as dg
    import yaml

    from aquamind_assets.assets.sqlite_instance import instance_in

    home = make_home()
    with _storage_failures(home):
        try:
            instance = instance_in(home)
        except (dg.DagsterError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise SettingsError(f"{home / INSTANCE} cannot be used: {error}") from error
        with instance:
            yield instance


@contextmanager
def _storage_failures(home: Path) -> Iterator[None]:
    """Say what to do where Dagster cannot use the databases in which it keeps its runs.

    Raises:
        HomeFull: there is no room for them.
        HomeDamaged: one is damaged.
    """
    from alembic.util.exc import CommandError
    from sqlalchemy.exc import DatabaseError

    try:
        yield
    except CommandError as error:
        raise _damaged(home, error) from error
    except (DatabaseError, sqlite3.DatabaseError) as error:
        cause = error.orig if isinstance(error, DatabaseError) else error
        kind = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if kind == sqlite3.SQLITE_FULL or (kind == sqlite3.SQLITE_IOERR and _no_room(home)):
            raise _full(home) from error
        if kind in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise _damaged(home, cause) from error
        raise
    except OSError as error:
        # What a run prints is written there too.
        if error.errno in NO_ROOM and _no_room(home):
            raise _full(home) from error
        raise


def _no_room(home: Path) -> bool:
    return shutil.disk_usage(home).free < LEAST_FREE_BYTES


def _full(home: Path) -> HomeFull:
    return HomeFull(f"DAGSTER_HOME {home} cannot be written, where Dagster keeps its runs: {free_space(home)}")


def _damaged(home: Path, cause: object) -> HomeDamaged:
    return HomeDamaged(
        f"Dagster's own database in {home} is damaged ({cause}). Generated rows and ledgers are not in it. End"
        f" `aquamind ui`, move {home / 'history'} and {home / 'schedules'} elsewhere, and run again: Dagster makes them"
        " anew, without the list of past runs"
    )
