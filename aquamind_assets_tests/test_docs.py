"""Every ``aquamind`` command in the documents is run, in their order, on the smallest farm and two years."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import aquamind_assets
from aquamind_assets.cli.app import app

ROOT = Path(aquamind_assets.__file__).parents[1]
DOCUMENTS = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md"))]
NEEDS_A_SCREEN = {"ui": "the browser test opens it", "--open": "opens a browser"}
TWO_YEARS = (
    "last_year=2016; sessions=[{name: First, first_year: 2015, last_year: 2015}, {name: Second, first_year: 2016,"
    " last_year: 2016}]"
)


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
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    told = {
        "AQUAMIND_SCENARIO": "tiny",
        "AQUAMIND_SET": TWO_YEARS,
        "DAGSTER_HOME": str(tmp_path / "home"),
        "PYTHONPATH": str(ROOT),
    }
    for words in commands(document):
        if NEEDS_A_SCREEN.keys() & set(words):
            words = [word for word in words if word != "--open"]
        if words == ["ui"]:
            continue
        words = [postgres_url if word.startswith("postgresql://") else word for word in words]
        if words[0] == "report":
            subprocess.run(
                [sys.executable, "-m", "aquamind_assets", "run", "--resume", "--quiet"],
                cwd=tmp_path,
                env=kept | told,
                check=True,
            )
        done = subprocess.run(
            [sys.executable, "-m", "aquamind_assets", *words],
            cwd=tmp_path,
            env=kept | told,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{document}: aquamind {shlex.join(words)}\n{done.stdout}\n{done.stderr}"
