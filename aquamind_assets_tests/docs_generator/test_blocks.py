"""Fenced blocks in the documents: excerpts are in their files, Python runs, commands and their options exist."""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aquamind_assets.cli.app import app
from aquamind_assets.docs_generator.markdown import Block, blocks
from aquamind_assets_tests.docs_generator.conftest import DOCS
from aquamind_assets_tests.recorded_once import READINGS, recorded_once
from aquamind_assets_tests.slow_cases import slow_after

ROOT = DOCS.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
SHELL = ("bash", "console", "sh", "shell")
OTHERS = {
    ".": "activates the environment",
    "docker": "is not on every machine",
    "export": "sets a variable of the shell",
    "git": "changes the repository",
    "mosquitto_sub": "is not on every machine",
    "pip": "installs packages",
    "pre-commit": "changes the repository",
}
FROM = re.compile(r"<!-- from: (?P<path>[^\n]+?) -->\s*\Z")


def of(document: Path, *languages: str) -> list[Block]:
    return [block for block in blocks(document.read_text("utf-8")) if block.language in languages]


def source_of(document: Path, block: Block) -> str | None:
    marker = FROM.search(document.read_text("utf-8"), 0, block.start)
    return marker["path"] if marker else None


def name(case: tuple[Path, Block]) -> str:
    return f"{case[0].name}:{case[1].line}"


EXCERPTS = [
    (document, block)
    for document in DOCUMENTS
    for block in of(document, "python", "yaml")
    if source_of(document, block)
]
COMMANDS = [
    pytest.param(words, id=f"{document.name}:{block.line}:{number}")
    for document in DOCUMENTS
    for block in of(document, *SHELL)
    for number, line in enumerate(block.text.splitlines())
    if (words := shlex.split(line.removeprefix("$ "), comments=True))
]


@pytest.mark.parametrize("case", EXCERPTS, ids=name)
def test_an_excerpt_is_in_its_file(case: tuple[Path, Block]) -> None:
    path = source_of(*case)
    assert path is not None
    assert case[1].text in (ROOT / path).read_text("utf-8"), f"{case[0].name}, line {case[1].line}: {path} has changed"


def test_extending_has_its_excerpts() -> None:
    assert len([case for case in EXCERPTS if case[0].name == "extending.md"]) >= 9


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_link_targets_exist(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the smallest farm has been run, as the documents assume."""
    place = tmp_path_factory.mktemp("reader")
    recorded_once(place / "data")
    return place


def runnable(document: Path) -> list[Block]:
    return [block for block in of(document, "python") if not block.not_run and not source_of(document, block)]


@pytest.mark.parametrize(
    "document",
    # A lake's programs run on one, in ``test_lake_document.py``.
    slow_after(1, [document for document in DOCUMENTS if runnable(document) and document.name != "lake.md"]),
    ids=lambda path: path.name,
)
def test_python_runs(document: Path, place: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    environment = kept | {
        "AQUAMIND_SCENARIO": "tiny",
        "AQUAMIND_SET": READINGS,
        "DAGSTER_HOME": str(place / "home"),
        "PYTHONPATH": str(ROOT),
    }
    text = "\n".join(block.text for block in runnable(document))
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_and_its_options_exist(words: list[str]) -> None:
    """Commands that can run anywhere are run in ``test_docs.py``."""
    while "=" in words[0]:
        words = words[1:]
    words = [words[0].removeprefix(".venv/bin/"), *words[1:]]
    match words:
        case ["aquamind", *arguments]:
            assert understood(arguments), shlex.join(words)
        case ["make", *targets]:
            there = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            assert {target for target in targets if "=" not in target} <= set(there)
        case ["python", "-m", module, *_]:
            assert importlib.util.find_spec(module) is not None, module
        case ["pytest", path, *_]:
            assert (ROOT / path).exists(), path
        case _:
            assert words[0] in OTHERS, f"{shlex.join(words)}: no test covers this command"


def understood(arguments: list[str]) -> bool:
    """Return whether the command has these subcommands and options: with --help after them it parses them all and does
    nothing."""
    return CliRunner().invoke(app, [*arguments, "--help"]).exit_code == 0


def test_an_unknown_subcommand_or_option_is_found() -> None:
    assert understood(["run", "--preset", "tiny"])
    assert not understood(["run", "--prest", "tiny"])
    assert not understood(["rum"])
