"""A test installation from the command line: one order makes a farm of today, the same order tomorrow adds a day."""

import json
import re
import sqlite3
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquamind_assets.cli.app import app
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.timeline import day_number
from aquamind_assets_tests.cli.typed import COMMAND, environment

UAT = ("run", "--preset", "uat", "--set", "water.readings_per_day=1", "--json")
"""The day is in the past: Dagster knows no years that have not begun."""


def order(place: Path, today: str, *words: str) -> dict:
    told = environment(place) | {"AQUAMIND_TODAY": today}
    done = subprocess.run([*COMMAND, *words], cwd=place, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return json.loads(done.stdout)


def chunks(place: Path) -> dict[tuple[str, int, int], tuple]:
    with sqlite3.connect(place / "data" / "aquamind.db") as connection:
        found = connection.execute(
            "SELECT asset, year, chunk, first_day, last_day, row_count, digest, fingerprint FROM aquamind_assets_chunk"
        ).fetchall()
    return {row[:3]: row[3:] for row in found}


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.chdir(tmp_path)

    def aquamind(*words: str, expect: int = 0) -> str:
        told = {"DAGSTER_HOME": str(tmp_path / "home"), "AQUAMIND_TODAY": "2024-11-22", "COLUMNS": "200"}
        told["AQUAMIND_RELEASE"] = "2025-08"
        done = CliRunner().invoke(app, words, env=told)
        assert done.exit_code == expect, done.output
        return done.output

    return aquamind


def test_the_command_shows_how_a_farm_is_staged(typed: Callable[..., str], tmp_path: Path) -> None:
    checked = typed("scenario", "check", "uat")
    assert "history 2021-2024 in 2 sessions" in checked
    assert "staged for 2024-11-21" in checked
    assert re.search(r"Smolt, 10 days before it ends: begins 202[34]-\d\d-\d\d in (Faroe Islands|Scotland)", checked)
    shown = typed("scenario", "show", "farm.batches.staging", "--preset", "uat")
    assert re.search(r"farm\.batches\.staging\.positions\.Smolt\W+middle, 10", shown)
    differing = typed("scenario", "diff", "demo", "uat")
    assert re.search(r"farm\.batches\.staging\W+none", differing)
    assert re.search(r"farm\.batches\.staging\.date\W+2024-11-21", differing)
    assert not list(tmp_path.glob("data/ledger/*")), "looking keeps no day"


def test_places_that_cannot_be_reached_are_told_before_anything_is_made(
    typed: Callable[..., str], tmp_path: Path
) -> None:
    change = ("--set", "farm.batches.staging.positions.Fry=[250]", "--preset", "uat")
    assert "positions.Fry 250" in " ".join(typed("run", *change, expect=2).split())
    assert not (tmp_path / "data" / "aquamind.db").exists()


def test_the_user_interface_is_shown_the_farm_that_the_command_made(tmp_path: Path) -> None:
    told = Settings(
        "uat", (), f"sqlite:///{tmp_path / 'made.db'}", str(tmp_path / "ledger"), date(2024, 1, 5), release="2025-08"
    ).settled()
    later = Settings.load(
        environment=told.as_environment() | {"DAGSTER_HOME": str(tmp_path), "AQUAMIND_TODAY": "2024-12-24"}
    )
    assert "The history is 2020-2024" in str(build_defs(later).resolve_job_def("one_year").description)
    assert Platform(later).fingerprint == Platform(told).fingerprint


@pytest.mark.slow
def test_a_farm_of_today_is_made_by_one_order_and_grows_by_a_day(tmp_path: Path) -> None:
    order(tmp_path, "2024-11-22", *UAT)
    with sqlite3.connect(tmp_path / "data" / "aquamind.db") as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'aquamind_assets%'"
            )
        ]
        empty = {
            table
            for table in tables
            if connection.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{table}")').fetchone()[0]
        }
        living = connection.execute(
            "SELECT stage.name, COUNT(*) FROM batch_batch batch JOIN batch_lifecyclestage stage ON stage.id ="
            " batch.lifecycle_stage_id WHERE batch.status = 'ACTIVE' GROUP BY stage.name"
        ).fetchall()
        (completed,) = connection.execute("SELECT COUNT(*) FROM batch_batch WHERE status = 'COMPLETED'").fetchone()
        (newest,) = connection.execute("SELECT MAX(reading_time) FROM environmental_environmentalreading").fetchone()
    assert empty <= {"batch_batchcomposition"}, "only where fish of two batches happen to meet are they mixed"
    assert len(living) == 6
    assert all(batches >= 2 for _, batches in living)
    assert completed >= 2
    assert newest.startswith("2024-11-21")
    before, status = chunks(tmp_path), order(tmp_path, "2024-11-22", "status", "--json")
    assert [(year["year"], year["complete"], year["simulated_to"]) for year in status["years"]][1:] == [
        (2022, True, "2022-12-31"),
        (2023, True, "2023-12-31"),
        (2024, True, "2024-11-21"),
    ]
    assert order(tmp_path, "2024-11-22", "report", "--json")

    order(tmp_path, "2024-11-23", *UAT)
    after, later = chunks(tmp_path), order(tmp_path, "2024-11-23", "status", "--json")
    assert later["fingerprint"] == status["fingerprint"]
    assert later["years"][-1]["simulated_to"] == "2024-11-22"
    yesterday = day_number(date(2024, 11, 21))
    over = {key for key, chunk in before.items() if chunk[1] < yesterday and key[2] > 0}
    assert len(over) > 200
    assert all(after[key] == before[key] for key in over)
    assert after.keys() == before.keys(), "the running chunk grew, nothing else came"

    resumed = order(tmp_path, "2024-11-23", "run", "--resume", "--json")
    assert resumed["runs"] == [], "the note of the last run leads to the same farm"
