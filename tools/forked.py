"""The ``aquamind`` command in a process of its own that starts quickly: forked from one that has loaded the packages.

Most of what a short command costs is loading packages, and reading the code for its fingerprint. Who starts it a
hundred times does that once. What is killed is a process like any other.

Belongs here: starting such a process. Does not belong here: what is done to it (``kills``).
"""

import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from aquamind_assets.cli.app import main
from aquamind_assets.definitions import build_defs
from aquamind_assets.settings import Settings


def prepare() -> None:
    """Load in this process what each command would load: all packages, and the code versions of all assets."""
    build_defs(Settings(scenario="tiny"))


class Forked:
    """A command that runs: its process number, and its exit code once it has ended."""

    def __init__(self, words: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> None:
        sys.stdout.flush()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            code = 70
            try:
                _become(words, folder, environment, output)
                main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(bool(end.code))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)

    def poll(self) -> int | None:
        """The exit code; None while it runs."""
        return self._waited(os.WNOHANG)

    def wait(self) -> int | None:
        """The exit code, once it has ended."""
        return self._waited(0)

    def _waited(self, options: int) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, options)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode


def _become(words: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    sys.argv = ["aquamind", *words]
    # Otherwise each process that the command starts loads this script first, as the main module of its parent.
    script = sys.modules["__main__"]
    script.__spec__ = None
    vars(script).pop("__file__", None)
