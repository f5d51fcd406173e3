"""The command as a user types it: in a process of its own, or, for its hundreds of outcomes, inside the test's.

A process costs seconds before its first line. Of each kind of command, some test starts a real one; what a command
answers is the same from the command line interface called here.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from aquamind_assets.cli.app import app
from aquamind_assets_tests.crashing import ROOT

COMMAND = [sys.executable, "-m", "aquamind_assets"]


@dataclass(frozen=True)
class Answer:
    """What a command printed."""

    stdout: str
    stderr: str


Aquamind = Callable[..., Answer]
"""Called with the words of a command; ``expect`` is its exit code, ``answer`` what is typed, ``columns`` the width of
the screen, and further names are variables of its environment."""


def environment(place: Path) -> dict[str, str]:
    """The process's own, with a home in ``place``, without settings from elsewhere, and with the release that writes
    fewer tables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AQUAMIND_", "DAGSTER_"))}
    return kept | {
        "AQUAMIND_RELEASE": "2025-08",
        "DAGSTER_HOME": str(place / "home"),
        "COLUMNS": "140",
        "PYTHONPATH": str(ROOT),
    }


def as_process(place: Path) -> Aquamind:
    """The command in ``place``, each time as a process of its own."""

    def aquamind(*words: str, expect: int = 0, answer: str = "", columns: int = 140, **more: str) -> Answer:
        done = subprocess.run(
            [*COMMAND, *words],
            cwd=place,
            env=environment(place) | {"COLUMNS": str(columns)} | more,
            capture_output=True,
            text=True,
            encoding="utf-8",
            input=answer,
            check=False,
        )
        return _expected(words, expect, done.returncode, Answer(done.stdout, done.stderr))

    return aquamind


def in_process(place: Path) -> Aquamind:
    """The command in ``place``, inside this process."""

    def aquamind(*words: str, expect: int = 0, answer: str = "", columns: int = 140, **more: str) -> Answer:
        told = environment(place) | {"COLUMNS": str(columns)} | more
        changed: dict[str, str | None] = {name: None for name in os.environ if name not in told} | told
        with contextlib.chdir(place):
            done = CliRunner().invoke(app, words, env=changed, input=answer)
        return _expected(words, expect, done.exit_code, Answer(done.stdout, done.stderr))

    return aquamind


def _expected(words: tuple[str, ...], expect: int, code: int, said: Answer) -> Answer:
    assert code == expect, f"{words}: exit code {code}\n{said.stdout}\n{said.stderr}"
    assert "Traceback" not in said.stdout + said.stderr
    return said
