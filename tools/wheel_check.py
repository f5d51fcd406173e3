"""The wheel, built, compared with the tree, and run from another folder: ``python -m tools.wheel_check [FOLDER]``.

``python -m build`` makes the source distribution in FOLDER (``dist`` unless named) and the wheel from it. The wheel
must hold every file of ``aquamind_assets/`` and nothing else; the source distribution also what is needed to test it
and to build the site. Then the wheel is installed into a new virtual environment, outside the repository, and a year of
``tiny`` is written, verified and reported there.
"""

import shutil
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from tools.environments import ROOT, Environment, create, run

PACKAGE = "aquamind_assets"
SOURCE_FOLDERS = (".ci", PACKAGE, "aquamind_assets_tests", "benchmarks", "deploy", "docs", "tools")
SOURCE_FILES = (
    ".editorconfig",
    ".pre-commit-config.yaml",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "dagster.yaml",
    "mkdocs.yml",
    "pyproject.toml",
    "requirements.lock",
    "setup.cfg",
    "workspace.yaml",
)


class Incomplete(Exception):
    """A distribution lacks files, or holds files that it should not."""


def files_of(*folders: str) -> set[str]:
    """Every file below these folders of the repository, as paths in it; without what Python compiled."""
    return {
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def build(folder: Path) -> tuple[Path, Path]:
    """Build the source distribution, and the wheel from it, into ``folder``; both paths.

    Raises:
        subprocess.CalledProcessError: the build failed; its messages are on stderr.
    """
    with tempfile.TemporaryDirectory() as scratch:
        run([sys.executable, "-m", "build", "--outdir", scratch, str(ROOT)], ROOT)
        folder.mkdir(parents=True, exist_ok=True)
        built = [Path(shutil.move(path, folder / path.name)) for path in Path(scratch).iterdir()]
    wheel, source = sorted(built, key=lambda path: path.suffix != ".whl")
    return wheel, source


def check_wheel(wheel: Path) -> int:
    """Compare the wheel with the package's folder; the number of its files.

    Raises:
        Incomplete: they differ.
    """
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    expected = files_of(PACKAGE)
    _compare(wheel, packed, expected)
    if surplus := packed - expected:
        raise Incomplete(f"{wheel.name} holds files that are not in {PACKAGE}/: {', '.join(sorted(surplus))}")
    return len(packed)


def check_source(source: Path) -> int:
    """Compare the source distribution with the tree; the number of its files.

    Raises:
        Incomplete: it lacks files.
    """
    with tarfile.open(source) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    _compare(source, packed, files_of(*SOURCE_FOLDERS) | set(SOURCE_FILES))
    return len(packed)


def _compare(distribution: Path, packed: set[str], expected: set[str]) -> None:
    if missing := expected - packed:
        raise Incomplete(f"{distribution.name} lacks {len(missing)} files: {', '.join(sorted(missing))}")


def use(wheel: Path, scratch: Path) -> None:
    """Install the wheel into a new environment below ``scratch``, and use it from another folder.

    Raises:
        subprocess.CalledProcessError: the installation or a command failed; its messages are on stderr.
        Incomplete: the package is not imported from the environment.
    """
    environment = create(scratch / "venv", Path(sys.executable))
    environment.install(str(wheel))
    elsewhere = scratch / "elsewhere"
    elsewhere.mkdir()
    _check_import(environment, elsewhere)
    home = elsewhere / ".dagster_home"
    for arguments in (
        ("--help",),
        ("scenario", "show", "--preset", "bakkafrost"),
        ("run", "--preset", "tiny", "--years", "2015", "--quiet"),
        ("verify",),
        ("report", "--years", "2015", "--quiet"),
    ):
        run(environment.command("aquamind", *arguments), elsewhere)
        print(f"aquamind {' '.join(arguments)}: done", flush=True)
    for file in (elsewhere / "data" / "aquamind.db", home / "dagster.yaml"):
        if not file.is_file():
            raise Incomplete(f"the installed package did not write {file.relative_to(elsewhere)}")


def _check_import(environment: Environment, place: Path) -> None:
    command = [str(environment.python), "-c", f"import {PACKAGE}; print({PACKAGE}.__file__)"]
    imported = Path(run(command, place).strip())
    if not imported.is_relative_to(environment.folder):
        raise Incomplete(f"{PACKAGE} is imported from {imported}, not from {environment.folder}")


def main(folder: Path) -> None:
    """Build, compare, install and use; print a line for each step."""
    wheel, source = build(folder)
    print(f"{wheel.name}: {check_wheel(wheel)} files, those of {PACKAGE}/", flush=True)
    print(f"{source.name}: {check_source(source)} files", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        use(wheel, Path(scratch))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "dist").absolute())
