"""What shows quickly that an interpreter runs the package: every module is imported, every preset is checked, and one
year of ``tiny`` is written into SQLite.

``python tools/smoke.py FOLDER`` works in FOLDER and prints one line; its last word is a hash of the year's digests.
"""

import hashlib
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import aquamind_assets
from aquamind_assets.scenario.loading import preset_names
from aquamind_assets.warehouse.checkpoints import hex_digest
from aquamind_assets.warehouse.connect import open_warehouse


def import_all() -> list[str]:
    """Import every module of the package, and return their names."""
    names = [module.name for module in pkgutil.walk_packages(aquamind_assets.__path__, "aquamind_assets.")]
    names = [name for name in names if not name.endswith(".__main__")]
    for name in names:
        import_module(name)
    return names


def aquamind(place: Path, *arguments: str) -> None:
    """Run a command of ``aquamind`` in the folder ``place``.

    Raises:
        subprocess.CalledProcessError: the exit code is not 0; stderr went to this process's stderr.
    """
    subprocess.run(
        [sys.executable, "-m", "aquamind_assets", *arguments], cwd=place, stdout=subprocess.DEVNULL, check=True
    )


def digests(url: str) -> tuple[int, str]:
    """Rows in the database at ``url``, and a hash of its manifest."""
    with open_warehouse(url) as warehouse:
        manifest = sorted(warehouse.manifest())
    lines = [f"{entry.table} {entry.year} {entry.rows} {hex_digest(entry.digest)}" for entry in manifest]
    return sum(entry.rows for entry in manifest), hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def main(place: Path) -> None:
    """Print what was imported, checked and written."""
    modules = import_all()
    presets = preset_names()
    for preset in presets:
        aquamind(place, "scenario", "check", preset)
    database = f"sqlite:///{place / 'smoke.db'}"
    aquamind(place, "run", "--preset", "tiny", "--years", "2015", "--database", database, "--quiet")
    rows, digest = digests(database)
    print(f"{len(modules)} modules, {len(presets)} presets, {rows:,} rows, digest {digest}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
