"""The command as a user types it: a home of its own, a real database, settings that the next command uses."""

import io
import json
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from rich.console import Console

from aquamind_assets.cli.verify_output import conclusion, show
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets.verification.verify import verify_database
from aquamind_assets_tests.cli.typed import COMMAND, Aquamind, as_process, environment, in_process
from aquamind_assets_tests.release_2025_08 import LAWS_WITHOUT_DIGESTS, RECORDERS

TINY = ("--preset", "tiny", "--set", "water.readings_per_day=2")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def aquamind(place: Path) -> Aquamind:
    return in_process(place)


@pytest.fixture(scope="module")
def first_run(place: Path) -> dict:
    return json.loads(as_process(place)("run", *TINY, "--years", "2015-2016", "--json").stdout)


def test_a_run_generates_its_years_and_counts_them(first_run: dict) -> None:
    assert [(run["year"], run["success"]) for run in first_run["runs"]] == [(2015, True), (2016, True)]
    assert first_run["rows"]["environmental_readings"]["2016"] > 10_000
    assert first_run["total_rows"] == sum(sum(years.values()) for years in first_run["rows"].values())
    assert max(first_run["active_batches"].values()) >= 1
    assert first_run["database_bytes"] > 1_000_000


def test_the_next_command_uses_the_settings_of_the_last_run(aquamind: Aquamind, first_run: dict, place: Path) -> None:
    status = json.loads(aquamind("status", "--json").stdout)
    assert status["scenario"] == "tiny"
    assert status["database"] == f"sqlite:///{place / 'data' / 'aquamind.db'}"
    assert [(year["year"], year["complete"], year["simulated_to"]) for year in status["years"]] == [
        (2015, True, "2015-12-31"),
        (2016, True, "2016-12-31"),
    ]
    assert {run["status"] for run in status["last_runs"]} == {"SUCCESS"}
    rows = {year: sum(counts.get(year, 0) for counts in first_run["rows"].values()) for year in ("0", "2015", "2016")}
    assert {str(year["year"]): year["rows"] for year in status["years"]} == {
        year: rows[year] for year in rows if year > "0"
    }
    assert status["fixed_rows"] == rows["0"] > 0
    assert status["total_rows"] == first_run["total_rows"]
    shown = aquamind("status").stdout
    assert "2016" in shown
    assert f"{first_run['total_rows']:,} rows, {rows['0']} of them with ids fixed by AquaMind" in " ".join(
        shown.split()
    )


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize("words", [("status",), ("verify", "--quick")])
def test_no_table_loses_a_column_or_a_digit(aquamind: Aquamind, first_run: dict, columns: int, words: tuple) -> None:
    shown = aquamind(*words, columns=columns).stdout
    assert "…" not in shown
    assert "..." not in shown
    lines = [line.rstrip() for line in shown.splitlines() if not line.startswith(("Log: ", "Scenario "))]
    assert max(map(len, lines)) <= columns


def test_a_dry_run_expects_what_a_run_writes(aquamind: Aquamind, first_run: dict) -> None:
    expected = json.loads(aquamind("run", "--dry-run", "--years", "2015-2016", "--json").stdout)["rows"]
    for asset in ("reference_data", "infrastructure"):
        assert {year: rows for year, rows in expected[asset].items() if rows} == {
            year: rows for year, rows in first_run["rows"][asset].items() if rows
        }
    for asset, years in first_run["rows"].items():
        assert sum(expected[asset].values()) == pytest.approx(sum(years.values()), rel=0.1, abs=10), asset


def test_the_same_run_again_writes_nothing_new_and_shows_what_is_there(aquamind: Aquamind, first_run: dict) -> None:
    shown = aquamind("run", "--years", "2016").stdout
    assert "rows by asset" in shown
    assert "environmental_readings" in shown
    assert "Active batches" in shown
    assert "aquamind ui" in shown
    resumed = json.loads(aquamind("run", "--years", "2015-2016", "--resume", "--json").stdout)
    assert resumed["runs"] == []
    assert resumed["rows"] == first_run["rows"]


@pytest.mark.slow
def test_verify_checks_every_law_and_names_what_was_changed(
    aquamind: Aquamind, first_run: dict, place: Path, tmp_path: Path
) -> None:
    found = json.loads(aquamind("verify", "--json").stdout)
    assert found["sound"]
    assert found["years"] == [2015, 2016]
    checked = {law["law"]: sum(law["checked"].values()) for law in found["laws"]}
    assert checked.keys() == {law.name for law in LAWS_WITHOUT_DIGESTS}
    assert all(checked.values()), checked
    assert checked["row_rules"] >= first_run["total_rows"] - 1, "all rows but AquaMind's own"
    assert not any(
        law["violations"] or law["not_checked"] for law in found["laws"] if law["law"] != "treatment_rules_in_ledger"
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

    settings = Settings("tiny", TINY[-1:], f"sqlite:///{copy}", str(place / "data" / "ledger"), release="2025-08")
    whole = verify_database(Platform(settings))
    assert not whole.sound
    assert len(whole.differences) == 3
    assert {law.law: list(law.places) for law in whole.laws if law.violations} == {
        "fish_balance": ["mortality 2015", "mortality 2016"],
        "feed_balance": ["feeding_events 2016"],
        "row_rules": ["feeding_summaries 2016"],
    }
    assert [line.partition(":")[0] for line in verify_database(Platform(settings), [2015], quick=True).differences] == [
        "batch_mortalityevent 2015"
    ]


def test_without_its_ledger_a_law_is_not_checked_and_never_kept(first_run: dict, place: Path, tmp_path: Path) -> None:
    found = verify_database(
        Platform(
            Settings("tiny", TINY[-1:], f"sqlite:///{place / 'data' / 'aquamind.db'}", str(tmp_path), release="2025-08")
        ),
        [2016],
    )
    assert found.sound
    laws = {law.law: law for law in found.laws}
    assert laws["daily_fish_balance"].not_checked == {"farm_year": [2016]}
    assert laws["feed_balance"].not_checked == {"feeding_events": [2016]}
    console = Console(width=120, record=True, file=io.StringIO())
    show(found, console)
    shown = console.export_text()
    assert "not checked daily fish balance: farm_year 2016 (the ledger of 2016, which is not stored)" in shown
    assert "every law that could be checked is kept" in shown


def test_a_database_without_rows_is_not_sound(tmp_path: Path) -> None:
    platform = Platform(
        Settings("tiny", TINY[-1:], f"sqlite:///{tmp_path / 'empty.db'}", str(tmp_path), release="2025-08")
    )
    with platform.open():
        pass
    found = verify_database(platform)
    assert not found.sound
    assert conclusion(found) == "no rows of the platform, so there was nothing to check."


def test_every_run_of_the_command_leaves_a_log(
    aquamind: Aquamind, first_run: dict, place: Path, tmp_path: Path
) -> None:
    runs = [path.read_text("utf-8") for path in (place / "home" / "logs").glob("run-*.log")]
    first = next(text for text in runs if f"aquamind run {' '.join(TINY)} --years 2015-2016 --json" in text)
    assert (
        "scenario tiny (option), --set water.readings_per_day=2 (option), database sqlite:///data/aquamind.db ("
        in first
    )
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
    assert str(log) in failed.stderr
    assert "digest = 'no number'" in " ".join(failed.stdout.split())
    for command in ("status", "report"):
        refused = aquamind(command, "--database", f"sqlite:///{damaged}", expect=2)
        assert "its digest is 'no number', allowed: hexadecimal digits" in refused.stderr
        assert "Traceback" not in refused.stderr


def test_a_folder_of_reports_that_is_a_file_is_named(aquamind: Aquamind, first_run: dict, place: Path) -> None:
    (place / "file").write_text("")
    refused = aquamind("report", "--years", "2015", "--output", "file", expect=2)
    assert "the folder of reports" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert json.loads(aquamind("report", "--years", "2015", "--output", "there", "--json").stdout)["reports"]


def test_clear_asks_first_and_then_removes_that_year_alone(aquamind: Aquamind, first_run: dict, place: Path) -> None:
    assert "Remove 2016 from" in aquamind("clear", "--years", "2016", expect=2).stderr
    assert "Remove 2016 from" in aquamind("clear", "--years", "2016", expect=1, answer="n\n").stderr
    deleted = json.loads(aquamind("clear", "--years", "2016", "--yes", "--json").stdout)["deleted"]
    assert deleted["batch_mortalityevent"] == first_run["rows"]["mortality"]["2016"] - deleted["health_mortalityrecord"]
    status = json.loads(aquamind("status", "--json").stdout)
    assert [(year["year"], year["chunks"] > 0) for year in status["years"]] == [(2015, True), (2016, False)]
    again = json.loads(aquamind("run", "--resume", "--years", "2015-2016", "--json").stdout)
    assert [run["year"] for run in again["runs"]] == [2016]
    assert again["rows"] == first_run["rows"]


def test_scenarios_are_shown_checked_and_compared(aquamind: Aquamind, tmp_path: Path) -> None:
    assert "farm.batches.eggs_mean" in aquamind("scenario", "show", "farm.batches", "--preset", "bakkafrost").stdout
    assert "37,590 sensors" in aquamind("scenario", "check", "bakkafrost").stdout
    own = tmp_path / "own.yaml"
    own.write_text("extends: tiny\nname: own\nseed: 7\n")
    assert json.loads(aquamind("scenario", "diff", "tiny", str(own), "--json").stdout) == {
        "name": ["tiny", "own"],
        "seed": ["20150174", "7"],
    }


@pytest.mark.slow
def test_some_days_hold_no_rows_of_others(tmp_path: Path) -> None:
    document = json.loads(in_process(tmp_path)("days", "5", "--start", "2015-12-29", *TINY, "--json").stdout)
    assert [run["success"] for run in document["runs"]] == [True, True]
    with sqlite3.connect(tmp_path / "data" / "aquamind.db") as database:
        first, last, days = database.execute(
            "SELECT MIN(feeding_date), MAX(feeding_date), COUNT(DISTINCT feeding_date) FROM inventory_feedingevent"
        ).fetchone()
    assert (first, last) == ("2015-12-29", "2016-01-02")
    assert days == 5
    assert document["verification"]["sound"]
    assert {law["law"]: sum(law["checked"].values()) for law in document["verification"]["laws"]}[
        "row_rules"
    ] == document["total_rows"] - 1


@pytest.mark.slow
def test_ctrl_c_interrupts_after_a_whole_chunk_and_the_next_run_resumes(tmp_path: Path, first_run: dict) -> None:
    child = subprocess.Popen(
        [*COMMAND, "run", *TINY, "--years", "2015"],
        cwd=tmp_path,
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        text=True,
    )
    database = tmp_path / "data" / "aquamind.db"
    while not (database.exists() and _chunks(database) >= 5):
        assert child.poll() is None, "it ended before it could be interrupted"
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    shown, _ = child.communicate()
    assert child.returncode == 130, shown
    assert "aquamind run --resume" in shown
    interrupted = _chunks(database)
    resumed = json.loads(in_process(tmp_path)("run", "--resume", "--years", "2015", "--json").stdout)
    assert 5 <= interrupted < _chunks(database)
    # What lives on is written as of the last simulated year, which is another one here.
    events = [asset for asset, recorder in RECORDERS.items() if not recorder.living]

    def rows(run: dict) -> dict[str, int]:
        # The first fish come to sea later: there are no rows of lice counts.
        return {asset: run["rows"].get(asset, {}).get("2015", 0) for asset in events}

    assert rows(resumed) == rows(first_run)
    assert rows(resumed)["feeding_events"]


def _chunks(database: Path) -> int:
    with sqlite3.connect(database, timeout=30) as connection:
        try:
            return int(connection.execute("SELECT COUNT(*) FROM aquamind_assets_chunk").fetchone()[0])
        except sqlite3.OperationalError:
            return 0
