"""The benchmark runs, and compares like with like: both ways load all the rows. What it measures is for people, not for
tests."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.measured import (
    LINEITEM_1,
    ONE_WORKER,
    PIPELINE,
    PREPARED,
    TPCHGEN,
    TWO_WORKERS,
    WIDTH,
    Measured,
    json_of,
    ratio_of,
    text_of,
)
from benchmarks.processes import ProcessTree, Watch
from benchmarks.tpch import MISSING, command, lineitem

ROOT = Path(__file__).parents[2]


def line(database: str, what: str, rows: int, seconds: float, **more: float | None) -> Measured:
    """A measurement of a size that a full-scale run has."""
    values = {"client_seconds": 30.25, "server_seconds": None, "peak_mb": 1234.5} | more
    return Measured(database, what, rows, seconds, **values)  # type: ignore[arg-type]


LINES = [
    line("postgresql", PREPARED, 6_315_120, 30.0, server_seconds=1.25, stored_bytes=1_345_000_000),
    line("postgresql", PIPELINE, 6_315_120, 40.0, server_seconds=1.5, stored_bytes=1_345_000_000),
    line("lake", ONE_WORKER, 77_000_000, 20.0),
    line("lake", TWO_WORKERS, 77_000_000, 10.0),
    line("lake", PIPELINE, 6_315_120, 1.5, client_seconds=1.5),
    line("lake", "nothing to do", 0, 0.0004),
    line(TPCHGEN, LINEITEM_1, 6_001_215, 12.0, client_seconds=12.0, stored_bytes=155_000_000),
]


def test_what_was_measured_fits_eighty_columns() -> None:
    text = text_of(LINES, [MISSING])
    assert max(map(len, text.splitlines())) <= WIDTH
    for part in ("postgresql", "lake", TPCHGEN, "213.0", "1,234", "cell/lineitem", MISSING):
        assert part in " ".join(text.split())


def test_a_line_is_divided_by_its_yardstick() -> None:
    assert ratio_of(LINES[1], LINES) == pytest.approx(0.75)
    assert ratio_of(LINES[3], LINES) == pytest.approx(2.0)
    assert [ratio_of(one, LINES) for one in (LINES[0], LINES[2], LINES[4])] == [None, None, None]


def test_as_json_it_is_unrounded() -> None:
    found = json.loads(json_of(LINES, [MISSING]))
    assert found["notes"] == [MISSING]
    pipeline = found["measurements"][1]
    assert pipeline["ratio"] == pytest.approx(0.75)
    assert pipeline["yardstick"] == PREPARED
    assert pipeline["server_seconds"] == 1.5
    assert pipeline["processor_microseconds_per_row"] == pytest.approx((30.25 + 1.5) / 6.31512)


BUSY_AND_LARGE = """
import sys, time
sys.stdin.readline()
began = time.process_time()
while time.process_time() < began + 0.3: pass
held = bytearray(60_000_000)
print("ready", flush=True)
sys.stdin.readline()
"""
ABOVE_IT = (
    "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]]); print('ended', flush=True); input()"
)


def test_processes_that_end_are_counted() -> None:
    command = [sys.executable, "-c", ABOVE_IT, BUSY_AND_LARGE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as above:
        assert above.stdin is not None
        assert above.stdout is not None
        tree = ProcessTree(above.pid)
        with Watch([tree]) as watch:
            print(file=above.stdin, flush=True)
            assert above.stdout.readline() == "ready\n"
            looked = watch.looks
            while watch.looks < looked + 2:
                time.sleep(0.01)
            print(file=above.stdin, flush=True)
            assert above.stdout.readline() == "ended\n"
        print(file=above.stdin, flush=True)
    assert watch.peak_mb > 60
    assert tree.seconds >= 0.25


def test_without_tpchgen_its_lines_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert command() is None
    assert lineitem(0.001, 1, tmp_path) == []


@pytest.mark.slow
def test_the_benchmark_prints_its_tables(tmp_path: Path, postgres_url: str) -> None:
    urls = [f"sqlite:///{tmp_path / 'aquamind.db'}", f"parquet:///{tmp_path / 'lake'}", postgres_url]
    options = ["--scenario", "tiny", "--days", "2", "--worker-days", "31", "--scale", "1", "--repeats", "1"]
    options += ["--tpch", "0.001", "--json", str(tmp_path / "measured.json")]
    databases = [word for url in urls for word in ("--database", url)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load", *options, *databases],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= WIDTH
    found = json.loads((tmp_path / "measured.json").read_text())
    rows = {(one["database"], one["what"]): one["rows"] for one in found["measurements"]}
    for kind in ("sqlite", "lake", "postgresql"):
        assert rows[kind, PREPARED] == rows[kind, PIPELINE] > 0
        assert rows[kind, ONE_WORKER] > 0
    for kind in ("lake", "postgresql"):
        assert rows[kind, ONE_WORKER] == rows[kind, TWO_WORKERS]
    assert ("sqlite", TWO_WORKERS) not in rows, "SQLite has one writer"
    for one in found["measurements"]:
        assert one["peak_mb"] > 0
        assert (one["server_seconds"] is not None) == (one["database"] == "postgresql")
    assert (TPCHGEN, LINEITEM_1) in rows or MISSING in found["notes"]


@pytest.mark.slow
def test_the_costs_of_a_lakes_encodings_are_printed() -> None:
    command = [sys.executable, "-m", "benchmarks.lake_columns", "--scenario", "tiny", "--days", "2", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(1.00)") >= 5, "the first line is the yardstick"
    assert "values as DECIMAL" in done.stdout
