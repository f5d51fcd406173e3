"""What a command finds out about a database before it writes: named, refused or announced, and nothing is created."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from aquamind_assets.cli.app import app
from aquamind_assets.timeline import row_ids, year_days
from aquamind_assets.warehouse import ddl
from aquamind_assets_tests.release_2025_08 import TABLES
from aquamind_assets_tests.slow_cases import slow_after
from aquamind_assets_tests.warehouse.test_existing import make_as_aquamind_does

TODAY = "2015-02-15"
"""Some weeks are enough: these tests are about rows that exist before a run."""
NOW = "'2014-06-01 12:00:00'"
SPECIES = (
    "INSERT INTO batch_species (id, name, scientific_name, description, created_at, updated_at)"
    f" VALUES (1, 'atlantic salmon', 'Salmo salar', '', {NOW}, {NOW})"
)
MIGRATED = "CREATE TABLE django_migrations (id integer PRIMARY KEY)"


def id_of(year: int) -> int:
    """An id of the platform's."""
    return int(row_ids(year_days(year).first, 4))


def in_the_way(year: int) -> str:
    """Enters a row with an id that the platform gives in a year."""
    return (
        "INSERT INTO health_licecount (id, count_date, adult_female_count, adult_male_count, juvenile_count,"
        f" fish_sampled, notes, batch_id, user_id) VALUES ({id_of(year)}, '2014-06-01', 0, 0, 0, 1, '', 1, 1)"
    )


@pytest.fixture
def aquamind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.chdir(tmp_path)
    for name in ("SCENARIO", "SET", "DATABASE", "LEDGER", "TODAY", "LOG_DIR"):
        monkeypatch.delenv(f"AQUAMIND_{name}", raising=False)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    given = {
        "AQUAMIND_RELEASE": "2025-08",
        "AQUAMIND_SCENARIO": "tiny",
        "AQUAMIND_SET": "water.readings_per_day=1",
        "COLUMNS": "300",
    }

    def run(*words: str, expect: int = 0, today: str = TODAY) -> Result:
        done = CliRunner().invoke(app, words, env=given | {"AQUAMIND_TODAY": today})
        assert done.exit_code == expect, done.output
        return done

    return run


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that AquaMind's migrations made, with a species that a user entered."""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
        make_as_aquamind_does(url)
    else:
        (tmp_path / "there").mkdir()
        url = f"sqlite:///{tmp_path}/there/aquamind.db"
        execute(url, *ddl.create_statements(TABLES, "sqlite"))
    execute(url, SPECIES, MIGRATED)
    return url


def execute(url: str, *statements: str) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            for statement in statements:
                database.execute(statement)
        database.close()
        return
    with psycopg.connect(url) as database:
        database.execute("SET session_replication_role = replica")
        for statement in statements:
            database.execute(statement.encode())


def state(url: str) -> object:
    """All that a command could have changed: the files around a SQLite database, or PostgreSQL's tables and rows."""
    if url.startswith("sqlite"):
        folder = Path(url.removeprefix("sqlite:///")).parent
        return {str(path): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")}
    with psycopg.connect(url) as database:
        tables = database.execute(
            "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
        return tables, database.execute("SELECT * FROM batch_species").fetchall() if tables else []


DRY_RUN = ("run", "--years", "2015", "--dry-run")


@pytest.mark.parametrize("url", slow_after(1, ["sqlite", "postgresql"]), indirect=True)
def test_a_dry_run_says_what_becomes_of_rows_and_creates_nothing(aquamind: Callable[..., Result], url: str) -> None:
    before = state(url)
    document = json.loads(aquamind(*DRY_RUN, "--json", "--database", url).stdout)
    assert document["total_rows"] > 0
    met = next(one for one in document["existing_rows"] if one["table"] == "batch_species")
    assert (met["key"], met["their_id"], met["action"]) == ("scientific_name = Salmo salar", 1, "adopted")
    shown = aquamind(*DRY_RUN, "--database", url).stdout
    assert "batch_species: scientific_name = Salmo salar exists (row 1); the platform refers to that row" in shown
    assert "exists (row 1)" not in aquamind(*DRY_RUN, "--database", url, "--quiet").stdout
    assert state(url) == before


@pytest.mark.parametrize("options", [("--dry-run",), (), ("--resume",)])
def test_rows_in_the_way_are_refused_before_anything_is_made(
    aquamind: Callable[..., Result], url: str, options: tuple[str, ...]
) -> None:
    """Also those of the second of the years."""
    execute(url, in_the_way(2016))
    before = state(url)
    words = ("run", "--years", "2015-2016", *options, "--database", url)
    refused = aquamind(*words, expect=2, today="2016-02-15").stderr
    assert f"health_licecount: rows with ids of the platform that it did not write (id {id_of(2016)})" in refused
    assert state(url) == before


def test_a_dry_run_into_an_empty_database_creates_nothing(
    aquamind: Callable[..., Result], tmp_path: Path, postgres_url: str
) -> None:
    for url in (f"sqlite:///{tmp_path}/new/aquamind.db", postgres_url):
        assert json.loads(aquamind(*DRY_RUN, "--json", "--database", url).stdout)["existing_rows"] == []
    assert {path.name for path in tmp_path.iterdir()} == {"home"}
    assert state(postgres_url) == ([], [])


@pytest.mark.parametrize("granted", ["SELECT", "SELECT, INSERT, DELETE"])
def test_a_dry_run_names_the_right_that_is_missing(
    aquamind: Callable[..., Result], postgres_url: str, granted: str
) -> None:
    make_as_aquamind_does(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as database:
        if not database.execute("SELECT 1 FROM pg_roles WHERE rolname = 'guest'").fetchone():
            database.execute("CREATE ROLE guest LOGIN")
        database.execute("GRANT CREATE ON SCHEMA public TO guest")
        database.execute(f"GRANT {granted} ON ALL TABLES IN SCHEMA public TO guest".encode())
        database.execute("GRANT ALL ON batch_batch TO guest")
    given = urlsplit(postgres_url)
    url = given._replace(netloc=f"guest@{given.netloc.rpartition('@')[2]}").geturl()
    for words in (DRY_RUN, DRY_RUN[:-1]):
        refused = aquamind(*words, "--database", url, expect=2).stderr
        assert "this role lacks a right (SELECT, INSERT, UPDATE or DELETE) on auth_user, batch_batchcomp" in refused
    with psycopg.connect(postgres_url) as database:
        assert database.execute("SELECT 1 FROM pg_class WHERE relname LIKE 'aquamind_assets%'").fetchall() == []


@pytest.mark.slow
def test_a_run_and_status_say_whose_tables_they_are(aquamind: Callable[..., Result], url: str, tmp_path: Path) -> None:
    done = json.loads(aquamind("run", "--years", "2015", "--database", url, "--json").stdout)
    assert {one["table"] for one in done["existing_rows"]} >= {"batch_species"}
    assert json.loads(aquamind("status", "--json").stdout)["made_by_migrations"] is True
    assert "migrate cannot run" not in aquamind("status").stdout
    execute(url, "DROP TABLE django_migrations")
    assert json.loads(aquamind("status", "--json").stdout)["made_by_migrations"] is False
    assert "AquaMind's own migrate cannot run on this database" in aquamind("status").stdout
    (log,) = (tmp_path / "home" / "logs").glob("run-*.log")
    assert "batch_species: scientific_name = Salmo salar exists (row 1)" in log.read_text("utf-8")
