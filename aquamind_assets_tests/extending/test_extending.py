"""Each addition of docs/extending.md is carried out on a copy of the package, and the files that it touches counted."""

import filecmp
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import aquamind_assets
from aquamind_assets.records.registry import RECORDERS
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.records.histories import inputs_of, rows_of, simulated

PACKAGE = Path(aquamind_assets.__file__).parent
HERE = Path(__file__).parent


class Copy:
    """A copy of the package that a person changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._package = folder / PACKAGE.name
        shutil.copytree(PACKAGE, self._package, ignore=shutil.ignore_patterns("__pycache__"))

    def insert(self, file: str, after: str, text: str) -> None:
        """Insert a text behind the only place where ``after`` stands."""
        path = self._package / file
        before = path.read_text("utf-8")
        assert before.count(after) == 1, f"{file}: {after!r} stands {before.count(after)} times"
        path.write_text(before.replace(after, after + text), "utf-8")

    def add(self, file: str, text: str) -> None:
        """Add a file."""
        (self._package / file).write_text(text, "utf-8")

    def touched(self) -> set[str]:
        """Files that were changed or added."""
        files = [path.relative_to(self._package) for path in self._package.rglob("*") if path.is_file()]
        return {
            str(file)
            for file in files
            if "__pycache__" not in file.parts
            and not ((PACKAGE / file).exists() and filecmp.cmp(PACKAGE / file, self._package / file, shallow=False))
        }

    def run(self, *words: str) -> str:
        """What Python prints, run with these arguments in the copy."""
        done = subprocess.run(
            [sys.executable, "-B", *words],
            cwd=self._folder,
            env={**os.environ, "PYTHONPATH": str(self._folder)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def lines(name: str) -> str:
    return (HERE / name).read_text("utf-8")


def test_a_figure_is_one_file(copy: Copy) -> None:
    copy.insert("figures/health.py", "HEALTH_FIGURES = (\n", lines("figure.txt"))
    shown = copy.run(
        "-c",
        "import pandas as pd\n"
        "from aquamind_assets.figures.registry import values_of\n"
        "from aquamind_assets.figures.sums import FRAMES, Sums\n"
        "sums = Sums({'lice': pd.DataFrame({name: [20, 22] for name in FRAMES['lice']})}, 0.5)\n"
        "print(values_of(sums)['fish_looked_at'])",
    )
    assert float(shown) == 42
    assert copy.touched() == {"figures/health.py"}


def test_a_law_on_rows_is_one_file(copy: Copy) -> None:
    copy.insert("laws/rules/health.py", "RULES: list[Rule] = [\n", lines("rule.txt"))
    shown = copy.run(
        "-c",
        "from aquamind_assets.laws.rules import RULES\n"
        "print(*(rule.description for rule in RULES if rule.name == 'health_licecount.fish_sampled.enough'))",
    )
    assert shown == "A count looks at ten fish or more.\n"
    assert copy.touched() == {"laws/rules/health.py"}


def test_a_command_is_a_file_and_its_place_in_the_help(copy: Copy) -> None:
    copy.add("cli/described.py", lines("command.txt"))
    copy.insert("cli/app.py", "    days,\n", "    described,\n")
    copy.insert("cli/app.py", "for command in (run, days, ", "described, ")
    assert "health_licecount" in copy.run("-m", "aquamind_assets", "described").split()
    assert copy.touched() == {"cli/app.py", "cli/described.py"}


def test_a_kind_of_sensor_is_one_scenario_file() -> None:
    scenario = load_scenario(HERE / "sensor.yaml")
    probe = [one.key for one in scenario.water.probes].index("thermistor")
    farm = simulated(scenario, scenario.first_year)
    sensors = farm.infrastructure.sensors
    added = np.flatnonzero(sensors.probe == probe)
    kinds = farm.infrastructure.containers.container_type[sensors.container[added]]
    assert added.size
    assert {scenario.farm.container_types[kind].key for kind in kinds.tolist()} == {"cage_large"}
    blocks = rows_of(RECORDERS["environmental_readings"], inputs_of(farm)[0])
    assert sum(len(block) for block in blocks) > 0
