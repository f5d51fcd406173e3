"""Every program in docs/lake.md runs on a lake that the document's commands made."""

import subprocess
import sys
from pathlib import Path

import pytest

from aquamind_assets.docs_generator import markdown
from aquamind_assets.pipeline.generation import record_years
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.settings import Settings
from aquamind_assets_tests.simulated_once import store_once
from aquamind_assets_tests.test_docs import ROOT

PROGRAMS = [
    block for block in markdown.blocks((ROOT / "docs/lake.md").read_text("utf-8")) if block.language == "python"
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a lake in ``data/lake``, its catalogue and its Delta tables."""
    folder = tmp_path_factory.mktemp("document")
    lake = folder / "data" / "lake"
    settings = Settings(
        "tiny", ("water.readings_per_day=2",), f"parquet:///{lake}", str(folder / "ledger"), release="2026-03"
    )
    platform = Platform(settings)
    store_once(platform, 2015)
    record_years(platform, [2015])
    for command in ("catalogue", "delta"):
        words = [sys.executable, "-m", "aquamind_assets", "lake", command, "--database", settings.database]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return folder


def test_the_document_shows_every_engine() -> None:
    text = "".join(block.text for block in PROGRAMS)
    assert all(name in text for name in ("import pandas", "import polars", "import duckdb", "scan_delta", "spark"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "program", [block for block in PROGRAMS if not block.not_run], ids=lambda one: f"line-{one.line}"
)
def test_every_program_prints_rows(program: markdown.Block, place: Path) -> None:
    done = subprocess.run([sys.executable, "-c", program.text], cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3
