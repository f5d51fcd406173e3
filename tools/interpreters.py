"""The package on every supported Python version that this machine has: ``python -m tools.interpreters``.

The supported versions are the classifiers of ``pyproject.toml``. For each, an interpreter is looked for on PATH and
among those of pyenv; a version without one is skipped with a line. The others get a virtual environment of their own
below ``build/interpreters``, with the versions of ``requirements.lock``, and must run ``tools/smoke.py`` and write the
same rows as the interpreter that runs this. An environment is kept until ``pyproject.toml`` or the lock changes.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.environments import LOCK, ROOT, Environment, create, run

PROJECT = ROOT / "pyproject.toml"
FOLDER = ROOT / "build" / "interpreters"
EXTRAS = "s3,delta,celery,tasks,mqtt"
"""The extras whose packages some module imports: without them not every module could be."""
PREFIX = "Programming Language :: Python :: 3."


def supported_versions() -> list[str]:
    """The versions that ``pyproject.toml`` names, as in ``3.12``."""
    classifiers = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["classifiers"]
    return [f"3.{line.removeprefix(PREFIX)}" for line in classifiers if line.startswith(PREFIX)]


def find(version: str) -> Path | None:
    """An interpreter of this version that starts; None if the machine has none."""
    for candidate in _candidates(version):
        try:
            answer = run(
                [str(candidate), "-c", "import sys; print('{}.{}'.format(*sys.version_info))"], candidate.parent
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        if answer.strip() == version:
            return candidate
    return None


def _candidates(version: str) -> Iterator[Path]:
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from sorted((pyenv / "versions").glob(f"{version}.*/bin/python"), reverse=True)
    # A shim of pyenv is on PATH for every version, but starts only the selected ones.
    on_path = shutil.which(f"python{version}")
    if on_path is not None and not Path(on_path).is_relative_to(pyenv):
        yield Path(on_path)


def environment_of(version: str, interpreter: Path) -> Environment:
    """The kept environment of this version, or a new one."""
    ready = FOLDER / version / ".ready"
    if ready.exists() and ready.stat().st_mtime > max(file.stat().st_mtime for file in (PROJECT, LOCK)):
        return Environment(ready.parent)
    FOLDER.mkdir(parents=True, exist_ok=True)
    environment = create(FOLDER / version, interpreter)
    environment.install("--editable", f"{ROOT}[{EXTRAS}]")
    ready.touch()
    return environment


def smoke(python: Path) -> str:
    """The line that ``tools/smoke.py`` prints under ``python``."""
    with tempfile.TemporaryDirectory() as scratch:
        command = [str(python), str(ROOT / "tools" / "smoke.py"), scratch]
        return run(command, Path(scratch), DAGSTER_HOME=str(Path(scratch) / "home")).strip()


def check(version: str) -> str | None:
    """What this version printed, or why it could not; None if the machine has no such interpreter."""
    interpreter = find(version)
    if interpreter is None:
        return None
    try:
        return smoke(environment_of(version, interpreter).python)
    except subprocess.CalledProcessError as error:
        return f"exit code {error.returncode}"


def main() -> int:
    """Print one line for each version; 1 if one of them fails or writes other rows."""
    running = "{}.{}".format(*sys.version_info)
    expected = smoke(Path(sys.executable))
    print(f"{running}: {expected}", flush=True)
    others = [version for version in supported_versions() if version != running]
    failed = False
    with ThreadPoolExecutor(max_workers=2) as pool:
        for version, found in zip(others, pool.map(check, others), strict=True):
            if found is None:
                print(f"{version}: skipped, this machine has no such interpreter", flush=True)
            else:
                failed |= found != expected
                print(f"{version}: {found}{'' if found == expected else ', FAILED'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
