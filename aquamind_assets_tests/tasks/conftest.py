"""A few years of a small farm as tasks see it, and one written set of tasks."""

from pathlib import Path

import pytest

from aquamind_assets.farm.sites.infrastructure import build
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets.tasks.history import History, history_of
from aquamind_assets.tasks.registry import TASKS
from aquamind_assets.tasks.sensor_series import plan_sensors
from aquamind_assets.tasks.writing import WrittenTask, write_tasks
from aquamind_assets_tests.simulated_once import simulated_once

YEARS = range(2015, 2019)
READINGS = 60_000


@pytest.fixture(scope="package")
def history() -> History:
    # With another seed so few sensors have enough faults that the task cannot be judged.
    scenario = load_scenario("tiny", ["seed=20150124"])
    places = build(scenario)
    years = simulated_once(scenario, places, YEARS)
    return history_of(scenario, places, years, plan_sensors(scenario, places, READINGS))


@pytest.fixture(scope="package")
def written(history: History, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[WrittenTask]]:
    folder = tmp_path_factory.mktemp("tasks")
    return folder, write_tasks([history], TASKS, folder, lambda text: None)
