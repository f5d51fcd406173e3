"""What the documents name exists, and every ``aquamind`` command in them is run, in their order, on the smallest farm
and two years."""

import re
import shlex
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import aquamind_assets
from aquamind_assets.cli.app import app
from aquamind_assets.scenario.loading import load_scenario
from aquamind_assets_tests.cli.typed import in_process

ROOT = Path(aquamind_assets.__file__).parents[1]
DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")),
]
NEEDS_A_SCREEN = {"ui": "the browser test opens it", "--open": "opens a browser"}
TWO_YEARS = (
    "last_year=2016; sessions=[{name: First, first_year: 2015, last_year: 2015}, {name: Second, first_year: 2016,"
    " last_year: 2016}]; water.readings_per_day=2"
)


ROOMS = {path.name for path in (ROOT / "aquamind_assets").iterdir() if (path / "__init__.py").exists()}
HISTORY = "CHANGELOG.md"
"""It also names files that have gone."""
GENERATED = {"site", "dist", "build", "DAGSTER_HOME"}
"""What commands write."""


def files_named(text: str) -> set[str]:
    """Paths in backticks that name a file of the repository by its ending, or a folder of it by a slash at the end."""
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)*(?:\.(?:py|yaml|yml|csv|toml|lock|cfg|cff)|/))`", text)
    return {path for path in named if path.split("/")[0] not in GENERATED}


def dotted_names(text: str) -> set[str]:
    """Dotted names in backticks that begin with a package of ``aquamind_assets``."""
    named = re.findall(r"`(?:aquamind_assets\.)?(\w+(?:\.\w+)+)`", text)
    return {name for name in named if name.split(".")[0] in ROOMS}


def exists(path: str) -> bool:
    """Whether the repository has this file or folder; documents may leave out the name of the package."""
    return any((ROOT / place / path).exists() for place in ("", "aquamind_assets", "aquamind_assets_tests"))


def is_in_code(dotted: str) -> bool:
    """Whether this is a module, or a name in one."""
    module, _, name = dotted.rpartition(".")
    for found in (dotted, module):
        with suppress(ModuleNotFoundError):
            return hasattr(import_module(f"aquamind_assets.{found}"), name) or found == dotted
    return False


@cache
def parameters() -> dict[str, Any]:
    """A scenario that has every parameter."""
    return load_scenario("uat", ["farm.batches.staging.date=2025-06-15"]).model_dump()


def is_in_scenario(dotted: str) -> bool:
    """Whether this is the path of a parameter."""
    value: Any = parameters()
    for part in dotted.split("."):
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


@pytest.mark.parametrize("document", [document for document in DOCUMENTS if document != HISTORY])
def test_files_and_modules_that_a_document_names_exist(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    assert sorted(path for path in files_named(text) if not exists(path)) == []
    assert sorted(name for name in dotted_names(text) if not (is_in_code(name) or is_in_scenario(name))) == []


def test_modules_that_the_code_names_exist() -> None:
    wrong = {
        str(file.relative_to(ROOT)): names
        for file in sorted((ROOT / "aquamind_assets").rglob("*.py"))
        if (
            names := [
                name
                for name in dotted_names(file.read_text("utf-8").replace("``", "`"))
                if not (is_in_code(name) or is_in_scenario(name))
            ]
        )
    }
    assert wrong == {}


def test_a_file_or_module_that_has_moved_is_found() -> None:
    text = (
        "`checks/rules/` `farm/growth.py` `farm/processes/` `farm.growth.rates` `farm.processes.lice` `farm.engine.no`"
    )
    assert {path for path in files_named(text) if not exists(path)} == {"checks/rules/", "farm/growth.py"}
    assert {name for name in dotted_names(text) if not is_in_code(name)} == {"farm.growth.rates", "farm.engine.no"}
    assert is_in_scenario("farm.batches.staging")
    assert not is_in_scenario("farm.batches.stages")


def test_ten_questions_are_answered_by_file_names() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = re.findall(r"^\| (Wh[^|]*\?) \| ([^|]*) \|$", guide, re.MULTILINE)
    assert len(rows) == 10
    assert [question for question, answer in rows if not files_named(answer)] == []


def commands(document: str) -> list[list[str]]:
    blocks = re.findall(r"^```bash\n(.*?)^```", (ROOT / document).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [
        shlex.split(line, comments=True)[1:]
        for block in blocks
        for line in block.splitlines()
        if line.startswith("aquamind ")
    ]


def test_the_documents_have_commands() -> None:
    assert len(commands("docs/operating.md")) >= 15


def test_every_word_of_the_command_is_in_a_document() -> None:
    text = "\n".join((ROOT / document).read_text("utf-8") for document in DOCUMENTS)
    commands = get_command(app).commands  # type: ignore[attr-defined]
    words = [f"aquamind {name}" for name in commands if name != "scenario"]
    words += [f"aquamind scenario {name}" for name in commands["scenario"].commands]
    assert len(words) >= 13
    assert [word for word in words if word not in text] == []


@pytest.mark.slow
@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_command_works(document: str, tmp_path: Path, postgres_url: str) -> None:
    aquamind, told = in_process(tmp_path), {"AQUAMIND_SCENARIO": "tiny", "AQUAMIND_SET": TWO_YEARS}
    for words in commands(document):
        if NEEDS_A_SCREEN.keys() & set(words):
            words = [word for word in words if word != "--open"]
        if words == ["ui"]:
            continue
        words = [postgres_url if word.startswith("postgresql://") else word for word in words]
        if words[0] == "report":
            aquamind("run", "--resume", "--quiet", **told)
        aquamind(*words, **told)
