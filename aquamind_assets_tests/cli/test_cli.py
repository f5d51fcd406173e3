"""The command as a user types it: a process of its own, a home of its own, a real database."""

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

import aquamind_assets
from aquamind_assets.cli.app import app
from aquamind_assets.cli.verify import verify_database
from aquamind_assets.laws.registry import LAWS_BESIDE_DIGESTS
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.settings import Settings

Aquamind = Callable[..., subprocess.CompletedProcess[str]]
COMMAND = [sys.executable, "-m", "aquamind_assets"]
TINY = ("--preset", "tiny", "--set", "water.readings_per_day=2")


def environment(place: Path) -> dict[str, str]:
    """The process's own, with a home in ``place`` and no orders left over from elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    return kept | {
        "DAGSTER_HOME": str(place / "home"),
        "COLUMNS": "140",
        "PYTHONPATH": str(Path(aquamind_assets.__file__).parents[1]),
    }


def runner(place: Path) -> Aquamind:
    def aquamind(*words: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*COMMAND, *words], cwd=place, env=environment(place), capture_output=True, text=True, check=False
        )
        assert done.returncode == expect, f"{words}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    return aquamind


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def aquamind(place: Path) -> Aquamind:
    return runner(place)


@pytest.fixture(scope="module")
def first_run(aquamind: Aquamind) -> dict:
    return json.loads(aquamind("run", *TINY, "--years", "2015-2016", "--json").stdout)


def test_a_run_makes_its_years_and_tells_them(first_run: dict) -> None:
    assert [(run["year"], run["success"]) for run in first_run["runs"]] == [(2015, True), (2016, True)]
    assert first_run["rows"]["environmental_readings"]["2016"] > 10_000
    assert first_run["total_rows"] == sum(sum(years.values()) for years in first_run["rows"].values())
    assert max(first_run["active_batches"].values()) >= 1
    assert first_run["database_bytes"] > 1_000_000


def test_the_next_command_knows_what_the_last_run_was_told(aquamind: Aquamind, first_run: dict, place: Path) -> None:
    status = json.loads(aquamind("status", "--json").stdout)
    assert status["scenario"] == "tiny"
    assert status["database"] == f"sqlite:///{place / 'data' / 'aquamind.db'}"
    assert [(year["year"], year["complete"], year["ledger_through"]) for year in status["years"]] == [
        (2015, True, "2015-12-31"),
        (2016, True, "2016-12-31"),
    ]
    assert {run["status"] for run in status["last_runs"]} == {"SUCCESS"}
    assert "2016" in aquamind("status").stdout


def test_the_same_again_writes_nothing_new_and_shows_the_way_on(aquamind: Aquamind, first_run: dict) -> None:
    shown = aquamind("run", "--years", "2016").stdout
    assert "Rows by asset and year" in shown
    assert "environmental_readings" in shown
    assert "Active batches" in shown
    assert "aquamind ui" in shown
    resumed = json.loads(aquamind("run", "--years", "2015-2016", "--resume", "--json").stdout)
    assert resumed["runs"] == []
    assert resumed["rows"] == first_run["rows"]


def test_verify_judges_every_law_and_names_what_was_changed(
    aquamind: Aquamind, first_run: dict, place: Path, tmp_path: Path
) -> None:
    found = json.loads(aquamind("verify", "--json").stdout)
    assert found["sound"]
    assert found["years"] == [2015, 2016]
    looked_at = {law["law"]: sum(law["looked_at"].values()) for law in found["laws"]}
    assert looked_at.keys() == {law.name for law in LAWS_BESIDE_DIGESTS}
    assert all(looked_at.values()), looked_at
    assert looked_at["rows_keep_the_rules"] >= first_run["total_rows"] - 1, "all rows but AquaMind's own"
    assert not any(
        law["violations"] or law["not_judged"] for law in found["laws"] if law["law"] != "medicine_is_by_the_book"
    )

    copy = tmp_path / "copy.db"
    shutil.copy(place / "data" / "aquamind.db", copy)
    changes = (
        "UPDATE batch_mortalityevent SET count = count + 1 WHERE id = (SELECT min(id) FROM batch_mortalityevent)",
        (
            "UPDATE inventory_feedingevent SET amount_kg = amount_kg + 0.01 WHERE id = (SELECT max(id) FROM"
            " inventory_feedingevent)"
        ),
        (
            "DELETE FROM environmental_environmentalreading WHERE id = (SELECT max(id) FROM"
            " environmental_environmentalreading)"
        ),
    )
    with sqlite3.connect(copy) as changed:
        assert [changed.execute(change).rowcount for change in changes] == [1, 1, 1]
    changed.close()
    shown = " ".join(aquamind("verify", "--quick", "--database", f"sqlite:///{copy}", expect=1).stdout.split())
    for differs in (
        "batch_mortalityevent 2015",
        "environmental_environmentalreading 2016",
        "inventory_feedingevent 2016",
    ):
        assert f"differs {differs}: written" in shown

    settings = Settings("tiny", TINY[-1:], f"sqlite:///{copy}", str(place / "data" / "ledger"))
    whole = verify_database(settings)
    assert not whole.sound
    assert len(whole.differences) == 3
    assert {law.law: list(law.places) for law in whole.laws if law.violations} == {
        "fish_close": ["mortality 2015", "mortality 2016"],
        "feed_closes_to_the_gram_and_the_cent": ["feeding_events 2016"],
        "rows_keep_the_rules": ["feeding_summaries 2016"],
    }
    assert [line.partition(":")[0] for line in verify_database(settings, [2015], quick=True).differences] == [
        "batch_mortalityevent 2015"
    ]


def test_without_its_ledger_a_law_is_not_judged_and_never_kept(first_run: dict, place: Path, tmp_path: Path) -> None:
    found = verify_database(
        Settings("tiny", TINY[-1:], f"sqlite:///{place / 'data' / 'aquamind.db'}", str(tmp_path)), [2016]
    )
    assert found.sound
    laws = {law.law: law for law in found.laws}
    assert laws["fish_close_every_day"].not_judged == {"farm_year": [2016]}
    assert laws["feed_closes_to_the_gram_and_the_cent"].not_judged == {"feeding_events": [2016]}
    console = Console(width=120, record=True, file=io.StringIO())
    found.show(console)
    shown = console.export_text()
    assert "not judged fish close every day: farm_year 2016 (the ledger of 2016, which is not stored)" in shown
    assert "every law that could be judged is kept" in shown


def test_an_empty_database_proves_nothing(tmp_path: Path) -> None:
    found = verify_database(Settings("tiny", TINY[-1:], f"sqlite:///{tmp_path / 'empty.db'}", str(tmp_path)))
    assert not found.sound
    assert found.verdict == "nothing of the platform is there, so nothing is proved."


def test_every_run_of_the_command_leaves_a_log(
    aquamind: Aquamind, first_run: dict, place: Path, tmp_path: Path
) -> None:
    runs = [path.read_text("utf-8") for path in (place / "home" / "logs").glob("run-*.log")]
    first = next(text for text in runs if f"aquamind run {' '.join(TINY)} --years 2015-2016 --json" in text)
    assert "scenario tiny with water.readings_per_day=2, database sqlite:///data/aquamind.db" in first
    assert "feeding_events 2016: " in first
    assert first.splitlines()[-1].split(" after ")[0].endswith("exit code 0")

    damaged = tmp_path / "damaged.db"
    shutil.copy(place / "data" / "aquamind.db", damaged)
    with sqlite3.connect(damaged) as changed:
        changed.execute("UPDATE aquamind_assets_chunk_table SET digest = 'no number'")
    changed.close()
    failed = aquamind(
        "verify", "--quick", "--database", f"sqlite:///{damaged}", "--log-dir", str(tmp_path / "elsewhere"), expect=1
    )
    (log,) = (tmp_path / "elsewhere").iterdir()
    assert f"Log: {log}" in failed.stdout
    assert "ValueError" in failed.stderr
    assert str(log) in failed.stderr
    assert "Traceback" not in failed.stderr
    assert "Traceback" in log.read_text("utf-8")


def test_clear_asks_first_and_then_removes_just_that(aquamind: Aquamind, first_run: dict, place: Path) -> None:
    assert "Remove" in aquamind("clear", "--years", "2016", expect=1).stdout
    deleted = json.loads(aquamind("clear", "--years", "2016", "--yes", "--json").stdout)["deleted"]
    assert deleted["batch_mortalityevent"] == first_run["rows"]["mortality"]["2016"] - deleted["health_mortalityrecord"]
    status = json.loads(aquamind("status", "--json").stdout)
    assert [(year["year"], year["chunks"] > 0) for year in status["years"]] == [(2015, True), (2016, False)]
    again = json.loads(aquamind("run", "--resume", "--years", "2015-2016", "--json").stdout)
    assert [run["year"] for run in again["runs"]] == [2016]
    assert again["rows"] == first_run["rows"]


def test_what_cannot_be_done_is_said_with_exit_code_2(
    aquamind: Aquamind, first_run: dict, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "--preset huge: there are bakkafrost, demo, tiny" in " ".join(
        aquamind("run", "--preset", "huge", expect=2).stderr.split()
    )
    monkeypatch.chdir(place)
    home = {name: None for name in os.environ if name.startswith(("AQUAMIND_", "DAGSTER_"))} | {
        "DAGSTER_HOME": str(place / "home"),
        "COLUMNS": "140",
    }
    for words, said in (
        (("run", "--years", "2014-2016"), "allowed are 2015 to"),
        (("run", "--years", "soon"), "write 2018 or 2018-2020"),
        (("run", "--session", "9"), "sessions 1 to 4"),
        (("run", "--session", "1", "--years", "2015"), "give either"),
        (("run", "--set", "farm.batches.eggs_mean=-5", "--preset", "tiny"), "farm.batches.eggs_mean = -5"),
        (("run", "--scenario", "nowhere.yaml"), "nowhere.yaml"),
        (("run", "--database", "mysql://x/y", "--years", "2015"), "allowed are sqlite"),
        (("days", "5", "--start", "yesterday"), "write a date"),
        (("days", "5", "--start", "2010-01-01"), "allowed are days from 2015-01-01"),
        (("clear",), "say what to clear"),
        (("scenario", "show", "farm.bathces"), "farm.bathces"),
    ):
        refused = CliRunner().invoke(app, words, env=home)
        assert refused.exit_code == 2, words
        assert said in " ".join(refused.stderr.split()), words


def test_scenarios_are_shown_checked_and_compared(aquamind: Aquamind, tmp_path: Path) -> None:
    assert "farm.batches.eggs_mean" in aquamind("scenario", "show", "farm.batches", "--preset", "bakkafrost").stdout
    assert "37,590 sensors" in aquamind("scenario", "check", "bakkafrost").stdout
    own = tmp_path / "own.yaml"
    own.write_text("extends: tiny\nname: own\nseed: 7\n")
    assert json.loads(aquamind("scenario", "diff", "tiny", str(own), "--json").stdout) == {
        "name": ["tiny", "own"],
        "seed": ["20150104", "7"],
    }


def test_a_short_stretch_holds_its_days_alone(tmp_path: Path) -> None:
    told = json.loads(runner(tmp_path)("days", "5", "--start", "2015-12-29", *TINY, "--json").stdout)
    assert [run["success"] for run in told["runs"]] == [True, True]
    with sqlite3.connect(tmp_path / "data" / "aquamind.db") as database:
        first, last, days = database.execute(
            "SELECT MIN(feeding_date), MAX(feeding_date), COUNT(DISTINCT feeding_date) FROM inventory_feedingevent"
        ).fetchone()
    assert (first, last) == ("2015-12-29", "2016-01-02")
    assert days == 5
    assert told["verdict"]["sound"]
    assert {law["law"]: sum(law["looked_at"].values()) for law in told["verdict"]["laws"]}[
        "rows_keep_the_rules"
    ] == told["total_rows"] - 1


@pytest.mark.slow
def test_ctrl_c_stops_at_a_chunk_border_and_the_next_run_goes_on(tmp_path: Path, first_run: dict) -> None:
    child = subprocess.Popen(
        [*COMMAND, "run", *TINY, "--years", "2015"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    database = tmp_path / "data" / "aquamind.db"
    while not (database.exists() and _chunks(database) >= 5):
        assert child.poll() is None, "it ended before it could be stopped"
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    shown, _ = child.communicate()
    assert child.returncode == 130, shown
    assert "aquamind run --resume" in shown
    assert 5 <= _chunks(database) < 100
    resumed = json.loads(runner(tmp_path)("run", "--resume", "--years", "2015", "--json").stdout)
    # What lives on is written as of the last simulated year, which is another one here.
    events = [asset for asset, recorder in RECORDERS.items() if not recorder.living]
    assert {asset: resumed["rows"][asset]["2015"] for asset in events} == {
        asset: first_run["rows"][asset]["2015"] for asset in events
    }


def _chunks(database: Path) -> int:
    with sqlite3.connect(database, timeout=30) as connection:
        try:
            return int(connection.execute("SELECT COUNT(*) FROM aquamind_assets_chunk").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
