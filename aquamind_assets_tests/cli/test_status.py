"""``aquamind status`` after a power cut, which changes nothing."""

import io
import json
import os
from pathlib import Path

import dagster as dg
import psutil
import pytest
from dagster._core.test_utils import create_run_for_test
from rich.console import Console

from aquamind_assets.assets.signs_of_life import WORKER_TAG, worker_tags
from aquamind_assets.cli.status import show, status_of
from aquamind_assets.settings import Settings


def test_a_dead_run_is_told_apart_from_one_whose_process_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    settings = Settings("tiny", (), f"sqlite:///{tmp_path / 'farm.db'}", str(tmp_path / "ledger"), release="2025-08")
    assert status_of(settings).last_runs == []
    assert list(tmp_path.iterdir()) == [], "showing creates nothing"
    (tmp_path / "home").mkdir()
    born = psutil.Process().create_time()
    with dg.DagsterInstance.get() as instance:
        for year, birth in (("2015", born - 1000), ("2016", born)):
            worker = json.loads(worker_tags()[WORKER_TAG]) | {"born": birth}
            tags = {"dagster/partition": year, WORKER_TAG: json.dumps(worker)}
            create_run_for_test(instance, job_name="one_year", status=dg.DagsterRunStatus.STARTED, tags=tags)
    found = status_of(settings)
    assert {run["partition"]: bool(run["dead"]) for run in found.last_runs} == {"2015": True, "2016": False}
    assert {run["status"] for run in found.last_runs} == {"STARTED"}
    console = Console(width=120, file=io.StringIO(), record=True)
    show(found, console)
    shown = console.export_text()
    assert f"year 2015: started, but its process {os.getpid()} is gone" in shown
    assert "aquamind reconcile" in shown
