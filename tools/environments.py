"""Virtual environments apart from the one that runs this: created, filled from the lock, and used from another
folder."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"


@dataclass(frozen=True)
class Environment:
    """A virtual environment in ``folder``."""

    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def install(self, *what: str) -> None:
        """Install packages, at the versions of ``requirements.lock``. They are compiled when they are imported: most of
        their modules never are here.

        Raises:
            subprocess.CalledProcessError: pip failed; its messages are on stderr.
        """
        pip = [str(self.python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
        run([*pip, "--constraint", str(LOCK), *what], self.folder)

    def command(self, name: str, *arguments: str) -> list[str]:
        """The command line of an installed command."""
        return [str(self.folder / "bin" / name), *arguments]


def create(folder: Path, interpreter: Path) -> Environment:
    """A new virtual environment of ``interpreter``."""
    run([str(interpreter), "-m", "venv", "--clear", str(folder)], folder.parent)
    return Environment(folder)


def run(command: Sequence[str], place: Path, **variables: str) -> str:
    """Run ``command`` in the folder ``place`` and return what it printed.

    Variables that lead to this repository or to another run (PYTHONPATH, AQUAMIND_*, DAGSTER_*) are not handed on;
    ``variables`` are added.

    Raises:
        subprocess.CalledProcessError: the exit code is not 0; stderr went to this process's stderr.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "PYTHONPATH" and not name.startswith(("AQUAMIND_", "DAGSTER_"))
    }
    return subprocess.run(
        command, cwd=place, env=kept | variables, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
