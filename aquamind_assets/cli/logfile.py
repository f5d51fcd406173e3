"""A log file for each run of a command: its arguments, every chunk, every failure with its stack trace, its end.

Belongs here: the file, what goes into it, how long it is kept. Does not belong here: what is shown on the screen, but
for the path of the file.
"""

import logging
import os
import platform
import re
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import typer
from rich.console import Console
from typer.exceptions import TyperException

from aquamind_assets.cli.exits import DONE, EXPECTED, FAILED, INTERRUPTED, USER_ERROR
from aquamind_assets.cli.output import print_error, print_log_path
from aquamind_assets.durable_files import PRIVATE, made_folder, usable
from aquamind_assets.errors import Interrupted
from aquamind_assets.masking import masked
from aquamind_assets.settings import home_of

FOLDER = "logs"
KEPT = 30
"""Log files that are kept; the oldest are deleted when a new one begins."""

_NAME = re.compile(r"^[a-z]+-\d{8}-\d{6}-\d+\.log$")
_log = logging.getLogger(__name__)


class _Masking(logging.Formatter):
    """Hides secrets in whatever is logged, stack traces included."""

    def format(self, record: logging.LogRecord) -> str:
        """The line or lines of a record."""
        return masked(super().format(record))


class _LogFile(logging.FileHandler):
    """The log file, which its owner alone reads; where it cannot be written, one remark instead of a stack trace for
    each line."""

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, PRIVATE))
        super().__init__(path, encoding="utf-8")
        self._unwritable = False

    def handleError(self, record: logging.LogRecord) -> None:
        """Called by the standard library where a line could not be written."""
        if not self._unwritable:
            self._unwritable = True
            print_error(f"the log file {self.baseFilename} cannot be written: {sys.exc_info()[1]}")

    def close(self) -> None:
        """Close it, whether its last lines could be written or not."""
        with suppress(OSError):
            super().close()


class _Warnings(logging.Handler):
    """Shows warnings on the screen too: a damaged ledger, too little memory."""

    def __init__(self, console: Console) -> None:
        super().__init__(logging.WARNING)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print a warning; errors are printed at the end of the command."""
        if record.levelno == logging.WARNING:
            self._console.print(f"Warning: {masked(record.getMessage())}", markup=False, highlight=False)


@contextmanager
def logged(command: str, folder: Path | None, console: Console) -> Iterator[Path]:
    """Write what the platform logs inside the block to a file in ``folder`` (default ``logs`` in DAGSTER_HOME), such as
    ``run-20260301-020000-4711.log``.

    Its path is printed at the beginning, and again where the command fails. A fault of the program is logged with its
    stack trace, and ends with exit code 1.

    Raises:
        FileUnusable: the file cannot be made there.
        typer.Exit: the program has a fault.
    """
    folder = made_folder("the folder of log files", (folder or home_of() / FOLDER).absolute())
    path = folder / f"{command}-{datetime.now():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    with usable("the log file", path):
        handler = _LogFile(path)
    handler.setFormatter(_Masking("%(asctime)s %(levelname)-7s %(message)s"))
    ours = logging.getLogger("aquamind_assets")
    level = ours.level
    ours.setLevel(logging.INFO)
    warnings = _Warnings(console)
    for one in (handler, warnings):
        ours.addHandler(one)
    _delete_old(folder)
    began = time.monotonic()
    code = FAILED
    _log.info("aquamind %s", shlex.join(map(masked, sys.argv[1:])))
    _log.info(
        "aquamind-assets %s, Python %s, process %s on %s",
        version("aquamind-assets"),
        platform.python_version(),
        os.getpid(),
        platform.node(),
    )
    print_log_path(path, console)
    try:
        yield path
        code = DONE
    except typer.Exit as ended:
        code = ended.exit_code
        if code == FAILED:
            print_log_path(path, Console(stderr=True))
        raise
    except EXPECTED as error:
        code = USER_ERROR
        _log.error("%s", error)
        raise
    except TyperException as error:
        code = USER_ERROR
        _log.error("%s", error.format_message())
        raise
    except (KeyboardInterrupt, Interrupted):
        code = INTERRUPTED
        raise
    except Exception as error:
        _log.exception("a fault of the program")
        print_error(f"{type(error).__name__}: {error}\nThe stack trace is in the log: {path}")
        raise typer.Exit(FAILED) from None
    finally:
        _log.info("exit code %s after %.1f s", code, time.monotonic() - began)
        for one in (handler, warnings):
            ours.removeHandler(one)
        ours.setLevel(level)
        handler.close()


def _delete_old(folder: Path) -> None:
    """Delete the oldest log files beyond those that are kept; other files stay."""
    ours = sorted((path for path in folder.iterdir() if _NAME.match(path.name)), key=lambda path: path.stat().st_mtime)
    for path in ours[:-KEPT]:
        path.unlink(missing_ok=True)
