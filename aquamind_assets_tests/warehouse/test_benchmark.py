"""The benchmark runs, and compares like with like: both ways load all the rows. What it measures is for people, not for
tests."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_benchmark_prints_its_table(tmp_path: Path, postgres_url: str) -> None:
    urls = [f"sqlite:///{tmp_path / 'aquamind.db'}", f"parquet:///{tmp_path / 'lake'}", postgres_url]
    databases = [word for url in urls for word in ("--database", url)]
    command = [
        sys.executable,
        "-m",
        "benchmarks.load",
        "--scenario",
        "tiny",
        "--days",
        "2",
        "--scale",
        "1",
        "35",
        "--repeats",
        "1",
        *databases,
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        env={"COLUMNS": "80", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("database and what") > 1, "a screen of 80 columns is too narrow for one table"
    headings: dict[int, str] = {}
    found: dict[str, dict[str, str]] = {}
    for line in done.stdout.splitlines():
        cells = {cell.end(): cell.group() for cell in re.finditer(r"\S+(?: \S+)*", line)}
        name = next(iter(cells.values()), "")
        if name == "database and what":
            headings = cells
        elif name.endswith((": prepared", ": pipeline")):
            # Numbers end where their heading does; some cells are empty.
            found.setdefault(name, {}).update({headings[end]: cells[end] for end in headings.keys() & cells.keys()})
    assert found.keys() == {
        f"{kind}: {what}" for kind in ("sqlite", "lake", "postgresql") for what in ("prepared", "pipeline")
    }
    for kind in ("sqlite", "lake", "postgresql"):
        assert found[f"{kind}: prepared"]["rows"] == found[f"{kind}: pipeline"]["rows"]
        assert {"seconds", "rows/s", "peak MB"} <= found[f"{kind}: pipeline"].keys()


@pytest.mark.slow
def test_the_costs_of_a_lakes_encodings_are_printed() -> None:
    command = [sys.executable, "-m", "benchmarks.lake_columns", "--scenario", "tiny", "--days", "2", "--repeats", "1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(1.00)") >= 5, "the first line is the yardstick"
    assert "values as DECIMAL" in done.stdout
