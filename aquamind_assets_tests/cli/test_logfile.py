"""Log files: how many stay, what is not theirs to delete, what is not written into them."""

import logging
import os
import sys
from pathlib import Path

import pytest
import typer

from aquamind_assets.cli.logfile import KEPT, logged


def old(folder: Path, number: int) -> Path:
    path = folder / f"run-20260101-{number:06d}-1.log"
    path.write_text("old")
    os.utime(path, (number, number))
    return path


def test_the_oldest_files_go_and_others_stay(tmp_path: Path) -> None:
    paths = [old(tmp_path, number) for number in range(KEPT + 5)]
    (tmp_path / "notes.log").write_text("mine")
    os.utime(tmp_path / "notes.log", (0, 0))
    with logged("run", tmp_path) as path:
        pass
    assert (tmp_path / "notes.log").exists()
    assert [one.exists() for one in paths] == [False] * 6 + [True] * (KEPT - 1)
    assert path.exists()


def test_a_password_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["aquamind", "run", "--database", "postgresql://farm:secret@host/name"])
    with logged("run", tmp_path) as path:
        pass
    assert "postgresql://farm:...@host/name" in path.read_text("utf-8")
    assert "secret" not in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("error", "said"), [(typer.Exit(2), "exit code 2"), (RuntimeError("no more room"), "RuntimeError: no more room")]
)
def test_the_end_is_told_and_what_comes_after_is_not(tmp_path: Path, error: Exception, said: str) -> None:
    with pytest.raises(type(error)), logged("run", tmp_path) as path:
        raise error
    logging.getLogger("aquamind_assets").warning("afterwards")
    assert said in path.read_text("utf-8")
    assert "afterwards" not in path.read_text("utf-8")
