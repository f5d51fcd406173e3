"""An asset's fingerprint changes with what its code does, and with nothing else: tried on copies of the package."""

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import aquamind_assets
from aquamind_assets.pipeline.provenance import BEFORE_THE_FARM
from aquamind_assets_tests.release_2025_08 import RECORDERS

PRINTED = """
import json

from aquamind_assets.pipeline.provenance import CLIMATE, code_version, ledger_code, rows_code
from aquamind_assets.records.registry import recorders_of
rows = {asset: rows_code(asset, "2025-08") for asset in recorders_of("2025-08")}
print(json.dumps(rows | {"ledger": ledger_code(), "climate": code_version(CLIMATE)}))
"""
ON_THE_LEDGER = {"ledger", *(asset for asset in RECORDERS if asset not in BEFORE_THE_FARM)}


def fingerprints(package_folder: Path) -> dict[str, str]:
    printed = subprocess.run(
        [sys.executable, "-c", PRINTED],
        cwd=package_folder,
        env={"PYTHONPATH": str(package_folder), "PATH": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(printed.stdout)


@pytest.fixture(scope="module")
def original() -> dict[str, str]:
    return fingerprints(Path(aquamind_assets.__file__).parents[1])


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


def changed(package: Path, original: dict[str, str]) -> set[str]:
    now = fingerprints(package.parent)
    return {name for name, value in now.items() if value != original[name]}


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [one for one in body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def test_comments_docstrings_and_formatting_decide_nothing(package: Path, original: dict[str, str]) -> None:
    for file in package.rglob("*.py"):
        file.write_text("# Another comment.\n" + without_docstrings(file.read_text("utf-8")), "utf-8")
    assert changed(package, original) == set()


def _dotted(file: str) -> str:
    return "aquamind_assets." + file.removesuffix(".py").replace("/", ".")


def with_moved_module(text: str, old: str, new: str) -> str:
    """A module's text that imports another one from its new place, under the old name."""
    (parent, _, name), (new_parent, _, new_name) = old.rpartition("."), new.rpartition(".")
    text = re.sub(rf"\b{re.escape(old)}\b", new, text)
    pattern = rf"^from {re.escape(parent)} import {name}(?: as (\w+))?$"
    moved = rf"from {new_parent} import {new_name} as "
    return re.sub(pattern, lambda found: moved + (found[1] or name), text, flags=re.MULTILINE)


def test_moving_and_renaming_modules_decides_nothing(package: Path, original: dict[str, str]) -> None:
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
    assert changed(package, original) == set()


def test_moving_a_definition_to_another_module_decides_nothing(package: Path, original: dict[str, str]) -> None:
    source = package / "records" / "health" / "lice_counts.py"
    text = source.read_text("utf-8")
    (package / "records" / "health" / "somewhere.py").write_text(text, "utf-8")
    source.write_text("from aquamind_assets.records.health.somewhere import lice_counts as lice_counts\n", "utf-8")
    assert changed(package, original) == set()


def test_messages_units_and_descriptions_decide_nothing(package: Path, original: dict[str, str]) -> None:
    change(package / "timeline.py", "row number {number.max()} on one day", "number {number.max()} of a row")
    change(package / "ledger" / "model.py", 'column("int32", "day"', 'column("int32", "days"')
    schema = package / "tables" / "release_2025_08" / "health.yaml"
    schema.write_text(
        re.sub(r"description: .*", "description: Another description.", schema.read_text("utf-8")), "utf-8"
    )
    assert changed(package, original) == set()


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
    package: Path, original: dict[str, str], file: str, old: str, new: str, reaches: set[str] | None
) -> None:
    if reaches is None:
        for module in package.rglob("*.py"):
            module.write_text(re.sub(rf"\b{old}\b", new, module.read_text("utf-8")), "utf-8")
        assert changed(package, original) == set()
        return
    change(package / file, old, new)
    found = changed(package, original)
    assert len(found) == 1 if reaches == {"one asset"} else found == reaches


def test_exchanging_two_functions_behind_their_names_shows(package: Path, original: dict[str, str]) -> None:
    """Both are reached before and after; only which is called where has changed."""
    change(
        package / "records" / "health" / "mortality_records.py",
        "import disease_reason_id, mortality_reason_id",
        "import disease_reason_id as mortality_reason_id, mortality_reason_id as disease_reason_id",
    )
    assert changed(package, original) == {"mortality"}


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
    assert readers == {"scenario/loading.py", "tables/schema.py", "ledger/store.py"} | water
