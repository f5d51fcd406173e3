"""The job that writes the readings of a day that is not over, run by Dagster."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import dagster as dg
import pytest

from aquamind_assets.assets import live
from aquamind_assets.definitions import build_defs
from aquamind_assets.pipeline.live import Moment
from aquamind_assets.pipeline.platform import Platform
from aquamind_assets.timeline import day_number
from aquamind_assets.warehouse.checkpoints import DAY_UNDER_WAY
from aquamind_assets_tests.assets.conftest import FEW_READINGS, Workshop

TODAY = date(2015, 1, 5)
READINGS = "environmental_readings"


def run_job(made: Workshop, platform: Platform) -> dg.ExecuteInProcessResult:
    job = build_defs(platform=platform).resolve_job_def(live.READINGS_OF_TODAY)
    return job.execute_in_process(instance=made.instance)


def test_they_are_written_where_the_days_before_are(
    made: Workshop, fresh: Callable[..., Platform], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = fresh(today=TODAY, ledger=str(tmp_path / "ledger"), changes=FEW_READINGS)
    monkeypatch.setattr(live, "_now", lambda platform: Moment(day_number(TODAY), 1))
    assert run_job(made, platform).success
    with platform.open() as warehouse:
        assert warehouse.checkpoints(READINGS) == [], "the days before are not there"
    assert made.run(platform, [2015])[0].success
    later = Platform(replace(platform.settings, today=date(2015, 1, 6)))
    assert run_job(made, later).success
    with later.open() as warehouse:
        (written,) = [one for one in warehouse.checkpoints(READINGS, 2015) if one.chunk == DAY_UNDER_WAY]
        assert written.days.first == day_number(TODAY)
        assert written.rows > 0
        assert warehouse.manifest() == warehouse.recount()
