"""Log files: how many are kept, which files are never deleted, what is not written into them."""

import logging
import os
import sys
from pathlib import Path

import pytest
import typer
from rich.console import Console

from aquamind_assets.cli.logfile import KEPT, logged
from aquamind_assets.errors import UserError


def old(folder: Path, number: int) -> Path:
    path = folder / f"run-20260101-{number:06d}-1.log"
    path.write_text("old")
    os.utime(path, (number, number))
    return path


def test_the_oldest_files_go_and_others_stay(tmp_path: Path) -> None:
    paths = [old(tmp_path, number) for number in range(KEPT + 5)]
    (tmp_path / "notes.log").write_text("mine")
    os.utime(tmp_path / "notes.log", (0, 0))
    with logged("run", tmp_path, Console(quiet=True)) as path:
        pass
    assert (tmp_path / "notes.log").exists()
    assert [one.exists() for one in paths] == [False] * 6 + [True] * (KEPT - 1)
    assert path.exists()


def test_a_password_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://farm:my secret@host/name"
    monkeypatch.setattr(sys, "argv", ["aquamind", "run", "--database", url, f"--database={url}"])
    with pytest.raises(typer.Exit), logged("run", tmp_path, Console(quiet=True)):
        raise RuntimeError(f"no connection with password=secret to {url.replace(' ', '')}")
    (path,) = tmp_path.glob("*.log")
    text = path.read_text("utf-8")
    assert text.count("postgresql://farm:***@host/name") >= 3
    assert "Traceback" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("error", "raised", "lines", "stack"),
    [
        (typer.Exit(3), typer.Exit, ["exit code 3"], False),
        (UserError("no such year"), UserError, ["no such year", "exit code 2"], False),
        (KeyboardInterrupt(), KeyboardInterrupt, ["exit code 130"], False),
        (RuntimeError("no more room"), typer.Exit, ["RuntimeError: no more room", "exit code 1"], True),
    ],
)
def test_the_end_is_logged_and_nothing_after_it(
    tmp_path: Path, error: BaseException, raised: type[BaseException], lines: list[str], stack: bool
) -> None:
    with pytest.raises(raised), logged("run", tmp_path, Console(quiet=True)) as path:
        raise error
    logging.getLogger("aquamind_assets").warning("afterwards")
    text = path.read_text("utf-8")
    assert [line in text for line in lines] == [True] * len(lines)
    assert ("Traceback" in text) is stack
    assert "afterwards" not in text
