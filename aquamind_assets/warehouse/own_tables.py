"""The platform's own tables in a database, their version, and the steps from one version to the next.

Belongs here: what the tables named ``aquamind_assets_*`` look like, and how an older database gets there. Does not
belong here: what is read from them and written into them (``checkpoints``, ``claims``).

A step is never changed once it is released: a database may be at any of them. A new version is one more step at the
end, and a test that goes through it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from aquamind_assets.tables.releases import RELEASES
from aquamind_assets.timeline import day_number
from aquamind_assets.warehouse.claims import fixed_ids, pack, unpack
from aquamind_assets.warehouse.database import Database
from aquamind_assets.warehouse.errors import NothingMaterialized, OtherVersion
from aquamind_assets.warehouse.recognition import OtherRelease

PREFIX = "aquamind_assets_"
"""What the names of the platform's own tables begin with."""

VERSION_TABLE = f"{PREFIX}version"

_CHECKPOINTS = (
    """
    CREATE TABLE aquamind_assets_chunk (
        asset varchar(100) NOT NULL, year integer NOT NULL, chunk integer NOT NULL,
        first_day integer NOT NULL, last_day integer NOT NULL,
        row_count bigint NOT NULL, digest varchar(16) NOT NULL,
        fingerprint varchar(64) NOT NULL, run_id varchar(100) NOT NULL,
        seconds double precision NOT NULL, peak_memory_mb double precision NOT NULL, PRIMARY KEY (asset, year, chunk))
    """,
    """
    CREATE TABLE aquamind_assets_chunk_table (
        asset varchar(100) NOT NULL, year integer NOT NULL, chunk integer NOT NULL,
        table_name varchar(100) NOT NULL, id_year integer NOT NULL,
        row_count bigint NOT NULL, digest varchar(16) NOT NULL, PRIMARY KEY (asset, year, chunk, table_name, id_year))
    """,
    """
    CREATE TABLE aquamind_assets_living (
        asset varchar(100) NOT NULL, year integer NOT NULL, table_name varchar(100) NOT NULL, ids {bytes} NOT NULL,
        PRIMARY KEY (asset, year, table_name))
    """,
)


@dataclass(frozen=True)
class Step:
    """What turns a database of one version into one of the next.

    Attributes:
        statements: portable SQL; ``{bytes}`` is the database's type for bytes.
        change: what SQL alone cannot do; runs after the statements.
    """

    statements: tuple[str, ...]
    change: Callable[[Database], None] = lambda database: None


def _separate_as_of(database: Database) -> None:
    """Version 1 kept the day that living rows stand for behind the fingerprint: ``<fingerprint>@<date>``."""
    found = database.query("SELECT DISTINCT fingerprint FROM aquamind_assets_chunk WHERE fingerprint LIKE '%@%'")
    for (joined,) in found:
        fingerprint, _, day = joined.partition("@")
        database.execute(
            "UPDATE aquamind_assets_chunk SET fingerprint = ?, as_of = ? WHERE fingerprint = ?",
            (fingerprint, day_number(date.fromisoformat(day)), joined),
        )


_ADOPTION = (
    """
    CREATE TABLE aquamind_assets_adopted (
        table_name varchar(100) NOT NULL, our_id bigint NOT NULL, their_id bigint NOT NULL,
        natural_key varchar(500) NOT NULL, PRIMARY KEY (table_name, our_id), UNIQUE (table_name, their_id))
    """,
    """
    CREATE TABLE aquamind_assets_changed (
        table_name varchar(100) NOT NULL, our_id bigint NOT NULL, column_name varchar(100) NOT NULL,
        recorded varchar(500) NOT NULL, written varchar(500) NOT NULL, PRIMARY KEY (table_name, our_id, column_name))
    """,
)

DJANGO = "django_migrations"
"""A table of every database that AquaMind's own migrations made."""


def _return_rows_of_migrations(database: Database) -> None:
    """Version 2 counted the mortality reason that AquaMind's migrations insert (row 1) as the platform's once it had
    described it. It is the database's: adopted like every other row."""
    table = "health_mortalityreason"
    if DJANGO not in database.table_names() or 1 not in fixed_ids(database, table):
        return
    for asset, year, ids in database.query(
        "SELECT asset, year, ids FROM aquamind_assets_living WHERE table_name = ?", (table,)
    ):
        left = unpack(bytes(ids))
        database.execute(
            "UPDATE aquamind_assets_living SET ids = ? WHERE asset = ? AND year = ? AND table_name = ?",
            (pack(left[left != 1]), asset, year, table),
        )
    database.execute("DELETE FROM aquamind_assets_chunk_table WHERE table_name = ? AND id_year = 0", (table,))
    database.execute("INSERT INTO aquamind_assets_adopted VALUES (?, 1, 1, 'name = UNKNOWN')", (table,))


def _note_release(database: Database) -> None:
    """Version 3 and those before knew one release of AquaMind's tables."""
    database.execute(f"UPDATE {VERSION_TABLE} SET release = ?", (database.release,))


STEPS = (
    Step(_CHECKPOINTS),
    Step(("ALTER TABLE aquamind_assets_chunk ADD COLUMN as_of integer",), _separate_as_of),
    Step(_ADOPTION, _return_rows_of_migrations),
    Step((f"ALTER TABLE {VERSION_TABLE} ADD COLUMN release varchar(10)",), _note_release),
    Step(("ALTER TABLE aquamind_assets_chunk ADD COLUMN known_from integer",)),
)
"""Step ``n`` (counted from 1) makes version ``n``. Version 1 had no table that names the version."""

VERSION = len(STEPS)
"""The version that this program reads and writes."""

_RELEASE_NOTED_SINCE = 4
"""The version that names the release of AquaMind's tables; before there was one release."""


def installed_version(database: Database) -> int:
    """Version of the platform's own tables in the database; 0 if it has none."""
    tables = database.table_names()
    if VERSION_TABLE in tables:
        return int(database.query(f"SELECT version FROM {VERSION_TABLE}")[0][0])
    return 1 if "aquamind_assets_chunk" in tables else 0


def noted_release(database: Database) -> str | None:
    """Release of AquaMind's tables that the platform has filled; None if it has filled none."""
    installed = installed_version(database)
    if installed < _RELEASE_NOTED_SINCE:
        return RELEASES[0] if installed else None
    return str(database.query(f"SELECT release FROM {VERSION_TABLE}")[0][0])


def migrate(database: Database) -> None:
    """Bring the platform's own tables to :data:`VERSION`, within a transaction that holds all writers off.

    Raises:
        OtherVersion: a newer version of the platform wrote the database; nothing is changed.
        OtherRelease: the database was filled when its tables were of another release; nothing is changed.
    """
    refuse_other_writer(database)
    installed = installed_version(database)
    if installed == VERSION:
        return
    if VERSION_TABLE not in database.table_names():
        database.execute(f"CREATE TABLE {VERSION_TABLE} (version integer NOT NULL)")
        database.execute(f"INSERT INTO {VERSION_TABLE} VALUES (?)", (installed,))
    for step in STEPS[installed:]:
        for statement in step.statements:
            database.execute(statement.format(bytes=database.bytes_type))
        step.change(database)
    database.execute(f"UPDATE {VERSION_TABLE} SET version = ?", (VERSION,))


def require_readable(database: Database) -> None:
    """Refuse a database whose own tables this program cannot read as they are.

    Raises:
        NothingMaterialized: it has none.
        OtherVersion: they are of an older or a newer version.
    """
    refuse_other_writer(database)
    installed = installed_version(database)
    if installed == 0:
        raise NothingMaterialized(
            f"{database.url} holds no rows of the platform yet; `aquamind run` with the same database fills it"
        )
    if installed < VERSION:
        raise OtherVersion(
            f"{database.url} was written by an older version of the platform (its own tables are of version"
            f" {installed}, this program reads version {VERSION}); `aquamind run` brings them up to date"
        )


def refuse_other_writer(database: Database) -> None:
    """Refuse a database that a newer version of the platform wrote, or that was filled when its tables were of another
    release of AquaMind.

    Raises:
        OtherVersion: a newer version wrote it.
        OtherRelease: its tables have changed since it was filled.
    """
    installed = installed_version(database)
    if installed > VERSION:
        raise OtherVersion(
            f"{database.url} was written by a newer version of the platform (its own tables are of version {installed},"
            f" this program knows versions up to {VERSION}); install that version, or choose another database"
        )
    if database.recognized is not None and noted_release(database) not in (None, database.recognized):
        raise OtherRelease(
            f"{database.url} was filled when AquaMind's tables were of release {noted_release(database)}; they are of"
            f" release {database.recognized} now: fill a new database, or go back to a copy from before AquaMind's"
            " migrations"
        )
