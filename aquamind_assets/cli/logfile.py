"""A log file for each run of the command: what it was told, every chunk, every failure with its stack trace, how it
ended.

Belongs here: the file, what goes into it, how long it is kept. Does not belong here: what is shown on the screen.
"""

import logging
import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import typer

from aquamind_assets.settings import home_of

FOLDER = "logs"
KEPT = 30
"""Log files that stay; the oldest go when a new one begins."""

_NAME = re.compile(r"^[a-z]+-\d{8}-\d{6}-\d+\.log$")
_PASSWORD = re.compile(r"//([^:/@\s]*):[^@\s]*@")
_log = logging.getLogger(__name__)


@contextmanager
def logged(word: str, folder: Path | None) -> Iterator[Path]:
    """A file for what the platform logs inside the block, in ``folder`` (default ``logs`` in DAGSTER_HOME), such as
    ``run-20260301-020000-4711.log``."""
    folder = (folder or home_of() / FOLDER).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{word}-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(message)s"))
    ours = logging.getLogger("aquamind_assets")
    level = ours.level
    ours.setLevel(logging.INFO)
    ours.addHandler(handler)
    _forget_old(folder)
    began = time.monotonic()
    _log.info("aquamind %s", _PASSWORD.sub(r"//\1:...@", shlex.join(sys.argv[1:])))
    _log.info(
        "aquamind-assets %s, Python %s, process %s on %s",
        version("aquamind-assets"),
        platform.python_version(),
        os.getpid(),
        platform.node(),
    )
    try:
        yield path
        _log.info("exit code 0 after %.1f s", time.monotonic() - began)
    except typer.Exit as ended:
        _log.info("exit code %s after %.1f s", ended.exit_code, time.monotonic() - began)
        raise
    except BaseException:
        _log.exception("broken off after %.1f s", time.monotonic() - began)
        raise
    finally:
        ours.removeHandler(handler)
        ours.setLevel(level)
        handler.close()


def _forget_old(folder: Path) -> None:
    """Delete the oldest log files beyond those that are kept; other files are left alone."""
    ours = sorted((path for path in folder.iterdir() if _NAME.match(path.name)), key=lambda path: path.stat().st_mtime)
    for path in ours[:-KEPT]:
        path.unlink(missing_ok=True)
