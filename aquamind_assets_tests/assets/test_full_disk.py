"""A disk that is full: one message, nothing else is tried, and the next run resumes once there is room."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.assets.keys import asset_of_step
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets_tests.assets.conftest import Workshop
from aquamind_assets_tests.crashing import ROOT
from aquamind_assets_tests.small_disk import needs_root, small_disk

pytestmark = needs_root


def assets_begun(made: Workshop, run_id: str) -> list[str]:
    """Names of the assets whose steps have begun, in order."""
    events = made.instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_START)
    return [asset_of_step(str(entry.dagster_event.step_key)) for entry in events if entry.dagster_event]


@pytest.mark.slow
def test_of_the_database(made: Workshop, fresh: Callable[..., Platform], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4_000) as disk:
        platform = fresh(database=f"sqlite:///{disk.path / 'farm.db'}")
        run = made.run(platform, [2015])[0]
        assert not run.success
        assert not run.interrupted
        assert len(run.failures) == 1, run.failures
        assert f"{disk.path / 'farm.db'} cannot be written" in run.failures[0]
        assert "MB are free there: free some space" in run.failures[0]
        assert run.failures[0].startswith(assets_begun(made, run.run_id)[-1]), "nothing is tried after it"
        ended = made.instance.get_run_by_id(run.run_id)
        assert ended is not None
        assert (ended.status, ended.tags["dagster/max_retries"]) == (dg.DagsterRunStatus.FAILURE, "0")
        disk.resize(200_000)
        assert made.run(platform, [2015])[0].success
        with platform.open() as warehouse:
            assert warehouse.recount() == warehouse.manifest()
            assert warehouse.damage() == []


def test_of_the_ledgers(made: Workshop, fresh: Callable[..., Platform], tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 100) as disk:
        platform = fresh(ledger=str(disk.path / "ledger"))
        run = made.run(platform, [2015])[0]
        assert len(run.failures) == 1, run.failures
        assert f"the place of the ledgers {disk.path / 'ledger'} cannot be written" in run.failures[0]
        begun = assets_begun(made, run.run_id)
        assert "infrastructure" in begun
        assert not {"batches", "year_report"}.intersection(begun)
        disk.resize(200_000)
        assert made.run(platform, [2015], ["site_climate", "farm_year"])[0].success
        assert platform.ledgers.ledger(2015).through == made.platform().ledgers.ledger(2015).through


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [40, 1500])
def test_of_dagster_home(tmp_path: Path, kilobytes: int) -> None:
    with small_disk(tmp_path / "disk", kilobytes) as disk:
        # Without PYTHONUNBUFFERED, as it is for people: what is printed waits in a buffer.
        others = ("AQUAMIND_", "DAGSTER_", "PYTHON")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        command = [sys.executable, "-m", "aquamind_assets", "run", "--preset", "tiny", "--years", "2015"]
        command += ["--set", "water.readings_per_day=2", "--log-dir", str(tmp_path)]
        # A year of ten days: this is about Dagster's databases, which a short year fills as fast as a long one.
        environment |= {"DAGSTER_HOME": str(disk.path), "PYTHONPATH": str(ROOT), "AQUAMIND_TODAY": "2015-01-11"}
        environment["AQUAMIND_RELEASE"] = "2025-08"
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 2, run.stdout + run.stderr
        assert "Traceback" not in run.stdout + run.stderr
        assert f"DAGSTER_HOME {disk.path}" in run.stderr
        assert "free some space" in run.stderr
        disk.resize(200_000)
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
