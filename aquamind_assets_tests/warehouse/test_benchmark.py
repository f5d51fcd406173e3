"""The benchmark runs, and compares like with like: both ways load all the rows. What it measures is for people, not for
tests."""

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
        env={"COLUMNS": "160", "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows: dict[str, set[str]] = {}
    for line in done.stdout.splitlines():
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) > 4 and cells[2] in ("prepared", "pipeline"):
            rows.setdefault(cells[1], set()).add(cells[3])
            assert cells[2] == "prepared" or float(cells[7]) > 0
    assert rows.keys() == {"sqlite", "lake", "postgresql"}
    assert {len(counts) for counts in rows.values()} == {1}
