"""Whatever a person can do wrong ends with exit code 2 and one message, whichever command meets it first."""

import socket
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from click.testing import Result
from typer.testing import CliRunner

from aquamind_assets.cli.app import app

PASSWORD = "not-to-be-shown"


@dataclass
class Place:
    """A folder of a test, with a home, and what the command is given there."""

    folder: Path
    environment: dict[str, str | None] = field(default_factory=dict)

    def file(self, name: str, content: str | bytes = "") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def aquamind(self, *words: str) -> Result:
        return CliRunner().invoke(app, words, env=self.environment)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    for name in ("SCENARIO", "SET", "DATABASE", "LEDGER", "TODAY", "LOG_DIR"):
        monkeypatch.delenv(f"AQUAMIND_{name}", raising=False)
    return Place(tmp_path, {"AQUAMIND_RELEASE": "2025-08", "AQUAMIND_SCENARIO": "tiny", "COLUMNS": "200"})


def refused(place: Place, *words: str) -> str:
    """The one message of a command that ends as a user error."""
    done = place.aquamind(*words)
    assert done.exit_code == 2, f"{words}: exit code {done.exit_code}\n{done.output}"
    message = " ".join(done.stderr.split())
    assert message.count("aquamind: ") == 1 or "Usage: " in message, message
    logged = "".join(path.read_text("utf-8") for path in place.folder.glob("home/logs/*.log"))
    for text in (done.output, logged):
        assert "Traceback" not in text
        assert "fault of the program" not in text
        assert PASSWORD not in text
    return message


def other_tables(connection: "sqlite3.Connection | psycopg.Connection") -> None:
    connection.execute("CREATE TABLE auth_user (id integer PRIMARY KEY, colour text)")


def other_sqlite(place: Place, request: pytest.FixtureRequest) -> str:
    with sqlite3.connect(place.folder / "other.db") as other:
        other_tables(other)
    other.close()
    return f"sqlite:///{place.folder / 'other.db'}"


def other_postgres(place: Place, request: pytest.FixtureRequest) -> str:
    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url) as other:
        other_tables(other)
    return url


def wrong_postgres(**parts: str) -> Callable[[Place, pytest.FixtureRequest], str]:
    """The URL of the test's server with another user or database."""

    def url(place: Place, request: pytest.FixtureRequest) -> str:
        given = urlsplit(request.getfixturevalue("postgres_url"))
        user, name = parts.get("user", "postgres"), parts.get("name", given.path.strip("/"))
        server = given.netloc.rpartition("@")[2]
        return f"postgresql://{user}:{PASSWORD}@{server}/{name}?{given.query}"

    return url


def fixed(url: str) -> Callable[[Place, pytest.FixtureRequest], str]:
    return lambda place, request: url


def text_file(place: Place, request: pytest.FixtureRequest) -> str:
    return f"sqlite:///{place.file('notes.txt', 'not a database, but as long as the header of one ' * 20)}"


def below_a_file(place: Place, request: pytest.FixtureRequest) -> str:
    return f"sqlite:///{place.file('file') / 'aquamind.db'}"


DATABASES = {
    "other_sqlite": (other_sqlite, "differs from AquaMind's tables"),
    "text_file": (text_file, "file is not a database"),
    "folder": (lambda place, request: f"sqlite:///{place.folder}", "cannot be used: it is a folder"),
    "below_a_file": (below_a_file, "is not a folder"),
    "no_file": (fixed("sqlite://"), "names no file"),
    "other_kind": (fixed(f"mysql://me:{PASSWORD}@host/name"), "no known kind"),
    "keywords": (fixed(f"host=localhost password='{PASSWORD} 2'"), "no known kind"),
    "port": (fixed(f"postgresql://me:{PASSWORD}@host:65536/name"), "port 65536 is not one of 1 to 65535"),
    "unescaped": (fixed(f"postgresql://me:{PASSWORD}@{PASSWORD}@host/name"), "written as %XX"),
    "unknown_option": (fixed(f"postgresql://me:{PASSWORD}@host/name?colour=red"), "cannot be read"),
    "unknown_host": (fixed(f"postgresql://me:{PASSWORD}@nowhere.invalid/name"), "no connection to"),
    "other_postgres": (other_postgres, "differs from AquaMind's tables"),
    "unknown_user": (wrong_postgres(user="nobody_here"), 'role "nobody_here" does not exist'),
    "unknown_name": (wrong_postgres(name="nowhere"), 'database "nowhere" does not exist'),
}
ON_A_DATABASE = {
    "run": ("run", "--years", "2015"),
    "run --resume": ("run", "--years", "2015", "--resume"),
    "run --dry-run": ("run", "--years", "2015", "--dry-run"),
    "days": ("days", "1", "--start", "2015-01-01"),
    "status": ("status",),
    "verify": ("verify",),
    "clear": ("clear", "--all", "--yes"),
    "report": ("report",),
    "reconcile": ("reconcile",),
}


QUICK = ("text_file", "keywords")
"""Causes that the quick tests try with every command; the others with one."""

CASES = [
    pytest.param(cause, command, marks=() if command == "run" or cause in QUICK else pytest.mark.slow)
    for cause in DATABASES
    for command in ON_A_DATABASE
]


@pytest.mark.parametrize(("cause", "command"), CASES)
def test_a_database_that_cannot_be_used(command: str, cause: str, place: Place, request: pytest.FixtureRequest) -> None:
    make, reason = DATABASES[cause]
    assert reason in refused(place, *ON_A_DATABASE[command], "--database", make(place, request))
    assert not (place.folder / "home" / "aquamind.yaml").exists(), "the next command does not use it"


@pytest.mark.parametrize("command", ["run", "run --resume", "run --dry-run", "days"])
def test_a_database_that_may_not_be_made(command: str, place: Place) -> None:
    message = refused(place, *ON_A_DATABASE[command], "--database", "sqlite:////proc/aquamind.db")
    assert "the folder of the database /proc cannot be used" in message
    assert "/proc/" not in message, "the name of the file that was tried"


@pytest.mark.parametrize("command", ["verify", "clear", "report"])
def test_a_database_that_is_not_there(command: str, place: Place) -> None:
    database = f"sqlite:///{place.folder / 'new' / 'aquamind.db'}"
    assert "there is no such file" in refused(place, *ON_A_DATABASE[command], "--database", database)
    assert not (place.folder / "new").exists()


ON_A_HOME = {**ON_A_DATABASE, "prune": ("prune",), "ui": ("ui", "--port", "45678")}
del ON_A_HOME["clear"], ON_A_HOME["verify"], ON_A_HOME["report"]


@pytest.mark.parametrize("command", ON_A_HOME)
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("home", "", "cannot be used"),
        ("home/dagster.yaml", "storage: [", "dagster.yaml cannot be used"),
        ("home/dagster.yaml", "colour: red", "dagster.yaml cannot be used"),
    ],
    ids=["file", "not YAML", "unknown"],
)
def test_a_home_that_cannot_be_used(command: str, name: str, content: str, reason: str, place: Place) -> None:
    place.file(name, content)
    assert reason in refused(place, *ON_A_HOME[command])


EVERY = {
    **ON_A_HOME,
    **ON_A_DATABASE,
    "scenario show": ("scenario", "show"),
    "scenario realism": ("scenario", "realism"),
    "scenario tell": ("scenario", "tell", "--reference", "example"),
}
WITH_SETTINGS = {name: words for name, words in EVERY.items() if name != "prune"}


@pytest.mark.parametrize("command", WITH_SETTINGS)
@pytest.mark.parametrize("content", [b"database: [", b"colour: red", b"database: 5", b"\x80"])
def test_a_note_that_cannot_be_used(command: str, content: bytes, place: Place) -> None:
    place.file("home/aquamind.yaml", content)
    assert "aquamind.yaml is damaged" in refused(place, *WITH_SETTINGS[command])


@pytest.mark.parametrize("command", WITH_SETTINGS)
@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("AQUAMIND_TODAY", "tomorrow", "give a date such as"),
        ("AQUAMIND_SCENARIO", "nowhere.yaml", "nowhere.yaml"),
        ("AQUAMIND_SET", "farm.batches.eggs_mean=-5", "farm.batches.eggs_mean = -5"),
        ("AQUAMIND_SET", "farm.bathces.eggs_mean=5", "farm.bathces"),
        ("AQUAMIND_SET", "seed=[1", "is not YAML"),
        ("AQUAMIND_SET", "seed", "path=value"),
    ],
)
def test_an_environment_that_cannot_be_used(command: str, name: str, value: str, reason: str, place: Place) -> None:
    if command == "reconcile" and name != "AQUAMIND_TODAY":
        pytest.skip("it needs no scenario")
    place.environment[name] = value
    assert reason in refused(place, *WITH_SETTINGS[command])


WITH_A_LEDGER = ("run", "run --resume", "run --dry-run", "days", "verify", "status", "clear")


@pytest.mark.parametrize("command", WITH_A_LEDGER)
@pytest.mark.parametrize(
    ("ledger", "reason"),
    [("file", "the place of the ledgers"), (f"ftpx://me:{PASSWORD}@host/x", "ftpx://me:***@host/x")],
)
def test_a_place_of_ledgers_that_cannot_be_used(command: str, ledger: str, reason: str, place: Place) -> None:
    place.file("file")
    place.environment["AQUAMIND_LEDGER"] = ledger
    assert reason in refused(place, *ON_A_DATABASE[command])


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("run", "--years", "2014-2016"), "allowed are 2015 to"),
        (("run", "--years", "2016-2015"), "allowed are 2015 to"),
        (("run", "--years", "2015-"), "write 2018 or 2018-2020"),
        (("run", "--years", "soon"), "write 2018 or 2018-2020"),
        (("run", "--years", "²"), "write 2018 or 2018-2020"),
        (("verify", "--years", "99999"), "write 2018 or 2018-2020"),
        (("run", "--session", "9"), "sessions 1 to 4"),
        (("run", "--session", "one"), "--session"),
        (("run", "--session", "1", "--years", "2015"), "give one of them"),
        (("run", "--preset", "huge"), "--preset huge: allowed are bakkafrost, demo, loch_fyne, norway, tiny"),
        (("run", "--preset", "tiny", "--scenario", "x.yaml"), "give one of them"),
        (("run", "--scenario", "folder"), "folder"),
        (("run", "--scenario", "binary.yaml"), "is not YAML"),
        (("run", "--scenario", "loop.yaml"), "extends itself"),
        (("run", "--log-dir", "file"), "the folder of log files"),
        (("run", "--colour", "red"), "--colour"),
        (("days", "0", "--start", "2015-01-01"), "COUNT"),
        (("days", "5", "--start", "yesterday"), "write a date"),
        (("days", "5", "--start", "2010-01-01"), "allowed are days from 2015-01-01"),
        (("days", "3660", "--start", "9999-12-31"), "allowed are days from"),
        (("clear",), "give one of them"),
        (("clear", "--all", "--years", "2015"), "give one of them"),
        (("clear", "--years", "2015"), "--yes answers the question"),
        (("report", "--session", "2"), "there is no such file"),
        (("reconcile", "--grace", "-1"), "--grace"),
        (("reconcile", "--grace", "nan"), "--grace"),
        (("prune", "--keep-days", "999999999999"), "--keep-days"),
        (("ui", "--port", "0"), "--port"),
        (("ui", "--port", "65536"), "--port"),
        (("ui", "--host", "nowhere.invalid"), "--host nowhere.invalid"),
        (("scenario", "show", "farm.bathces"), "farm.bathces"),
        (("scenario", "check", "nowhere.yaml"), "nowhere.yaml"),
        (("scenario", "diff", "tiny", "nowhere.yaml"), "nowhere.yaml"),
        (("scenario", "realism", "--output", "folder"), "it is a folder"),
        (("scenario", "realism", "--seeds", "0"), "--seeds"),
        (("scenario", "realism", "--seeds", "3", "--output", "folder"), "it is a folder"),
        (("scenario", "realism", "--output", "file/page.md"), "the folder of the page"),
        (("nonsense",), "nonsense"),
    ],
)
def test_an_option_that_cannot_be_used(words: tuple[str, ...], reason: str, place: Place) -> None:
    place.file("file")
    place.file("folder/file")
    place.file("binary.yaml", b"\x80\x81")
    place.file("loop.yaml", "extends: loop.yaml")
    assert reason in refused(place, *words)


def test_a_port_that_is_taken(place: Place) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"--port {port}: Address already in use" in refused(place, "ui", "--port", str(port))
