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
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.records.histories import inputs_of, rows_of, simulated
from aquamind_assets_tests.release_2025_08 import RECORDERS

pytestmark = pytest.mark.slow

PACKAGE = Path(aquamind_assets.__file__).parent
HERE = Path(__file__).parent


class Copy:
    """A copy of the package that a person changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._package = folder / PACKAGE.name
        # What is compiled goes along: Python compiles a file again that is newer than that.
        shutil.copytree(PACKAGE, self._package)

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


def recorded(
    copy: Copy, folder: Path, years: list[int], assets: list[str], query: str, kind: str = "sqlite"
) -> list[str]:
    """The values of a query's only row, after the copy has written these assets' rows into a new database."""
    return copy.run(
        "-c",
        "import sqlite3\n"
        "from aquamind_assets.pipeline.generation import record_years\n"
        "from aquamind_assets.pipeline.platform import Platform\n"
        "from aquamind_assets.pipeline.simulation import store_ledgers\n"
        "from aquamind_assets.settings import Settings\n"
        f"here = {str(folder)!r}\n"
        f"settings = Settings('tiny', (), f'{kind}:///{{here}}/aquamind.db', f'{{here}}/ledger', release='2025-08')\n"
        f"store_ledgers(Platform(settings), {max(years)})\n"
        f"record_years(Platform(settings), {years}, {assets!r})\n"
        f"print(*sqlite3.connect(f'{{here}}/aquamind.db').execute({query!r}).fetchone())",
    ).split()


def test_a_table_with_its_asset_is_its_description_its_recorder_and_an_entry(copy: Copy, tmp_path: Path) -> None:
    copy.insert("tables/release_2025_08/environmental.yaml", "tables:\n", lines("table.yaml"))
    copy.add("records/environmental/gale_days.py", lines("recorder.txt"))
    copy.insert(
        "records/registry/release_2025_08.py",
        "from aquamind_assets.records.batch.transfers import transfers\n",
        "from aquamind_assets.records.environmental.gale_days import gale_days\n",
    )
    copy.insert("records/registry/release_2025_08.py", "RECORDERS: tuple[Recorder, ...] = (\n", lines("entry.txt"))
    gales, lowest = recorded(
        copy,
        tmp_path,
        [2015],
        ["reference_data", "infrastructure", "gale_days"],
        "SELECT count(*), min(wind_speed) FROM environmental_galeday JOIN infrastructure_area AS a ON a.id = area_id",
    )
    assert int(gales) > 0
    assert float(lowest) >= 13.9
    keys = copy.run(
        "-c",
        "import os\n"
        "os.environ['AQUAMIND_RELEASE'] = '2025-08'\n"
        "from aquamind_assets.definitions import defs\n"
        "print(*(key.to_user_string() for key in defs().resolve_all_asset_keys()))",
    )
    assert "environmental/gale_days" in keys.split()
    assert copy.touched() == {
        "records/environmental/gale_days.py",
        "records/registry/release_2025_08.py",
        "tables/release_2025_08/environmental.yaml",
    }


def test_a_column_is_its_description_and_its_value(copy: Copy, tmp_path: Path) -> None:
    copy.insert(
        "tables/release_2025_08/health.yaml",
        '        how: "A sample of the true number; most attached lice are overlooked."\n',
        lines("column.yaml"),
    )
    copy.insert("records/health/lice_counts.py", "        juvenile_count=counts.juvenile,\n", lines("column.txt"))
    shown = recorded(
        copy,
        tmp_path,
        [2015, 2016],
        ["reference_data", "infrastructure", "batches", "lice_counts"],
        "SELECT sum(lice_per_fish * fish_sampled), sum(juvenile_count) FROM health_licecount",
    )
    lice, juvenile = map(float, shown)
    assert lice > juvenile > 0
    assert copy.touched() == {"records/health/lice_counts.py", "tables/release_2025_08/health.yaml"}


def test_a_database_is_its_module_its_url_and_its_place_in_connect(copy: Copy, tmp_path: Path) -> None:
    copy.add("warehouse/volatile.py", lines("database.txt"))
    copy.insert("warehouse/url.py", '    "lake": "parquet",\n', '    "volatile": "volatile",\n')
    copy.insert("warehouse/url.py", "        return _lake(text)\n", lines("database_url.txt"))
    imports = "from aquamind_assets.warehouse.url import DatabaseUrl\n"
    copy.insert("warehouse/connect.py", imports, "from aquamind_assets.warehouse.volatile import VolatileDatabase\n")
    copy.insert("warehouse/connect.py", "def _database(url: DatabaseUrl) -> Database:\n", lines("database_connect.txt"))
    assets = ["reference_data", "infrastructure"]
    count = "SELECT count(*) FROM infrastructure_container"
    assert int(recorded(copy, tmp_path, [2015], assets, count, "volatile")[0]) > 0
    assert copy.touched() == {"warehouse/connect.py", "warehouse/url.py", "warehouse/volatile.py"}


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
        "from aquamind_assets.laws.rules import rules_of\n"
        "rules = rules_of('2025-08')\n"
        "print(*(rule.description for rule in rules if rule.name == 'health_licecount.fish_sampled.enough'))",
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
