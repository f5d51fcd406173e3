"""Where a command runs: names with brackets, output that takes ASCII alone, files in the wrong place, settings from
elsewhere, secrets."""

import json
import shutil
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from aquamind_assets.settings import NOTE, Settings
from aquamind_assets_tests.cli.typed import as_process, in_process

YEAR = ("--preset", "tiny", "--set", "water.readings_per_day=1", "--years", "2015")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with brackets in its name, and one year in it that was generated without a terminal, in ASCII."""
    place = tmp_path_factory.mktemp("farm [red] [x]")
    database = f"sqlite:///{place / '[bold]farm.db'}"
    done = as_process(place)("run", *YEAR, "--database", database, columns=200, PYTHONIOENCODING="ascii")
    (place / "shown.txt").write_text(done.stdout)
    return place


def test_a_run_without_a_terminal_shows_its_progress_and_names_as_they_are(place: Path) -> None:
    shown = (place / "shown.txt").read_text()
    assert "2015 complete: 100%, " in shown
    assert f"into sqlite:///{place / '[bold]farm.db'}" in shown
    assert f"Database: sqlite:///{place / '[bold]farm.db'}" in shown
    assert "Active batches" in shown, "the end is shown though its bars cannot be encoded"


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("report",), ["Reading the rows of 2015", "Drawing The whole history"]),
        (("verify",), ["Verifying"]),
        (("run", "--dry-run", *YEAR), ["Simulating 2015", "Counting the rows"]),
        (("scenario", "realism", *YEAR[:4], "--set", "last_year=2015"), ["2015 simulated, 1 of"]),
    ],
)
def test_what_takes_long_is_not_silent_without_a_terminal(
    place: Path, words: Sequence[str], lines: Sequence[str]
) -> None:
    done = in_process(place)(*words, columns=200, expect=1 if "realism" in words else 0)
    for line in lines:
        assert line in done.stderr
        assert line not in done.stdout, "the output is the result alone"
    assert "cenario tiny (" in done.stdout + done.stderr, "where the scenario came from"


def test_each_setting_says_where_it_came_from(place: Path) -> None:
    shown = in_process(place)("status", "--ledger", "elsewhere", columns=200, AQUAMIND_TODAY="2026-07-01").stdout
    first = shown.splitlines()[0]
    assert f"Scenario tiny (note in {place / 'home'})" in first
    assert "--set water.readings_per_day=1 (note in" in first
    assert "ledgers elsewhere (option)" in first
    assert "today 2026-07-01 (environment)" in first
    status = json.loads(in_process(place)("status", "--json").stdout)
    assert status["years"][0]["complete"]
    assert Path(status["ledgers"]).is_dir()
    assert (
        f"fingerprint {status['fingerprint']}"
        in in_process(place)("scenario", "check", "tiny", *YEAR[2:4], columns=200).stdout
    )


@pytest.mark.parametrize(
    "command", [("reconcile",), ("scenario", "show", "seed"), ("clear", "--years", "2017", "--yes")]
)
def test_what_the_note_decides_is_printed(place: Path, command: Sequence[str]) -> None:
    done = in_process(place)(*command, columns=200)
    assert f"(note in {place / 'home'})" in done.stdout + done.stderr
    assert json.loads(in_process(place)(*command, "--json").stdout), "a document is alone on the output"


@pytest.mark.parametrize("command", [("status",), ("clear", "--years", "2016", "--yes")])
def test_status_and_clear_take_a_scenario(place: Path, command: Sequence[str]) -> None:
    shown = in_process(place)(*command, "--preset", "demo", columns=200).stdout
    assert "cenario demo (option)" in shown
    assert "--set" not in shown, "an override of another scenario is not carried over"


@pytest.mark.slow
def test_some_days_elsewhere_do_not_decide_where_the_next_command_writes(place: Path, tmp_path: Path) -> None:
    before = (place / "home" / NOTE).read_text()
    database = f"sqlite:///{tmp_path / 'days.db'}"
    days = ("days", "2", "--start", "2015-02-01", *YEAR[:4])
    in_process(place)(*days, "--database", database, "--ledger", str(tmp_path))
    assert (place / "home" / NOTE).read_text() == before


def test_note_and_logs_are_for_their_owner_and_hold_no_password(place: Path, tmp_path: Path) -> None:
    files = [place / "home" / NOTE, *(place / "home" / "logs").glob("run-*.log")]
    assert len(files) > 1
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    for url in ("postgresql://me:p%40ss@host/farm", "postgresql://me@host/farm?sslmode=require&password=p%40ss"):
        Settings(database=url, release="2025-08").note(tmp_path)
        noted = yaml.safe_load((tmp_path / NOTE).read_text())["database"]
        assert "p%40ss" not in noted
        assert noted.startswith("postgresql://me@host/farm")
        Settings(database=url, release="2025-08").note(tmp_path, with_password=True)
        assert yaml.safe_load((tmp_path / NOTE).read_text())["database"] == url


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("run", *YEAR, "--ledger", "a file"), "the place of the ledgers"),
        (("run", *YEAR, "--ledger", "/proc/ledgers"), "the place of the ledgers /proc/ledgers"),
        (("run", *YEAR, "--ledger", "s3://bucket/ledgers"), "the place of the ledgers s3://bucket/ledgers"),
        (("run", *YEAR, "--ledger", "nonsense://bucket"), "the place of the ledgers nonsense://bucket"),
        (("run", *YEAR, "--log-dir", "a file"), "the folder of log files"),
        (("run", *YEAR, "--database", "sqlite:///home"), "is a folder"),
        (("run", "--preset", "tiny", "--years", "9999"), "allowed are 2015"),
        (("run", "--preset", "tiny", "--years", "2015-20155"), "write 2018 or 2018-2020"),
        (("days", "3", "--preset", "tiny", "--start", "9999-12-31"), "allowed are days"),
        (("report", "--output", "a file"), "the folder of reports"),
        (("ui", "--port", "99999"), "'--port'"),
        (("ui", "--host", "no.such.host.invalid"), "--host no.such.host.invalid"),
    ],
)
def test_what_cannot_be_used_is_refused_before_the_first_row(place: Path, words: Sequence[str], reason: str) -> None:
    (place / "a file").write_text("")
    note = (place / "home" / NOTE).read_text()
    done = in_process(place)(*words, expect=2)
    assert reason in " ".join(done.stderr.split()), done.stderr
    assert (place / "home" / NOTE).read_text() == note, "a refused command is not what the next one uses"


@pytest.mark.parametrize("content", [b"", b"\xff" * 9000])
def test_a_damaged_database_of_dagsters_own_says_what_to_do(place: Path, tmp_path: Path, content: bytes) -> None:
    shutil.copytree(place / "home", tmp_path / "home")
    for path in (tmp_path / "home" / "history").rglob("*.db"):
        path.write_bytes(content or path.read_bytes()[:5000])
    done = in_process(tmp_path)("status", expect=2)
    assert "Dagster's own database in" in done.stderr
    assert f"move {tmp_path / 'home' / 'history'}" in done.stderr
    shutil.rmtree(tmp_path / "home" / "history")
    shutil.rmtree(tmp_path / "home" / "schedules", ignore_errors=True)
    in_process(tmp_path)("status", "--json")


def test_databases_of_dagsters_own_with_two_versions_count_as_damaged(place: Path, tmp_path: Path) -> None:
    """As two processes leave them that make them at once without waiting for each other."""
    shutil.copytree(place / "home", tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "schedules" / "schedules.db")) as opened, opened:
        opened.execute("INSERT INTO alembic_version VALUES ('another')")
    done = in_process(tmp_path)("status", expect=2)
    assert "Dagster's own database in" in done.stderr
    assert f"move {tmp_path / 'home' / 'history'}" in done.stderr
