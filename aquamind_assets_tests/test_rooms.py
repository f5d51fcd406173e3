"""The rooms of the package: imports only go down, and each floor keeps to itself what it is for."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import aquamind_assets

PACKAGE = Path(aquamind_assets.__file__).parent

LAYERS = (
    ("__main__",),
    ("cli",),
    ("definitions",),
    ("assets",),
    ("docs_generator",),
    ("reports",),
    ("realism",),
    ("tasks",),
    ("verification",),
    ("laws",),
    ("figures",),
    ("pipeline",),
    ("settings",),
    ("staging_day",),
    ("warehouse",),
    ("mqtt",),
    ("records",),
    ("farm",),
    ("ledger",),
    ("scenario", "tables"),
    ("durable_files",),
    ("masking",),
    ("streams", "timeline", "yaml_text", "errors"),
)
"""From the top down. A room imports rooms below its own layer; those of one layer do not import each other."""

DAGSTER = {"assets", "definitions", "cli"}
"""Rooms that may know Dagster."""

PURE = {
    *("durable_files", "masking", "mqtt", "records", "farm", "ledger", "scenario", "tables"),
    *("streams", "timeline", "yaml_text", "errors"),
}
"""Rooms that know no database."""

DATABASES = {"psycopg", "sqlite3", "sqlalchemy", "duckdb"}


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def modules() -> Iterator[Path]:
    return (file for file in sorted(PACKAGE.rglob("*.py")) if file != PACKAGE / "__init__.py")


def imported(file: Path) -> set[str]:
    """Dotted names of everything a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer_of(room: str) -> int:
    return next(number for number, rooms in enumerate(LAYERS) if room in rooms)


def test_every_room_has_its_layer() -> None:
    assert {room_of(file) for file in modules()} == {room for rooms in LAYERS for room in rooms}


@pytest.mark.parametrize("room", [room for rooms in LAYERS for room in rooms])
def test_imports_only_go_down(room: str) -> None:
    wrong = {
        f"{file.relative_to(PACKAGE)} imports {name}"
        for file in modules()
        if room_of(file) == room
        for name in imported(file)
        if name.startswith("aquamind_assets.")
        and (other := name.split(".")[1]) != room
        and layer_of(other) <= layer_of(room)
    }
    assert not wrong


def test_only_the_top_floors_know_dagster() -> None:
    wrong = {str(file) for file in modules() if room_of(file) not in DAGSTER and _uses(file, {"dagster"})}
    assert not wrong


def test_the_lower_floors_know_no_database() -> None:
    wrong = {str(file) for file in modules() if room_of(file) in PURE and _uses(file, DATABASES)}
    assert not wrong


def test_only_settings_and_their_readers_look_at_the_environment() -> None:
    wrong = {
        str(file) for file in modules() if room_of(file) in PURE | {"warehouse"} and "os.environ" in file.read_text()
    }
    assert not wrong


def test_every_room_has_a_sign_on_its_door() -> None:
    for folder in {file.parent for file in modules()} - {PACKAGE}:
        docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8")))
        assert docstring, folder
        if folder.parent == PACKAGE:
            assert "Belongs here" in docstring, folder
            assert "Does not belong here" in " ".join(docstring.split()), folder


WITHOUT_DAGSTER = ("farm", "records", "warehouse", "pipeline", "laws", "verification", "tasks", "realism", "reports")
"""From the bottom up: what a room loads, the rooms above it load too."""


def test_rooms_below_load_without_dagster() -> None:
    """Also through what they import: a worker without Dagster could run them."""
    lines = ["import sys"]
    for room in WITHOUT_DAGSTER:
        files = [file for file in modules() if room_of(file) == room and file.name != "__main__.py"]
        names = [".".join(("aquamind_assets", *file.relative_to(PACKAGE).with_suffix("").parts)) for file in files]
        lines += [f"import {name.removesuffix('.__init__')}" for name in names]
        lines.append(f"print({room!r}, 'dagster' in sys.modules)")
    loaded = subprocess.run([sys.executable, "-c", "\n".join(lines)], check=True, capture_output=True, text=True)
    assert loaded.stdout.splitlines() == [f"{room} False" for room in WITHOUT_DAGSTER]


def _uses(file: Path, packages: set[str]) -> bool:
    return bool({name.split(".")[0] for name in imported(file)} & packages)


def test_a_private_name_of_dagster_names_the_issue_that_it_waits_for() -> None:
    """In a comment above the first of those that stand together."""
    silent = []
    for module in modules():
        lines = module.read_text("utf-8").splitlines()
        for number, line in enumerate(lines):
            if not line.lstrip().startswith("from dagster._") or lines[number - 1].lstrip().startswith(
                "from dagster._"
            ):
                continue
            above = number
            while lines[above - 1].lstrip().startswith("#"):
                above -= 1
            if "dagster#" not in " ".join(lines[above:number]):
                silent.append(f"{module.name}: {line.strip()}")
    assert silent == []
