"""An asset's fingerprint changes with what its code does, and with nothing else: tried on copies of the package."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import aquamind_assets
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets_tests.release_2025_08 import RECORDERS

ORIGINAL = Path(aquamind_assets.__file__).parents[1]
ON_THE_LEDGER = {"ledger", *(asset for asset in RECORDERS if asset not in BEFORE_THE_FARM)}


Fingerprints = Callable[[Path], dict[str, str]]
"""The fingerprints of the package in a folder, read in a process that has nothing of another one."""


@pytest.fixture(scope="module")
def fingerprints() -> Iterator[Fingerprints]:
    command = [sys.executable, str(Path(__file__).with_name("fingerprints_of_copies.py"))]
    environment = os.environ | {"PYTHONPATH": str(ORIGINAL)}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def of(folder: Path) -> dict[str, str]:
            asked.write(f"{folder}\n")
            return json.loads(answers.readline())

        yield of
        asked.close()


@pytest.fixture(scope="module")
def original(fingerprints: Fingerprints) -> dict[str, str]:
    return fingerprints(ORIGINAL)


@pytest.fixture
def changed(package: Path, original: dict[str, str], fingerprints: Fingerprints) -> Callable[[], set[str]]:
    """A function that tells which fingerprints of the copy are others than the original's."""

    def names() -> set[str]:
        now = fingerprints(package.parent)
        assert now.keys() == original.keys()
        return {name for name, value in now.items() if value != original[name]}

    return names


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package to be changed."""
    # What is compiled goes along: Python compiles a file again that is newer than that.
    shutil.copytree(Path(aquamind_assets.__file__).parent, tmp_path / "aquamind_assets")
    return tmp_path / "aquamind_assets"


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file} has no {old!r} to change"
    file.write_text(text.replace(old, new, 1), "utf-8")


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def test_comments_docstrings_and_formatting_decide_nothing(package: Path, changed: Callable[[], set[str]]) -> None:
    for file in package.rglob("*.py"):
        file.write_text("# Another comment.\n" + without_docstrings(file.read_text("utf-8")), "utf-8")
    assert changed() == set()


def _dotted(file: str) -> str:
    return "aquamind_assets." + file.removesuffix(".py").replace("/", ".")


def with_moved_module(text: str, old: str, new: str) -> str:
    """A module's text that imports another one from its new place, under the old name."""
    (parent, _, name), (new_parent, _, new_name) = old.rpartition("."), new.rpartition(".")
    text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    pattern = rf"^from {re.escape(parent)} import {name}(?: as (\w+))?$"
    moved = rf"from {new_parent} import {new_name} as "
    return re.sub(pattern, lambda found: moved + (found[1] or name), text, flags=re.MULTILINE)


def test_moving_and_renaming_modules_decides_nothing(package: Path, changed: Callable[[], set[str]]) -> None:
    moves = {
        "farm/sites/place_names.py": "farm/sites/toponyms.py",
        "farm/processes/lice.py": "farm/health/sea_lice.py",
        "records/health/lice_counts.py": "records/batch/counts_of_lice.py",
        "tables/json_text.py": "warehouse/canonical_json.py",
        "timeline.py": "tables/calendar.py",
    }
    for old, new in moves.items():
        shutil.move(package / old, package / new)
    for file in package.rglob("*.py"):
        text = file.read_text("utf-8")
        for old, new in moves.items():
            text = with_moved_module(text, _dotted(old), _dotted(new))
        file.write_text(text, "utf-8")
    assert changed() == set()


def test_moving_a_definition_to_another_module_decides_nothing(package: Path, changed: Callable[[], set[str]]) -> None:
    source = package / "records" / "health" / "lice_counts.py"
    text = source.read_text("utf-8")
    (package / "records" / "health" / "somewhere.py").write_text(text, "utf-8")
    names = ("lice_counts", "NOTES", "count_instants", "notes_of")
    source.write_text(
        "".join(f"from aquamind_assets.records.health.somewhere import {name} as {name}\n" for name in names), "utf-8"
    )
    assert changed() == set()


def test_messages_units_and_descriptions_decide_nothing(package: Path, changed: Callable[[], set[str]]) -> None:
    change(package / "timeline.py", "row number {number.max()} on one day", "number {number.max()} of a row")
    change(package / "ledger" / "model.py", 'column("int32", "day"', 'column("int32", "days"')
    schema = package / "tables" / "release_2025_08" / "health.yaml"
    schema.write_text(
        re.sub(r"description: .*", "description: Another description.", schema.read_text("utf-8")), "utf-8"
    )
    assert changed() == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "reaches"),
    [
        pytest.param("farm/processes/lice.py", "RESISTANT", "RESISTANT_", None, id="a name alone, renamed everywhere"),
        pytest.param("farm/engine.py", "def simulate_year(", "LIMIT = 3\n\n\ndef simulate_year(", set(), id="unused"),
        pytest.param(
            "farm/health/medicine.py", "OUTCOME_DAYS = 7", "OUTCOME_DAYS = 8", ON_THE_LEDGER, id="constant of the farm"
        ),
        pytest.param(
            "farm/sites/climate.py",
            "AREA_SHARE = 0.5",
            "AREA_SHARE = 0.6",
            {"climate", *ON_THE_LEDGER},
            id="constant of the water",
        ),
        pytest.param(
            "records/health/lice_counts.py",
            "def lice_counts(year: YearInputs, days: DayRange) -> Iterator[Rows]:",
            "def lice_counts(year: YearInputs, days: DayRange) -> Iterator[Rows]:\n    days = days\n",
            {"lice_counts"},
            id="statement of one recorder",
        ),
        pytest.param(
            "tables/digest.py",
            "_MODULUS: int = 1 << 64",
            "_MODULUS: int = 1 << 62",
            set(RECORDERS),
            id="constant of every digest",
        ),
        pytest.param(
            "tables/release_2025_08/health.yaml",
            "type: varchar(50)",
            "type: varchar(51)",
            {"one asset"},
            id="type of a column",
        ),
    ],
)
def test_behavior_decides_what_it_reaches(
    package: Path, changed: Callable[[], set[str]], file: str, old: str, new: str, reaches: set[str] | None
) -> None:
    if reaches is None:
        for module in package.rglob("*.py"):
            module.write_text(re.sub(rf"\b{old}\b", new, module.read_text("utf-8")), "utf-8")
        assert changed() == set()
        return
    change(package / file, old, new)
    found = changed()
    assert len(found) == 1 if reaches == {"one asset"} else found == reaches


def test_exchanging_two_functions_behind_their_names_shows(package: Path, changed: Callable[[], set[str]]) -> None:
    """Both are reached before and after; only which is called where has changed."""
    change(
        package / "records" / "health" / "mortality_records.py",
        "import disease_reason_id, mortality_reason_id",
        "import disease_reason_id as mortality_reason_id, mortality_reason_id as disease_reason_id",
    )
    assert changed() == {"mortality"}


def test_data_files_that_rows_are_made_from_are_known() -> None:
    """Code that reads files is hashed without their content: only these modules may read any. The content of a site's
    water file is part of the scenario, and so of its fingerprint."""
    readers = {
        str(file.relative_to(Path(aquamind_assets.__file__).parent))
        for room in ("farm", "ledger", "records", "tables", "scenario")
        for file in (Path(aquamind_assets.__file__).parent / room).rglob("*.py")
        if re.search(r"resources\.files|open\(|read_text|read_bytes|read_csv", file.read_text("utf-8"))
    }
    water = {"scenario/site_water.py", "scenario/water_files.py"}
    assert readers == {"scenario/loading.py", "tables/releases.py", "ledger/store.py"} | water
