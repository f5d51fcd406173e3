"""Processes that die without a word: the worker of a command, and a job that runs a session."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

import aquamind_assets

pytestmark = pytest.mark.slow

ROOT = Path(aquamind_assets.__file__).parents[1]
TWO_YEARS = "last_year=2016; sessions=[{name: First, first_year: 2015, last_year: 2015}, {name: Second, first_year: 2016, last_year: 2016}]"


def environment(place: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    return kept | {"DAGSTER_HOME": str(place / "home"), "AQUAMIND_SCENARIO": "tiny", "AQUAMIND_SET": TWO_YEARS, "PYTHONPATH": str(ROOT)}


def aquamind(place: Path, *words: str) -> dict:
    command = [sys.executable, "-m", "aquamind_assets", *words, "--json"]
    done = subprocess.run(command, cwd=place, env=environment(place), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def chunks(database: Path) -> int:
    if not database.exists():
        return 0
    with sqlite3.connect(database, timeout=30) as connection:
        try:
            return int(connection.execute("SELECT COUNT(*) FROM aquamind_assets_chunk").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.mark.parametrize("after", [10, 60])
def test_killed_the_run_is_found_and_the_next_one_goes_on(tmp_path: Path, after: int) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    for place in (undisturbed, killed):
        place.mkdir()
    expected = aquamind(undisturbed, "run", "--years", "2015")

    command = [sys.executable, "-m", "aquamind_assets", "run", "--years", "2015", "--quiet"]
    worker = subprocess.Popen(command, cwd=killed, env=environment(killed))
    while chunks(killed / "data" / "aquamind.db") < after:
        assert worker.poll() is None, "it ended before it could be killed"
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    assert [run["status"] for run in aquamind(killed, "status")["last_runs"]] == ["STARTED"]

    assert [run["alive"] for run in aquamind(killed, "reconcile")["runs"]] == [False]
    assert [run["status"] for run in aquamind(killed, "status")["last_runs"]] == ["FAILURE"]
    committed = chunks(killed / "data" / "aquamind.db")
    assert committed >= after
    assert aquamind(killed, "run", "--resume", "--years", "2015")["rows"] == expected["rows"]
    assert aquamind(killed, "verify")["sound"]


def test_a_session_is_run_by_its_job(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    shutil.copy(ROOT / "dagster.yaml", tmp_path / "home")
    for job, years in (("session_1", [2015]), ("session_2", [2015, 2016])):
        command = [sys.executable, "-m", "dagster", "job", "execute", "-m", "aquamind_assets.definitions", "-j", job]
        done = subprocess.run(command, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [year["year"] for year in aquamind(tmp_path, "status")["years"] if year["complete"]] == years
